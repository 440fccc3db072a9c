"""What the offices do: markets with crashes and stalls, expiries, changes of parameters."""

from __future__ import annotations

from math import floor

from ledger.log import Entry
from ledger.market.conditions import Conditions
from ledger.market.data import Observation
from ledger.transitions import UpdateMarket
from tests.ledger.simulation.refusals import limit, not_admitted, out_of_order
from tests.ledger.simulation.simulator import Attempt, Refusal, Simulation

DATED = 1
#: How far ahead a change may be announced.
MOST_LEAD = 30 * 86_400


def publish(sim: Simulation) -> Attempt | None:
    """The next epoch, when it is due and the oracles are awake; sometimes too early."""
    model, first = sim.model, not sim.model.epochs
    #: What it names as its time: now, or a little before.
    time = sim.now - sim.rng.choice((0, 0, 30, 600))
    if first:
        refusals, time = [], sim.now
    else:
        interval = model.terms_at(sim.now).min_interval
        early = time < model.market.time + interval
        # They keep the interval between their entries as well.
        if not early and sim.now < model.market.published + interval:
            return None
        if sim.now < sim.stalled_until or (early and sim.chance(0.97)):
            return None
        refusals = [out_of_order("market before its time")] if early else []
    seen = sim.world.market.observation if first else _moved(sim, model.market.seen)
    kept: list[UpdateMarket] = []

    def write() -> UpdateMarket:
        kept.append(sim.world.offices.update_market(sim.view(), [seen, seen], time))
        return kept[-1]

    def land(entry: Entry) -> None:
        everyone = range(len(model.vaults))
        before = [model.is_overdue(index, sim.now) for index in everyone]
        model.publish(time, seen, kept[-1].matrices)
        after = [model.is_overdue(index, sim.now) for index in everyone]
        assert before == after, "a market made somebody overdue at once"
        if sim.chance(0.08):
            sim.stalled_until = sim.now + sim.rng.randint(3_000, 16_000)
            sim.accepted["stall begins"] += 1

    return Attempt("update-market", write, land, refusals, f"spot {seen.spots[0]}")


def expire(sim: Simulation) -> Attempt | None:
    """The final price of the dated contract, what it is worth by the last market's spot."""
    model, instruments = sim.model, sim.world.market.listing.instruments
    slot = DATED if sim.chance(0.9) else 0
    expires = instruments[slot].expires
    over = expires is not None and sim.now >= expires
    if not (over and slot not in model.settled) and sim.chance(0.9):
        return None
    refusals: list[Refusal] = []
    if slot in model.settled:
        refusals.append(not_admitted("expiry a second time"))
    elif not over:
        refusals.append(not_admitted("expiry before its time"))
    value = floor(instruments[slot].value(Conditions.seen(model.market.seen, sim.now)))

    def land(entry: Entry) -> None:
        model.settled[slot] = value

    return Attempt(
        "expire", lambda: sim.world.offices.expire(sim.view(), slot, value), land, refusals
    )


def change_parameters(sim: Simulation) -> Attempt | None:
    """Fees, grace, the factor of initial margin, or a new escrow key; all of it after the delay."""
    model = sim.model
    now = model.terms_at(sim.now)
    waiting = [terms for at, terms in model.pending if at > sim.now]
    terms = waiting[-1] if waiting else now
    factor = terms.risk.model_copy(update={"initial_factor_bps": sim.rng.randint(11_000, 15_000)})
    choices: list[tuple[str, dict[str, object]]] = [
        ("fees", {"order_fee": sim.rng.randint(0, 500), "leg_fee": sim.rng.randint(0, 500)}),
        ("grace", {"grace": sim.rng.choice((1_800, 2_700, 3_600))}),
        ("factor", {"risk": factor}),
        ("sale", {"sale_duration": sim.rng.choice((1_200, 1_740)), "sale_step": 60}),
    ]
    if sim.chance(0.4):
        newer = sim.keys.rotate()
        choices = [("rotation", {"escrow": newer.escrow_key()})]
    what, changes = sim.rng.choice(choices)
    hasty, distant = sim.chance(0.15), sim.chance(0.05)
    earliest = max([sim.now + now.delay, *(at for at, _ in model.pending if at > sim.now)])
    effective = earliest - 1 if hasty else earliest + sim.rng.choice((0, 1, 600, 4_000))
    refusals = [out_of_order("change before its delay")] if hasty else []
    if distant and not hasty:
        effective = earliest + MOST_LEAD + 1
        refusals = [limit("change that is far away")]
    changed = terms.model_copy(update=changes)

    def land(entry: Entry) -> None:
        model.pending.append((effective, changed))
        model.changes += 1
        sim.accepted[f"change of {what}"] += 1

    return Attempt(
        "update-params",
        lambda: sim.world.offices.update_params(sim.view(), changed, effective),
        land,
        refusals,
        f"{what} from {effective}",
    )


def _moved(sim: Simulation, seen: Observation) -> Observation:
    """A walk, with crashes and squeezes that take several epochs."""
    if sim.trend_left == 0 and sim.chance(0.15):
        sim.trend, sim.trend_left = sim.rng.choice((-1, -1, 1)), sim.rng.randint(3, 9)
    bps = sim.rng.randint(-120, 120)
    if sim.trend_left:
        sim.trend_left -= 1
        bps = sim.trend * sim.rng.randint(420, 449)
    spot, vol, funding = seen.spots[0], seen.vols[0], seen.funding[0]
    moved = max(spot + int(spot * bps / 10_000), 1_000_000)
    # Towards the start again in the long run, so that margin keeps its meaning.
    if sim.trend_left == 0 and abs(moved - 6_000_000) > 3_000_000:
        moved = spot + int(spot * (200 if spot < 6_000_000 else -200) / 10_000)
    moved_vol = min(max(vol + int(vol * sim.rng.uniform(-0.2, 0.2)), 200_000), 1_500_000)
    if abs(moved_vol - vol) * 10_000 > vol * 2_500:
        moved_vol = vol
    accrued = funding + sim.rng.randint(-300, 300) * 10**6
    return Observation(spots=(moved,), vols=(moved_vol,), rate=seen.rate, funding=(accrued,))
