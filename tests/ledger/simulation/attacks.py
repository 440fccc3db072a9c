"""Hostile steps that are made from nothing: what insiders and thieves might try."""

from __future__ import annotations

from typing import Final

from ledger.errors import LimitExceeded, OutOfOrder, TransitionRejected, Unauthorised
from ledger.log import Entry
from ledger.market.data import Matrices, Observation, Rows
from ledger.transitions import Deposit, Transition
from prover.author import Author
from prover.blank import BLANK_SIGNATURE
from prover.clearing import Fill, settlement_terms, signed_terms
from tests.ledger.simulation.hostile import hostile
from tests.ledger.simulation.model import UNIT, Resting
from tests.ledger.simulation.simulator import Attempt, Refusal, Simulation
from tests.ledger.simulation.trading import Filling, settlement, written
from zk.errors import ProofRejected, SignatureRejected, Unsatisfied
from zk.field import SUBGROUP_ORDER
from zk.generators import blinding_generator
from zk.sigma import Span
from zk.signatures import SigningKey


def turn_back_time(sim: Simulation) -> Attempt | None:
    """An honest deposit, before the last entry."""
    index = sim.pick()
    if index is None:
        return None
    note = Refusal("time that runs backwards", (OutOfOrder,))
    custodian = sim.world.offices.custodian
    deposit = sim.authors[index].deposit(sim.view(), 0, 1, custodian).transition
    if sim.vault(index).status == "frozen":
        return None
    return hostile(deposit, note, "", sim.model.time - sim.rng.choice((1, 10_000)))


def counterfeit(sim: Simulation) -> Attempt | None:
    """A deposit that no custodian has seen."""
    index = sim.pick()
    if index is None or sim.vault(index).status == "frozen":
        return None
    draft = Deposit(
        account=index,
        nonce=sim.vault(index).nonce,
        asset=0,
        amount=1_000_000,
        custodian_signature=BLANK_SIGNATURE,
        signature=BLANK_SIGNATURE,
    )
    own = sim.authors[index].signer.sign(draft.binding(sim.ledger.id))
    deposit = draft.model_copy(update={"custodian_signature": own, "signature": own})
    return hostile(deposit, Refusal("counterfeit deposit", (SignatureRejected,)), "")


def open_again(sim: Simulation) -> Attempt | None:
    """A second account for the same key."""
    if not sim.authors:
        return None
    old, world = sim.rng.choice(sim.authors), sim.world
    author = Author(old.signer, b"another seed", world.proving, world.randomness)
    again = author.open_account(sim.view()).transition
    return hostile(again, Refusal("second account of a key", (TransitionRejected,)), "")


def unbalanced(sim: Simulation) -> Attempt | None:
    """A trade in which the two sides do not add up, with a proof of some other balance."""
    pair = sim.pick_two()
    if pair is None or not all(sim.model.is_free(index) for index in pair):
        return None
    if any(sim.model.vaults[index].vector[0] < 1_000 for index in pair) or sim.model.is_stale(
        sim.now
    ):
        return None
    view, world = sim.view(), sim.world
    deltas = [world.delta({0: 1}), world.delta({0: 0})]
    parts = [
        signed_terms(view, index, delta.commit().point)
        for index, delta in zip(pair, deltas, strict=True)
    ]
    terms = settlement_terms(view, parts)
    try:
        legs = [
            sim.authors[index].signed_leg(view, terms, delta).transition
            for index, delta in zip(pair, deltas, strict=True)
        ]
    except Unsatisfied:
        return None
    excess = sum(delta.blinding for delta in deltas) % SUBGROUP_ORDER
    other = Span((blinding_generator(),), blinding_generator() * excess)
    balance = other.prove((excess,), terms.binding(sim.ledger.id), world.randomness).encode()
    bent = terms.model_copy(update={"legs": tuple(legs), "balance": balance})
    return hostile(bent, Refusal("sides that do not add up", (ProofRejected,)), "")


def greedy_fill(sim: Simulation) -> Attempt | None:
    """More than was ordered, nothing of it, or a price past the limit: no prover proves that."""
    model = sim.model
    resting = [(i, o) for i in range(len(model.vaults)) if (o := model.open_order(i))]
    other = sim.pick()
    if not resting or other is None or model.is_stale(sim.now):
        return None
    index, order = sim.rng.choice(resting)
    if index == other:
        return None
    lots, extra = sim.rng.choice(((order.whole + 1, 0), (0, 0), (1, -1), (order.whole, -1)))
    filling = Filling(index, order, lots, extra)
    delta = filling.delta(sim)
    fill = Fill(index, order.id, order.opening, delta, lots, order.whole)

    def write() -> Transition:
        return written(sim, sim.view(), [], [fill])[0]

    def land(entry: Entry) -> None:
        raise AssertionError("a greedy fill was accepted")

    return Attempt("hostile", write, land, [Refusal("greedy fill", (Unsatisfied,))], f"{lots}")


def stolen_order(sim: Simulation) -> Attempt | None:
    """A matcher whom the order does not name fills it, with proofs in order."""
    model = sim.model
    resting = [(i, o) for i in range(len(model.vaults)) if (o := model.open_order(i))]
    other = sim.pick()
    if not resting or other is None or model.is_stale(sim.now):
        return None
    index, order = sim.rng.choice(resting)
    filling = Filling(index, order, order.whole)
    attempt = settlement(sim, "hostile", [(other, -filling.delta(sim))], [filling])
    if index == other or attempt.refusals:
        return None
    own = sim.world.matcher
    sim.world.matcher = SigningKey.draw(sim.world.randomness)
    try:
        # The deltas are drawn anew: only one side takes part, and the order is looked at first.
        fill = _fill(sim, index, order)
        stolen = written(sim, sim.view(), [(other, -fill.opening)], [fill])[0]
    except Unsatisfied:
        return None
    finally:
        sim.world.matcher = own
    return hostile(stolen, Refusal("order of another matcher", (Unauthorised,)), "")


def leap(sim: Simulation) -> Attempt | None:
    """Oracles that move a price further than one epoch may, or lie about what follows from it."""
    model = sim.model
    due = model.market.published + model.terms_at(sim.now).min_interval
    if sim.now < due:
        return None
    seen, state = model.market.seen, sim.view()
    honest = sim.world.offices.update_market(state, [seen, seen], sim.now)
    what = sim.rng.choice(("far", "funding", "column", "pledge", "present", "settled"))
    if what == "far":
        far = seen.model_copy(update={"spots": (seen.spots[0] * 105 // 100,)})
        lie = _update(sim, far, honest.matrices)
    elif what == "funding":
        accrued = seen.funding[0] + sim.rng.choice((-1, 1)) * seen.spots[0] * UNIT // 1_000
        far = seen.model_copy(update={"funding": (accrued,)})
        lie = _update(sim, far, honest.matrices)
    elif what == "column":
        lie = _update(sim, seen, _with_entry(honest.matrices, 1, -1))
    elif what == "pledge":
        pledged = honest.matrices.model_copy(update={"initial": honest.matrices.maintenance})
        lie = _update(sim, seen, pledged)
    elif what == "present":
        lie = _update(sim, seen, _with_present(sim, honest.matrices))
    elif model.settled:
        entry = honest.matrices.initial.matrix[0][3] + 1
        matrices = _with_entry(honest.matrices, 3, entry)
        return hostile(
            _update(sim, seen, matrices),
            Refusal("settlement value not honoured", (TransitionRejected,)),
            "",
        )
    else:
        return None
    return hostile(lie, Refusal(_LIES[what], (LimitExceeded,)), "")


#: What is wrong with a market, by name.
_LIES: Final = {
    "far": "price that leaps",
    "funding": "funding that leaps",
    "column": "collateral that harms",
    "pledge": "collateral that pays for losses",
    "present": "constant that is a present",
}


def yesterdays_terms(sim: Simulation) -> Attempt | None:
    """A trade written before a change of the leg's fee came into force, and submitted after it."""
    model = sim.model
    before, after = model.parameters, model.terms_at(sim.now)
    if (before.leg_fee, before.escrow) == (after.leg_fee, after.escrow):
        return None
    pair = sim.pick_two()
    if pair is None or model.is_stale(sim.now) or not all(map(model.is_free, pair)):
        return None
    delta = sim.world.delta({0: 1})
    parties = [(pair[0], delta), (pair[1], -delta)]
    try:
        late = written(sim, sim.world.state, parties, [])[0]
    except Unsatisfied:
        return None
    return hostile(late, Refusal("terms of yesterday", (ProofRejected,)), "")


def _fill(sim: Simulation, index: int, order: Resting) -> Fill:
    delta = Filling(index, order, order.whole).delta(sim)
    return Fill(index, order.id, order.opening, delta, order.whole, order.whole)


def _update(sim: Simulation, seen: Observation, matrices: Matrices) -> Transition:
    return sim.world.offices.update_market(sim.view(), [seen, seen], sim.now, matrices)


def _with_present(sim: Simulation, matrices: Matrices) -> Matrices:
    part = sim.rng.choice(("initial", "maintenance", "withdrawal"))
    rows: Rows = getattr(matrices, part)
    given = rows.model_copy(update={"constants": (1, *rows.constants[1:])})
    return matrices.model_copy(update={part: given})


def _with_entry(matrices: Matrices, column: int, entry: int) -> Matrices:
    first, *rest = matrices.initial.matrix
    row = (*first[:column], entry, *first[column + 1 :])
    changed = matrices.initial.model_copy(update={"matrix": (row, *rest)})
    if column < 2:
        return matrices.model_copy(update={"initial": changed})
    bare = (row[0], 0, *row[2:])
    withdrawal = matrices.withdrawal.model_copy(
        update={"matrix": (bare, *matrices.withdrawal.matrix[1:])}
    )
    return matrices.model_copy(update={"initial": changed, "withdrawal": withdrawal})
