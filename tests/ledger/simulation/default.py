"""What becomes of accounts that stay silent: reveals, sales, and the fund."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from ledger.escrows import reveal_of
from ledger.log import Entry
from ledger.state import State
from ledger.transitions import Absorb, Reveal, TakeOver
from ledger.transitions.default import sale_price
from prover.author import Author, Written
from tests.ledger.simulation.model import UNIT, Vault, Vector, plus, worst, worth
from tests.ledger.simulation.refusals import (
    busy,
    malformed,
    not_admitted,
    out_of_order,
    stale,
    unsound,
)
from tests.ledger.simulation.simulator import Attempt, Simulation
from zk.pedersen import Opening


def fall_silent(sim: Simulation) -> Attempt | None:
    """Somebody stops answering, or comes back; nothing happens on the ledger."""
    if not sim.model.vaults:
        return None
    vault = sim.rng.choice(sim.model.vaults)
    owing = [each for each in sim.model.vaults if not each.exempt and each.status != "frozen"]
    if owing and sim.chance(0.5):
        # Whoever has least left.
        rows = sim.model.market.matrices.maintenance.matrix
        vault = min(owing, key=lambda each: worst(rows, each.vector))
        vault.silent = True
        return None
    vault.silent = not vault.silent and sim.chance(0.4)
    return None


def reveal(sim: Simulation) -> Attempt | None:
    """The guardians open whoever is overdue; sometimes they try it with somebody in standing."""
    model = sim.model
    everyone = range(len(model.vaults))
    overdue = [i for i in everyone if model.is_overdue(i, sim.now)]
    if overdue:
        index = sim.rng.choice(overdue)
    elif everyone and sim.chance(0.15):
        index = sim.rng.choice(everyone)
    else:
        return None
    vault, author = sim.vault(index), sim.authors[index]
    refusals = stale(sim)
    if not overdue:
        refusals.append(not_admitted("reveal of an account in standing"))

    def write() -> Reveal:
        known = sim.keys.read(sim.view(), index, sim.ledger.entry) if overdue else author.known
        assert known == author.known, f"guardians read another opening of account {index}"
        return _endorsed(sim, index, known)

    land = _landing(sim, index)
    if not refusals and sim.chance(0.3):
        # What they sign is submitted later, if somebody has not healed the account by then.
        sim.signed_reveals.append((write(), vault.standing, vault.nonce))
        return None
    return Attempt("reveal", write, land, refusals, f"of account {index}")


def reveal_late(sim: Simulation) -> Attempt | None:
    """What the guardians signed before, after a deposit or after more than that."""
    if not sim.signed_reveals:
        return None
    if sim.chance(0.5):
        return deposited(sim)
    transition, standing, nonce = sim.signed_reveals.pop(0)
    index = transition.account
    vault, refusals = sim.vault(index), stale(sim)
    if not sim.model.is_overdue(index, sim.now):
        refusals.append(not_admitted("reveal of an account in standing"))
    elif vault.standing != standing:
        refusals.append(out_of_order("reveal of an earlier default"))
    landing = _landing(sim, index)

    def land(entry: Entry) -> None:
        sim.accepted["reveal after a deposit"] += vault.nonce != nonce
        landing(entry)

    return Attempt("reveal", lambda: transition, land, refusals, f"of account {index}, late")


def deposited(sim: Simulation) -> Attempt | None:
    """A cent comes in between, to keep the guardians from what they have signed."""
    index = sim.signed_reveals[0][0].account
    if sim.vault(index).status == "frozen":
        return None
    custodian = sim.world.offices.custodian

    def land() -> None:
        sim.model.add(index, {0: 1})
        sim.model.deposited[0] += 1

    return sim.owned(
        "deposit",
        index,
        lambda author, view: author.deposit(view, 0, 1, custodian),
        land,
        [],
        "before a reveal",
    )


def _endorsed(sim: Simulation, index: int, known: Opening) -> Reveal:
    draft = reveal_of(sim.view(), index, known)
    endorsements = sim.world.offices.guardians.endorse(draft.binding(sim.ledger.id))
    return draft.model_copy(update={"endorsements": endorsements})


def _landing(sim: Simulation, index: int) -> Callable[[Entry], None]:
    model, vault = sim.model, sim.vault(index)

    def land(entry: Entry) -> None:
        matrices = model.market.matrices
        vault.order = None
        if worst(matrices.maintenance.matrix, vault.vector) >= 0:
            vault.status, vault.standing = "revealed", model.epoch
            vault.silent = sim.chance(0.6)
            sim.accepted["reveal of a solvent account"] += 1
        else:
            vault.status, vault.sale_start = "frozen", sim.now
            terms = model.terms_at(sim.now)
            vault.sale_duration, vault.sale_step = terms.sale_duration, terms.sale_step
            vault.sale_equity = worth(matrices.mark, vault.vector)
            vault.sale_shortfall = -(worst(matrices.maintenance.matrix, vault.vector) // UNIT)
            sim.accepted["reveal of an insolvent account"] += 1

    return land


def take_over(sim: Simulation) -> Attempt | None:
    """Somebody buys what is on sale, if it can; sometimes what is not, or its own."""
    model = sim.model
    frozen = [i for i, vault in enumerate(model.vaults) if vault.status == "frozen"]
    index = sim.pick()
    # In one history of three, hardly anybody buys, and the fund must.
    strike = sim.seed % 3 == 2 and sim.chance(0.9)
    if index is None or not frozen or strike:
        return None
    able = [i for i in range(len(model.vaults)) if model.is_free(i)]
    # Whoever is worth most can buy most.
    if able and sim.chance(0.7):
        mark = model.market.matrices.mark
        index = max(able, key=lambda i: worth(mark, model.vaults[i].vector))
    target = sim.rng.choice(frozen)
    sold = model.vaults[target]
    # Half of them wait until it costs little or nothing.
    if sim.now < sold.sale_start + sold.sale_duration * 4 // 5 and sim.chance(0.5):
        return None
    refusals = busy(sim, index) + stale(sim)
    if is_over(sold, sim.now):
        price = sold.sale_equity
        refusals.append(not_admitted("purchase after the sale's end"))
    else:
        asked = sale_price(sim.view(), target)
        check_price(sim, target, asked)
        price = asked + sim.rng.choice((0, 0, 0, 0, 1, 5_000))
    above = not refusals and price > asked
    after = plus(plus(sim.vault(index).vector, sold.vector), {0: -price})
    refusals += unsound(sim, after, model.market.matrices.initial.matrix)
    if index == target:
        refusals.append(malformed("purchase of oneself"))

    def land() -> None:
        model.vaults[index].vector = after
        model.secure(index, sim.now)
        cost = max(-price, 0)
        assert cost <= max(model.fund[0], 0), "the fund pays with cash that it does not have"
        assert cost <= max(model.fund_worth, 0), "the fund pays more than it is worth"
        model.fund = plus(model.fund, {0: -cost})
        _end_sale(sim, target, max(price, 0))
        sim.accepted["sale for the owner" if price > 0 else "sale at the fund's cost"] += 1
        sim.accepted["sale for more than its price"] += above

    return sim.owned(
        "take-over",
        index,
        lambda author, view: _offer(author, view, target, price),
        land,
        refusals,
        f"buys account {target} for {price}",
    )


def absorb(sim: Simulation) -> Attempt | None:
    """The fund takes what nobody bought; not before the sale is over."""
    model = sim.model
    frozen = [i for i, vault in enumerate(model.vaults) if vault.status == "frozen"]
    if not frozen:
        return None
    target = min(frozen, key=lambda i: model.vaults[i].sale_start)
    vault = model.vaults[target]
    early = not is_over(vault, sim.now)
    if early and sim.chance(0.8):
        return None
    refusals = stale(sim) + ([not_admitted("absorption before the sale ends")] if early else [])

    def land(entry: Entry) -> None:
        model.fund = plus(model.fund, vault.vector)
        _end_sale(sim, target, 0)

    transition = Absorb(target=target)
    return Attempt("absorb", lambda: transition, land, refusals, f"of account {target}")


def is_over(vault: Vault, now: int) -> bool:
    """The sale has ended: it is the fund's turn."""
    return now >= vault.sale_start + vault.sale_duration


def _offer(author: Author, view: State, target: int, price: int) -> Written[TakeOver]:
    """At a price of the buyer's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("prover.author.sale_price", lambda *_: price)
        return author.take_over(view, target)


def check_price(sim: Simulation, target: int, price: int) -> None:
    """On the straight line from the equity to minus what it may lose, by steps of time.

    The fund pays no more than it can; a price that starts below that is as low as it gets.
    """
    vault = sim.vault(target)
    most = min(sim.model.payable, vault.sale_shortfall)
    start = max(vault.sale_equity, -most)
    assert -most <= price <= start, "the price is outside of its bounds"
    steps = vault.sale_duration // vault.sale_step
    gone = (sim.now - vault.sale_start) // vault.sale_step
    line = start - Fraction((start + most) * gone, steps)
    assert abs(price - line) <= 1, f"expected a price of about {float(line)}, got {price}"


def _end_sale(sim: Simulation, target: int, proceeds: int) -> None:
    vault, author = sim.vault(target), sim.authors[target]
    nothing: Vector = (0,) * sim.model.shape.components
    vault.vector = plus(nothing, {0: proceeds})
    vault.status, vault.exempt, vault.standing = "revealed", True, sim.model.epoch
    vault.base_key = vault.fill_key = None
    vault.silent = False
    author.opening = Opening(vault.vector, author.known.blinding)
