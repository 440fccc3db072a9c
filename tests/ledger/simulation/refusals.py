"""The reasons for which a step must be refused, as the model sees them."""

from __future__ import annotations

from ledger.errors import LimitExceeded, MalformedTransition, NotAdmitted, OutOfOrder, Unauthorised
from tests.ledger.simulation.model import Matrix, Vector
from tests.ledger.simulation.simulator import Refusal, Simulation
from zk.errors import ProofRejected, Unsatisfied

OVERDRAWN = Refusal("overdrawn: the prover refuses", (Unsatisfied,))


def not_admitted(why: str) -> Refusal:
    return Refusal(why, (NotAdmitted,))


def out_of_order(why: str) -> Refusal:
    return Refusal(why, (OutOfOrder,))


def limit(why: str) -> Refusal:
    return Refusal(why, (LimitExceeded,))


def unauthorised(why: str) -> Refusal:
    return Refusal(why, (Unauthorised,))


def malformed(why: str) -> Refusal:
    return Refusal(why, (MalformedTransition,))


def unproven(why: str) -> Refusal:
    return Refusal(why, (ProofRejected,))


def busy(sim: Simulation, index: int) -> list[Refusal]:
    """On sale, or bound by an open order."""
    if sim.vault(index).status == "frozen":
        return [not_admitted("account on sale")]
    return [] if sim.model.is_free(index) else [not_admitted("account with an open order")]


def stale(sim: Simulation) -> list[Refusal]:
    """The market is too old for this."""
    return [not_admitted("stale market")] if sim.model.is_stale(sim.now) else []


def unsound(sim: Simulation, vector: Vector, rows: Matrix) -> list[Refusal]:
    """What the account would become does not satisfy the rows."""
    return [] if sim.model.is_sound(vector, rows) else [OVERDRAWN]
