"""What governors may set, and the bounds within which they may set it.

Times are whole seconds, money is in units of cash, and shares are in basis points. Staleness,
delays and the steps of a sale run on given time; the grace runs on the oracles'.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import Field

from circuits.schedule import FLOOR
from circuits.shape import Shape
from ledger.encoding import Count, Model, PointHex, PublicKey, SignatureBytes, SpanBytes
from ledger.errors import LimitExceeded, MalformedTransition, Unauthorised
from ledger.evidence import ClaimedSignature, ClaimedSpan
from ledger.market.data import MoveBounds
from ledger.market.listing import Listing
from ledger.market.reach import RiskParameters
from ledger.market.window import Window
from zk.babyjubjub import Point
from zk.randomness import Randomness, system_randomness
from zk.sigma import Span

#: A total past this could carry a balance out of the range that every proof proves: the inner half
#: of the widths holds 2⁶¹ of cash either way, and 2⁵⁴ of collateral.
MAX_CASH: Final = 1 << 60
MAX_COLLATERAL: Final = 1 << 53
BASIS: Final = 10_000
DAY: Final = 86_400

#: The floors of times let a network that is being tested live through a default in two minutes.
Interval = Annotated[int, Field(ge=20, le=DAY)]
Grace = Annotated[int, Field(ge=40, le=DAY)]
Delay = Annotated[int, Field(ge=60, le=366 * DAY)]
Gap = Annotated[int, Field(ge=600, le=7 * DAY)]
Settling = Annotated[int, Field(ge=1, le=600)]
#: At most ten thousand dollars, where cash is counted in cents.
Fee = Annotated[int, Field(ge=0, le=10**6)]
Capital = Annotated[int, Field(ge=0, le=MAX_CASH)]
#: As wide as what the statement takes from the total.
Floor = Annotated[int, Field(ge=0, le=FLOOR.maximum)]
Move = Annotated[int, Field(ge=1, lt=BASIS)]
#: A move of a vol, and one of what is quoted per year or in parts of the spot.
VolMove = Annotated[int, Field(ge=1, le=2_000)]
SmallMove = Annotated[int, Field(ge=0, le=100)]

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
    ) -> list[ClaimedSignature]:
        """What has to be checked; raises `Unauthorised` where too few have signed."""
        self.require_enough(role, [one.signer for one in endorsements])
        return [
            ClaimedSignature(f"{role} {one.signer}", self.keys[one.signer], message, one.signature)
            for one in endorsements
        ]

    @property
    def outvotes_a_third(self) -> bool:
        """More than two thirds are needed: a third can neither sign nor, with one liar, stall."""
        return 3 * self.threshold > 2 * len(self.keys)

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

    def spanned(self) -> ClaimedSpan:
        """The proof of possession, to be checked."""
        if self.point.is_identity:
            raise MalformedTransition(
                "escrow key", expected="a point of order l", actual="the identity"
            )
        span = Span((Point.BASE8,), self.point)
        return ClaimedSpan("possession of the escrow key", span, _ESCROW_CONTEXT, self.possession)


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
    #: The least that an account with positions must have left: what opening it in default costs.
    floor: Floor
    #: The most notional of one account under initial margin, either way, in cash.
    cap: Annotated[int, Field(ge=1, le=MAX_CASH)]
    #: What the fund keeps when it is asked for the discount of a sale.
    fund_floor: Capital
    #: The part of a lot's requirement that its buyer gets at the last step of a sale.
    discount_bps: Annotated[int, Field(ge=1, le=2_000)]
    #: How old a market may be for anything that could make an account worse.
    max_age: Interval
    min_interval: Interval
    #: How long oracles may be silent before governors must sign their next market too.
    max_gap: Gap
    #: How far one update may move each spot and every vol (in parts of what they were), each
    #: funding index (in parts of the spot), and the rate, each basis and each slope of a year.
    max_spots_bps: tuple[Move, ...]
    max_vol_bps: VolMove
    max_funding_bps: SmallMove
    max_rate_bps: SmallMove
    max_basis_bps: SmallMove
    max_slope_bps: SmallMove
    #: How far a report may lie from the median of all and still be heard.
    max_spread_bps: Move
    #: How much oracles' time may pass from the market that an account owes a proof for.
    grace: Grace
    #: How long guardians may take to open an overdue account, and how long it is then on sale.
    reveal: Interval
    sale_duration: Interval
    sale_step: Annotated[int, Field(ge=1, le=DAY)]
    #: How long a cancelled order may still be filled.
    settling: Settling
    #: How long governors must wait for what they have signed; for keys, longer.
    delay: Delay
    key_delay: Delay
    #: Per asset, the most that the ledger may hold: of collateral, the most that is lent against.
    max_totals: tuple[Annotated[int, Field(ge=1, le=MAX_CASH)], ...]

    @property
    def updates(self) -> int:
        """The updates of the market between an account's last proof and the end of its sale."""
        before = -(-self.grace // self.min_interval)
        return 1 + before + (self.reveal + self.sale_duration) // self.min_interval

    @property
    def window(self) -> Window:
        """What may happen in that time, as far as the bounds of an update carry it."""
        n = self.updates
        return Window(
            updates=n,
            seconds=2 * self.max_gap + self.grace + self.reveal + self.sale_duration,
            rate_bps=n * self.max_rate_bps,
            funding_bps=n * self.max_funding_bps,
            basis_bps=n * self.max_basis_bps,
            slope_bps=n * self.max_slope_bps,
        )

    @property
    def move_bounds(self) -> MoveBounds:
        """How far one update may move each number."""
        return MoveBounds(
            spots_bps=self.max_spots_bps,
            vol_bps=self.max_vol_bps,
            funding_bps=self.max_funding_bps,
            rate_bps=self.max_rate_bps,
            basis_bps=self.max_basis_bps,
            slope_bps=self.max_slope_bps,
        )

    @property
    def keys(self) -> tuple[object, ...]:
        """Who may sign what, and how long a change of that waits: the longer delay."""
        return (self.oracles, self.governors, self.guardians, self.custodian, self.key_delay)

    def check(self, shape: Shape, listing: Listing) -> None:
        """Refuses parameters that contradict the shape, the listing or each other."""
        for role in ("oracle", "governor", "guardian"):
            quorum: Quorum = getattr(self, f"{role}s")
            quorum.check(role)
        underlyings = len(listing.underlyings)
        for subject, count, expected in (
            ("largest moves", len(self.max_spots_bps), underlyings),
            ("reaches", len(self.risk.reaches), underlyings),
            ("largest totals", len(self.max_totals), shape.assets),
        ):
            if count != expected:
                raise MalformedTransition(subject, expected=f"{expected} of them", actual=count)
        for asset, total in enumerate(self.max_totals[1:], 1):
            if total > MAX_COLLATERAL:
                raise LimitExceeded(
                    f"largest total of asset {asset}",
                    expected=f"at most {MAX_COLLATERAL}",
                    actual=total,
                )
        self._check_times()
        self._check_reach(shape, listing)

    def check_production(self) -> None:
        """One liar among three neither moves nor stalls anything that is worth something."""
        for role in ("oracle", "guardian"):
            quorum: Quorum = getattr(self, f"{role}s")
            if not quorum.outvotes_a_third:
                raise MalformedTransition(
                    f"quorum of {role}s",
                    expected="more than two thirds of the keys, in production",
                    actual=f"{quorum.threshold} of {len(quorum.keys)}",
                )

    def _check_times(self) -> None:
        if self.max_age >= self.grace:
            raise LimitExceeded(
                "age of a market",
                expected=f"less than the grace of {self.grace} s",
                actual=f"{self.max_age} s",
            )
        if self.max_gap < self.min_interval:
            raise LimitExceeded(
                "gap between markets",
                expected=f"at least the interval of {self.min_interval} s",
                actual=f"{self.max_gap} s",
            )
        if self.sale_duration % self.sale_step:
            raise MalformedTransition(
                "sale step",
                expected=f"a divisor of {self.sale_duration} s",
                actual=f"{self.sale_step} s",
            )
        if self.key_delay < self.delay:
            raise LimitExceeded(
                "delay of keys",
                expected=f"at least the delay of {self.delay} s",
                actual=f"{self.key_delay} s",
            )

    def _check_reach(self, shape: Shape, listing: Listing) -> None:
        """The rows, and the haircuts without rows, reach as far as prices and vols may move."""
        n = self.updates
        rowed = {block.collateral for block in shape.blocks}
        margined = {each.reference for each in listing.instruments}
        for index, (move, reach) in enumerate(
            zip(self.max_spots_bps, self.risk.reaches, strict=True)
        ):
            if index in margined:
                _require_reach(f"price reach, underlying {index}", move, reach.price_bps, n)
                _require_reach(f"vol reach, underlying {index}", self.max_vol_bps, reach.vol_bps, n)
        for asset, collateral in enumerate(listing.assets):
            if asset and asset not in rowed and collateral.reference is not None:
                move = self.max_spots_bps[collateral.reference]
                haircut = BASIS - collateral.counted_bps
                if haircut < fall_within(move, n):
                    raise LimitExceeded(
                        f"haircut of asset {asset}",
                        expected=f"at least {fall_within(move, n)} bps: {n} falls of {move} bps",
                        actual=f"{haircut} bps",
                    )


def _require_reach(subject: str, move: int, reach: int, moves: int) -> None:
    if moves_within(move, reach, moves) < moves:
        raise LimitExceeded(
            subject, expected=f"at least {moves} moves of {move} bps", actual=f"{reach} bps"
        )


def moves_within(move: int, reach: int, enough: int) -> int:
    """How many rises in a row stay within a reach, counted up to `enough`; falls reach less far.

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


def fall_within(move: int, moves: int) -> int:
    """How much is lost in so many falls in a row, in basis points, rounded up."""
    left = BASIS * BASIS
    for _ in range(min(moves, BASIS)):
        left = left * (BASIS - move) // BASIS
    return BASIS - left // BASIS
