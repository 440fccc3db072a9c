"""Ways to make a true statement false, each with the check that has to notice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from types import MappingProxyType
from typing import Any, Final

from circuits.checks import as_integer
from circuits.escrow import pack
from circuits.fill import fill_notice, traded_widths
from circuits.gadgets.coordinates import Coordinates, coordinates
from circuits.schedule import FLOOR, UNSIGNED_ENTRY, loss_bits
from circuits.shape import (
    BLINDING,
    CASH,
    CONSTANT,
    MATRIX_ENTRY,
    POSITION,
    RESERVED,
    SCALE,
    Width,
)
from tests.circuits.drafts import SECRET, ClaimDraft, Statement
from tests.circuits.edges import FRACTIONS, NO_FRACTIONS, Change, flatten, width_edges
from tests.circuits.fill_drafts import FillDraft
from tests.circuits.margin_drafts import LONG, MarginDraft, SolvencyDraft, met_exactly
from tests.circuits.statements import margin_widths
from zk.babyjubjub import Point
from zk.field import SCALAR_MODULUS, SUBGROUP_ORDER

_Path = Sequence[str | int]


@dataclass(frozen=True)
class Breaking:
    """A change that makes a statement false, and the name of the check that says so."""

    check: str
    change: Change

    def __str__(self) -> str:
        return f"{self.check}:{self.change.__name__.strip('_')}"


def outside(width: Width, random: Random) -> int:
    """An integer that is not of that width, nor the same field element as one that is."""
    far = (1 << width.bits) + random.randrange(1 << width.bits)
    edges = [edge for edge in width_edges(width) if as_integer(edge) not in width]
    halves = [SCALAR_MODULUS // 2, SCALAR_MODULUS // 2 + 1]
    return random.choice([*edges, *halves, width.minimum - far, width.maximum + far])


def replaced(tree: Any, path: _Path, change: Callable[[Any], Any]) -> Any:
    """The same tree with another value at the end of a path of names and indices."""
    if not path:
        return change(tree)
    head, rest = path[0], path[1:]
    if isinstance(head, int):
        return (*tree[:head], replaced(tree[head], rest, change), *tree[head + 1 :])
    return replace(tree, **{head: replaced(getattr(tree, head), rest, change)})


def _tampering(*path: str | int, change: Callable[[Any], Any]) -> Callable[[Statement], Statement]:
    def tamper(statement: Statement) -> Statement:
        public, private = replaced(statement, path, change)
        return public, private

    return tamper


def _path(draft: ClaimDraft | MarginDraft) -> tuple[str, ...]:
    """To what opens the commitment, in either part of a statement."""
    return ("margin",) if isinstance(draft, SolvencyDraft) else ()


def _plus(amount: int) -> Callable[[int], int]:
    return lambda value: (value + amount) % SCALAR_MODULUS


def _moved(point: Coordinates[int]) -> Coordinates[int]:
    return coordinates(Point.unchecked(point.x, point.y) + Point.BASE8)


def _mirrored(point: Coordinates[int]) -> Coordinates[int]:
    return Coordinates(-point.x % SCALAR_MODULUS, point.y)


def _value_outside(draft: ClaimDraft | MarginDraft, random: Random) -> None:
    margin = isinstance(draft, MarginDraft)
    widths = margin_widths(draft.shape) if margin else draft.shape.widths
    index = random.randrange(draft.shape.components)
    draft.values[index] = outside(widths[index], random)


def _value_outside_cut(draft: ClaimDraft | MarginDraft, random: Random) -> None:
    _value_outside(draft, random)
    draft.cut = True


def _blinding_outside(draft: ClaimDraft | MarginDraft, random: Random) -> None:
    draft.blinding, draft.cut = outside(BLINDING, random), random.random() < 0.5


def _commitment_moved(draft: ClaimDraft | MarginDraft, random: Random) -> None:
    draft.tampering.append(_tampering(0, *_path(draft), "commitment", change=_moved))


def _commitment_mirrored(draft: ClaimDraft | MarginDraft, random: Random) -> None:
    draft.values[0] = draft.values[0] or 1  # the identity is its own mirror image
    draft.settle(random)
    draft.tampering.append(_tampering(0, *_path(draft), "commitment", change=_mirrored))


def _blinding_changed(draft: ClaimDraft | MarginDraft, random: Random) -> None:
    change = _tampering(1, *_path(draft), "blinding", change=lambda r: r ^ 1)
    draft.tampering.append(change)


def _outer_half(draft: MarginDraft, random: Random) -> None:
    """Within its width, and outside of the inner half of it."""
    signed = [index for index, width in enumerate(draft.shape.widths) if width.signed]
    index = random.choice(signed)
    whole, inner = draft.shape.widths[index], draft.shape.widths[index].inner
    draft.values[index] = random.choice(
        (whole.minimum, inner.minimum - 1, inner.maximum + 1, whole.maximum)
    )


def _reserve_outside(draft: MarginDraft, random: Random) -> None:
    draft.reserved, draft.cut = outside(RESERVED, random), random.random() < 0.5


def _reserve_below_zero(draft: MarginDraft, random: Random) -> None:
    """What would free the reserves of other orders."""
    draft.reserved = -1 - random.randrange(1 << 40)


def _reserve_left_out(draft: MarginDraft, random: Random) -> None:
    """P holds a reserve, and the opening none."""
    draft.reserved = draft.reserved or 5
    draft.settle(random)
    change = _tampering(1, *_path(draft), "reserved", change=lambda n: n - 1)
    draft.tampering.append(change)


def _loss_too_small(draft: MarginDraft, random: Random) -> None:
    draft.more_lost[random.randrange(len(draft.more_lost))] = -1


def _gain_instead_of_a_loss(draft: MarginDraft, random: Random) -> None:
    """Every row gains something, and the loss that is claimed is what the least of them gains."""
    place = random.randrange(len(draft.shape.blocks))
    draft.more_lost[place] = -draft.lost[place] - 1 - random.randrange(1 << 40)


def _loss_outside(draft: MarginDraft, random: Random) -> None:
    place = random.randrange(len(draft.shape.blocks))
    width = Width(loss_bits(draft.shape, place), signed=False)
    draft.more_lost[place] = outside(width, random) - draft.lost[place]


def _long_too_small(draft: MarginDraft, random: Random) -> None:
    draft.more_long[random.randrange(draft.shape.instruments)] = -1


def _long_below_zero(draft: MarginDraft, random: Random) -> None:
    """A short position that is paid the charge of a long one."""
    place = random.randrange(draft.shape.instruments)
    draft.values[draft.shape.assets + place] = -1000
    draft.settle(random)
    draft.more_long[place] = -1 - random.randrange(1000)


def _long_outside(draft: MarginDraft, random: Random) -> None:
    place = random.randrange(draft.shape.instruments)
    draft.more_long[place] = outside(LONG, random) - draft.long[place]


def _one_short_of_the_margin(draft: MarginDraft, random: Random) -> None:
    draft.more_lost[random.randrange(len(draft.more_lost))] += draft.judgement().total + 1


def _floor_too_high(draft: MarginDraft, random: Random) -> None:
    draft.ask_nothing()
    draft.more_lost[0] += max(0, draft.judgement().total - SCALE * (FLOOR.maximum - 1))
    met_exactly(draft)
    draft.set(floor=draft.schedule.floor + 1)


def _most_wanting(draft: MarginDraft, random: Random) -> None:
    """As little as can be left of it all: nothing wraps around."""
    cash, *collateral = (
        width.minimum for width in margin_widths(draft.shape)[: draft.shape.assets]
    )
    short = POSITION.inner.minimum
    draft.values = [cash, *collateral, *[short] * draft.shape.instruments]
    draft.reserved = RESERVED.maximum
    draft.set(
        mark=(MATRIX_ENTRY.maximum,) * draft.shape.instruments,
        charges=(UNSIGNED_ENTRY.maximum,) * draft.shape.instruments,
        floor=FLOOR.maximum,
    )
    draft.more_long = [LONG.maximum - long for long in draft.long]


def _paid_with_a_pledge(draft: MarginDraft, random: Random) -> None:
    """Cash is owed against coins, by one unit more than is lent."""
    owed = random.randrange(1, 1 << 30)
    draft.values = [-owed, 1 << 50, *[0] * (draft.shape.components - 2)]
    draft.reserved = random.choice((0, 1 << 30))
    draft.ask_nothing()
    draft.limit(random)
    draft.set(credit=-(draft.judgement().paid - draft.schedule.credit) - 1)


def _past_the_cap(draft: MarginDraft, random: Random) -> None:
    place = random.randrange(draft.shape.instruments)
    draft.values[draft.shape.assets + place] = random.choice((-7, 7))
    weights = draft.schedule.weights
    draft.set(weights=(*weights[:place], max(1, weights[place]), *weights[place + 1 :]))
    draft.settle(random)
    draft.set(cap=draft.schedule.cap - draft.judgement().room - 1)


def _row_below_zero(draft: ClaimDraft, random: Random) -> None:
    index = random.randrange(draft.shape.scenarios)
    below = -draft.products()[index] - random.choice((1, 1, 1 << 40))
    draft.constants[index] = min(max(below, CONSTANT.minimum), CONSTANT.maximum)


def _most_negative_row(draft: ClaimDraft, random: Random) -> None:
    draft.values = [width.maximum for width in draft.shape.widths]
    draft.settle(random)
    draft.matrix[-1] = [MATRIX_ENTRY.minimum] * draft.shape.components
    draft.constants[-1] = CONSTANT.minimum


def _secret_outside(draft: SolvencyDraft | FillDraft, random: Random) -> None:
    draft.secret, draft.cut = outside(SECRET, random), random.random() < 0.5


def _secret_changed(draft: SolvencyDraft | FillDraft, random: Random) -> None:
    draft.tampering.append(_tampering(1, "secret", change=lambda u: u ^ 1))


def _word_moved(draft: SolvencyDraft | FillDraft, random: Random) -> None:
    amount = random.choice((1, SCALAR_MODULUS - 1, SUBGROUP_ORDER))
    index = random.randrange(2)  # each statement has two words, or more
    draft.tampering.append(_tampering(0, "escrow", "words", index, change=_plus(amount)))


def _words_swapped(draft: SolvencyDraft | FillDraft, random: Random) -> None:
    draft.tampering.append(_tampering(0, "escrow", "words", change=lambda words: words[::-1]))


def _ephemeral_moved(draft: SolvencyDraft | FillDraft, random: Random) -> None:
    change = random.choice((_moved, _mirrored))
    draft.tampering.append(_tampering(0, "escrow", "ephemeral", change=change))


def _key_moved(draft: SolvencyDraft | FillDraft, random: Random) -> None:
    draft.tampering.append(_tampering(0, "escrow", "key", change=_moved))


def _context_moved(draft: SolvencyDraft | FillDraft, random: Random) -> None:
    path = () if isinstance(draft, FillDraft) else _path(draft)
    draft.tampering.append(_tampering(0, *path, "context", change=_plus(1)))


def _component_outside(draft: FillDraft, random: Random) -> None:
    index = random.randrange(len(draft.shape.traded))
    opening = random.choice((draft.order, draft.fill))
    opening[index] = outside(traded_widths(draft.shape)[index], random)
    draft.cut = random.random() < 0.5


def _order_blinding_outside(draft: FillDraft, random: Random) -> None:
    draft.order_blinding = outside(BLINDING, random)


def _fill_blinding_outside(draft: FillDraft, random: Random) -> None:
    draft.fill_blinding, draft.cut = outside(BLINDING, random), random.random() < 0.5


def _order_moved(draft: FillDraft, random: Random) -> None:
    draft.tampering.append(_tampering(0, "order", change=_moved))


def _fill_moved(draft: FillDraft, random: Random) -> None:
    draft.tampering.append(_tampering(0, "fill", change=_moved))


def _order_for_fill(draft: FillDraft, random: Random) -> None:
    draft.order_blinding = draft.fill_blinding ^ 1
    draft.tampering.append(lambda s: (replace(s[0], order=s[0].fill, fill=s[0].order), s[1]))


def _no_fraction(draft: FillDraft, random: Random) -> None:
    draft.filled, draft.whole = random.choice(NO_FRACTIONS)
    if random.random() < 0.5:
        flatten(draft, random)


def _more_of_one_instrument(draft: FillDraft, random: Random) -> None:
    index = random.randrange(1, len(draft.fill))
    draft.fill[index] += -1 if draft.fill[index] > 0 else 1


def _other_side(draft: FillDraft, random: Random) -> None:
    draft.order[1] = draft.order[1] or 5
    draft.fill[1] = -1 if as_integer(draft.order[1]) > 0 else 1


def _one_below_the_limit(draft: FillDraft, random: Random) -> None:
    draft.order[0] = max(as_integer(draft.order[0]), CASH.minimum + 1)
    draft.fill[0] = draft.limit() - 1


def _far_below_the_limit(draft: FillDraft, random: Random) -> None:
    draft.filled, draft.whole = FRACTIONS[-1]
    draft.settle(random)
    draft.order[0], draft.fill[0] = CASH.maximum, CASH.minimum


def _notice_moved(draft: FillDraft, random: Random) -> None:
    index, amount = random.randrange(2), random.choice((1, SCALAR_MODULUS - 1))
    draft.tampering.append(_tampering(0, "notice", index, change=_plus(amount)))


def _notice_under_an_alias(draft: FillDraft, random: Random) -> None:
    """The order's blinding plus l opens the order too; the notice is of the one that is proven."""
    widths = traded_widths(draft.shape)
    alias = (draft.order_blinding + SUBGROUP_ORDER) % SCALAR_MODULUS

    def tamper(statement: Statement) -> Statement:
        public, private = statement
        message = pack(private.fill.values, private.fill.blinding, widths)
        notice = fill_notice(alias, public.fill, public.context, message)
        return replace(public, notice=notice), private

    draft.tampering.append(tamper)


def _all(check: str, *changes: Change) -> tuple[Breaking, ...]:
    return tuple(Breaking(check, change) for change in changes)


_OPENED: Final = (
    *_all("range", _value_outside, _value_outside_cut, _blinding_outside),
    *_all("opening", _commitment_moved, _commitment_mirrored, _blinding_changed),
)
_CLAIM: Final = (*_OPENED, *_all("rows", _row_below_zero, _most_negative_row))
_MARGIN: Final = (
    *_OPENED,
    *_all("range", _outer_half),
    *_all("reserved", _reserve_outside, _reserve_below_zero),
    *_all("opening", _reserve_left_out),
    *_all("losses", _loss_too_small, _gain_instead_of_a_loss, _loss_outside),
    *_all("charges", _long_too_small, _long_below_zero, _long_outside),
    *_all("total", _one_short_of_the_margin, _floor_too_high, _most_wanting),
    *_all("paid", _paid_with_a_pledge),
    *_all("concentration", _past_the_cap),
)
_ESCROW: Final = (
    *_all("escrow", _secret_outside, _secret_changed, _word_moved, _words_swapped),
    *_all("escrow", _ephemeral_moved, _key_moved, _context_moved),
)
_FILL: Final = (
    *_all("range", _component_outside, _order_blinding_outside, _fill_blinding_outside),
    *_all("opening", _order_moved, _fill_moved, _order_for_fill),
    *_all("quantity", _no_fraction),
    *_all("fraction", _more_of_one_instrument, _other_side),
    *_all("price", _one_below_the_limit, _far_below_the_limit),
    *_ESCROW,
    *_all("notice", _notice_moved, _notice_under_an_alias),
)
BREAKING: Final[Mapping[str, tuple[Breaking, ...]]] = MappingProxyType(
    {"claim": _CLAIM, "margin": _MARGIN, "solvency": (*_MARGIN, *_ESCROW), "fill": _FILL}
)
