"""Margins that do not follow from the prices: more than one unit is a finding."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.market.data import Matrices
from ledger.market.risk import RiskEngine
from tests.ledger.world import World, fastest, real_world
from verifier.auditing import AuditReport, Code, ListedLog, Options, audit_log


@pytest.fixture(scope="module")
def world(native: object) -> World:
    """A ledger without accounts: its oracles sign what they like."""
    return real_world(3)


def published(world: World, matrices: Matrices) -> AuditReport:
    """The audit after one more epoch, with these matrices under the oracles' signatures."""
    world.now += world.state.parameters.min_interval
    world.publish(matrices=matrices)
    return audit_log(ListedLog(list(world.ledger.entries())), Options(fastest()))


def honest_matrices(world: World) -> Matrices:
    """What follows from the preset's prices at the time of the next epoch."""
    charter, parameters = world.state.charter, world.state.parameters
    engine = RiskEngine(world.shape, charter.listing, parameters.risk)
    later = world.now + parameters.min_interval
    return engine.matrices(world.market.observation, later)


def moved(matrices: Matrices, by: int) -> Matrices:
    """One entry of maintenance, in the column of an instrument, moved by so much."""
    first, *rest = matrices.maintenance.matrix
    row = (*first[:2], first[2] + by, *first[3:])
    rows: Any = matrices.maintenance.model_copy(update={"matrix": (row, *rest)})
    return matrices.model_copy(update={"maintenance": rows})


def test_one_unit_is_what_floating_point_may_differ_by(world: World) -> None:
    """It is counted and is no finding."""
    report = published(world, moved(honest_matrices(world), 1))
    assert report.is_valid
    assert report.invariants.matrices_off_by_one == 1


@pytest.mark.parametrize("by", [2, -2, 10**6])
def test_more_is_a_finding_at_that_epoch(world: World, by: int) -> None:
    """The place in the matrix is named, and the audit goes on."""
    report = published(world, moved(honest_matrices(world), by))
    last = report.findings[-1]
    assert (last.code, last.entry) == (Code.MATRIX, report.entries - 1)
    assert "maintenance row 0, component 2" in last.actual
    assert report.unjudged == 0
    assert report.epochs[-1].difference
