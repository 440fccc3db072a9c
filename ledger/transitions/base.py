"""What all transitions have in common: terms, their binding, and the three steps.

The *terms* of a transition are all of its fields except proofs, escrows and signatures. One hash of
them, the *binding*, is what is signed, and what every proof is bound to through its context: so a
proof can be moved to no other ledger, kind, account, nonce, epoch or amount, and a proof whose
bytes were changed in a way that keeps it true belongs to the same transition.
"""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from typing import Annotated, Any, ClassVar, Final

from pydantic import Field

from circuits.claim import claim_public
from circuits.escrow import EscrowPublic
from circuits.fill import fill_public
from circuits.gadgets.coordinates import coordinates
from circuits.margin import margin_public
from circuits.schedule import Schedule
from circuits.shape import Shape
from circuits.solvency import solvency_public
from ledger.encoding import Count, Element, Model, PointHex
from ledger.evidence import ClaimedProof, ClaimedSignature, ClaimedSpan, Evidence
from ledger.market.data import Rows
from ledger.state import State
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


class Escrow(Model):
    """An opening, encrypted to the ledger's escrow key; that key is the ledger's to say."""

    ephemeral: PointHex
    words: tuple[Element, ...]

    def public(self, key: Point) -> EscrowPublic[int]:
        """As the statements take it."""
        return EscrowPublic(coordinates(key), coordinates(self.ephemeral), self.words)


class Transition(Model):
    """A change of the state that somebody asks for."""

    #: The fields that are no terms, nested as `model_dump_json(exclude=…)` takes them.
    EVIDENCE: ClassVar[dict[str, Any]] = {}

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
