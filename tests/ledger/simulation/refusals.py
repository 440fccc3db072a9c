"""The reasons for which a step must be refused, as the model sees them."""

from __future__ import annotations

from ledger.errors import LimitExceeded, MalformedTransition, NotAdmitted, OutOfOrder
from tests.ledger.simulation.margin import Asked, Scales, Vector
from tests.ledger.simulation.simulator import Refusal, Simulation
from zk.errors import ProofRejected, Unsatisfied

OVERDRAWN = Refusal("overdrawn: the prover refuses", (Unsatisfied,))


def not_admitted(why: str) -> Refusal:
    return Refusal(why, (NotAdmitted,))


def out_of_order(why: str) -> Refusal:
    return Refusal(why, (OutOfOrder,))


def limit(why: str) -> Refusal:
    return Refusal(why, (LimitExceeded,))


def malformed(why: str) -> Refusal:
    return Refusal(why, (MalformedTransition,))


def unproven(why: str) -> Refusal:
    return Refusal(why, (ProofRejected,))


def on_sale(sim: Simulation, index: int) -> list[Refusal]:
    """Nothing but deposits."""
    return [not_admitted("account on sale")] if sim.vault(index).status == "frozen" else []


def busy(sim: Simulation, index: int) -> list[Refusal]:
    """On sale, or bound by an open order."""
    if sim.model.open_order(index, sim.now) is not None:
        return [not_admitted("account with an open order")]
    return on_sale(sim, index)


def stale(sim: Simulation) -> list[Refusal]:
    """The market is too old for this."""
    return [not_admitted("stale market")] if sim.model.is_stale(sim.now) else []


def locked(sim: Simulation) -> list[Refusal]:
    """Prices lie beyond the bounds: no new risk, and nobody is paid who has traded."""
    return [not_admitted("locked market")] if sim.model.market.is_locked else []


def is_closed(sim: Simulation) -> bool:
    """Nobody can trade; most who see that do not try."""
    return bool(stale(sim) + locked(sim)) and sim.chance(0.8)


def unsound(
    scales: Scales, asked: Asked, vector: Vector, floor: int | None = None
) -> list[Refusal]:
    """What the account would become does not meet what is asked of it."""
    return [] if scales.holds(asked, vector, floor) else [OVERDRAWN]
