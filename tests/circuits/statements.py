"""Statements made to order: the tests choose every number, and the public part follows.

Nothing here looks at whether a statement is true; the public part is within its bounds. The
edges are true, and each is as far out as the circuits allow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from circuits.claim import Claim, ClaimPrivate, ClaimPublic, claim_public
from circuits.escrow import SECRET_BITS, encrypt, pack
from circuits.fill import (
    QUANTITY_BITS,
    Fill,
    FillPrivate,
    FillPublic,
    TradedOpening,
    fill_notice,
    fill_public,
    traded_widths,
)
from circuits.gadgets.coordinates import coordinates
from circuits.margin import (
    Margin,
    MarginPrivate,
    MarginPublic,
    margin_public,
)
from circuits.schedule import (
    FLOOR,
    LIMIT,
    LONG_BITS,
    UNSIGNED_ENTRY,
    Schedule,
    empty_schedule,
    judge,
    longs,
    loss_bits,
    losses,
)
from circuits.shape import (
    BLINDING,
    CASH,
    COLLATERAL,
    CONSTANT,
    MATRIX_ENTRY,
    POSITION,
    RESERVED,
    SHAPES,
    Shape,
    Width,
)
from circuits.solvency import (
    Solvency,
    SolvencyPrivate,
    SolvencyPublic,
    solvency_message,
    solvency_public,
)
from tests.circuits.dishonest_prover import broken_scopes, play
from zk.babyjubjub import Point, combine
from zk.circuit import compile_circuit
from zk.field import SCALAR_MODULUS, SUBGROUP_ORDER
from zk.generators import blinding_generator, reserve_generator, value_generator
from zk.pedersen import Commitment

TINY: Final[Shape] = SHAPES["tiny"]
CIRCUITS: Final[dict[str, Any]] = {
    "claim": Claim(TINY),
    "margin": Margin(TINY),
    "solvency": Solvency(TINY),
    "fill": Fill(TINY),
}
#: The discrete logarithm of the escrow key.
KEY_SECRET: Final = 0x5EC0_FFEE_D00D_F00D_0123_4567_89AB_CDEF
SECRET: Final = 0x1_2345_6789_ABCD_EF01_2345_6789_ABCD_EF01_2345_6789_ABCD_EF01_2345_6789
CONTEXT: Final = 0xC0_17E8_7000_0000_0000_0000_0000_0001
EDGE_BLINDINGS: Final = (
    0,
    1,
    SUBGROUP_ORDER - 1,
    SUBGROUP_ORDER,
    2 * SUBGROUP_ORDER - 1,
    BLINDING.maximum,
)
EDGE_SECRETS: Final = (
    0,
    1,
    (1 << SECRET_BITS - 1) - 1,
    1 << SECRET_BITS - 1,
    (1 << SECRET_BITS) - 1,
)
Matrix = tuple[tuple[int, ...], ...]
#: A market without a zero in it: eight moves of one coin, four of them down.
SCHEDULE: Final = Schedule(
    values=(300_000,),
    mark=(2_000_000, 500_000),
    moves=(tuple((50_000 * k, -20_000 * k, 30_000 * k) for k in (-4, -3, -2, -1, 1, 2, 3, 4)),),
    charges=(10_000, 20_000),
    weights=(1_000_000, 600_000),
    floor=100,
    cap=60_000_000,
    credit=5,
)
NOTHING_ASKED: Final = replace(empty_schedule(TINY), cap=LIMIT.maximum, credit=LIMIT.maximum)


def commit(
    indices: Sequence[int], values: Sequence[int], blinding: int, reserved: int = 0
) -> Commitment:
    """Σ vₖ·Gₖ + n·F + r·H over these components, for a blinding of any size."""
    generators = [value_generator(index) for index in indices]
    bases = [*generators, reserve_generator(), blinding_generator()]
    return Commitment(combine(bases, [*values, reserved, blinding]))


def margin_widths(shape: Shape) -> tuple[Width, ...]:
    """What a component may be in a margin: the inner half of its width, where it is signed."""
    return tuple(width.inner for width in shape.widths)


@dataclass(frozen=True)
class Portfolio:
    """What a claim, a margin or a solvency is about; the claim's rows say "cash is not negative".

    The losses and longs of a margin are the least that there are, unless others are claimed.
    """

    values: tuple[int, ...] = (1000, 2000, 30, -40)
    blinding: int = 0x1234_5678_9ABC_DEF0
    reserved: int = 0
    matrix: Matrix = ((1, 0, 0, 0),) * TINY.scenarios
    constants: tuple[int, ...] = (0,) * TINY.scenarios
    schedule: Schedule[int] = SCHEDULE
    losses: tuple[int, ...] | None = None
    longs: tuple[int, ...] | None = None
    context: int = CONTEXT
    secret: int = SECRET
    key: Point = Point.BASE8 * KEY_SECRET

    def commitment(self) -> Commitment:
        """The commitment to these values."""
        return commit(range(TINY.components), self.values, self.blinding, self.reserved)

    def claim(
        self, commitment: Commitment | None = None
    ) -> tuple[ClaimPublic[int], ClaimPrivate[int]]:
        """The claim, about this commitment or another."""
        C = commitment or self.commitment()
        public = claim_public(TINY, C, self.matrix, self.constants, self.context)
        return public, ClaimPrivate(self.values, self.blinding)

    def margin(
        self, commitment: Commitment | None = None
    ) -> tuple[MarginPublic[int], MarginPrivate[int]]:
        """The margin, about this commitment or another."""
        C = commitment or self.commitment()
        public = margin_public(TINY, C, self.schedule, self.context)
        least = losses(TINY, self.schedule, self.values)
        lost = least if self.losses is None else self.losses
        held = longs(TINY, self.values) if self.longs is None else self.longs
        return public, MarginPrivate(self.values, self.reserved, self.blinding, lost, held)

    def solvency(
        self, commitment: Commitment | None = None
    ) -> tuple[SolvencyPublic[int], SolvencyPrivate[int]]:
        """The solvency; what is escrowed are these values, whatever the commitment."""
        message = solvency_message(TINY, self.values, self.reserved, self.blinding)
        escrow = encrypt(self.key, self.secret, self.context, message)
        margin, private = self.margin(commitment)
        C = commitment or self.commitment()
        public = solvency_public(TINY, C, margin.schedule, self.context, escrow)
        return public, SolvencyPrivate(private, self.secret)


@dataclass(frozen=True)
class Trade:
    """What a fill is about: 10 of one instrument less 20 of another for 1000, and half of it."""

    order: tuple[int, ...] = (-1000, 10, -20)
    fill: tuple[int, ...] = (-500, 5, -10)
    filled: int = 1
    whole: int = 2
    order_blinding: int = 0xABCDEF
    fill_blinding: int = 0xFEDCBA
    context: int = CONTEXT
    secret: int = SECRET
    key: Point = Point.BASE8 * KEY_SECRET

    def statement(
        self, order: Commitment | None = None, fill: Commitment | None = None
    ) -> tuple[FillPublic[int], FillPrivate[int]]:
        """The fill, about these commitments or others."""
        whole = order or commit(TINY.traded, self.order, self.order_blinding)
        part = fill or commit(TINY.traded, self.fill, self.fill_blinding)
        message = pack(self.fill, self.fill_blinding, traded_widths(TINY))
        escrow = encrypt(self.key, self.secret, self.context, message)
        notice = fill_notice(self.order_blinding, coordinates(part.point), self.context, message)
        public = fill_public(TINY, whole, part, escrow, notice, self.context)
        private = FillPrivate(
            order=TradedOpening(self.order, self.order_blinding),
            fill=TradedOpening(self.fill, self.fill_blinding),
            filled=self.filled,
            whole=self.whole,
            secret=self.secret,
        )
        return public, private


def statement_of(name: str, secret: int = SECRET, blinding: int = 77) -> tuple[Any, Any]:
    """A true statement of that name with this secret and blinding."""
    if name == "fill":
        return Trade(secret=secret, fill_blinding=blinding).statement()
    return about(name, Portfolio(secret=secret, blinding=blinding))


def about(name: str, portfolio: Portfolio, commitment: Commitment | None = None) -> tuple[Any, Any]:
    """The statement of that name about a portfolio, and about this commitment or its own."""
    return {"claim": portfolio.claim, "margin": portfolio.margin, "solvency": portfolio.solvency}[
        name
    ](commitment)


def margin_of(part: Any) -> Any:
    """The margin that a solvency contains, or a margin itself: of either part of a statement."""
    return part.margin if isinstance(part, (SolvencyPublic, SolvencyPrivate)) else part


def context_of(public: Any) -> int:
    """The context of any public part."""
    context: int = margin_of(public).context
    return context


def edge_statements(name: str) -> list[tuple[Any, Any]]:
    """True statements of that name at the edges of every width."""
    if name == "fill":
        return [trade.statement() for trade in edge_trades()]
    portfolios = edge_portfolios() if name == "claim" else edge_books()
    return [about(name, portfolio) for portfolio in portfolios]


def edge_portfolios() -> list[Portfolio]:
    """All zero, all smallest, all largest, every blinding and secret of note, the widest rows."""
    least = tuple(width.minimum for width in TINY.widths)
    most = tuple(width.maximum for width in TINY.widths)
    nothing = Portfolio(values=(0,) * TINY.components, matrix=((0,) * TINY.components,) * 4)
    return [
        *_edges_of_nothing(nothing),
        replace(nothing, values=least),
        replace(nothing, values=most),
        replace(nothing, values=least, blinding=0, secret=0, context=0),
        largest_row(),
    ]


def edge_books() -> list[Portfolio]:
    """The same for a margin: everything at the ends of inner halves, reserves, and lies that hurt.

    All that is smallest is worth something only where a short position has a negative mark.
    """
    least = tuple(width.minimum for width in margin_widths(TINY))
    most = tuple(width.maximum for width in margin_widths(TINY))
    nothing = Portfolio(values=(0,) * TINY.components, schedule=NOTHING_ASKED)
    short = replace(NOTHING_ASKED, mark=(MATRIX_ENTRY.minimum, 0))
    largest = largest_book()
    lost = (judge(TINY, largest.schedule, largest.values).total,)
    return [
        *_edges_of_nothing(nothing),
        replace(nothing, values=least, schedule=short),
        replace(nothing, values=most),
        replace(nothing, values=(RESERVED.maximum, 0, 0, 0), reserved=RESERVED.maximum),
        replace(nothing, values=most, reserved=RESERVED.maximum, blinding=BLINDING.maximum),
        replace(nothing, longs=((1 << LONG_BITS) - 1,) * 2),
        replace(largest, losses=lost),  # nothing is left, by losses that are not there
        largest,
    ]


def _edges_of_nothing(nothing: Portfolio) -> list[Portfolio]:
    return [
        replace(nothing, blinding=0),  # C is the identity
        *(replace(nothing, blinding=r) for r in EDGE_BLINDINGS),
        *(replace(nothing, secret=u) for u in EDGE_SECRETS),
        replace(nothing, context=0),
        replace(nothing, context=SCALAR_MODULUS - 1),
    ]


def edge_trades() -> list[Trade]:
    """Nothing for nothing, the largest quantities, prices and positions, either side."""
    widths = traded_widths(TINY)
    least = tuple(width.minimum for width in widths)
    most = tuple(width.maximum for width in widths)
    nothing = Trade(order=(0, 0, 0), fill=(0, 0, 0))
    largest, spread = 1 << QUANTITY_BITS, (1 << QUANTITY_BITS) - 1
    return [
        replace(nothing, order_blinding=0, fill_blinding=0),  # O and D are the identity
        *(replace(nothing, fill_blinding=r, order_blinding=r) for r in EDGE_BLINDINGS),
        *(replace(nothing, secret=u) for u in EDGE_SECRETS),
        replace(nothing, filled=1, whole=1),
        replace(nothing, filled=largest, whole=largest),
        replace(nothing, filled=largest, whole=largest + spread),
        replace(nothing, order=least, fill=least, filled=largest, whole=largest),
        replace(nothing, order=most, fill=most, filled=1, whole=1),
        # The largest product that is a price: R·D_cash − q·O_cash just below 2¹¹¹.
        Trade((CASH.minimum, 0, 0), (CASH.maximum, 0, 0), largest, largest + spread),
        Trade((0, POSITION.minimum, 0), (0, -1, 0), 1, largest),
    ]


def largest_row() -> Portfolio:
    """Every value, entry and constant at the bound that makes row 0 as large as it can be."""
    values = (CASH.minimum, COLLATERAL.maximum, POSITION.minimum, POSITION.minimum)
    low, high = MATRIX_ENTRY.minimum, MATRIX_ENTRY.maximum
    return _first_row(values, (low, high, low, low), CONSTANT.maximum)


def largest_debt() -> Portfolio:
    """Every value, entry and constant at the bound that makes row 0 as negative as it can be."""
    values = (CASH.maximum, COLLATERAL.maximum, POSITION.maximum, POSITION.maximum)
    return _first_row(values, (MATRIX_ENTRY.minimum,) * TINY.components, CONSTANT.minimum)


def _first_row(values: tuple[int, ...], row: tuple[int, ...], constant: int) -> Portfolio:
    others = ((0,) * TINY.components,) * (TINY.scenarios - 1)
    constants = (constant, *(0,) * (TINY.scenarios - 1))
    return Portfolio(values, matrix=(row, *others), constants=constants)


def largest_book() -> Portfolio:
    """Every value and entry at the bound that leaves as much as can be left, and more in each row.

    Positions are short under a negative mark; so they pay no charge and take nothing of the cap.
    """
    cash, collateral, *positions = margin_widths(TINY)
    low, high = MATRIX_ENTRY.minimum, MATRIX_ENTRY.maximum
    schedule = Schedule(
        values=(UNSIGNED_ENTRY.maximum,),
        mark=(low, low),
        moves=(((low, low, high),) * 8,),
        charges=(UNSIGNED_ENTRY.maximum,) * 2,
        weights=(0, 0),
        floor=0,
        cap=LIMIT.maximum,
        credit=LIMIT.maximum,
    )
    values = (cash.maximum, collateral.maximum, *(width.minimum for width in positions))
    return Portfolio(values, schedule=schedule)


def poorest_book() -> Portfolio:
    """Every value, entry and claim at the bound that leaves as little as can be left."""
    cash, collateral, *positions = margin_widths(TINY)
    low, high = MATRIX_ENTRY.minimum, MATRIX_ENTRY.maximum
    schedule = Schedule(
        values=(0,),
        mark=(high, high),
        moves=(((high, high, low),) * 8,),
        charges=(UNSIGNED_ENTRY.maximum,) * 2,
        weights=(UNSIGNED_ENTRY.maximum,) * 2,
        floor=FLOOR.maximum,
        cap=0,
        credit=0,
    )
    return Portfolio(
        values=(cash.minimum, collateral.maximum, *(width.minimum for width in positions)),
        reserved=RESERVED.maximum,
        schedule=schedule,
        losses=((1 << loss_bits(TINY, 0)) - 1,),
        longs=((1 << LONG_BITS) - 1,) * 2,
    )


def refused_by(name: str, public: object, private: object) -> set[str]:
    """The scopes whose rows break for a prover who follows the program; none where it proves."""
    compiled = compile_circuit(CIRCUITS[name])
    return broken_scopes(compiled, play(compiled, public, private))
