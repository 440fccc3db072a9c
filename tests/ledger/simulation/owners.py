"""What owners do alone: join, pay in and out, prove, refresh, disclose, redeem."""

from __future__ import annotations

from ledger.log import Entry
from ledger.market.data import Rows
from ledger.state import State
from ledger.transitions import Redeem
from prover.author import Author, Written
from tests.ledger.simulation.model import UNIT, Vault, plus, worst, worth
from tests.ledger.simulation.refusals import (
    OVERDRAWN,
    busy,
    limit,
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
    if len(sim.authors) >= MOST_ACCOUNTS:
        return None
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
    """To whoever has least, or to anybody."""
    model = sim.model
    everyone = [i for i, v in enumerate(model.vaults) if not v.silent or sim.chance(0.1)]
    if not everyone:
        return None
    poorest = min(everyone, key=lambda i: worth(model.market.matrices.mark, model.vaults[i].vector))
    index = poorest if sim.chance(0.5) else sim.rng.choice(everyone)
    asset, too_much = int(sim.chance(0.25)), sim.chance(0.03)
    amount = sim.rng.choice((1, 70_000, 500_000, 3_000_000))
    if too_much:
        amount = model.parameters.max_total - model.deposited[asset] + model.withdrawn[asset] + 1
    refusals = [not_admitted("account on sale")] if sim.vault(index).status == "frozen" else []
    refusals += [limit("total beyond its bound")] if too_much else []

    def land() -> None:
        model.add(index, {asset: amount})
        model.deposited[asset] += amount

    custodian = sim.world.offices.custodian
    return sim.owned(
        "deposit",
        index,
        lambda author, view: author.deposit(view, asset, amount, custodian),
        land,
        refusals,
        f"asset {asset} amount {amount}",
    )


def withdraw(sim: Simulation) -> Attempt | None:
    """A little, nearly all, or more than there is."""
    index, model = sim.pick(), sim.model
    if index is None:
        return None
    asset, vault = int(sim.chance(0.3)), sim.vault(index)
    matrices = model.market.matrices
    rows = (matrices.initial if asset else matrices.withdrawal).matrix
    free = vault.vector[1] if asset else worst(rows, vault.vector) // UNIT
    amount = max(1, int(free * sim.rng.choice((0.05, 0.6, 0.9, 1, 1, 1.2))))
    paid = model.paid(amount)
    least = sim.rng.choice((None, None, 0, paid, paid, paid + 1))
    refusals = busy(sim, index) + stale(sim)
    if paid < (amount if least is None else least):
        refusals.append(limit("payout below what was agreed"))
    refusals += unsound(sim, plus(vault.vector, {asset: -amount}), rows)
    if paid > model.deposited[asset] - model.withdrawn[asset]:
        refusals.append(limit("total below zero"))

    def land() -> None:
        model.add(index, {asset: -amount})
        model.withdrawn[asset] += paid
        model.fund = plus(model.fund, {asset: amount - paid})
        model.secure(index, sim.now)
        if paid < amount:
            sim.accepted["withdraw in part"] += 1

    return sim.owned(
        "withdraw",
        index,
        lambda author, view: author.withdraw(view, asset, amount, least),
        land,
        refusals,
        f"asset {asset} amount {amount} least {least}",
    )


def refresh(sim: Simulation) -> Attempt | None:
    """A new blinding."""
    index = sim.pick()
    if index is None:
        return None
    rows = sim.model.market.matrices.maintenance.matrix
    refusals = busy(sim, index) + stale(sim) + unsound(sim, sim.vault(index).vector, rows)

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
    awake = [i for i, v in enumerate(model.vaults) if not v.silent and model.is_free(i)]
    owing = [i for i in awake if not model.vaults[i].exempt]
    index = min(owing, key=lambda i: model.vaults[i].standing) if owing else sim.pick()
    if index is None or sim.chance(0.2):
        index = sim.pick()
    if index is None:
        return None
    vault, key = sim.vault(index), model.terms_at(sim.now).escrow.point.encode()
    readable = all(part in (None, key) for part in (vault.base_key, vault.fill_key))
    escrowed = sim.chance(0.3) if readable else sim.chance(0.9)
    late = sim.rng.choice((0, 0, 0, 1, 1, 2, 3))
    epoch = max(1, model.epoch - late)
    provable = model.is_provable(epoch, sim.now)
    rows = (model.epochs[epoch] if provable else model.market).matrices.maintenance.matrix
    refusals = busy(sim, index)
    refusals += [] if provable else [out_of_order("market beyond the grace")]
    if not (readable or escrowed):
        refusals.append(not_admitted("no escrow after a rotation"))
    # What is asked of an author for a market that is gone is the author's to choose.
    refusals += unsound(sim, vault.vector, rows) if provable else [OVERDRAWN]

    def land() -> None:
        vault.standing = max(vault.standing, epoch)
        if escrowed:
            vault.base_key, vault.fill_key = key, None

    return sim.owned(
        "prove-margin, escrowed" if escrowed else "prove-margin",
        index,
        lambda author, view: author.prove_margin(view, escrowed=escrowed, epoch=epoch),
        land,
        refusals,
        f"epoch {epoch} of {model.epoch}",
    )


def prove_flat(sim: Simulation) -> Attempt | None:
    """By somebody without positions, mostly."""
    model = sim.model
    flat = [i for i, v in enumerate(model.vaults) if not any(v.vector[model.shape.assets :])]
    index = sim.rng.choice(flat) if flat and sim.chance(0.8) else sim.pick()
    if index is None:
        return None
    vault, refusals = sim.vault(index), busy(sim, index) + stale(sim)
    if any(vault.vector[model.shape.assets :]):
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
    mark, vault = model.market.matrices.mark, sim.vault(index)
    least = worth(mark, vault.vector) + sim.rng.choice((-1_000_000, -1, 0, 1))
    count = model.shape.scenarios
    rows = Rows(matrix=(mark,) * count, constants=(-least * UNIT,) * count)
    refusals = busy(sim, index) + stale(sim)
    if worth(mark, vault.vector) < least:
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
    return _redemption(sim, index, sim.rng.choice((held, held, held // 2, held + 1, -held)))


def redeem_at_once(sim: Simulation) -> Attempt | None:
    """The final value is known, and margin does not know it yet."""
    index, model = sim.pick(), sim.model
    if index is None or DATED not in model.settled or model.knows_final(DATED):
        return None
    held = sim.vault(index).vector[model.shape.assets + DATED]
    return _redemption(sim, index, held or sim.rng.choice((-1, 1)))


def _redemption(sim: Simulation, index: int, lots: int) -> Attempt:
    model, slot = sim.model, DATED
    value, component = model.settled.get(slot, 0), model.shape.assets + slot
    change = {0: lots * value, component: -lots}
    refusals = busy(sim, index) + stale(sim)
    if slot not in model.settled:
        refusals.append(not_admitted("redemption of what lives"))
    elif not model.knows_final(slot):
        refusals.append(not_admitted("redemption before the next market"))
    after = plus(sim.vault(index).vector, change)
    refusals += unsound(sim, after, model.market.matrices.initial.matrix)
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
        model.hide(index)

    return sim.owned("redeem", index, write, land, refusals, f"{lots} lots")
