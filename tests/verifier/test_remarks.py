"""What breaks no rule and must be known: short times, weak quorums, clocks that disagree."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ledger.world import World, stand_in_world
from tests.verifier.unproven import audited, errors_of, remarks_of, take_any_keys
from verifier import AuditReport, Code, Finding
from verifier.remarks import LEAST_TIMES

#: What a network in a test may set, by the rules.
SHORT = {
    "grace": 40,
    "max_age": 30,
    "min_interval": 20,
    "reveal": 20,
    "sale_duration": 20,
    "settling": 1,
    "delay": 60,
    "key_delay": 60,
}
#: With which any number of updates stays within the reach of the rows.
SLOW = {"max_spots_bps": (50,), "max_vol_bps": 50, "sale_step": 1}


def short_world(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> World:
    """A ledger with other times."""
    take_any_keys(monkeypatch)
    return stand_in_world(**changes)


def one_of(report: AuditReport, code: Code) -> Finding:
    (found,) = [each for each in report.findings if each.code is code]
    assert found.severity == "warning"
    return found


def test_the_times_of_a_development_ledger_are_long_enough(world: World) -> None:
    """No remark but that on its quorums, of which two of three suffice."""
    world.publish()
    report = audited(world)
    assert [found.code for found in report.findings] == [Code.QUORUM]
    assert "oracles 2 of 3, guardians 2 of 3" in report.findings[0].actual


@pytest.mark.parametrize("name", LEAST_TIMES)
def test_a_time_that_is_too_short_is_remarked_on(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Each by its name, with what it should be at least."""
    world = short_world(monkeypatch, **SLOW, **{name: LEAST_TIMES[name] - 1})
    found = one_of(audited(world), Code.SHORT_TIMES)
    assert found.entry == 0
    assert found.expected == f"{name} from {LEAST_TIMES[name]} s"
    assert found.actual == f"{name} {LEAST_TIMES[name] - 1} s"


def test_all_of_them_are_one_remark(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ledger of a test says so once, and it is valid."""
    world = short_world(monkeypatch, **SLOW, **SHORT)
    report = audited(world)
    found = one_of(report, Code.SHORT_TIMES)
    assert all(name in found.actual for name in LEAST_TIMES)
    assert (report.verdict, report.exit_status) == ("valid with remarks", 0)


def test_parameters_that_are_signed_later_are_looked_at_too(world: World) -> None:
    """At the entry that announces them: then there is time to leave."""
    parameters = world.state.parameters
    shorter = parameters.model_copy(update={"reveal": 300, "sale_duration": 300})
    effective = world.now + parameters.delay
    entry = world.submit(world.offices.update_params(world.state, shorter, effective))
    found = one_of(audited(world), Code.SHORT_TIMES)
    assert found.entry == entry.number
    assert found.actual == "reveal 300 s, sale_duration 300 s"


def test_a_quorum_that_outvotes_a_third_is_not_remarked_on(
    monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    """Three of three: of the oracles, and then of the guardians as well."""
    oracles = world.state.parameters.oracles.model_copy(update={"threshold": 3})
    guardians = world.state.parameters.guardians.model_copy(update={"threshold": 3})
    found = one_of(audited(short_world(monkeypatch, oracles=oracles)), Code.QUORUM)
    assert found.actual == "guardians 2 of 3"
    strong = short_world(monkeypatch, oracles=oracles, guardians=guardians)
    assert audited(strong).verdict == "valid"


def test_clocks_that_are_apart_are_one_remark(world: World) -> None:
    """At an update: given time has run on by more than the age that a market may have."""
    world.publish()
    for ahead in (2_700, 2_701, 5_000):
        world.now += world.state.parameters.min_interval + ahead
        seen = world.market.observation
        time = world.now - ahead
        world.submit(world.offices.update_market(world.state, [seen, seen], time))
    report = audited(world)
    found = one_of(report, Code.CLOCK)
    assert errors_of(report) == []
    assert (found.entry, found.subject) == (3, "time of epoch 3")
    assert found.actual == "2 such epochs, up to 5000 s apart"


def test_a_ledger_in_use_is_compared_with_a_clock_of_ones_own(world: World) -> None:
    """Both of its clocks; where nobody says that it lives, neither."""
    world.publish()
    assert remarks_of(audited(world)) == []
    assert remarks_of(audited(world, now=world.now + 2_700)) == []
    apart = audited(world, now=world.now + 2_701)
    assert [f.subject for f in apart.findings if f.code is Code.CLOCK] == [
        "given time at the tip",
        "the oracles' time at the tip",
    ]
    assert remarks_of(audited(world, now=world.now - 2_701)) == [Code.CLOCK] * 2
