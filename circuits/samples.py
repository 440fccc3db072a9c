"""A true statement of each kind, for exports, benchmarks and tests: small invented portfolios.

Everything is drawn from the `Randomness` that is given, so a seeded one repeats a sample.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from circuits.claim import ClaimPrivate, ClaimPublic, claim_public
from circuits.escrow import SECRET_BITS, encrypt, pack
from circuits.fill import (
    FillPrivate,
    FillPublic,
    TradedOpening,
    fill_notice,
    fill_public,
    traded_widths,
)
from circuits.gadgets.coordinates import coordinates
from circuits.margin import MarginPrivate, MarginPublic, margin_private, margin_public
from circuits.schedule import LIMIT, Schedule, judge
from circuits.shape import SCALE, Shape
from circuits.solvency import (
    SolvencyPrivate,
    SolvencyPublic,
    solvency_message,
    solvency_public,
)
from zk.babyjubjub import Point
from zk.field import SCALAR_MODULUS, SUBGROUP_ORDER
from zk.pedersen import Commitment, Opening
from zk.randomness import Randomness

_CASH: Final = 1 << 40
_LOTS: Final = 1 << 20


def sample_claim(
    shape: Shape, randomness: Randomness
) -> tuple[ClaimPublic[int], ClaimPrivate[int]]:
    """A portfolio whose every scenario row is at least zero, by some of it exactly."""
    values = _portfolio(shape, randomness)
    opening = Opening.of(values, randomness)
    matrix = [
        [randomness(2001) - 1000 for _ in range(shape.components)] for _ in range(shape.scenarios)
    ]
    dot = [sum(m * v for m, v in zip(row, values, strict=True)) for row in matrix]
    constants = [
        -value + (0 if index == 0 else randomness(_CASH)) for index, value in enumerate(dot)
    ]
    public = claim_public(shape, opening.commit(), matrix, constants, randomness(SCALAR_MODULUS))
    return public, ClaimPrivate(values, opening.blinding)


def sample_margin(
    shape: Shape, randomness: Randomness
) -> tuple[MarginPublic[int], MarginPrivate[int]]:
    """A book that meets its margin to the last unit of cash."""
    opening = Opening.of(_portfolio(shape, randomness), randomness)
    schedule = _schedule(shape, randomness)
    cash, *rest = opening.values
    # What the book leaves without a floor, in whole units of cash: all of it is then asked for.
    remains = judge(shape, schedule, opening.values).total
    cash += max(0, -(remains // SCALE))
    opening = Opening((cash, *rest), opening.blinding)
    floor = judge(shape, schedule, opening.values).total // SCALE
    schedule = replace(schedule, floor=floor)
    public = margin_public(shape, opening.commit(), schedule, randomness(SCALAR_MODULUS))
    return public, margin_private(shape, schedule, opening)


def sample_solvency(
    shape: Shape, randomness: Randomness
) -> tuple[SolvencyPublic[int], SolvencyPrivate[int]]:
    """A book with its opening in escrow, under a key drawn for the occasion."""
    margin, private = sample_margin(shape, randomness)
    secret = randomness(1 << SECRET_BITS)
    message = solvency_message(shape, private.values, private.reserved, private.blinding)
    escrow = encrypt(_key(randomness), secret, margin.context, message)
    commitment = Commitment(Point(margin.commitment.x, margin.commitment.y))
    public = solvency_public(shape, commitment, margin.schedule, margin.context, escrow)
    return public, SolvencyPrivate(private, secret)


def sample_fill(shape: Shape, randomness: Randomness) -> tuple[FillPublic[int], FillPrivate[int]]:
    """A third of an order over every instrument, a little better than its limit."""
    filled = 1 + randomness(_LOTS)
    sides = [3 * (randomness(201) - 100) for _ in range(shape.instruments)]
    order = (-3 * randomness(_CASH), *sides)
    fill = (order[0] // 3 + randomness(1000), *(side // 3 for side in sides))
    order_blinding, fill_blinding = randomness(SUBGROUP_ORDER), randomness(SUBGROUP_ORDER)
    context, secret = randomness(SCALAR_MODULUS), randomness(1 << SECRET_BITS)
    message = pack(fill, fill_blinding, traded_widths(shape))
    fill_commitment = traded_commitment(shape, fill, fill_blinding)
    public = fill_public(
        shape,
        traded_commitment(shape, order, order_blinding),
        fill_commitment,
        encrypt(_key(randomness), secret, context, message),
        fill_notice(order_blinding, coordinates(fill_commitment.point), context, message),
        context,
    )
    private = FillPrivate(
        order=TradedOpening(order, order_blinding),
        fill=TradedOpening(fill, fill_blinding),
        filled=filled,
        whole=3 * filled,
        secret=secret,
    )
    return public, private


def traded_commitment(shape: Shape, values: tuple[int, ...], blinding: int) -> Commitment:
    """The commitment of an order or a fill: cash and instruments, no collateral."""
    everything = [0] * shape.components
    for index, value in zip(shape.traded, values, strict=True):
        everything[index] = value
    return Opening(tuple(everything), blinding).commit()


SAMPLES: Final[Mapping[str, Callable[[Shape, Randomness], tuple[Any, Any]]]] = MappingProxyType(
    {
        "claim": sample_claim,
        "margin": sample_margin,
        "solvency": sample_solvency,
        "fill": sample_fill,
    }
)


def _schedule(shape: Shape, randomness: Randomness) -> Schedule[int]:
    """Haircuts, marks, moves and charges of invented sizes, under a cap that leaves room."""
    return Schedule(
        values=tuple(randomness(1000) for _ in range(shape.assets - 1)),
        mark=tuple(randomness(1000) for _ in range(shape.instruments)),
        moves=tuple(
            tuple(tuple(randomness(201) - 100 for _ in range(b.columns)) for _ in range(b.rows))
            for b in shape.blocks
        ),
        charges=tuple(randomness(10) for _ in range(shape.instruments)),
        weights=tuple(randomness(1000) for _ in range(shape.instruments)),
        floor=0,
        cap=shape.instruments * 1000 * _LOTS,
        credit=LIMIT.maximum,
    )


def _portfolio(shape: Shape, randomness: Randomness) -> tuple[int, ...]:
    assets = [randomness(_CASH) for _ in range(shape.assets)]
    return (*assets, *(randomness(2 * _LOTS) - _LOTS for _ in range(shape.instruments)))


def _key(randomness: Randomness) -> Point:
    return Point.BASE8 * (1 + randomness(SUBGROUP_ORDER - 1))
