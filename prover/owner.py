"""The owner of one account: what is held, and what every transition of it is made of.

Escrow secrets and blindings are a PRF of the owner's seed and of what they are for. So a retry
with the same terms repeats itself exactly, other terms get another secret, and the seed and the
public log give back every opening.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from circuits.claim import ClaimPrivate, claim_public
from circuits.escrow import encrypt
from circuits.margin import margin_private, margin_public
from circuits.schedule import Schedule
from circuits.solvency import SolvencyPrivate, solvency_message, solvency_public
from ledger.encoding import Model
from ledger.market.data import Rows
from ledger.state import State
from ledger.transitions import (
    Escrow,
    Transition,
)
from ledger.transitions.base import owner_context
from prover.prf import derived_blinding, derived_secret
from prover.unprovable import explained
from zk.babyjubjub import Point
from zk.generators import blinding_generator, value_generators
from zk.pedersen import Opening
from zk.randomness import Randomness, system_randomness
from zk.sigma import Span
from zk.signatures import SigningKey

T_co = TypeVar("T_co", bound=Model, covariant=True)
D = TypeVar("D", bound=Transition)


class Proving(Protocol):
    """Makes the proof of a statement by its name; `Unsatisfied` where the statement is false."""

    def prove(self, statement: str, public: Any, private: Any) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Written(Generic[T_co]):
    """A transition, and what its author's account opens to once it is accepted."""

    transition: T_co
    opening: Opening


@dataclass(slots=True)
class Owner:
    """Keys, an opening, and whoever proves; `prover.author` writes with it."""

    signer: SigningKey
    seed: bytes = field(repr=False)
    proving: Proving
    randomness: Randomness = system_randomness
    #: Known once the account is open.
    account: int = -1
    opening: Opening | None = None

    def first_opening(self, state: State) -> Opening:
        """What our account opens to when it is opened: nothing, under a blinding of our own."""
        return Opening(state.shape.vector({}), self._blinding(state, b"open"))

    @property
    def known(self) -> Opening:
        """The opening, which only an account that was never opened lacks."""
        assert self.opening is not None  # set when the account was opened
        return self.opening

    def escrow_secret(self, context: int, commitment: Point) -> int:
        """The secret of one message: the same for a retry, another where anything differs.

        The context alone would not do: a fill may move the account between two attempts.
        """
        data = context.to_bytes(32, "big") + commitment.encode()
        return derived_secret(self.seed, b"escrow", data)

    def solvency(
        self, state: State, after: Opening, schedule: Schedule[int], context: int
    ) -> tuple[Escrow, bytes]:
        """The escrow of an opening, and the proof of its solvency."""
        shape, commitment = state.shape, after.commit()
        secret = self.escrow_secret(context, commitment.point)
        private = margin_private(shape, schedule, after)
        message = solvency_message(shape, private.values, private.reserved, private.blinding)
        escrow = encrypt(state.parameters.escrow.point, secret, context, message)
        public = solvency_public(shape, commitment, schedule, context, escrow)
        with explained(state, after, schedule, "the account as it would be"):
            proof = self.proving.prove("solvency", public, SolvencyPrivate(private, secret))
        ephemeral = Point.unchecked(escrow.ephemeral.x, escrow.ephemeral.y)
        return Escrow(ephemeral=ephemeral, words=escrow.words), proof

    def _claim(self, state: State, opening: Opening, rows: Rows, context: int) -> bytes:
        public = claim_public(state.shape, opening.commit(), rows.matrix, rows.constants, context)
        private = ClaimPrivate(opening.values, opening.blinding)
        with explained(state, opening, rows, "the account"):
            return self.proving.prove("claim", public, private)

    def _margin(
        self,
        state: State,
        opening: Opening,
        schedule: Schedule[int],
        context: int,
        account: str = "the account",
    ) -> bytes:
        public = margin_public(state.shape, opening.commit(), schedule, context)
        private = margin_private(state.shape, schedule, opening)
        with explained(state, opening, schedule, account):
            return self.proving.prove("margin", public, private)

    def _solvent(
        self,
        state: State,
        draft: D,
        after: Opening,
        asked: Callable[[int], Schedule[int]],
        *,
        traded: bool = False,
        **evidence: bytes,
    ) -> Written[D]:
        # The escrow of a heartbeat is a matter of its presence: the terms do not contain it.
        binding = draft.binding(state.charter.ledger)
        context = owner_context(binding, self.account)
        floor, flat = self._floor(state, after, binding, traded=traded)
        escrow, proof = self.solvency(state, after, asked(floor), context)
        return self._signed(
            draft, binding, after, flat=flat, escrow=escrow, proof=proof, **evidence
        )

    def _floor(
        self, state: State, after: Opening, binding: bytes, *, traded: bool = False
    ) -> tuple[int, bytes | None]:
        """The floor that will be asked, and what shows that it need not be.

        Whoever has positions, or never traded, shows nothing; nor does who has no floor to fear.
        """
        untraded = state.account(self.account).is_untraded and not traded
        floor = state.parameters.floor
        if untraded or not floor:
            return 0, None
        if any(after.values[state.shape.assets :]):
            return floor, None
        return 0, self._flat(state, after, binding)

    def _flat(self, state: State, opening: Opening, binding: bytes) -> bytes:
        assets = state.shape.assets
        bases = (*value_generators(assets), blinding_generator())
        scalars = (*opening.values[:assets], opening.blinding)
        span = Span(bases, opening.commit().point)
        return span.prove(scalars, binding, self.randomness).encode()

    def _signed(self, draft: D, binding: bytes, after: Opening, **evidence: object) -> Written[D]:
        evidence["signature"] = self.signer.sign(binding)
        return Written(draft.model_copy(update=evidence), after)

    def _place(self, state: State) -> dict[str, Any]:
        nonce = self._nonce(state)
        return {"account": self.account, "nonce": nonce, "epoch": state.pool.epoch}

    def _nonce(self, state: State) -> int:
        return state.account(self.account).nonce

    def _span(
        self, bases: Sequence[Point], target: Point, opening: Opening, binding: bytes
    ) -> bytes:
        span = Span(tuple(bases), target)
        return span.prove((opening.blinding,), binding, self.randomness).encode()

    def _fresh_blinding(self, state: State, purpose: bytes) -> int:
        """One that no earlier transition of this account has used."""
        return self._blinding(state, purpose + self._nonce(state).to_bytes(8, "big"))

    def _blinding(self, state: State, purpose: bytes) -> int:
        return derived_blinding(self.seed, b"blinding/" + purpose, state.charter.ledger)
