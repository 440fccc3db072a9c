"""What oracles might say that is not so: attacks that begin with their honest market."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from ledger.errors import LimitExceeded, OutOfOrder, TransitionRejected, Unauthorised
from ledger.market.data import Observation, RiskTable
from ledger.oracle import risk_table
from ledger.transitions import UpdateMarket
from tests.ledger.simulation.administration import out_of_turn
from tests.ledger.simulation.hostile import hostile
from tests.ledger.simulation.simulator import Attempt, Refusal, Simulation
from zk.errors import SignatureRejected, ZkError

#: A lie that does not apply at the moment is none.
Lie = Callable[[Simulation], UpdateMarket | None]
Lied = tuple[Lie, tuple[type[ZkError], ...]]


def lie(sim: Simulation) -> Attempt | None:
    """One of them, when a market is due."""
    if out_of_turn(sim, sim.now):
        return None
    names = _OF_THE_SETTLED if sim.model.settled and sim.chance(0.2) else list(LIES)
    name = sim.rng.choice(names)
    write, kinds = LIES[name]
    told = write(sim)
    return None if told is None else hostile(told, Refusal(name, kinds), "")


def _said(sim: Simulation, seen: Observation, table: RiskTable | None = None) -> UpdateMarket:
    return sim.offices.update_market(sim.view(), [seen, seen], sim.now, table)


def _honest(sim: Simulation) -> UpdateMarket:
    """What nobody would refuse."""
    return _said(sim, sim.model.market.seen)


def _signed(sim: Simulation, bent: UpdateMarket) -> UpdateMarket:
    """All oracles agree on the lie."""
    binding = bent.binding(sim.ledger.id)
    return bent.model_copy(update={"endorsements": sim.offices.oracles.endorse(binding)})


def _table(sim: Simulation, **changes: object) -> UpdateMarket:
    honest = _honest(sim)
    return _said(sim, sim.model.market.seen, honest.table.model_copy(update=changes))


def _at(sim: Simulation, bps: int) -> Observation:
    seen = sim.model.market.seen
    return seen.model_copy(update={"spots": (seen.spots[0] * (10_000 + bps) // 10_000,)})


def _leap(sim: Simulation) -> UpdateMarket:
    """The table of a price that is further than one update may go."""
    far = _at(sim, 900)
    return _said(sim, far, risk_table(sim.view(), far, sim.now))


def _mark(sim: Simulation) -> UpdateMarket:
    mark = _honest(sim).table.mark
    place = sim.rng.choice((1, 2))
    return _table(sim, mark=(*mark[:place], mark[place] + 1, *mark[place + 1 :]))


def _move(sim: Simulation) -> UpdateMarket:
    """A row of the perpetual in which a long loses less."""
    return _with_move(sim, 0, lambda move: move + 1)


def _harm(sim: Simulation) -> UpdateMarket:
    """A row in which coins are worth less than nothing."""
    return _with_move(sim, -1, lambda move: 3 * move - 10**6)


def _with_move(sim: Simulation, column: int, change: Callable[[int], int]) -> UpdateMarket:
    (rows,) = _honest(sim).table.moves
    first = list(rows[0])
    first[column] = change(first[column])
    return _table(sim, moves=((tuple(first), *rows[1:]),))


def _charge(sim: Simulation) -> UpdateMarket:
    """One of a twenty-fifth of what is the least."""
    side = sim.rng.choice(("long_charges", "short_charges"))
    charges = getattr(_honest(sim).table, side)
    return _table(sim, **{side: (charges[0] // 25, *charges[1:])})


def _settled(sim: Simulation) -> UpdateMarket | None:
    if not sim.model.settled:
        return None
    mark = _honest(sim).table.mark
    return _table(sim, mark=(*mark[:3], mark[3] + 1))


def _settled_charge(sim: Simulation) -> UpdateMarket | None:
    if not sim.model.settled:
        return None
    charges = _honest(sim).table.long_charges
    return _table(sim, long_charges=(charges[0], 10**9))


def _second_mark(sim: Simulation) -> UpdateMarket:
    """Where no price lies beyond its bound."""
    honest = _honest(sim)
    mark = honest.table.mark
    return _signed(sim, honest.model_copy(update={"default_mark": mark}))


def _no_second_mark(sim: Simulation) -> UpdateMarket:
    return _signed(sim, _said(sim, _at(sim, -700)).model_copy(update={"default_mark": None}))


def _lying_second_mark(sim: Simulation) -> UpdateMarket:
    """Of the price at which the epoch stops, not of the one that was seen."""
    locked = _said(sim, _at(sim, -700))
    bent = locked.model_copy(update={"default_mark": locked.table.mark})
    return _signed(sim, bent)


def _without_governors(sim: Simulation) -> UpdateMarket:
    """Too far away for oracles alone, or too long after their last."""
    far = _said(sim, _at(sim, -1_900))
    assert far.governors
    return far.model_copy(update={"governors": far.governors[: sim.rng.randint(0, 1)]})


def _wrong_governors(sim: Simulation) -> UpdateMarket:
    far = _said(sim, _at(sim, -1_900))
    return far.model_copy(update={"governors": far.endorsements})


def _disagreeing(sim: Simulation) -> UpdateMarket:
    """Two who are not near each other: nobody knows which of them lies."""
    honest = _honest(sim)
    other = _said(sim, _at(sim, 900))
    reports = (honest.reports[0], other.reports[1])
    return _signed(sim, honest.model_copy(update={"reports": reports}))


def _alone(sim: Simulation) -> UpdateMarket:
    honest = _honest(sim)
    return _signed(sim, honest.model_copy(update={"reports": honest.reports[:1]}))


def _another_report(sim: Simulation) -> UpdateMarket:
    """Words that an oracle has not signed."""
    honest = _honest(sim)
    observation = _at(sim, 10)
    words = honest.reports[1].model_copy(update={"observation": observation})
    return _signed(sim, honest.model_copy(update={"reports": (honest.reports[0], words)}))


def _skipped(sim: Simulation) -> UpdateMarket:
    honest = _honest(sim)
    return _signed(sim, honest.model_copy(update={"epoch": honest.epoch + 1}))


LIES: Final[Mapping[str, Lied]] = {
    "price that leaps": (_leap, (TransitionRejected,)),
    "mark that is not the price": (_mark, (TransitionRejected,)),
    "move that is too small": (_move, (TransitionRejected,)),
    "collateral that harms": (_harm, (LimitExceeded,)),
    "charge below the least": (_charge, (LimitExceeded,)),
    "settlement value not honoured": (_settled, (TransitionRejected,)),
    "charge of what has expired": (_settled_charge, (TransitionRejected,)),
    "second mark without a lock": (_second_mark, (TransitionRejected,)),
    "lock without a second mark": (_no_second_mark, (TransitionRejected,)),
    "second mark of another price": (_lying_second_mark, (TransitionRejected,)),
    "far price without governors": (_without_governors, (Unauthorised,)),
    "far price with others for governors": (_wrong_governors, (SignatureRejected,)),
    "reports far apart": (_disagreeing, (LimitExceeded,)),
    "oracle that is alone": (_alone, (Unauthorised,)),
    "report that nobody signed": (_another_report, (SignatureRejected,)),
    "market of the epoch after next": (_skipped, (OutOfOrder,)),
}
_OF_THE_SETTLED: Final = ("settlement value not honoured", "charge of what has expired")
