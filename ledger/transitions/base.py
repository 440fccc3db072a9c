"""What all transitions have in common: terms, their binding, the three steps, and the faces.

The *terms* of a transition are all of its fields except proofs, escrows and signatures. One hash of
them, the *binding*, is what is signed, and what every proof is bound to through its context: so a
proof can be moved to no other ledger, kind, account, nonce, epoch or amount, and a proof whose
bytes were changed in a way that keeps it true belongs to the same transition.

The three steps (`check`, `examine`, `apply`) decide. The *faces* are for whoever reads a log:
`named`, `concerns` and `accounts` say whom it is about, `sealed` what it puts in escrow,
`change_of` what it adds to an account, `told` and `outcome` what happened, in words.
"""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from typing import Annotated, Any, ClassVar, Final

from pydantic import Field

from circuits.claim import claim_public
from circuits.fill import fill_public
from circuits.margin import margin_public
from circuits.schedule import Schedule
from circuits.shape import Shape
from circuits.solvency import solvency_public
from ledger.encoding import Count, Model
from ledger.evidence import ClaimedProof, ClaimedSignature, ClaimedSpan, Evidence
from ledger.market.data import Rows
from ledger.market.listing import Listing
from ledger.state import State
from ledger.transitions.faces import Before, Change, Escrow, EscrowedOpening, Topic
from zk.babyjubjub import Point
from zk.generators import blinding_generator, value_generators
from zk.pedersen import Commitment
from zk.sigma import Span

_BINDING: Final = b"tacit/v1/transition/"
_CONTEXT: Final = b"tacit/v1/context/"
#: 253 bits: every context is a canonical element of F_r.
_CONTEXT_SHIFT: Final = 3

AccountId = Count
Label = Annotated[str, Field(max_length=200, pattern=r"^[ -~]*$")]


class Transition(Model):
    """A change of the state that somebody asks for."""

    #: The fields that are no terms, nested as `model_dump_json(exclude=…)` takes them.
    EVIDENCE: ClassVar[dict[str, Any]] = {}
    #: What it is about; every transition says it.
    TOPIC: ClassVar[Topic]
    #: It changes the ledger for everybody, or takes something from somebody: what has no room for
    #: all entries keeps these.
    IS_RARE: ClassVar[bool] = False

    kind: str

    def binding(self, ledger: bytes) -> bytes:
        """The hash of ledger and terms: what is signed."""
        terms = self.model_dump_json(exclude=self.EVIDENCE).encode()
        return hashlib.sha256(_BINDING + ledger + terms).digest()

    def check(self, shape: Shape) -> None:
        """What can be said without the state."""

    @property
    def by_governors(self) -> bool:
        """Governors have signed when it is of use: it may carry the clock past the oracles'."""
        return False

    @property
    def oracles_time(self) -> int:
        """The time that oracles say in it, which counts for its own entry already."""
        return 0

    @abstractmethod
    def examine(self, state: State) -> Evidence:
        """What must hold for this state to admit it; raises where nothing could."""

    @abstractmethod
    def apply(self, state: State) -> None:
        """Writes the change into a draft, after `examine` and its evidence were in order."""

    @abstractmethod
    def named(self) -> tuple[int, ...]:
        """The accounts that its fields name."""

    def concerns(self, account: int | None, owner: bytes) -> bool:
        """Whoever follows that account, or waits for that key to own one, must read it."""
        return account in self.named()

    def accounts(self, before: Before) -> tuple[int, ...]:
        """Whom it concerns, where the fields alone do not say it too."""
        return self.named()

    def sealed(self) -> tuple[EscrowedOpening, ...]:
        """What it puts in escrow."""
        return ()

    @abstractmethod
    def change_of(self, account: int, before: Before) -> Change:
        """What it adds to that account; `before` says what follows from no field of it.

        Of a book on sale that can be a lot, its price and a debt that the fund pays; of others it
        is in the fields, but for a fee.
        """

    @abstractmethod
    def told(self, listing: Listing) -> str:
        """What happened, in one sentence without an end: from the fields, so the same everywhere.

        Only an entry of a ledger is worth telling: whether it was admitted is not asked.
        """

    def outcome(self, before: Before, after: State) -> str:
        """What became of it, as a second half of the sentence; only a state can say it."""
        return ""


class AccountTransition(Transition):
    """What the owner of one account asks for, or what happens to one account."""

    account: AccountId

    def named(self) -> tuple[int, ...]:
        return (self.account,)

    def change_of(self, account: int, before: Before) -> Change:
        return self.own_change(before) if account == self.account else Change.none(before.shape)

    @abstractmethod
    def own_change(self, before: Before) -> Change:
        """What it adds to its account."""


class LedgerTransition(Transition):
    """What is about the ledger at large, and adds nothing to any account."""

    def named(self) -> tuple[int, ...]:
        return ()

    def change_of(self, account: int, before: Before) -> Change:
        return Change.none(before.shape)


class AccountStatement(AccountTransition):
    """What says something of one account, whose contents stay as they are."""

    def own_change(self, before: Before) -> Change:
        return Change.none(before.shape)


def context(binding: bytes, role: str) -> int:
    """The context of one proof of a transition; `role` tells several of them apart."""
    digest = hashlib.sha256(_CONTEXT + binding + role.encode()).digest()
    return int.from_bytes(digest, "big") >> _CONTEXT_SHIFT


def owner_context(binding: bytes, account: int) -> int:
    """The context of the proof for that account."""
    return context(binding, f"account/{account}")


def demand_claim(
    shape: Shape, subject: str, commitment: Point, rows: Rows, context: int, proof: bytes
) -> ClaimedProof:
    """The claim that the ledger wants to see, from what the ledger knows."""
    public = claim_public(shape, Commitment(commitment), rows.matrix, rows.constants, context)
    return ClaimedProof(f"claim of {subject}", "claim", public, proof)


def demand_margin(
    shape: Shape,
    subject: str,
    commitment: Point,
    schedule: Schedule[int],
    context: int,
    proof: bytes,
) -> ClaimedProof:
    """The margin that the ledger wants to see, from what the ledger knows."""
    public = margin_public(shape, Commitment(commitment), schedule, context)
    return ClaimedProof(f"margin of {subject}", "margin", public, proof)


def demand_solvency(
    state: State,
    subject: str,
    commitment: Point,
    schedule: Schedule[int],
    context: int,
    escrow: Escrow,
    proof: bytes,
) -> ClaimedProof:
    """Margin, with the opening in escrow under the key that is in force."""
    public = solvency_public(
        state.shape,
        Commitment(commitment),
        schedule,
        context,
        escrow.public(state.parameters.escrow.point),
    )
    return ClaimedProof(f"solvency of {subject}", "solvency", public, proof)


def demand_fill(
    state: State,
    subject: str,
    order: Point,
    fill: Point,
    context: int,
    escrow: Escrow,
    notice: tuple[int, ...],
    proof: bytes,
) -> ClaimedProof:
    """That `fill` is a fraction of `order`, or better."""
    public = fill_public(
        state.shape,
        Commitment(order),
        Commitment(fill),
        escrow.public(state.parameters.escrow.point),
        notice,
        context,
    )
    return ClaimedProof(f"fill of {subject}", "fill", public, proof)


def signed_by_owner(
    owner: bytes, account: int, binding: bytes, signature: bytes
) -> ClaimedSignature:
    """The owner's signature under the terms."""
    return ClaimedSignature(f"the owner of account {account}", owner, binding, signature)


def show_flat(
    state: State, subject: str, commitment: Point, flat: bytes | None, binding: bytes
) -> tuple[int, list[ClaimedSpan]]:
    """The floor of an account, and what must hold for it: none where there are no positions."""
    if flat is None:
        return state.parameters.floor, []
    return 0, [flatness(state, subject, commitment, binding, flat)]


def flatness(
    state: State, subject: str, commitment: Point, binding: bytes, proof: bytes
) -> ClaimedSpan:
    """The commitment holds assets and nothing else."""
    assets = value_generators(state.shape.assets)
    span = Span((*assets, blinding_generator()), commitment)
    return ClaimedSpan(f"{subject} without positions", span, binding, proof)
