"""Puts a settlement together: its terms first, then every leg, then the balance.

A signed leg is made by its own party (`Author.signed_leg`); a firm leg by the matcher, who knows
the opening of the order and of nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from circuits.escrow import encrypt, pack
from circuits.fill import FillPrivate, TradedOpening, fill_notice, fill_public, traded_widths
from circuits.gadgets.coordinates import coordinates
from ledger.state import State
from ledger.transitions import Escrow, FirmLeg, Settle, SignedLeg
from ledger.transitions.base import owner_context
from ledger.transitions.settlement import Leg
from prover.blank import BLANK_ESCROW, BLANK_PROOF, BLANK_SIGNATURE, BLANK_SPAN
from prover.owner import Proving
from prover.prf import derived_secret
from prover.unprovable import NoProof
from zk.babyjubjub import Point, add_all
from zk.errors import Conflict, Unsatisfied
from zk.generators import blinding_generator
from zk.pedersen import Opening
from zk.randomness import Randomness, system_randomness
from zk.sigma import Span
from zk.signatures import SigningKey


@dataclass(frozen=True, slots=True)
class OrderFill:
    """How much of whose order: `filled` of `whole` parts, for the delta in `opening`."""

    account: int
    order: int
    order_opening: Opening
    opening: Opening
    filled: int
    whole: int


def signed_terms(state: State, account: int, delta: Point) -> SignedLeg:
    """The terms of a signed leg."""
    return SignedLeg(
        account=account,
        nonce=state.account(account).nonce,
        delta=delta,
        escrow=BLANK_ESCROW,
        proof=BLANK_PROOF,
        signature=BLANK_SIGNATURE,
    )


def firm_terms(fill: OrderFill) -> FirmLeg:
    """The terms of a firm leg."""
    return FirmLeg(
        account=fill.account,
        order=fill.order,
        delta=fill.opening.commit().point,
        escrow=BLANK_ESCROW,
        notice=(),
        proof=BLANK_PROOF,
    )


def settlement_terms(state: State, legs: Sequence[Leg], matcher: bytes | None = None) -> Settle:
    """A settlement whose evidence is still blank; its binding is final.

    Legs come in the order of their accounts, whoever names them in what order.
    """
    return Settle(
        epoch=state.pool.epoch,
        legs=in_order(legs),
        matcher=matcher,
        balance=BLANK_SPAN,
        matcher_signature=None if matcher is None else BLANK_SIGNATURE,
    )


def in_order(legs: Iterable[Leg]) -> tuple[Leg, ...]:
    """As a settlement has them."""
    return tuple(sorted(legs, key=lambda leg: leg.account))


def settled(
    state: State,
    terms: Settle,
    legs: Sequence[Leg],
    excess: int,
    matcher: SigningKey | None = None,
    randomness: Randomness = system_randomness,
) -> Settle:
    """The settlement with its evidence; `excess` is the sum of the blindings of all deltas."""
    binding = terms.binding(state.charter.ledger)
    total = add_all(leg.delta for leg in terms.legs)
    span = Span((blinding_generator(),), total)
    evidence: dict[str, object] = {
        "legs": in_order(legs),
        "balance": span.prove((excess,), binding, randomness).encode(),
    }
    if matcher is not None:
        evidence["matcher_signature"] = matcher.sign(binding)
    return terms.model_copy(update=evidence)


@dataclass(frozen=True, slots=True)
class Filler:
    """Proves fills of firm orders, for a matcher."""

    seed: bytes = field(repr=False)
    proving: Proving

    def leg(self, state: State, terms: Settle, fill: OrderFill) -> FirmLeg:
        """The firm leg of that fill, with its evidence."""
        own = next(leg for leg in terms.legs if leg.account == fill.account)
        if not isinstance(own, FirmLeg):
            raise Conflict("leg", expected="a firm leg", actual="a signed one")
        context = owner_context(terms.binding(state.charter.ledger), fill.account)
        traded = _traded(state, fill.opening)
        message = pack(traded.values, traded.blinding, traded_widths(state.shape))
        secret = self._secret(context, own.delta)
        escrow = encrypt(state.parameters.escrow.point, secret, context, message)
        order = _traded(state, fill.order_opening)
        notice = fill_notice(order.blinding, coordinates(own.delta), context, message)
        public = fill_public(
            state.shape,
            fill.order_opening.commit(),
            fill.opening.commit(),
            escrow,
            notice,
            context,
        )
        private = FillPrivate(order, traded, fill.filled, fill.whole, secret)
        try:
            proof = self.proving.prove("fill", public, private)
        except Unsatisfied as refusal:
            # Which check it was says enough; the numbers are those of somebody's order.
            expected = f"a part of order {fill.order} at its limit or better"
            raise NoProof(refusal.scope, expected=expected, actual="another fill") from refusal
        ephemeral = Point.unchecked(escrow.ephemeral.x, escrow.ephemeral.y)
        evidence = {
            "escrow": Escrow(ephemeral=ephemeral, words=escrow.words),
            "notice": notice,
            "proof": proof,
        }
        return own.model_copy(update=evidence)

    def _secret(self, context: int, delta: Point) -> int:
        return derived_secret(self.seed, b"fill", context.to_bytes(32, "big") + delta.encode())


def _traded(state: State, opening: Opening) -> TradedOpening[int]:
    values = tuple(opening.values[index] for index in state.shape.traded)
    return TradedOpening(values, opening.blinding)
