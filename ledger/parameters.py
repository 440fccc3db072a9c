"""What governors may set, and the bounds within which they may set it.

Times are whole seconds of the ledger's own clock, money is in units of cash, and shares are in
basis points.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import Field

from ledger.encoding import Count, Model, PointHex, PublicKey, SignatureBytes, SpanBytes
from ledger.errors import LimitExceeded, MalformedTransition, Unauthorised
from ledger.market.risk import RiskParameters
from ledger.market.scenarios import ScenarioSet
from verifier.evidence import Signed, Spanned
from zk.babyjubjub import Point
from zk.randomness import Randomness, system_randomness
from zk.sigma import Span

#: A total past this could carry a balance out of the range that every proof proves: the widths
#: hold 2⁶² of cash either way and 2⁶³ of collateral, and no account can gain more than there is.
MAX_TOTAL: Final = 1 << 60
BASIS: Final = 10_000

Seconds = Annotated[int, Field(ge=1, le=366 * 86_400)]
Fee = Annotated[int, Field(ge=0, le=1 << 40)]
Move = Annotated[int, Field(ge=1, lt=BASIS)]

_ESCROW_CONTEXT: Final = b"tacit/v1/escrow key"


class Endorsement(Model):
    """One signature of a quorum; `signer` is the place of its key."""

    signer: Count
    signature: SignatureBytes


class Quorum(Model):
    """t of n keys."""

    keys: tuple[PublicKey, ...]
    threshold: Annotated[int, Field(ge=1)]

    def check(self, role: str) -> None:
        """Refuses a quorum that nobody can meet, or that one holder meets twice."""
        if len(set(self.keys)) != len(self.keys) or self.threshold > len(self.keys):
            raise MalformedTransition(
                f"quorum of {role}s",
                expected="distinct keys, and no more needed than there are",
                actual=f"{self.threshold} of {len(set(self.keys))} distinct keys",
            )

    def signed(
        self, role: str, message: bytes, endorsements: Sequence[Endorsement]
    ) -> list[Signed]:
        """What has to be checked; raises `Unauthorised` where too few have signed."""
        self.require_enough(role, [one.signer for one in endorsements])
        return [
            Signed(f"{role} {one.signer}", self.keys[one.signer], message, one.signature)
            for one in endorsements
        ]

    def require_enough(self, role: str, signers: Sequence[int]) -> None:
        """Distinct holders, in order, and as many as the quorum needs."""
        if list(signers) != sorted(set(signers)) or any(i >= len(self.keys) for i in signers):
            raise Unauthorised(
                f"signatures of {role}s",
                expected=f"distinct signers in order, below {len(self.keys)}",
                actual=list(signers),
            )
        if len(signers) < self.threshold:
            raise Unauthorised(
                f"signatures of {role}s",
                expected=f"{self.threshold} of {len(self.keys)}",
                actual=len(signers),
            )


class EscrowKey(Model):
    """P, with a proof that somebody knows p in P = p·B.

    Without it, whoever sets the key could pick a P under which the circuit's escrow hides
    nothing that anyone can read, and no reveal would ever succeed.
    """

    point: PointHex
    possession: SpanBytes

    @classmethod
    def of(cls, secret: int, randomness: Randomness = system_randomness) -> EscrowKey:
        """The key of one holder; guardians make theirs together."""
        point = Point.BASE8 * secret
        proof = Span((Point.BASE8,), point).prove((secret,), _ESCROW_CONTEXT, randomness)
        return cls(point=point, possession=proof.encode())

    def spanned(self) -> Spanned:
        """The proof of possession, to be checked."""
        if self.point.is_identity:
            raise MalformedTransition(
                "escrow key", expected="a point of order l", actual="the identity"
            )
        span = Span((Point.BASE8,), self.point)
        return Spanned("possession of the escrow key", span, _ESCROW_CONTEXT, self.possession)


class Parameters(Model):
    """Everything that can change without a new ledger."""

    oracles: Quorum
    governors: Quorum
    guardians: Quorum
    custodian: PublicKey
    escrow: EscrowKey
    risk: RiskParameters
    #: Paid to the fund, per order placed and per signed leg.
    order_fee: Fee
    leg_fee: Fee
    #: How old a market may be for anything that could make an account worse.
    max_age: Seconds
    min_interval: Seconds
    #: How far one update may move each spot, every vol, the funding index (in parts of the spot)
    #: and the rate of a year.
    max_spots_bps: tuple[Move, ...]
    max_vol_bps: Move
    max_funding_bps: Move
    max_rate_bps: Move
    #: How long after a new epoch an account may still prove under the one before.
    grace: Seconds
    sale_duration: Seconds
    sale_step: Seconds
    #: How long governors must wait for what they have signed.
    delay: Seconds
    max_total: Annotated[int, Field(ge=1, le=MAX_TOTAL)]

    def check(self, scenarios: int, underlyings: int) -> None:
        """Refuses parameters that contradict the shape or each other."""
        for role in ("oracle", "governor", "guardian"):
            quorum: Quorum = getattr(self, f"{role}s")
            quorum.check(role)
        self.risk.scenarios.check(scenarios, underlyings)
        if all(any(each.prices_bps) for each in self.risk.scenarios.scenarios):
            raise LimitExceeded(
                "scenario set",
                expected="a scenario in which no price moves: there collateral counts for nothing",
                actual="a move in every one",
            )
        if len(self.max_spots_bps) != underlyings:
            raise MalformedTransition(
                "largest moves",
                expected=f"one for each of {underlyings} underlyings",
                actual=len(self.max_spots_bps),
            )
        if self.sale_duration % self.sale_step:
            raise MalformedTransition(
                "sale step",
                expected=f"a divisor of {self.sale_duration} s",
                actual=f"{self.sale_step} s",
            )
        self._check_cover()

    def _check_cover(self) -> None:
        """The scenarios reach as far as each price may move until a portfolio has been sold."""
        epochs = (self.grace + self.sale_duration) // self.min_interval + 1
        reaches = reaches_bps(self.risk.scenarios)
        for index, (move, reach) in enumerate(zip(self.max_spots_bps, reaches, strict=True)):
            each = move + self.max_funding_bps
            if moves_within(each, reach, epochs) < epochs:
                raise LimitExceeded(
                    f"reach of the scenarios, underlying {index}",
                    expected=f"at least {epochs} moves of {each} bps",
                    actual=f"{reach} bps",
                )


def moves_within(move: int, reach: int, enough: int) -> int:
    """How many moves in a row stay within a reach, counted up to `enough`.

    Rounded against the reach at each step, so that numbers stay small: whoever proposes parameters
    has not signed anything yet when this is computed.
    """
    level, count = BASIS * BASIS, 0
    limit = BASIS * (BASIS + reach)
    while count < enough:
        level = -(-level * (BASIS + move) // BASIS)
        if level > limit:
            break
        count += 1
    return count


def reaches_bps(scenarios: ScenarioSet) -> tuple[int, ...]:
    """How far each price moves, up and down, in some scenario that must be covered in full."""
    full = [each.prices_bps for each in scenarios.scenarios if each.cover_bps == BASIS]
    if not full:
        return (0,) * scenarios.underlyings
    return tuple(min(max(prices), -min(prices)) for prices in zip(*full, strict=True))
