from __future__ import annotations

from collections.abc import Callable

import pytest

from circuits.errors import OutOfBounds, WrongDimensions
from ledger.errors import LimitExceeded, TransitionRejected
from ledger.market.data import RiskTable
from ledger.oracle import default_mark, risk_table
from tests.ledger.adversary.attacks import CALL, PERP, refused, worth
from tests.ledger.world import World, peopled, stand_in_world
from zk.errors import ZkError

#: 48 signed bits, from which three times a move must be taken too.
TOP = (1 << 47) - 1
THIRD = TOP // 3


@pytest.fixture
def world() -> World:
    world = peopled(stand_in_world(), 1)
    world.now += world.state.parameters.min_interval
    return world


def _table(world: World) -> RiskTable:
    return risk_table(world.state, world.market.observation, world.now)


def _with_move(table: RiskTable, entry: int, column: int = 1) -> RiskTable:
    """One move of the call in its first row; column 2 is the coin's."""
    first, *others = table.moves[0]
    row = (*first[:column], entry, *first[column + 1 :])
    return table.model_copy(update={"moves": ((row, *others),)})


def _with_mark(table: RiskTable, component: int, mark: int) -> RiskTable:
    marks = (*table.mark[:component], mark, *table.mark[component + 1 :])
    return table.model_copy(update={"mark": marks})


def _with_charges(table: RiskTable, long: int, short: int, slot: int = 1) -> RiskTable:
    both = {}
    for name, charge in (("long_charges", long), ("short_charges", short)):
        charges = list(getattr(table, name))
        charges[slot] = charge
        both[name] = tuple(charges)
    return table.model_copy(update=both)


@pytest.mark.parametrize("entry", [THIRD, -THIRD, 0])
def test_a_move_at_its_bound_is_admitted(world: World, entry: int) -> None:
    """What initial margin may make of it at the most still fits."""
    world.publish(table=_with_move(_table(world), entry))


@pytest.mark.parametrize("entry", [THIRD + 1, -THIRD - 1, TOP, 1 << 64, 10**4_000])
def test_a_move_past_its_bound_is_refused(world: World, entry: int) -> None:
    """Whoever signed it: a row could wrap around the field, or no later factor be set."""
    with refused(world, OutOfBounds, "moves of block 0, row 0, entry 1"):
        world.publish(table=_with_move(_table(world), entry))


@pytest.mark.parametrize("mark", [TOP + 1, -TOP - 2, 1 << 64])
def test_a_mark_past_its_bound_is_refused(world: World, mark: int) -> None:
    """Or one that leaves no room for what a short side is charged."""
    with refused(world, OutOfBounds, "mark, entry 3"):
        world.publish(table=_with_mark(_table(world), CALL, mark))
    with refused(world, OutOfBounds, "mark and short charge, entry 1"):
        world.publish(table=_with_mark(_table(world), CALL, TOP))


def test_a_mark_at_its_bound_is_admitted(world: World) -> None:
    """As high as the short side's charge lets it be."""
    table = _table(world)
    charge = -(-table.short_charges[1] * 3)
    world.publish(table=_with_mark(table, CALL, TOP - charge))


@pytest.mark.parametrize("sides", [(-1, 0), (0, -1)])
def test_a_charge_is_no_present(world: World, sides: tuple[int, int]) -> None:
    """Below zero it would pay whoever holds much."""
    with refused(world, OutOfBounds, "(long|short) charges, entry 1"):
        world.publish(table=_with_charges(_table(world), *sides))


def test_charges_are_no_less_than_what_nobody_can_see(world: World) -> None:
    """A quarter of a percent of notional on either side, whatever oracles have computed."""
    table, least = _table(world), 15_000_000
    world.publish(table=_with_charges(table, least, least))
    world.now += world.state.parameters.min_interval
    for sides in ((least - 1, least), (least, least - 1), (0, 0)):
        with refused(world, LimitExceeded, "charges of instrument 1"):
            world.publish(table=_with_charges(_table(world), *sides))


@pytest.mark.parametrize("sides", [(THIRD + 1, 10**8), (10**8, THIRD + 1), (TOP // 6 + 1,) * 2])
def test_charges_past_their_bound_are_refused(world: World, sides: tuple[int, int]) -> None:
    """Both stand in one column at three times their size."""
    subject = "(long and short charges|mark and short charge), entry 1"
    with refused(world, OutOfBounds, subject):
        world.publish(table=_with_charges(_table(world), *sides))


BENT: dict[str, tuple[Callable[[RiskTable], RiskTable], type[ZkError], str]] = {
    "a coin of negative worth": (lambda t: _with_mark(t, 1, -1), LimitExceeded, "mark, asset 1"),
    "other cash": (lambda t: _with_mark(t, 0, 1), LimitExceeded, "mark, cash"),
    "cash of nothing": (lambda t: _with_mark(t, 0, 0), LimitExceeded, "mark, cash"),
    "a coin that harms": (
        lambda t: _with_move(t, -(10**5), 2),
        LimitExceeded,
        "asset 1 in its worst row",
    ),
    "a coin that gains": (
        lambda t: _with_move(t, t.moves[0][0][2] + 1, 2),
        TransitionRejected,
        "column of component 1",
    ),
    "a dearer coin": (
        lambda t: _with_mark(t, 1, t.mark[1] + 1),
        TransitionRejected,
        "column of component 1",
    ),
    "a dearer perpetual": (
        lambda t: _with_mark(t, PERP, t.mark[PERP] + 1),
        TransitionRejected,
        "column of component 2",
    ),
    "a perpetual that moves less": (
        lambda t: _with_move(t, t.moves[0][0][0] + 1, 0),
        TransitionRejected,
        "column of component 2",
    ),
    "a mark too short": (
        lambda t: t.model_copy(update={"mark": t.mark[:-1]}),
        WrongDimensions,
        "mark",
    ),
    "a mark too long": (
        lambda t: t.model_copy(update={"mark": (*t.mark, 0)}),
        WrongDimensions,
        "mark",
    ),
    "no rows": (lambda t: t.model_copy(update={"moves": ()}), WrongDimensions, "moves"),
    "a coin too many": (
        lambda t: t.model_copy(update={"moves": t.moves * 2}),
        WrongDimensions,
        "moves",
    ),
    "a row too few": (
        lambda t: t.model_copy(update={"moves": (t.moves[0][1:],)}),
        WrongDimensions,
        "moves of block 0",
    ),
    "a row too many": (
        lambda t: t.model_copy(update={"moves": ((*t.moves[0], t.moves[0][0]),)}),
        WrongDimensions,
        "moves of block 0",
    ),
    "a row too short": (
        lambda t: t.model_copy(update={"moves": ((t.moves[0][0][1:], *t.moves[0][1:]),)}),
        WrongDimensions,
        "moves of block 0, row 0",
    ),
    "a charge too few": (
        lambda t: t.model_copy(update={"long_charges": t.long_charges[1:]}),
        WrongDimensions,
        "long charges",
    ),
    "a charge too many": (
        lambda t: t.model_copy(update={"short_charges": (*t.short_charges, 0)}),
        WrongDimensions,
        "short charges",
    ),
}


@pytest.mark.parametrize("name", BENT)
def test_a_table_that_breaks_a_rule_is_refused(world: World, name: str) -> None:
    """All the rules that margin relies on, whoever signed."""
    bend, error, subject = BENT[name]
    with refused(world, error, subject):
        world.publish(table=bend(_table(world)))


def test_tables_for_tests_keep_the_rules(world: World) -> None:
    """What other tests of this package publish is what the ledger admits."""
    world.publish(table=worth(world, -5))


def test_a_second_mark_comes_with_a_lock_and_is_exact(world: World) -> None:
    """None without, none left out, and of the coin and the perpetual no other than it must be."""
    state, seen = world.state, world.market.observation
    crash = seen.model_copy(update={"spots": (seen.spots[0] * 9 // 10,)})
    second = default_mark(state, crash, world.now)
    assert second is not None
    honest = world.offices.update_market(state, [crash, crash], world.now)
    calm = world.offices.update_market(state, [seen, seen], world.now)
    for update, mark, subject in (
        (calm, second, "second mark"),
        (honest, None, "second mark"),
        (honest, (second[0], second[1] + 1, *second[2:]), "second mark of component 1"),
        (honest, (*second[:PERP], second[PERP] + 1, second[CALL]), "second mark of component 2"),
    ):
        bent = update.model_copy(update={"default_mark": mark})
        endorsements = world.offices.oracles.endorse(bent.binding(world.ledger.id))
        with refused(world, TransitionRejected, subject):
            world.submit(bent.model_copy(update={"endorsements": endorsements}))
    for mark, error, subject in (
        ((second[0], -1, *second[2:]), LimitExceeded, "mark, asset 1"),
        ((1, *second[1:]), LimitExceeded, "mark, cash"),
        (second[1:], WrongDimensions, "mark"),
        ((*second[:CALL], TOP + 1), OutOfBounds, "mark, entry 3"),
    ):
        with refused(world, error, subject):
            world.submit(honest.model_copy(update={"default_mark": mark}))
    world.submit(honest)
    assert world.state.current_market.is_locked
