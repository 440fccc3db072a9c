"""Opening an account with the help of guardians, some of whom may be gone or lie.

Whoever gathers holds no secret; it trusts no guardian either: each partial is checked against the
public share, and the sum against the commitment on the ledger. A guardian that refuses or lies is
named, and the next one is asked. Nobody is asked who is not needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ledger.escrows import EntryOf, Found, escrows_of, read_account, reveal_of
from ledger.parameters import Endorsement
from ledger.state import State
from ledger.transitions import Reveal
from prover.guardian.audit import Disclosure
from prover.guardian.errors import PartialRejected, TooFewGuardians
from prover.guardian.partials import (
    Partial,
    check_partial,
    combine_partials,
    unchecked_combination,
)
from prover.guardian.shares import SharedKey
from verifier.books import SharedPoint, SharedPoints
from zk.babyjubjub import Point
from zk.errors import Conflict, ZkError
from zk.pedersen import Opening


class Opener(Protocol):
    """A guardian, here or far away; `Guardian` is one."""

    @property
    def index(self) -> int: ...

    def partials(self, account: int) -> tuple[Partial, ...]: ...

    def endorse(self, reveal: Reveal) -> Endorsement: ...


@dataclass(frozen=True, slots=True)
class Opened:
    """What an account holds, and which guardians were of no help."""

    opening: Opening
    faults: Mapping[int, ZkError]


@dataclass(slots=True)
class Gathering:
    """The partials of one account, as they come in.

    `shared` are the keys that are known; of a key whose shares were refreshed, the newest only.
    """

    state: State
    account: int
    entry_of: EntryOf
    shared: Sequence[SharedKey]
    faults: dict[int, ZkError] = field(default_factory=dict)
    _given: dict[int, dict[Found, Point]] = field(default_factory=dict, init=False)
    _found: tuple[Found, ...] = field(init=False)

    def __post_init__(self) -> None:
        self._found = escrows_of(self.state, self.account, self.entry_of)

    @property
    def needed(self) -> int:
        """How many guardians it takes; none where the opening is public."""
        return max((self._key_of(one).threshold for one in self._found), default=0)

    @property
    def is_complete(self) -> bool:
        return len(self._given) >= self.needed

    def add(self, guardian: int, partials: Sequence[Partial]) -> None:
        """All that a guardian has to say about this account; `PartialRejected` names it."""
        places = {(one.entry, one.leg): one for one in partials}
        ledger, points = self.state.charter.ledger, {}
        for found in self._found:
            partial = places.get((found.sealed.entry, found.sealed.leg))
            if partial is None or partial.guardian != guardian:
                raise PartialRejected(
                    guardian, expected=f"its own, of entry {found.sealed.entry}", actual="none"
                )
            check_partial(self._key_of(found), ledger, found, partial)
            points[found] = partial.point
        self._given[guardian] = points

    def opened(self) -> Opened:
        """The opening; `TooFewGuardians` says what is missing, and whose fault it is."""
        if not self.is_complete:
            raise TooFewGuardians(self.needed, len(self._given), self.faults)
        opening = read_account(self.state, self.account, self.entry_of, self._shared_of)
        return Opened(opening, dict(self.faults))

    def _shared_of(self, found: Found) -> Point:
        """S."""
        chosen = sorted(self._given)[: self._key_of(found).threshold]
        return unchecked_combination(chosen, [self._given[i][found] for i in chosen])

    def _key_of(self, found: Found) -> SharedKey:
        return _shared_key_of(found, self.shared)


def open_account(
    state: State,
    account: int,
    entry_of: EntryOf,
    guardians: Iterable[Opener],
    shared: Sequence[SharedKey],
) -> Opened:
    """Asks guardians until t have helped. Each decides by its own copy of the ledger."""
    gathering = Gathering(state, account, entry_of, shared)
    for guardian in guardians:
        if gathering.is_complete:
            break
        try:
            gathering.add(guardian.index, guardian.partials(account))
        except ZkError as fault:
            gathering.faults[guardian.index] = fault
    return gathering.opened()


def audit_account(
    state: State,
    account: int,
    entry_of: EntryOf,
    disclosures: Iterable[Disclosure],
    shared: Sequence[SharedKey],
) -> Opened:
    """What an account holds, from what guardians disclosed to an auditor; `state` may be past."""
    gathering = Gathering(state, account, entry_of, shared)
    for one in disclosures:
        try:
            gathering.add(one.guardian, one.partials)
        except ZkError as fault:
            gathering.faults[one.guardian] = fault
    return gathering.opened()


def combine_disclosures(
    ledger: bytes,
    places: Iterable[Found],
    disclosures: Sequence[Disclosure],
    shared: Sequence[SharedKey],
) -> dict[tuple[int, int], Point]:
    """S of many escrows, by entry and leg: what an auditor needs to open the books.

    A wrong partial is `PartialRejected`, and names the guardian whose disclosure to leave out.
    """
    points = {}
    for found in places:
        place = (found.sealed.entry, found.sealed.leg)
        given = [
            partial
            for one in disclosures
            for partial in one.partials
            if (partial.entry, partial.leg) == place
        ]
        points[place] = combine_partials(_shared_key_of(found, shared), ledger, found, given)
    return points


def points_file(ledger: bytes, points: Mapping[tuple[int, int], Point]) -> SharedPoints:
    """The same points as the file that `tacit audit --escrow-key` takes."""
    shared = (
        SharedPoint(entry=entry, leg=leg, point=point) for (entry, leg), point in points.items()
    )
    return SharedPoints(ledger=ledger, shared=tuple(shared))


def reveal_account(
    state: State,
    account: int,
    entry_of: EntryOf,
    guardians: Sequence[Opener],
    shared: Sequence[SharedKey],
) -> Reveal:
    """Opens an overdue account and has the opening endorsed: what the ledger is to be sent."""
    opened = open_account(state, account, entry_of, guardians, shared)
    draft = reveal_of(state, account, opened.opening)
    needed, faults = state.parameters.guardians.threshold, dict(opened.faults)
    endorsements: dict[int, Endorsement] = {}
    for guardian in guardians:
        if len(endorsements) < needed:
            try:
                endorsement = guardian.endorse(draft)
                endorsements[endorsement.signer] = endorsement
            except ZkError as fault:
                faults[guardian.index] = fault
    if len(endorsements) < needed:
        raise TooFewGuardians(needed, len(endorsements), faults)
    ordered = tuple(endorsements[signer] for signer in sorted(endorsements))
    return draft.model_copy(update={"endorsements": ordered})


def _shared_key_of(found: Found, shared: Sequence[SharedKey]) -> SharedKey:
    for one in shared:
        if one.key == found.sealed.key:
            return one
    raise Conflict(
        f"escrow in entry {found.sealed.entry}",
        expected="one under a shared key that is known",
        actual=found.sealed.key,
    )
