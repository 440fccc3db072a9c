"""What the offices do: markets with crashes and stalls, expiries, changes of parameters."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor

from ledger.log import Entry
from ledger.market.data import Observation
from ledger.market.instruments.spot import Spot
from ledger.parameters import Parameters
from ledger.transitions import UpdateMarket
from tests.ledger.simulation.contracts import final_bounds, multiplier, payoff
from tests.ledger.simulation.margin import UNIT
from tests.ledger.simulation.prices import agreed, cut, is_far
from tests.ledger.simulation.refusals import limit, not_admitted, out_of_order
from tests.ledger.simulation.simulator import ALWAYS, Attempt, Refusal, Simulation

DATED = 1
#: How far ahead a change may be announced.
MOST_LEAD = 30 * 86_400
#: How far the oracles' clocks may run ahead of the ledger's.
AHEAD = 2


def publish(sim: Simulation) -> Attempt | None:
    """The next epoch, when it is due and the oracles are awake."""
    model, first = sim.model, not sim.model.epochs
    if first:
        return publication(sim, [sim.truth, sim.truth], sim.now)
    #: What it names as its time: now, or a little before, or a little after.
    time = sim.now + sim.rng.choice((0, 0, -30, -600, 1, 2))
    if out_of_turn(sim, time):
        return None
    over = DATED not in model.settled and sim.now >= _expiry(sim)
    if sim.now < sim.stalled_until or (over and sim.chance(0.6)):
        return None
    seen = sim.truth if sim.chance(0.1) else _moved(sim, sim.truth)
    return publication(sim, _reports(sim, seen), time)


def publish_at_once(sim: Simulation) -> Attempt | None:
    """The next epoch before it is due, in one of both clocks."""
    if not sim.model.epochs:
        return None
    due = sim.model.market.time + sim.model.terms_at(sim.now).min_interval
    time = sim.rng.choice((sim.now, due, sim.now + AHEAD + 1))
    return publication(sim, [sim.truth, sim.truth], time) if out_of_turn(sim, time) else None


def publish_after_expiry(sim: Simulation) -> Attempt | None:
    """The next epoch is due, but an expiry has come in between."""
    if sim.now >= sim.model.expired + sim.model.terms_at(sim.now).min_interval:
        return None
    return publication(sim, [sim.truth, sim.truth], sim.now)


def publication(sim: Simulation, reports: Sequence[Observation], time: int) -> Attempt:
    """From what each oracle saw, whoever of them lies."""
    model, offices, terms = sim.model, sim.offices, sim.model.terms_at(sim.now)
    refusals = out_of_turn(sim, time) if model.epochs else []
    taken = agreed(reports, terms.max_spread_bps)
    seen, locked, silent = taken, False, False
    if model.epochs:
        seen = cut(model.market.seen, taken, terms)
        locked = seen.spots != taken.spots
        silent = time - model.market.time > terms.max_gap
        governed = silent or is_far(model.market.seen, taken, terms)
    else:
        governed = False
    kept: list[UpdateMarket] = []

    def write() -> UpdateMarket:
        kept.append(offices.update_market(sim.view(), reports, time))
        return kept[-1]

    def land(entry: Entry) -> None:
        update = kept[-1]
        assert bool(update.governors) == governed, "governors had to sign, or had not"
        assert locked == (update.default_mark is not None), "a second mark is there, or is not"
        check_exact(sim, update, seen, taken)
        on_sale = model.frozen
        model.publish(time, seen, update.table, update.default_mark)
        for index in set(on_sale) - set(model.frozen):
            # Saved once, and as helpless as before.
            model.vaults[index].silent = sim.chance(0.8)
        sim.truth = taken
        sim.accepted["market that is locked"] += locked
        sim.accepted["market after a silence"] += silent
        sim.accepted["market far away"] += governed and not silent
        sim.accepted["market with a liar"] += len({each.spots for each in reports}) > 1
        if sim.chance(0.06):
            sim.stalled_until = sim.now + sim.rng.randint(3_000, 16_000)
            sim.accepted["stall begins"] += 1

    return Attempt(
        "update-market",
        write,
        land,
        refusals,
        f"spot {taken.spots[0]} named {time - sim.now}",
        latest=time + model.parameters.max_gap,
    )


def out_of_turn(sim: Simulation, time: int) -> list[Refusal]:
    """Too early in one of both clocks, or ahead of the ledger's."""
    model, interval = sim.model, sim.model.terms_at(sim.now).min_interval
    refusals = []
    if time > sim.now + AHEAD:
        refusals.append(out_of_order("market of the future"))
    if sim.now < model.expired + interval:
        refusals.append(out_of_order("market too soon after an expiry"))
    if time < model.market.time + interval or sim.now < model.market.published + interval:
        refusals.append(out_of_order("market before its time"))
    return refusals


def check_exact(
    sim: Simulation, update: UpdateMarket, seen: Observation, taken: Observation
) -> None:
    """What coins and perpetual are worth is arithmetic, within the bounds and beyond them."""
    listing, assets = sim.model.listing, sim.model.shape.assets
    coin = listing.assets[1]
    assert isinstance(coin, Spot)
    for mark, spot in (
        (update.table.mark, seen.spots[0]),
        (update.default_mark, taken.spots[0]),
    ):
        if mark is not None:
            assert mark[1] == spot * UNIT // coin.units_per_coin, "coins at another price"
            lots = multiplier(listing.instruments[0]) * (spot * UNIT - seen.funding[0])
            assert abs(mark[assets] * UNIT - lots) * 2 <= UNIT, "a perpetual at another price"


def expire(sim: Simulation) -> Attempt | None:
    """The final price of the dated contract, what it is worth by the last market's spot."""
    slot = DATED if sim.chance(0.9) else 0
    over = slot == DATED and sim.now >= _expiry(sim)
    if not (over and slot not in sim.model.settled) and sim.chance(0.9):
        return None
    untried = not sim.refused["final value beyond one move"]
    return expiry(sim, slot, int(untried or sim.chance(0.3)))


def expiry(sim: Simulation, slot: int, beyond: int = 0) -> Attempt:
    """At the last market's spot, or so much beyond what is allowed."""
    model, offices, spot = sim.model, sim.offices, sim.model.market.seen.spots[0]
    value = floor(payoff(model.listing, slot, Fraction(spot)))
    refusals: list[Refusal] = []
    if slot in model.settled:
        refusals.append(not_admitted("expiry a second time"))
    elif slot != DATED or sim.now < _expiry(sim):
        refusals.append(not_admitted("expiry before its time"))
    if sim.now < model.market.published + model.terms_at(sim.now).min_interval:
        refusals.append(out_of_order("expiry too soon after a market"))
    last = [model.epochs[e].seen for e in (model.epoch - 1, model.epoch) if e in model.epochs]
    move = model.terms_at(sim.now).max_spots_bps[0]
    low, high = final_bounds(model.listing, slot, last, move)
    if beyond:
        value = ceil(high) + beyond
    if not floor(low) <= value <= ceil(high):
        refusals.append(limit("final value beyond one move"))

    def land(entry: Entry) -> None:
        model.settled[slot], model.expired = value, sim.now

    return Attempt("expire", lambda: offices.expire(sim.view(), slot, value), land, refusals)


def _expiry(sim: Simulation) -> int:
    expires = sim.model.listing.instruments[DATED].expires
    assert expires is not None
    return expires


def change_parameters(sim: Simulation) -> Attempt | None:
    """Something that governors may change; all of it after a delay, and keys after a longer one."""
    model, offices = sim.model, sim.offices
    now = model.terms_at(sim.now)
    waiting = [terms for at, terms in model.pending if at > sim.now]
    terms = waiting[-1] if waiting else now
    what, changed, refusals = _change(sim, terms)
    hasty, distant = sim.chance(0.15), sim.chance(0.05)
    delay = now.key_delay if what == "keys" else now.delay
    earliest = max([sim.now + delay, *(at for at, _ in model.pending if at > sim.now)])
    effective = earliest - 1 if hasty else earliest + sim.rng.choice((0, 1, 600, 4_000))
    if hasty:
        refusals.append(out_of_order("change before its delay"))
    elif distant:
        effective = sim.now + delay + MOST_LEAD + 1
        refusals.append(limit("change that is far away"))

    def land(entry: Entry) -> None:
        model.pending.append((effective, changed))
        sim.accepted[f"change of {what}"] += 1

    return Attempt(
        "update-params",
        lambda: offices.update_params(sim.view(), changed, effective),
        land,
        refusals,
        f"{what} from {effective}",
        latest=ALWAYS,
    )


def _change(sim: Simulation, terms: Parameters) -> tuple[str, Parameters, list[Refusal]]:
    """What changes, and why it must not."""
    rng = sim.rng
    factor = terms.risk.model_copy(update={"initial_factor_bps": rng.randint(11_000, 15_000)})
    choices: list[tuple[str, dict[str, object]]] = [
        ("fees", {"order_fee": rng.randint(0, 500), "leg_fee": rng.randint(0, 500)}),
        ("grace", {"grace": rng.choice((2_760, 3_000, 3_600))}),
        ("factor", {"risk": factor}),
        ("sale", {"sale_duration": rng.choice((600, 900, 1_140)), "sale_step": 60}),
        ("floor", {"floor": rng.choice((0, 10_000, 40_000))}),
        ("cap", {"cap": rng.choice((10**10, 4 * 10**7))}),
        ("discount", {"discount_bps": rng.choice((500, 1_000, 2_000))}),
        ("capital", {"fund_floor": rng.choice((0, 50_000))}),
        ("settling", {"settling": rng.choice((60, 300))}),
        ("reach", {"sale_duration": 6_000, "sale_step": 60}),
    ]
    if sim.chance(0.35):
        choices = [("rotation", {"escrow": sim.keys.rotate().escrow_key()})]
    elif sim.chance(0.15):
        others = sim.keys.replace()
        quorums = ("oracles", "governors", "guardians")
        keys = {name: getattr(others, name).quorum for name in quorums}
        choices = [("keys", {**keys, "custodian": others.custodian.public})]
    what, changes = rng.choice(choices)
    refusals = [limit("change that the rows do not reach")] if what == "reach" else []
    return what, terms.model_copy(update=changes), refusals


def _reports(sim: Simulation, seen: Observation) -> list[Observation]:
    """Two who saw the same; sometimes a third, who saw nearly the same, or lies."""
    spot, kind = seen.spots[0], sim.rng.choice(("two", "two", "near", "liar"))
    if kind == "two":
        return [seen, seen]
    factor = sim.rng.choice((50, 90, 111, 300)) if kind == "liar" else sim.rng.choice((99, 101))
    other = seen.model_copy(
        update={"spots": (spot * factor // 100,), "vols": (seen.vols[0] * factor // 100,)}
    )
    reports = [seen, seen]
    reports.insert(sim.rng.randint(0, 2), other)
    return reports


def _moved(sim: Simulation, seen: Observation) -> Observation:
    """A walk, with crashes and squeezes that take several epochs, and leaps beyond the bounds."""
    rng = sim.rng
    if sim.trend_left == 0 and sim.chance(0.25):
        sim.trend, sim.trend_left = rng.choice((-1, -1, 1)), rng.randint(3, 9)
    bps = rng.randint(-120, 120)
    if sim.trend_left:
        sim.trend_left -= 1
        bps = sim.trend * rng.randint(420, 470)
    silent = [each.vector for each in sim.model.vaults if each.silent and each.sale is None]
    losers = [lots for book in silent if (lots := sum(book[sim.model.shape.assets :]))]
    if losers and sim.chance(0.2):
        # Further than it goes as a rule, and against somebody who does not answer.
        bps = rng.choice((700, 1_300, 1_900, 2_400)) * (-1 if rng.choice(losers) > 0 else 1)
    if sim.model.frozen and sim.chance(0.6):
        # Whoever is on sale might be mended by what comes next.
        book = sim.vault(rng.choice(sim.model.frozen)).vector
        bps = rng.choice((450, 900, 1_300)) * (1 if sum(book[sim.model.shape.assets :]) > 0 else -1)
    spot, vol, funding = seen.spots[0], seen.vols[0], seen.funding[0]
    moved = max(spot + int(spot * bps / 10_000), 1_000_000)
    # Towards the start again in the long run, so that margin keeps its meaning.
    if sim.trend_left == 0 and abs(moved - 6_000_000) > 3_000_000:
        moved = spot + int(spot * (200 if spot < 6_000_000 else -200) / 10_000)
    moved_vol = min(max(vol + int(vol * rng.uniform(-0.11, 0.11)), 200_000), 1_500_000)
    return Observation(
        spots=(moved,),
        vols=(moved_vol,),
        rate=min(max(seen.rate + rng.randint(-1_100, 1_100), 0), 80_000),
        funding=(funding + rng.randint(-300, 300) * 10**6,),
        basis=(min(max(seen.basis[0] + rng.randint(-1_100, 1_100), 0), 80_000),),
        slopes=(seen.slopes[0] + rng.randint(-1_100, 1_100),),
    )
