"""What several do together: orders, cancellations, settlements of signed and firm legs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.log import Entry
from ledger.state import State
from ledger.transitions import CancelOrder, Settle
from ledger.transitions.settlement import Leg
from prover.blank import BLANK_SIGNATURE
from prover.settlement import Filler, OrderFill, firm_terms, settled, settlement_terms, signed_terms
from tests.ledger.simulation.margin import UNIT, plus
from tests.ledger.simulation.records import Resting
from tests.ledger.simulation.refusals import (
    OVERDRAWN,
    busy,
    is_closed,
    locked,
    not_admitted,
    on_sale,
    stale,
    unsound,
)
from tests.ledger.simulation.simulator import Attempt, Refusal, Simulation
from zk.field import SUBGROUP_ORDER
from zk.pedersen import Opening

Signed = tuple[int, Opening]


@dataclass(frozen=True, slots=True)
class Filling:
    """So many lots of a resting order, for a little more cash than its limit asks."""

    index: int
    order: Resting
    lots: int
    extra: int = 0

    def delta(self, sim: Simulation) -> Opening:
        """What the account gets."""
        values = [value * self.lots // self.order.whole for value in self.order.opening.values]
        values[0] += self.extra
        return Opening(tuple(values), sim.world.randomness(SUBGROUP_ORDER))


def place_order(sim: Simulation) -> Attempt | None:
    """Of one contract, or of one against the other."""
    index, model = sim.pick(), sim.model
    if index is None or is_closed(sim):
        return None
    side = sim.rng.choice((1, -1))
    slots = {0: side} if sim.chance(0.5) else {1: side}
    if sim.chance(0.15):
        slots = {0: side, 1: -side}
    resting = [order for _, order in open_orders(sim)]
    edge = sim.rng.choice((-200, -20, 0, 20, 200, 200))
    if resting and sim.chance(0.5):
        # Against somebody who is there, at a price that suits both.
        edge = 200
        sides = (v // resting[0].whole for v in resting[0].opening.values[model.shape.assets :])
        slots = {slot: -side for slot, side in enumerate(sides) if side}
    whole = _lots(sim, index)
    per_lot = sum(sign * _price(sim, slot) for slot, sign in slots.items())
    amounts = {0: -whole * (per_lot + edge)}
    amounts |= {model.shape.assets + slot: sign * whole for slot, sign in slots.items()}
    opening = sim.world.delta(amounts)
    terms, scales, vault = model.terms_at(sim.now), model.scales(sim.now), sim.vault(index)
    fee, after = terms.order_fee, plus(vault.vector, {0: -terms.order_fee})
    refusals = busy(sim, index) + stale(sim) + locked(sim)
    for book in (after, plus(after, amounts)):
        refusals += unsound(scales, "initial", book, terms.floor)

    def land() -> None:
        model.add(index, {0: -fee})
        model.fund = plus(model.fund, {0: fee})
        model.secure(index, sim.now)
        vault.order = Resting(sim.ledger.head.number, model.epoch, opening, whole, scales)

    matcher = sim.world.matcher.public
    return sim.owned(
        "place-order",
        index,
        lambda author, view: author.place_order(view, opening, matcher),
        land,
        refusals,
        f"{whole} lots of {slots}",
    )


def cancel_order(sim: Simulation) -> Attempt | None:
    """One's own open order; or one that is past, or another's."""
    model = sim.model
    resting = [index for index, _ in open_orders(sim)]
    index = sim.rng.choice(resting) if resting and sim.chance(0.8) else sim.pick()
    if index is None:
        return None
    vault, own = sim.vault(index), model.open_order(index, sim.now)
    refusals = on_sale(sim, index)
    number = own.id if own else sim.ledger.head.number
    if sim.chance(0.1):
        number += 1
    if own is None or number != own.id or own.cancelled is not None:
        refusals.append(not_admitted("cancellation of no order of its own"))
    draft = CancelOrder(account=index, nonce=vault.nonce, order=number, signature=BLANK_SIGNATURE)
    signature = sim.authors[index].signer.sign(draft.binding(sim.ledger.id))

    def land(entry: Entry) -> None:
        assert own is not None
        own.cancelled = sim.now
        vault.nonce += 1

    transition = draft.model_copy(update={"signature": signature})
    return Attempt("cancel-order", lambda: transition, land, refusals, f"of account {index}")


def trade(sim: Simulation) -> Attempt | None:
    """Two sign, or three."""
    pair, model = sim.pick_two(), sim.model
    if pair is None or is_closed(sim):
        return None
    buyer, seller = pair
    slot, lots = sim.rng.randrange(2), min(_lots(sim, buyer), _lots(sim, seller))
    price = _price(sim, slot) * sim.rng.randint(98, 102) // 100
    delta = sim.world.delta({0: -lots * price, model.shape.assets + slot: lots})
    parties: list[Signed] = [(buyer, delta), (seller, -delta)]
    third = sim.pick()
    if third is not None and third not in pair and sim.chance(0.2):
        part = sim.world.delta({0: -lots * price, model.shape.assets + slot: lots})
        parties = [(buyer, delta), (third, part), (seller, -delta - part)]
    return settlement(sim, "settle, signed", parties, [])


def clear(sim: Simulation) -> Attempt | None:
    """Firm orders against each other, or against somebody who signs."""
    resting = open_orders(sim)
    sim.rng.shuffle(resting)
    key = sim.model.terms_at(sim.now).escrow.point.encode()

    def is_usual(each: tuple[int, Resting]) -> bool:
        return each[1].cancelled is None and sim.vault(each[0]).base_key == key

    # Those that are about to be gone, and those under a key of before, first.
    resting.sort(key=is_usual)
    for place, (buyer, bid) in enumerate(resting):
        for seller, ask in resting[place + 1 :]:
            fillings = _crossing(sim, (buyer, bid), (seller, ask))
            if fillings:
                return settlement(sim, "settle, firm", [], fillings)
    if not resting or is_closed(sim):
        return None
    index, order = resting[0]
    other = sim.pick()
    if other is None or other == index:
        return None
    extra = sim.rng.choice((0, 0, 1, 999))
    filling = Filling(index, order, _part(sim, order), extra)
    given = -filling.delta(sim)
    return settlement(sim, "settle, mixed", [(other, given)], [filling])


def settlement(
    sim: Simulation, name: str, parties: Sequence[Signed], fillings: Sequence[Filling]
) -> Attempt:
    """What they change together; refused where one of them is not as it must be."""
    model, scales = sim.model, sim.model.scales(sim.now)
    fee = model.terms_at(sim.now).leg_fee
    deltas = [filling.delta(sim) for filling in fillings]
    refusals: list[Refusal] = stale(sim) + locked(sim)
    for index, delta in parties:
        after = plus(plus(sim.vault(index).vector, delta.values), {0: -fee})
        refusals += busy(sim, index) + unsound(scales, "initial", after)
    for filling in fillings:
        if not 0 < filling.lots <= filling.order.whole or filling.extra < 0:
            refusals.append(OVERDRAWN)
    afters: list[Opening] = []

    def write() -> Settle:
        view = sim.view()
        fills = [
            OrderFill(f.index, f.order.id, f.order.opening, delta, f.lots, f.order.whole)
            for f, delta in zip(fillings, deltas, strict=True)
        ]
        transition, openings = written(sim, view, parties, fills)
        afters.extend(openings)
        return transition

    def land(entry: Entry) -> None:
        for (index, delta), after in zip(parties, afters, strict=True):
            model.add(index, plus(delta.values, {0: -fee}))
            model.secure(index, sim.now)
            model.trade(index)
            sim.vault(index).nonce += 1
            sim.authors[index].opening = after
        model.fund = plus(model.fund, {0: fee * len(parties)})
        for filling, delta in zip(fillings, deltas, strict=True):
            _land_fill(sim, filling, delta)

    legs = [index for index, _ in parties] + [filling.index for filling in fillings]
    return Attempt(name, write, land, refusals, f"of accounts {legs}")


def written(
    sim: Simulation, view: State, parties: Sequence[Signed], fills: Sequence[OrderFill]
) -> tuple[Settle, list[Opening]]:
    """The settlement, and what the signing parties' accounts open to afterwards."""
    world, matcher = sim.world, sim.world.matcher if fills else None
    parts: list[Leg] = [
        *(signed_terms(view, index, delta.commit().point) for index, delta in parties),
        *(firm_terms(fill) for fill in fills),
    ]
    terms = settlement_terms(view, parts, matcher.public if matcher else None)
    filler = Filler(world.randomness(1 << 256).to_bytes(32, "big"), world.proving)
    signed = [sim.authors[index].signed_leg(view, terms, delta) for index, delta in parties]
    legs: list[Leg] = [
        *(leg.transition for leg in signed),
        *(filler.leg(view, terms, f) for f in fills),
    ]
    blindings = [delta.blinding for _, delta in parties] + [f.opening.blinding for f in fills]
    excess = sum(blindings) % SUBGROUP_ORDER
    transition = settled(view, terms, legs, excess, matcher, world.randomness)
    return transition, [leg.opening for leg in signed]


def open_orders(sim: Simulation) -> list[tuple[int, Resting]]:
    """All that can be filled now, with their owners."""
    model, now = sim.model, sim.now
    everyone = range(len(model.vaults))
    return [(i, order) for i in everyone if (order := model.open_order(i, now)) is not None]


def _land_fill(sim: Simulation, filling: Filling, delta: Opening) -> None:
    model, vault, author = sim.model, sim.vault(filling.index), sim.authors[filling.index]
    order = filling.order
    model.add(filling.index, delta.values)
    model.trade(filling.index)
    author.opening = author.known + delta
    vault.order, vault.fill_key = None, model.terms_at(sim.now).escrow.point.encode()
    sim.accepted["fill in part" if filling.lots < order.whole else "fill in whole"] += 1
    sim.accepted["fill at a better price"] += filling.extra > 0
    sim.accepted["fill of a cancelled order"] += order.cancelled is not None
    # The owner proved C and C + O; that this is enough is convexity. What was paid in since helps.
    assert order.scales.holds("initial", vault.vector, order.scales.floor)


def _crossing(
    sim: Simulation, first: tuple[int, Resting], second: tuple[int, Resting]
) -> list[Filling]:
    """Both filled at a price between their limits, if they want opposite things and it is there."""
    (i, one), (j, other) = first, second
    sides = [tuple(v // o.whole for v in o.opening.values[2:]) for o in (one, other)]
    if tuple(-side for side in sides[0]) != sides[1]:
        return []
    gap = one.opening.values[0] // one.whole + other.opening.values[0] // other.whole
    if gap > 0:
        return []
    lots = min(_part(sim, one), _part(sim, other))
    share = sim.rng.randint(0, -gap * lots)
    return [Filling(i, one, lots, share), Filling(j, other, lots, -gap * lots - share)]


def _part(sim: Simulation, order: Resting) -> int:
    return order.whole if sim.chance(0.4) else sim.rng.randint(1, order.whole)


def _price(sim: Simulation, slot: int) -> int:
    return sim.model.market.table.mark[sim.model.shape.assets + slot] // UNIT


def _lots(sim: Simulation, index: int) -> int:
    """From a few lots to more than the account can carry."""
    model, scales = sim.model, sim.model.scales(sim.now)
    place = model.shape.assets
    unit = plus((0,) * model.shape.components, {place: 1000})
    per_lot = max(1, scales.equity(unit) - scales.left("initial", unit, 0) // UNIT) / 1000
    free = max(scales.left("initial", sim.vault(index).vector) // UNIT, 0)
    return max(1, int(free / per_lot * sim.rng.choice((0.05, 0.7, 0.95, 0.97, 1.1))))
