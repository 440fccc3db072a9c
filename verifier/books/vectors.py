"""What an account holds at a moment: read from its trail, and held against its commitment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from circuits.shape import Shape
from ledger.escrows import Found, escrows_in
from ledger.records import Account, Sealed, Trail
from ledger.transitions import Transition
from verifier.books.document import Problem, Source
from verifier.books.problems import Problems
from verifier.books.readers import NotGiven, Reader
from zk.babyjubjub import Point
from zk.backends import Backend
from zk.errors import ZkError
from zk.generators import blinding_generator, value_generators
from zk.pedersen import Opening


@dataclass(frozen=True, slots=True)
class Known:
    """The values of an account, or None, and where they come from."""

    source: Source
    values: tuple[int, ...] | None


_UNREAD = Known("unread", None)


class Vectors:
    """Reads accounts; every escrow is decrypted at most once, and only when it is needed."""

    def __init__(self, shape: Shape, reader: Reader, problems: Problems, backend: Backend) -> None:
        self._shape = shape
        self._reader = reader
        self._problems = problems
        self._combine: Callable[..., Point] = backend.combine
        self._escrows: dict[Sealed, Found] = {}
        self._openings: dict[Sealed, Opening | None] = {}
        self._opened: dict[tuple[int, Point, Trail], Known] = {}

    @property
    def decrypted(self) -> int:
        """How many escrows gave an opening."""
        return sum(opening is not None for opening in self._openings.values())

    def remember(self, ledger: bytes, number: int, key: Point, transition: Transition) -> None:
        """The escrows of an entry, which trails will name."""
        for found in escrows_in(ledger, number, key, transition):
            self._escrows[found.sealed] = found

    def of(self, account: Account, entry: int) -> Known:
        """What the account holds as it stands after that entry."""
        # An escrow that was renewed is read anew, although the commitment is the same.
        place = (account.id, account.commitment, account.trail)
        known = self._opened.get(place)
        if known is None or known.source != _source(account):
            known = self._opened[place] = self._read(account, entry)
        return known

    def _read(self, account: Account, entry: int) -> Known:
        source = _source(account)
        if source == "never in escrow":
            return Known(source, account.trail.public)
        if account.opening is not None:
            opening: Opening | None = account.opening.opening
        else:
            opening = self._from_trail(account)
        if opening is None:
            return _UNREAD
        actual = self._commit(opening)
        if actual != account.commitment:
            self._problems.add(
                Problem.OPENING,
                entry,
                account.id,
                f"opening of account {account.id} after entry {entry}",
                account.commitment.encode().hex(),
                actual.encode().hex(),
            )
            return _UNREAD
        return Known(source, opening.values)

    def _from_trail(self, account: Account) -> Opening | None:
        opening = Opening(account.trail.public, 0)
        for sealed in (account.trail.base, account.trail.fill):
            if sealed is not None:
                part = self._unsealed(account.id, sealed)
                if part is None:
                    return None
                opening += part
        return opening

    def _unsealed(self, account: int, sealed: Sealed) -> Opening | None:
        if sealed not in self._openings:
            self._openings[sealed] = self._decrypt(account, sealed)
        return self._openings[sealed]

    def _decrypt(self, account: int, sealed: Sealed) -> Opening | None:
        found = self._escrows.get(sealed)
        if found is None or found.account != account:
            # The trail is the rules' own record: this says that they were not followed.
            self._unreadable(account, sealed, "an escrow of that account", "none")
            return None
        try:
            return found.read(self._shape, self._reader.shared(found))
        except NotGiven:
            self._problems.add_gap(found)
        except ZkError as error:
            self._unreadable(account, sealed, error.expected, error.actual)
        return None

    def _unreadable(self, account: int, sealed: Sealed, expected: object, actual: object) -> None:
        subject = f"escrow of account {account} in entry {sealed.entry}"
        self._problems.add(Problem.UNREADABLE, sealed.entry, account, subject, expected, actual)

    def _commit(self, opening: Opening) -> Point:
        bases = (*value_generators(len(opening.values)), blinding_generator())
        return self._combine(bases, (*opening.values, opening.blinding))


def _source(account: Account) -> Source:
    if account.opening is not None:
        return "public"
    return "never in escrow" if account.trail.base is None else "escrow"
