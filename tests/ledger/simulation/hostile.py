"""What every hostile step is: it must be refused, and leave no trace."""

from __future__ import annotations

from typing import Any

from ledger.log import Entry
from ledger.transitions import Absorb, Transition, decode_transition
from tests.ledger.simulation.simulator import Attempt, Refusal, Simulation
from zk.errors import Rejected


def hostile(
    transition: Transition | bytes, refusal: Refusal, note: str, time: int | None = None
) -> Attempt:
    """A step that must leave no trace."""

    def land(entry: Entry) -> None:
        raise AssertionError("a hostile step was accepted")

    return Attempt("hostile", lambda: transition, land, [refusal], f"{refusal.why} {note}", time)


def resigned(sim: Simulation, transition: Any) -> Transition:
    """Signed anew by the owner, who is the enemy here."""
    signature = sim.authors[transition.account].signer.sign(transition.binding(sim.ledger.id))
    signed: Transition = transition.model_copy(update={"signature": signature})
    return signed


def replay(sim: Simulation) -> Attempt | None:
    """An entry of the log, once more. What carries no nonce may be due again."""
    if sim.ledger.head.number < 2:
        return None
    entry = sim.ledger.entry(sim.rng.randint(1, sim.ledger.head.number))
    old = decode_transition(entry.transition, sim.setting.decoding)
    if isinstance(old, Absorb) and sim.vault(old.target).status == "frozen":
        return None
    return hostile(entry.transition, Refusal("replay", (Rejected,)), f"of entry {entry.number}")
