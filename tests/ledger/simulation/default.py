"""What becomes of accounts that stay silent: reveals, sales, and the fund."""

from __future__ import annotations

from collections.abc import Callable

from ledger.errors import NotAdmitted, TransitionRejected
from ledger.escrows import reveal_of
from ledger.log import Entry
from ledger.transitions import Absorb, Reveal
from ledger.transitions.default import current_offer
from tests.ledger.simulation.margin import plus
from tests.ledger.simulation.owners import payment
from tests.ledger.simulation.records import Vault
from tests.ledger.simulation.refusals import (
    busy,
    limit,
    malformed,
    not_admitted,
    out_of_order,
    stale,
    unsound,
)
from tests.ledger.simulation.sales import PARTS, Quote
from tests.ledger.simulation.simulator import Attempt, Refusal, Simulation
from zk.pedersen import Opening


def fall_silent(sim: Simulation) -> Attempt | None:
    """Somebody stops answering, or comes back; nothing happens on the ledger."""
    if not sim.model.vaults:
        return None
    vault, assets = sim.rng.choice(sim.model.vaults), sim.model.shape.assets
    owing = [each for each in sim.model.vaults if each.sale is None and any(each.vector[assets:])]
    if owing and sim.chance(0.5):
        # Whoever has least left for what it holds.
        scales = sim.model.scales(sim.now)

        def left(each: Vault) -> float:
            return scales.left("maintenance", each.vector) / sum(map(abs, each.vector[assets:]))

        min(owing, key=left).silent = True
        return None
    vault.silent = not vault.silent and sim.chance(0.4)
    return None


def reveal(sim: Simulation) -> Attempt | None:
    """The guardians open whoever is overdue; sometimes they try it with somebody in standing."""
    model = sim.model
    everyone = range(len(model.vaults))
    overdue = [i for i in everyone if model.is_overdue(i)]
    if overdue:
        index = sim.rng.choice(overdue)
    elif everyone and sim.chance(0.15):
        index = sim.rng.choice(everyone)
    else:
        return None
    attempt, vault = opening_up(sim, index), sim.vault(index)
    if not attempt.refusals and sim.chance(0.5):
        # What they sign is submitted later, if somebody has not healed the account by then.
        written = attempt.write()
        assert isinstance(written, Reveal)
        sim.signed_reveals.append((written, vault.standing, vault.nonce))
        return None
    return attempt


def opening_up(sim: Simulation, index: int) -> Attempt:
    """The guardians read the log, and sign."""
    author, overdue = sim.authors[index], sim.model.is_overdue(index)
    refusals = stale(sim)
    if not overdue:
        refusals.append(not_admitted("reveal of an account in standing"))

    def write() -> Reveal:
        known = sim.keys.read(sim.view(), index, sim.ledger.entry) if overdue else author.known
        assert known == author.known, f"guardians read another opening of account {index}"
        return _endorsed(sim, index, known)

    return Attempt("reveal", write, _landing(sim, index), refusals, f"of account {index}")


def reveal_late(sim: Simulation) -> Attempt | None:
    """What the guardians signed before, after a deposit or after more than that."""
    if not sim.signed_reveals:
        return None
    transition, standing, nonce = sim.signed_reveals[0]
    index = transition.account
    if sim.chance(0.5):
        # A cent comes in between, to keep the guardians from what they have signed.
        return payment(sim, index, 0, 1, "before a reveal")
    sim.signed_reveals.pop(0)
    vault, refusals = sim.vault(index), stale(sim)
    if not sim.model.is_overdue(index):
        refusals.append(not_admitted("reveal of an account in standing"))
    elif vault.standing != standing:
        refusals.append(out_of_order("reveal of an earlier default"))
    signers = sim.offices.guardians.endorse(transition.binding(sim.ledger.id))
    if signers != transition.endorsements:
        return None  # the guardians are others by now, and sign anew
    landing = _landing(sim, index)

    def land(entry: Entry) -> None:
        sim.accepted["reveal after a deposit"] += vault.nonce != nonce
        landing(entry)

    return Attempt("reveal", lambda: transition, land, refusals, f"of account {index}, late")


def _endorsed(sim: Simulation, index: int, known: Opening) -> Reveal:
    draft = reveal_of(sim.view(), index, known)
    endorsements = sim.offices.guardians.endorse(draft.binding(sim.ledger.id))
    return draft.model_copy(update={"endorsements": endorsements})


def _landing(sim: Simulation, index: int) -> Callable[[Entry], None]:
    def land(entry: Entry) -> None:
        sim.model.open_up(index)
        vault = sim.vault(index)
        vault.silent = vault.status != "frozen" and sim.chance(0.6)

    return land


def take_over(sim: Simulation) -> Attempt | None:
    """Somebody buys what is on sale, if it can; sometimes what is not, or its own."""
    model, index = sim.model, sim.pick()
    # In one history of three, hardly anybody buys, and the fund must.
    strike = sim.seed % 3 == 2 and sim.chance(0.9)
    targets: list[int | None] = [*model.frozen, *([None] if model.fund_sale else [])]
    if index is None or strike or (not targets and sim.chance(0.95)):
        return None
    able = [i for i in range(len(model.vaults)) if model.is_free(i, sim.now)]
    # Whoever is worth most can buy most.
    if able and sim.chance(0.7):
        scales = model.sale_scales(sim.now)
        index = max(able, key=lambda i: scales.equity(model.vaults[i].vector))
    target = sim.rng.choice(targets) if targets else sim.rng.choice((None, index - 1, 0))
    if target is not None and target < 0:
        return None
    ending = [i for i in model.frozen if model.is_at_its_end(i, sim.now)]
    if ending and model.spare(sim.now) and sim.chance(0.8):
        target = sim.rng.choice(ending)
    target = index if sim.chance(0.08) else target
    offered = None if target == index else offer(sim, target)
    # Half of them wait until it costs little or nothing.
    if offered is not None and not offered.discount and target not in ending and sim.chance(0.5):
        return None
    part, price = None, None
    if offered is not None:
        part = sim.rng.choice((None, 1, max(1, offered.lot.parts // 2), PARTS))
        whole = offered if part is None else offer(sim, target, part)
        above = sim.rng.choice((0, 0, 0, 0, 1, 5_000, -1))
        price = None if whole is None else whole.price + above
    return purchase(sim, index, target, part, price)


def purchase(
    sim: Simulation,
    index: int,
    target: int | None,
    part: int | None = None,
    price: int | None = None,
) -> Attempt:
    """At the price of the moment, if no other is named."""
    model = sim.model
    refusals = busy(sim, index) + stale(sim)
    whole = offer(sim, target)
    offered = whole if part is None or whole is None else offer(sim, target, part)
    if index == target:
        refusals.append(Refusal("purchase of oneself", (*malformed("").kinds, NotAdmitted)))
    if whole is None:
        refusals.append(not_admitted("purchase of what is not on sale"))
    elif offered is None:
        refusals.append(not_admitted("part that is not on offer"))
    paid, after, surplus = 0, sim.vault(index).vector, 0
    if offered is not None:
        paid = offered.price if price is None else price
        after = plus(plus(after, offered.lot.values), {0: -paid})
        if paid < offered.price:
            refusals.append(Refusal("price below that of the sale", (TransitionRejected,)))
        scales = model.sale_scales(sim.now)
        surplus = 0 if target is None else max(0, scales.equity(sim.vault(target).vector))
        refusals += unsound(scales, "initial", after, scales.floor)

    def land() -> None:
        assert offered is not None
        assert whole is not None
        model.vaults[index].vector, model.vaults[index].untraded = after, False
        model.secure(index, sim.now)
        if target is None:
            model.sell_fund(offered, paid)
        else:
            model.sell(target, offered, paid)
        sim.accepted["sale in part"] += offered.lot.parts < whole.lot.parts
        sim.accepted["sale for more than its price"] += paid > offered.price
        sim.accepted["sale at a discount"] += offered.discount > 0
        sim.accepted["discount at the fund's cost"] += offered.discount > surplus
        sim.accepted["take-over in a locked market"] += model.market.is_locked

    return sim.owned(
        "take-over",
        index,
        lambda author, view: author.take_over(view, target, part, price),
        land,
        refusals,
        f"buys {part or 'all'} of {target} for {paid}",
    )


def offer(sim: Simulation, target: int | None, part: int | None = None) -> Quote | None:
    """What the model says is on offer; the ledger offers the same."""
    model = sim.model
    said = model.quote(target, sim.now, part)
    try:
        actual = current_offer(sim.view(), target, part)
    except NotAdmitted:
        assert said is None, f"nothing of {target} is on offer, expected {said}"
        return None
    assert said is not None, f"expected nothing of {target} to be on offer, got {actual}"
    lot = actual.lot
    if lot.kind == "coins" and target is not None:
        assert model.is_least(target, sim.now, lot.values), f"too many coins: {lot}"
    quoted = (said.lot.kind, said.lot.parts, said.lot.values, said.worth, said.discount)
    found = (lot.kind, lot.parts, lot.values, actual.worth, actual.discount)
    assert found == quoted, f"expected an offer of {quoted}, got {found}"
    return said


def absorb(sim: Simulation) -> Attempt | None:
    """The fund takes what nobody bought; not before the last step."""
    model = sim.model
    if not model.frozen:
        return None
    ready = [i for i in model.frozen if model.is_at_its_end(i, sim.now)]
    # Sometimes somebody comes in time for what the fund can spare.
    if sim.chance(0.6):
        return None
    return absorption(sim, sim.rng.choice(ready or model.frozen))


def absorption(sim: Simulation, target: int) -> Attempt:
    """Whoever says so."""
    model, refusals = sim.model, stale(sim)
    if not model.is_at_its_end(target, sim.now):
        refusals.append(not_admitted("absorption before the last step"))

    def land(entry: Entry) -> None:
        model.absorb(target)
        sim.accepted["absorption in a locked market"] += model.market.is_locked

    transition = Absorb(target=target)
    return Attempt("absorb", lambda: transition, land, refusals, f"of account {target}")


def endow(sim: Simulation) -> Attempt | None:
    """Capital for the fund; in one history of three there is none."""
    if sim.seed % 3 == 1 or sim.chance(0.5):
        return None
    amount = sim.rng.choice((1, 10_000, 300_000))
    if sim.chance(0.03):
        amount = sim.model.terms_at(sim.now).max_totals[0] - sim.model.total_of(0) + 1
    return endowment(sim, amount)


def endowment(sim: Simulation, amount: int) -> Attempt:
    """So much."""
    model, offices = sim.model, sim.offices
    beyond = model.total_of(0) + amount > model.terms_at(sim.now).max_totals[0]

    def land(entry: Entry) -> None:
        model.fund = plus(model.fund, {0: amount})
        model.endowed += amount
        model.endowments += 1

    return Attempt(
        "endow",
        lambda: offices.endow(sim.view(), amount),
        land,
        [limit("total beyond its bound")] if beyond else [],
        f"amount {amount}",
    )
