from __future__ import annotations

import pytest

from circuits.errors import OutOfBounds, WrongDimensions
from ledger.errors import LimitExceeded
from ledger.market.data import Matrices, Rows
from tests.ledger.adversary.attacks import refused, riskless
from tests.ledger.world import World, peopled, stand_in_world
from zk.errors import ZkError

TOP = (1 << 47) - 1


CONSTANT_TOP = (1 << 111) - 1


@pytest.fixture
def world() -> World:
    world = peopled(stand_in_world(), 1)
    world.now += world.state.parameters.min_interval
    return world


def _with_row(matrices: Matrices, part: str, index: int, entry: int) -> Matrices:
    """One entry of the first row of one part."""
    rows: Rows = getattr(matrices, part)
    first = list(rows.matrix[0])
    first[index] = entry
    changed = rows.model_copy(update={"matrix": (tuple(first), *rows.matrix[1:])})
    return matrices.model_copy(update={part: changed})


def _with_instrument(matrices: Matrices, entry: int) -> Matrices:
    """An entry of initial margin, and of the withdrawal rows that follow it."""
    return _with_row(_with_row(matrices, "initial", 2, entry), "withdrawal", 2, entry)


def _with_constant(matrices: Matrices, constant: int) -> Matrices:
    constants = (constant,) * len(matrices.initial.constants)
    parts = {
        name: getattr(matrices, name).model_copy(update={"constants": constants})
        for name in ("initial", "withdrawal")
    }
    return matrices.model_copy(update=parts)


@pytest.mark.parametrize("entry", [TOP, -TOP - 1])
def test_an_entry_at_its_bound_is_admitted(world: World, entry: int) -> None:
    """48 signed bits, all of them."""
    world.publish(matrices=_with_instrument(world.state.current_market.matrices, entry))


@pytest.mark.parametrize("entry", [TOP + 1, -TOP - 2, 1 << 64, 10**4_000])
def test_an_entry_past_its_bound_is_refused(world: World, entry: int) -> None:
    """Whoever signed it: a row could wrap around the field."""
    matrices = world.state.current_market.matrices
    with refused(world, OutOfBounds, "matrix row 0, entry 2"):
        world.publish(matrices=_with_instrument(matrices, entry))
    mark = (*matrices.mark[:2], entry, matrices.mark[3])
    with refused(world, OutOfBounds, "mark, component 2"):
        world.publish(matrices=matrices.model_copy(update={"mark": mark}))


@pytest.mark.parametrize("constant", [0, -CONSTANT_TOP - 1])
def test_a_constant_at_its_bound_is_admitted(world: World, constant: int) -> None:
    """All of what 112 signed bits can ask for."""
    world.publish(matrices=_with_constant(world.state.current_market.matrices, constant))


@pytest.mark.parametrize("constant", [1, CONSTANT_TOP])
@pytest.mark.parametrize("part", ["initial", "maintenance", "withdrawal"])
def test_a_constant_is_no_present(world: World, part: str, constant: int) -> None:
    """One unit in one row would pay out what nobody has deposited."""
    matrices = world.state.current_market.matrices
    rows: Rows = getattr(matrices, part)
    given = rows.model_copy(update={"constants": (*rows.constants[1:], constant)})
    with refused(world, LimitExceeded, f"{part} constant 3"):
        world.publish(matrices=matrices.model_copy(update={part: given}))


@pytest.mark.parametrize("constant", [CONSTANT_TOP + 1, -CONSTANT_TOP - 2])
def test_a_constant_past_its_bound_is_refused(world: World, constant: int) -> None:
    """As for entries."""
    with refused(world, OutOfBounds, "constants, entry 0"):
        world.publish(matrices=_with_constant(world.state.current_market.matrices, constant))


BENT: dict[str, tuple[type[ZkError], str]] = {
    "collateral that harms": (LimitExceeded, "matrix row 0, asset 1"),
    "cash that counts half": (LimitExceeded, "maintenance row 0, cash"),
    "collateral that counts in every row": (LimitExceeded, "initial margin"),
    "a withdrawal that counts collateral": (LimitExceeded, "withdrawal row 0"),
    "a withdrawal with other positions": (LimitExceeded, "withdrawal row 0"),
    "a withdrawal with other constants": (LimitExceeded, "withdrawal constants"),
    "a mark of negative collateral": (LimitExceeded, "mark, asset 1"),
    "a mark of other cash": (LimitExceeded, "mark, cash"),
    "a mark that is too short": (WrongDimensions, "mark"),
    "a row too few": (WrongDimensions, "matrix"),
    "a row too many": (WrongDimensions, "matrix"),
    "a row that is too long": (WrongDimensions, "matrix row 0"),
    "a constant too few": (WrongDimensions, "constants"),
}


def _bent(matrices: Matrices, name: str) -> Matrices:
    initial, mark = matrices.initial, matrices.mark
    rows, constants = initial.matrix, initial.constants
    changes: dict[str, dict[str, object]] = {
        "a mark of negative collateral": {"mark": (mark[0], -1, *mark[2:])},
        "a mark of other cash": {"mark": (1, *mark[1:])},
        "a mark that is too short": {"mark": mark[:-1]},
        "a row too few": {"initial": Rows(matrix=rows[1:], constants=constants)},
        "a row too many": {"initial": Rows(matrix=(*rows, rows[0]), constants=constants)},
        "a row that is too long": {
            "initial": Rows(matrix=((*rows[0], 0), *rows[1:]), constants=constants)
        },
        "collateral that counts in every row": {"initial": matrices.maintenance},
        "a constant too few": {"initial": Rows(matrix=rows, constants=constants[1:])},
        "a withdrawal that counts collateral": {"withdrawal": initial},
        "a withdrawal with other constants": {
            "withdrawal": Rows(matrix=matrices.withdrawal.matrix, constants=(-1, 0, 0, 0))
        },
    }
    if name in changes:
        return matrices.model_copy(update=changes[name])
    part, index, entry = {
        "collateral that harms": ("initial", 1, -1),
        "cash that counts half": ("maintenance", 0, 500_000),
        "a withdrawal with other positions": ("withdrawal", 2, 1),
    }[name]
    return _with_row(matrices, part, index, entry)


@pytest.mark.parametrize("name", BENT)
def test_matrices_that_break_a_rule_are_refused(world: World, name: str) -> None:
    """All the rules that margin relies on, whoever signed."""
    error, subject = BENT[name]
    with refused(world, error, subject):
        world.publish(matrices=_bent(world.state.current_market.matrices, name))


def test_matrices_for_tests_keep_the_rules(world: World) -> None:
    """What other tests of this package publish is what the ledger admits."""
    world.publish(matrices=riskless(world, 5, -5))
