"""What anybody may read of a transition, in types of its own: topics, escrows, changes.

Wallets, pages, logs and feeds ask a transition for these and know nothing of its kind. The audit's
invariants do not: an auditor who asked the transition for its own sum would check nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from circuits.escrow import EscrowPublic
from circuits.gadgets.coordinates import coordinates
from circuits.shape import Shape
from ledger.encoding import Element, Model, PointHex
from ledger.requirements import amount_point
from ledger.state import State
from zk.babyjubjub import Point, add_all


class Topic(StrEnum):
    """What a transition is about, from what happens to everybody to what happens to one."""

    MARKET = "Market"
    PARAMETERS = "Parameters"
    ACCOUNTS = "Accounts"
    ORDERS = "Orders"
    SETTLEMENTS = "Settlements"
    PROOFS = "Margin proofs"
    DISCLOSURES = "Disclosures"
    REVEALS = "Reveals"
    SALES = "Sales"
    PAYMENTS = "Payments"


class Escrow(Model):
    """An opening, encrypted to the ledger's escrow key; that key is the ledger's to say."""

    ephemeral: PointHex
    words: tuple[Element, ...]

    def public(self, key: Point) -> EscrowPublic[int]:
        """As the statements take it."""
        return EscrowPublic(coordinates(key), coordinates(self.ephemeral), self.words)


@dataclass(frozen=True, slots=True)
class EscrowedOpening:
    """One opening that a transition puts in escrow, and whose it is."""

    account: int
    #: Under whose market it was proven.
    epoch: int
    escrow: Escrow
    #: Which part of the transition carries it.
    leg: int = 0
    #: It holds what an order was filled with, and not all that the account holds.
    is_fill: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What is added to an account: amounts that everybody knows, and what its owner alone does."""

    public: tuple[int, ...]
    #: Added besides; its opening is in no field.
    hidden: Point = Point.IDENTITY

    @classmethod
    def none(cls, shape: Shape) -> Self:
        """Nothing is added."""
        return cls((0,) * shape.components)

    @classmethod
    def of(cls, shape: Shape, amounts: Mapping[int, int], hidden: Point = Point.IDENTITY) -> Self:
        """By component; what is not named is 0."""
        return cls(tuple(amounts.get(k, 0) for k in range(shape.components)), hidden)

    @property
    def point(self) -> Point:
        """By how much the commitment moves."""
        known = [amount_point(k, amount) for k, amount in enumerate(self.public) if amount]
        return add_all([*known, self.hidden])


@dataclass(frozen=True, slots=True)
class Before:
    """The ledger as an entry found it: what a face may depend on besides the fields.

    Shape and fees are at hand to whoever follows a log. All the rest may have to be replayed, so
    `found` is called only where nothing less says it: a lot, a price, whose withdrawal it was.
    """

    shape: Shape
    order_fee: int
    leg_fee: int
    #: A state with its clock at the entry's time; whoever asks may write to it.
    found: Callable[[], State]

    @classmethod
    def of(cls, state: State, time: int, number: int) -> Self:
        """Where the state after the entry before is there."""
        fees = state.at(time, number).parameters
        return cls(state.shape, fees.order_fee, fees.leg_fee, lambda: state.at(time, number))
