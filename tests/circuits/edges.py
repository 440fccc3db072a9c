"""Edges: where ranges begin and end, and the drafts of true statements that lie there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from random import Random
from types import MappingProxyType
from typing import Any, Final

from circuits.checks import as_integer
from circuits.escrow import SECRET_BITS
from circuits.fill import QUANTITY_BITS, traded_widths
from circuits.schedule import FLOOR, LIMIT, LONG_BITS, UNSIGNED_ENTRY, loss_bits
from circuits.shape import BLINDING, CASH, CONSTANT, MATRIX_ENTRY, RESERVED, Shape, Width
from tests.circuits.drafts import ClaimDraft, Draft, within
from tests.circuits.fill_drafts import FillDraft
from tests.circuits.margin_drafts import MarginDraft, SolvencyDraft, met_exactly
from tests.circuits.statements import margin_widths
from zk.field import SCALAR_MODULUS, SUBGROUP_ORDER

#: Changes a draft; the draft's own type is that of the statement it is listed for.
Change = Callable[[Any, Random], None]


def width_edges(width: Width) -> list[int]:
    """Both ends of a range, one past them, and the numbers that are famous for trouble."""
    ends = [width.minimum, width.maximum, width.minimum - 1, width.maximum + 1]
    return [*ends, -1, 0, 1, 1 << width.bits, SCALAR_MODULUS - 1]


_LARGEST_QUANTITY: Final = 1 << QUANTITY_BITS
BLINDING_EDGES: Final = (
    *width_edges(BLINDING),
    *(SUBGROUP_ORDER + i for i in (-1, 0, 1)),
    *(2 * SUBGROUP_ORDER + i for i in (-1, 0)),
    3 * SUBGROUP_ORDER,
)
SECRET_EDGES: Final = tuple(width_edges(Width(SECRET_BITS, signed=False)))
QUANTITY_EDGES: Final = (
    *(-1, 0, 1, 2),
    *(_LARGEST_QUANTITY + i for i in (-1, 0, 1)),
    *(2 * _LARGEST_QUANTITY + i for i in (-1, 0)),
    *(SCALAR_MODULUS // 2, SCALAR_MODULUS // 2 + 1, SCALAR_MODULUS - 1),
)
#: Pairs (q, R) that are in order; beside them the ones in `NO_FRACTIONS` are not.
FRACTIONS: Final = (
    (1, 1),
    (1, 2),
    (1, _LARGEST_QUANTITY),
    (_LARGEST_QUANTITY, _LARGEST_QUANTITY),
    (_LARGEST_QUANTITY, 2 * _LARGEST_QUANTITY - 1),
)
NO_FRACTIONS: Final = (
    *((0, R) for R in (0, 1, 5, _LARGEST_QUANTITY)),
    *((R + 1, R) for R in (1, 6, _LARGEST_QUANTITY - 1)),
    *((-1, R) for R in (-1, 0, 1)),
    (1, 0),
    (1, -1),
    (1, _LARGEST_QUANTITY + 1),
    (_LARGEST_QUANTITY + 1, _LARGEST_QUANTITY + 1),
    (SCALAR_MODULUS // 2, SCALAR_MODULUS // 2 + 1),
    (5, SCALAR_MODULUS - 5),
)


def at_every_edge(
    kind: type[ClaimDraft | MarginDraft | FillDraft], shape: Shape, random: Random
) -> Iterator[Draft]:
    """Drafts that put one private input after another at each of its edges."""
    if issubclass(kind, FillDraft):
        yield from _fills_at_every_edge(shape, random)
        return
    if issubclass(kind, MarginDraft):
        yield from _margins_at_every_edge(kind, shape, random)
        return
    for index, width in enumerate(shape.widths):
        for edge in width_edges(width):
            draft = kind.sample(shape, random)
            draft.values[index] = edge
            draft.settle(random)
            yield draft
    for edge in BLINDING_EDGES:
        draft = kind.sample(shape, random)
        draft.blinding = edge
        yield draft


def _margins_at_every_edge(
    kind: type[MarginDraft], shape: Shape, random: Random
) -> Iterator[MarginDraft]:
    for index, width in enumerate(shape.widths):
        for edge in {*width_edges(width), *width_edges(width.inner)}:
            draft = kind.sample(shape, random)
            draft.values[index], draft.held = edge, index
            draft.settle(random)
            yield draft
    for name, edges in {"blinding": BLINDING_EDGES, "reserved": width_edges(RESERVED)}.items():
        for edge in edges:
            draft = kind.sample(shape, random)
            setattr(draft, name, edge)
            draft.settle(random)
            yield draft
    yield from _claims_at_every_edge(kind, shape, random)
    for edge in SECRET_EDGES if issubclass(kind, SolvencyDraft) else ():
        escrowed = SolvencyDraft.sample(shape, random)
        escrowed.secret = edge
        yield escrowed


def _claims_at_every_edge(
    kind: type[MarginDraft], shape: Shape, random: Random
) -> Iterator[MarginDraft]:
    """Losses and longs that are claimed at the ends of their bits, and beside what is true."""
    for place in range(len(shape.blocks)):
        for edge in (*width_edges(Width(loss_bits(shape, place), signed=False)), None):
            draft = kind.sample(shape, random)
            draft.more_lost[place] = -1 if edge is None else edge - draft.lost[place]
            yield draft
    for place in range(shape.instruments):
        for edge in (*width_edges(Width(LONG_BITS, signed=False)), None):
            draft = kind.sample(shape, random)
            draft.more_long[place] = -1 if edge is None else edge - draft.long[place]
            yield draft


def _fills_at_every_edge(shape: Shape, random: Random) -> Iterator[FillDraft]:
    for index, width in enumerate(traded_widths(shape)):
        for edge in width_edges(width):
            # One side alone past its range: with both, nobody would ask for the fill's.
            for changed in ((0, 1),) if as_integer(edge) in width else ((0,), (1,)):
                draft = FillDraft.sample(shape, random)
                _whole_order(draft, random)
                for side in changed:
                    (draft.order, draft.fill)[side][index] = edge
                yield draft
    named = {"order_blinding": BLINDING_EDGES, "fill_blinding": BLINDING_EDGES}
    for name, edges in {**named, "secret": SECRET_EDGES}.items():
        for edge in edges:
            draft = FillDraft.sample(shape, random)
            setattr(draft, name, edge)
            yield draft
    pairs = [(q, q) for q in QUANTITY_EDGES] + [(1, R) for R in QUANTITY_EDGES]
    for q, R in (*pairs, *FRACTIONS, *NO_FRACTIONS):
        draft = FillDraft.sample(shape, random)
        flatten(draft, random)
        draft.filled, draft.whole = q, R
        yield draft


def _any_values(draft: ClaimDraft, random: Random) -> None:
    draft.values = [within(width, random) for width in draft.shape.widths]


def _zeros_everywhere(draft: ClaimDraft, random: Random) -> None:
    draft.values, draft.blinding = [0] * draft.shape.components, 0
    draft.matrix = [[0] * draft.shape.components for _ in draft.matrix]
    draft.constants = [0] * draft.shape.scenarios


def _negative_ones_as_elements(draft: ClaimDraft | MarginDraft, random: Random) -> None:
    draft.values = [value % SCALAR_MODULUS for value in draft.values]


def _all_at_one_end(draft: ClaimDraft, random: Random) -> None:
    end = random.choice(("minimum", "maximum"))
    draft.values = [getattr(width, end) for width in draft.shape.widths]


def _blinding(draft: ClaimDraft | MarginDraft, random: Random) -> None:
    draft.blinding = random.choice([edge for edge in BLINDING_EDGES if edge in BLINDING])


def _matrix_at_its_bounds(draft: ClaimDraft, random: Random) -> None:
    ends = (MATRIX_ENTRY.minimum, MATRIX_ENTRY.maximum)
    draft.matrix = [[random.choice((*ends, m)) for m in row] for row in draft.matrix]


def _largest_row(draft: ClaimDraft, random: Random) -> None:
    _all_at_one_end(draft, random)
    ends = (MATRIX_ENTRY.minimum, MATRIX_ENTRY.maximum)
    draft.matrix[0] = [ends[v > 0] for v in draft.values]
    draft.constants[0] = random.choice((CONSTANT.maximum, CONSTANT.minimum))


def _rows_exactly_zero(draft: ClaimDraft, random: Random) -> None:
    draft.constants = [
        min(max(-product, CONSTANT.minimum), CONSTANT.maximum) for product in draft.products()
    ]


def _secret(draft: SolvencyDraft | FillDraft, random: Random) -> None:
    draft.secret = random.choice([edge for edge in SECRET_EDGES if edge >> SECRET_BITS == 0])


def _another_key(draft: SolvencyDraft | FillDraft, random: Random) -> None:
    draft.key = random.choice((1, 2, SUBGROUP_ORDER - 1, random.randrange(1, SUBGROUP_ORDER)))


def _context(draft: Draft, random: Random) -> None:
    draft.context = random.choice((0, 1, SCALAR_MODULUS - 1))


def _fraction(draft: FillDraft, random: Random) -> None:
    draft.filled, draft.whole = random.choice(FRACTIONS)


def _whole_order(draft: FillDraft, random: Random) -> None:
    draft.whole = draft.filled = random.randint(1, _LARGEST_QUANTITY)
    draft.order = [within(width, random) for width in traded_widths(draft.shape)]
    draft.fill = list(draft.order)


def flatten(draft: FillDraft, random: Random) -> None:
    """An order and a fill of nothing: true for every fraction that is in order."""
    draft.order = [0] * len(draft.shape.traded)
    draft.fill = list(draft.order)


def _negative_amounts_as_elements(draft: FillDraft, random: Random) -> None:
    draft.order = [value % SCALAR_MODULUS for value in draft.order]
    draft.fill = [value % SCALAR_MODULUS for value in draft.fill]


def _at_the_limit(draft: FillDraft, random: Random) -> None:
    draft.fill[0] = draft.limit()


def _best_price(draft: FillDraft, random: Random) -> None:
    """The largest difference that a price can make."""
    draft.filled, draft.whole = FRACTIONS[-1]
    draft.order[0], draft.fill[0] = CASH.minimum, CASH.maximum


def _both_blindings(draft: FillDraft, random: Random) -> None:
    edges = [edge for edge in BLINDING_EDGES if edge in BLINDING]
    draft.order_blinding, draft.fill_blinding = random.choice(edges), random.choice(edges)


def _any_book(draft: MarginDraft, random: Random) -> None:
    draft.values = [within(width, random) for width in margin_widths(draft.shape)]


def _no_book(draft: MarginDraft, random: Random) -> None:
    draft.values, draft.blinding, draft.reserved = [0] * draft.shape.components, 0, 0
    draft.set(floor=0)


def _book_at_one_end(draft: MarginDraft, random: Random) -> None:
    end = random.choice(("minimum", "maximum"))
    draft.values = [getattr(width, end) for width in margin_widths(draft.shape)]


def _reserve(draft: MarginDraft, random: Random) -> None:
    draft.reserved = random.choice((0, 1, RESERVED.maximum, random.randrange(1 << RESERVED.bits)))


def _market_at_its_bounds(draft: MarginDraft, random: Random) -> None:
    ends, most = (MATRIX_ENTRY.minimum, 0, MATRIX_ENTRY.maximum), (0, UNSIGNED_ENTRY.maximum)
    instruments = range(draft.shape.instruments)
    draft.set(
        values=tuple(random.choice(most) for _ in draft.schedule.values),
        mark=tuple(random.choice(ends) for _ in instruments),
        moves=tuple(
            tuple(tuple(random.choice((*ends, move)) for move in row) for row in rows)
            for rows in draft.schedule.moves
        ),
        charges=tuple(random.choice(most) for _ in instruments),
        weights=tuple(random.choice(most) for _ in instruments),
        floor=random.choice((0, FLOOR.maximum)),
        cap=random.choice((0, LIMIT.maximum)),
        credit=random.choice((0, LIMIT.maximum)),
    )


def _met_exactly(draft: MarginDraft, random: Random) -> None:
    met_exactly(draft)


def _claimed_too_large(draft: MarginDraft, random: Random) -> None:
    """Losses and longs that are not there, as far as what is left allows."""
    draft.settle(random)
    charges = sum(draft.schedule.charges) + 1
    spare = draft.judgement().total // 2
    draft.more_lost = [random.randint(0, spare) // len(draft.more_lost) for _ in draft.more_lost]
    more = min(1 << 20, spare // charges)
    draft.more_long = [random.randint(0, max(more, 0)) for _ in draft.more_long]


_CLAIM: Final[tuple[Change, ...]] = (
    _any_values,
    _negative_ones_as_elements,
    _zeros_everywhere,
    _all_at_one_end,
    _blinding,
    _matrix_at_its_bounds,
    _largest_row,
    _rows_exactly_zero,
    _context,
)
_MARGIN: Final[tuple[Change, ...]] = (
    _any_book,
    _negative_ones_as_elements,
    _no_book,
    _book_at_one_end,
    _blinding,
    _reserve,
    _market_at_its_bounds,
    _met_exactly,
    _claimed_too_large,
    _context,
)
_FILL: Final[tuple[Change, ...]] = (
    _fraction,
    _whole_order,
    flatten,
    _negative_amounts_as_elements,
    _at_the_limit,
    _best_price,
    _both_blindings,
    _context,
)
#: What a true statement survives once it has settled.
EDGES: Final[Mapping[str, tuple[Change, ...]]] = MappingProxyType(
    {
        "claim": _CLAIM,
        "margin": _MARGIN,
        "solvency": (*_MARGIN, _secret, _another_key),
        "fill": (*_FILL, _secret, _another_key),
    }
)
