"""Hostile steps that are made from nothing: what insiders and thieves might try."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.errors import NotAdmitted, OutOfOrder, TransitionRejected, Unauthorised
from ledger.log import Entry
from ledger.transitions import Deposit, Endow, PayOut, Transition
from prover.author import Author
from prover.blank import BLANK_SIGNATURE
from prover.settlement import OrderFill, in_order, settlement_terms, signed_terms
from tests.ledger.simulation.hostile import hostile
from tests.ledger.simulation.records import Resting
from tests.ledger.simulation.simulator import Attempt, Refusal, Simulation
from tests.ledger.simulation.trades import Filling, open_orders, settlement, written
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
    custodian = sim.offices.custodian
    deposit = sim.authors[index].deposit(sim.view(), 0, 1, custodian).transition
    return hostile(deposit, note, "", sim.model.time - sim.rng.choice((1, 10_000)))


def counterfeit(sim: Simulation) -> Attempt | None:
    """A deposit that no custodian has seen."""
    index = sim.pick()
    if index is None:
        return None
    draft = Deposit(
        account=index,
        nonce=sim.vault(index).nonce,
        asset=0,
        amount=1_000_000,
        custodian_signature=BLANK_SIGNATURE,
        signature=BLANK_SIGNATURE,
    )
    binding = draft.binding(sim.ledger.id)
    own, received = sim.authors[index].signer.sign(binding), None
    if sim.keys.former and sim.chance(0.5):
        # Somebody who has been custodian, or will be.
        others = [each for each in (sim.keys.offices, *sim.keys.former) if each != sim.offices]
        received = sim.rng.choice(others).custodian.sign(binding)
    evidence = {"custodian_signature": received or own, "signature": own}
    deposit = draft.model_copy(update=evidence)
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
    if pair is None or not _may_trade(sim, pair):
        return None
    if any(sim.model.vaults[index].vector[0] < 1_000 for index in pair):
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
    bent = terms.model_copy(update={"legs": in_order(legs), "balance": balance})
    return hostile(bent, Refusal("sides that do not add up", (ProofRejected,)), "")


def greedy_fill(sim: Simulation) -> Attempt | None:
    """More than was ordered, nothing of it, or a price past the limit: no prover proves that."""
    resting, other = open_orders(sim), sim.pick()
    if not resting or other is None or not _may_trade(sim, []):
        return None
    index, order = sim.rng.choice(resting)
    if index == other:
        return None
    lots, extra = sim.rng.choice(((order.whole + 1, 0), (0, 0), (1, -1), (order.whole, -1)))
    filling = Filling(index, order, lots, extra)
    delta = filling.delta(sim)
    fill = OrderFill(index, order.id, order.opening, delta, lots, order.whole)

    def write() -> Transition:
        return written(sim, sim.view(), [], [fill])[0]

    def land(entry: Entry) -> None:
        raise AssertionError("a greedy fill was accepted")

    return Attempt("hostile", write, land, [Refusal("greedy fill", (Unsatisfied,))], f"{lots}")


def stolen_order(sim: Simulation) -> Attempt | None:
    """A matcher whom the order does not name fills it, with proofs in order."""
    resting, other = open_orders(sim), sim.pick()
    if not resting or other is None or not _may_trade(sim, []):
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


def run_ahead(sim: Simulation) -> Attempt | None:
    """An honest deposit, at a time that the oracles are far from."""
    index = sim.pick()
    if index is None:
        return None
    note = Refusal("time beyond the gap", (OutOfOrder,))
    custodian, late = sim.offices.custodian, sim.model.latest + sim.rng.choice((1, 10_000))
    deposit = sim.authors[index].deposit(sim.view(), 0, 1, custodian).transition
    return hostile(deposit, note, "", max(late, sim.now))


def unendowed(sim: Simulation) -> Attempt | None:
    """Capital that no custodian has seen, or that was paid in once and is counted twice."""
    model, offices = sim.model, sim.offices
    if sim.chance(0.5) and model.endowments:
        draft = Endow(endowment=model.endowments, amount=1, custodian_signature=BLANK_SIGNATURE)
        signature = offices.custodian.sign(draft.binding(sim.ledger.id))
        twice = draft.model_copy(update={"custodian_signature": signature})
        return hostile(twice, Refusal("endowment counted twice", (OutOfOrder,)), "")
    draft = Endow(endowment=model.endowments + 1, amount=1, custodian_signature=BLANK_SIGNATURE)
    signature = offices.governors.members[0].sign(draft.binding(sim.ledger.id))
    bent = draft.model_copy(update={"custodian_signature": signature})
    return hostile(bent, Refusal("counterfeit endowment", (SignatureRejected,)), "")


def paid_twice(sim: Simulation) -> Attempt | None:
    """A withdrawal that has been paid, once more."""
    model = sim.model
    paid = [number for number in range(model.withdrawals) if number not in model.waiting]
    if not paid:
        return None
    again = PayOut(withdrawal=sim.rng.choice(paid))
    return hostile(again, Refusal("payout a second time", (NotAdmitted,)), "")


def yesterdays_terms(sim: Simulation) -> Attempt | None:
    """A trade written before a change of the leg's fee came into force, and submitted after it."""
    model = sim.model
    before, after = model.parameters, model.terms_at(sim.now)
    if (before.leg_fee, before.escrow, before.cap) == (after.leg_fee, after.escrow, after.cap):
        return None
    pair = sim.pick_two()
    if pair is None or not _may_trade(sim, pair):
        return None
    delta = sim.world.delta({0: 1})
    parties = [(pair[0], delta), (pair[1], -delta)]
    try:
        late = written(sim, sim.world.state, parties, [])[0]
    except Unsatisfied:
        return None
    return hostile(late, Refusal("terms of yesterday", (ProofRejected,)), "")


def _fill(sim: Simulation, index: int, order: Resting) -> OrderFill:
    delta = Filling(index, order, order.whole).delta(sim)
    return OrderFill(index, order.id, order.opening, delta, order.whole, order.whole)


def _may_trade(sim: Simulation, indices: Sequence[int]) -> bool:
    """Nothing but the attack itself is in the way."""
    model = sim.model
    barred = model.is_stale(sim.now) or model.market.is_locked
    return not barred and all(model.is_free(index, sim.now) for index in indices)
