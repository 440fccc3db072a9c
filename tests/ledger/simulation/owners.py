"""What owners do alone: join, pay in and out, prove, refresh, disclose, redeem."""

from __future__ import annotations

from ledger.log import Entry
from ledger.market.data import Rows
from ledger.state import State
from ledger.transitions import PayOut, Redeem
from prover.author import Author
from prover.owner import Written
from tests.ledger.simulation.margin import UNIT, Asked, plus
from tests.ledger.simulation.records import Vault, Waiting
from tests.ledger.simulation.refusals import (
    OVERDRAWN,
    busy,
    limit,
    locked,
    not_admitted,
    out_of_order,
    stale,
    unproven,
    unsound,
)
from tests.ledger.simulation.simulator import Attempt, Simulation
from zk.pedersen import Opening
from zk.signatures import SigningKey

MOST_ACCOUNTS = 12
#: The contract that expires.
DATED = 1


def join(sim: Simulation) -> Attempt | None:
    """A new account."""
    return None if len(sim.authors) >= MOST_ACCOUNTS else newcomer(sim)


def newcomer(sim: Simulation) -> Attempt:
    """However many there are."""
    world = sim.world
    seed = world.randomness(1 << 256).to_bytes(32, "big")
    author = Author(SigningKey.draw(world.randomness), seed, world.proving, world.randomness)
    written = author.open_account(sim.view())

    def land(entry: Entry) -> None:
        author.opening, author.account = written.opening, len(sim.authors)
        sim.authors.append(author)
        sim.model.vaults.append(Vault((0,) * sim.model.shape.components, sim.model.epoch))

    return Attempt("open-account", lambda: written.transition, land)


def deposit(sim: Simulation) -> Attempt | None:
    """To whoever has least, or to anybody; what is on sale is mended by it, or not quite."""
    model = sim.model
    everyone = [i for i, v in enumerate(model.vaults) if not v.silent or sim.chance(0.1)]
    if not everyone:
        return None
    scales = model.sale_scales(sim.now)
    poorest = min(everyone, key=lambda i: scales.equity(model.vaults[i].vector))
    index = poorest if sim.chance(0.5) else sim.rng.choice(everyone)
    asset, amount = int(sim.chance(0.45)), sim.rng.choice((1, 70_000, 500_000, 3_000_000))
    amount *= 20 if asset else 1
    if model.frozen and sim.chance(0.5):
        index, asset = sim.rng.choice(model.frozen), 0
        vault = model.vaults[index]
        asked: Asked = "initial" if vault.sale and vault.sale.sold else "maintenance"
        lacking = 1 - scales.left(asked, vault.vector) // UNIT
        amount = max(1, sim.rng.choice((lacking // 10, lacking, lacking)))
    if sim.chance(0.03):
        most = model.terms_at(sim.now).max_totals[asset]
        amount = most - model.total_of(asset) + 1
    return payment(sim, index, asset, amount)


def payment(sim: Simulation, index: int, asset: int, amount: int, note: str = "") -> Attempt:
    """So much of an asset comes in."""
    model, custodian = sim.model, sim.offices.custodian
    most = model.terms_at(sim.now).max_totals[asset]
    beyond = model.total_of(asset) + amount > most

    def land() -> None:
        model.add(index, {asset: amount})
        model.deposited[asset] += amount
        if model.judge_deposit(index):
            # Saved once, and as helpless as before.
            model.vaults[index].silent = sim.chance(0.8)

    return sim.owned(
        "deposit",
        index,
        lambda author, view: author.deposit(view, asset, amount, custodian),
        land,
        [limit("total beyond its bound")] if beyond else [],
        f"asset {asset} amount {amount} {note}",
    )


def withdraw(sim: Simulation) -> Attempt | None:
    """A little, nearly all, or more than there is."""
    index, model = sim.pick(), sim.model
    if index is None:
        return None
    asset, vault = int(sim.chance(0.3)), sim.vault(index)
    left = model.scales(sim.now).left("withdrawal", vault.vector) // UNIT
    free = vault.vector[1] if asset else left
    amount = max(1, int(free * sim.rng.choice((0.05, 0.6, 0.9, 1, 1, 1.2))))
    paid = model.paid(amount, sim.now, untraded=vault.untraded)
    return withdrawal(
        sim, index, asset, amount, sim.rng.choice((None, None, 0, paid, paid, paid + 1))
    )


def withdrawal(sim: Simulation, index: int, asset: int, amount: int, least: int | None) -> Attempt:
    """Paid at once to who never traded; of anybody else it waits."""
    model, vault = sim.model, sim.vault(index)
    untraded = vault.untraded
    paid = model.paid(amount, sim.now, untraded=untraded)
    refusals = busy(sim, index) + stale(sim) + ([] if untraded else locked(sim))
    if paid < (amount if least is None else least):
        refusals.append(limit("payout below what was agreed"))
    if paid > model.total_of(asset):
        refusals.append(limit("total below zero"))
    asked: Asked = "initial" if asset else "withdrawal"
    after = plus(vault.vector, {asset: -amount})
    refusals += unsound(model.scales(sim.now), asked, after)

    def land() -> None:
        model.add(index, {asset: -amount})
        model.secure(index, sim.now)
        if untraded:
            model.pay(asset, amount, paid)
            sim.accepted["withdraw at once"] += 1
            sim.accepted["withdraw in part"] += paid < amount
        else:
            model.waiting[model.withdrawals] = Waiting(index, asset, amount, model.epoch)
            model.withdrawals += 1

    return sim.owned(
        "withdraw",
        index,
        lambda author, view: author.withdraw(view, asset, amount, least),
        land,
        refusals,
        f"asset {asset} amount {amount} least {least}",
    )


def pay_out(sim: Simulation) -> Attempt | None:
    """What is due; sometimes what is not yet, or was paid before."""
    model = sim.model
    if not model.withdrawals:
        return None
    due = [number for number in model.waiting if _is_due(sim, number)]
    if due and sim.chance(0.9):
        return payout(sim, sim.rng.choice(due))
    return payout(sim, sim.rng.randint(0, model.withdrawals)) if sim.chance(0.2) else None


def payout(sim: Simulation, number: int) -> Attempt:
    """Whoever asks for it."""
    model, waiting = sim.model, sim.model.waiting.get(number)
    refusals = stale(sim) + locked(sim)
    paid = 0
    if waiting is None:
        refusals.append(not_admitted("payout of what does not wait"))
    else:
        paid = model.paid(waiting.amount, sim.now, untraded=False)
        if not _is_due(sim, number):
            refusals.append(not_admitted("payout before its time"))
        if paid > model.total_of(waiting.asset):
            refusals.append(limit("total below zero"))

    def land(entry: Entry) -> None:
        assert waiting is not None
        del model.waiting[number]
        model.pay(waiting.asset, waiting.amount, paid)
        sim.accepted["pay-out in part"] += paid < waiting.amount

    transition = PayOut(withdrawal=number)
    return Attempt("pay-out", lambda: transition, land, refusals, f"of withdrawal {number}")


def _is_due(sim: Simulation, number: int) -> bool:
    due = sim.model.epochs[sim.model.waiting[number].epoch].due
    return due is not None and sim.now >= due


def refresh(sim: Simulation) -> Attempt | None:
    """A new blinding."""
    index = sim.pick()
    if index is None:
        return None
    scales = sim.model.scales(sim.now)
    refusals = busy(sim, index) + stale(sim)
    refusals += unsound(scales, "maintenance", sim.vault(index).vector)

    def land() -> None:
        sim.model.secure(index, sim.now)
        sim.model.hide(index)

    return sim.owned(
        "refresh",
        index,
        lambda author, view: author.refresh(view),
        land,
        refusals,
    )


def heartbeat(sim: Simulation) -> Attempt | None:
    """A proof of margin: mostly by who is furthest behind, with escrow or without."""
    model = sim.model
    awake = [i for i, v in enumerate(model.vaults) if not v.silent and model.is_free(i, sim.now)]
    owing = [i for i in awake if not model.vaults[i].exempt]
    index = min(owing, key=lambda i: model.vaults[i].standing) if owing else sim.pick()
    if index is None or sim.chance(0.2):
        index = sim.pick()
    if index is None:
        return None
    escrowed = sim.chance(0.3) if _is_readable(sim, index) else sim.chance(0.9)
    late = sim.rng.choice((0, 0, 0, 1, 1, 2, 3))
    return proof_of_margin(sim, index, max(1, model.epoch - late), escrowed=escrowed)


def proof_of_margin(sim: Simulation, index: int, epoch: int, *, escrowed: bool) -> Attempt:
    """Under that epoch."""
    model, vault = sim.model, sim.vault(index)
    provable = model.is_provable(epoch)
    refusals = busy(sim, index)
    refusals += [] if provable else [out_of_order("market beyond the grace")]
    if not (_is_readable(sim, index) or escrowed):
        refusals.append(not_admitted("no escrow after a rotation"))
    # What is asked of an author for a market that is gone is the author's to choose.
    scales = model.scales(sim.now, epoch)
    refusals += unsound(scales, "maintenance", vault.vector) if provable else [OVERDRAWN]

    def land() -> None:
        vault.standing = max(vault.standing, epoch)
        if escrowed:
            vault.base_key, vault.fill_key = model.parameters.escrow.point.encode(), None

    return sim.owned(
        "prove-margin, escrowed" if escrowed else "prove-margin",
        index,
        lambda author, view: author.prove_margin(view, escrowed=escrowed, epoch=epoch),
        land,
        refusals,
        f"epoch {epoch} of {model.epoch}",
    )


def _is_readable(sim: Simulation, index: int) -> bool:
    vault, key = sim.vault(index), sim.model.terms_at(sim.now).escrow.point.encode()
    return all(part in (None, key) for part in (vault.base_key, vault.fill_key))


def prove_flat(sim: Simulation) -> Attempt | None:
    """By somebody without positions, mostly."""
    model = sim.model
    flat = [i for i, v in enumerate(model.vaults) if not any(v.vector[model.shape.assets :])]
    index = sim.rng.choice(flat) if flat and sim.chance(0.8) else sim.pick()
    if index is None:
        return None
    return flatness(sim, index)


def flatness(sim: Simulation, index: int) -> Attempt:
    """It says that it owes no proofs."""
    vault, refusals = sim.vault(index), busy(sim, index) + stale(sim)
    if any(vault.vector[sim.model.shape.assets :]):
        refusals.append(unproven("flat with positions: the prover refuses"))
    if vault.vector[0] < 0:
        refusals.append(OVERDRAWN)

    def land() -> None:
        vault.exempt = True

    return sim.owned(
        "prove-flat", index, lambda author, view: author.prove_flat(view), land, refusals
    )


def publish_claim(sim: Simulation) -> Attempt | None:
    """Worth at least so much at the mark: true, or a boast."""
    index, model = sim.pick(), sim.model
    if index is None:
        return None
    scales, vault = model.scales(sim.now), sim.vault(index)
    least = scales.equity(vault.vector) + sim.rng.choice((-1_000_000, -1, 0, 1))
    count = model.shape.scenarios
    rows = Rows(matrix=(scales.mark,) * count, constants=(-least * UNIT,) * count)
    refusals = busy(sim, index) + stale(sim)
    if scales.equity(vault.vector) < least:
        refusals.append(OVERDRAWN)
    return sim.owned(
        "publish-claim",
        index,
        lambda author, view: author.publish_claim(view, "worth", rows),
        lambda: None,
        refusals,
    )


def redeem(sim: Simulation) -> Attempt | None:
    """All of an expired contract, part of it, or what was never held."""
    index, model = sim.pick(), sim.model
    if index is None or (not model.settled and sim.chance(0.9)):
        return None
    held = sim.vault(index).vector[model.shape.assets + DATED]
    if not held and sim.chance(0.7):
        return None
    return redemption(sim, index, sim.rng.choice((held, held, held // 2, held + 1, -held)))


def redeem_at_once(sim: Simulation) -> Attempt | None:
    """The final value is known, and margin does not know it yet."""
    model = sim.model
    if DATED not in model.settled or model.knows_final(DATED):
        return None
    place = model.shape.assets + DATED
    holding = [i for i, vault in enumerate(model.vaults) if vault.vector[place]]
    index = sim.rng.choice(holding) if holding else sim.pick()
    if index is None:
        return None
    held = sim.vault(index).vector[place]
    return redemption(sim, index, sim.rng.choice((held, held // 2)) or sim.rng.choice((-1, 1)))


def redemption(sim: Simulation, index: int, lots: int) -> Attempt:
    """So many lots of the dated contract for cash, against the expiry account."""
    model, slot = sim.model, DATED
    value, component = model.settled.get(slot, 0), model.shape.assets + slot
    change = {0: lots * value, component: -lots}
    refusals = busy(sim, index) + stale(sim)
    if slot not in model.settled:
        refusals.append(not_admitted("redemption of what lives"))
    elif not model.knows_final(slot):
        refusals.append(not_admitted("redemption before the next market"))
    after = plus(sim.vault(index).vector, change)
    refusals += unsound(model.scales(sim.now), "initial", after)
    moved: list[Opening] = []

    def write(author: Author, view: State) -> Written[Redeem]:
        written = author.redeem(view, slot, lots)
        moved.append(written.opening - author.known)
        return written

    def land() -> None:
        model.add(index, change)
        model.expiry = Opening(
            plus(model.expiry.values, {k: -v for k, v in change.items()}),
            (model.expiry - moved[-1]).blinding,
        )
        model.secure(index, sim.now)
        model.trade(index)

    return sim.owned("redeem", index, write, land, refusals, f"{lots} lots")
