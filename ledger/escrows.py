"""Where an account's opening stands in the log, and how it is read there.

C = what is in escrow at the trail's base + the fill + the public amounts. Each escrow needs its
S = p·E; where S comes from (a whole key, or t guardians) is a reader's to say, and everything else
is here: this is the one way from an escrow to an opening.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from circuits.escrow import decrypt, unpack
from circuits.fill import traded_widths
from circuits.shape import Shape
from circuits.solvency import read_message
from ledger.log import Entry
from ledger.records import Sealed
from ledger.state import State
from ledger.transitions import (
    Escrow,
    EscrowedOpening,
    Reveal,
    Transition,
    decode_transition,
)
from ledger.transitions.base import owner_context
from zk.babyjubjub import Point
from zk.errors import Conflict
from zk.pedersen import Commitment, Opening

EntryOf = Callable[[int], Entry]


@dataclass(frozen=True, slots=True)
class Found:
    """One escrow of the log: whose it is, and everything but S that reading it takes."""

    sealed: Sealed
    part: EscrowedOpening
    context: int

    @property
    def account(self) -> int:
        return self.part.account

    @property
    def epoch(self) -> int:
        """The scope of a consent is made of these."""
        return self.part.epoch

    @property
    def escrow(self) -> Escrow:
        return self.part.escrow

    @property
    def ephemeral(self) -> Point:
        """E."""
        return self.escrow.ephemeral

    def read(self, shape: Shape, shared: Point) -> Opening:
        """What S opens; a wrong S is `Malformed`, or a vector that opens nothing."""
        words = decrypt(self.escrow.public(self.sealed.key), shared, self.context)
        if not self.part.is_fill:
            return read_message(shape, words)
        traded = unpack(words, traded_widths(shape))
        values = dict(zip(shape.traded, traded.values, strict=True))
        return Opening(shape.vector(values), traded.blinding)


def find_escrow(ledger: bytes, account: int, sealed: Sealed, entry_of: EntryOf) -> Found:
    """That escrow; `Conflict` where the entry holds none of that account."""
    transition = decode_transition(entry_of(sealed.entry).transition)
    part = next((part for part in transition.sealed() if part.leg == sealed.leg), None)
    if part is None:
        raise Conflict("escrow", expected="a transition that carries one", actual=transition.kind)
    if part.account != account:
        raise Conflict(
            f"escrow in entry {sealed.entry}",
            expected=f"one of account {account}",
            actual=f"one of account {part.account}",
        )
    return Found(sealed, part, owner_context(transition.binding(ledger), account))


def escrows_of(state: State, account: int, entry_of: EntryOf) -> tuple[Found, ...]:
    """What must be decrypted to open the account: nothing where its opening is public.

    An account that was never put in escrow is `Conflict`: only its owner knows its blinding.
    """
    record = state.account(account)
    if record.opening is not None:
        return ()
    trail, ledger = record.trail, state.charter.ledger
    if trail.base is None:
        raise Conflict(f"account {account}", expected="one in escrow", actual="never yet")
    parts = [trail.base] if trail.fill is None else [trail.base, trail.fill]
    return tuple(find_escrow(ledger, account, part, entry_of) for part in parts)


def read_account(
    state: State, account: int, entry_of: EntryOf, shared_of: Callable[[Found], Point]
) -> Opening:
    """The opening of an account, checked against its commitment; `shared_of` gives S."""
    record = state.account(account)
    if record.opening is not None:
        return record.opening.opening
    opening = Opening(record.trail.public, 0)
    for found in escrows_of(state, account, entry_of):
        opening += found.read(state.shape, shared_of(found))
    Commitment(record.commitment).check_opening(opening)
    return opening


def reveal_of(state: State, account: int, opening: Opening) -> Reveal:
    """The reveal of an account's opening, not signed yet: without what is public of it."""
    record = state.account(account)
    sealed = opening - Opening(record.trail.public, 0)
    return Reveal(
        account=account,
        standing=record.standing,
        values=sealed.values,
        blinding=sealed.blinding,
        endorsements=(),
    )


def escrows_in(ledger: bytes, number: int, key: Point, transition: Transition) -> Iterator[Found]:
    """Every escrow of an entry, encrypted to the key that was in force when it was made."""
    parts = transition.sealed()
    binding = transition.binding(ledger) if parts else b""
    for part in parts:
        sealed = Sealed(entry=number, leg=part.leg, key=key)
        yield Found(sealed, part, owner_context(binding, part.account))
