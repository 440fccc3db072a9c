"""One honest ledger on which most things happen that can happen: played once per test session."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ledger.log import Entry
from ledger.market.data import SCALE, Observation, Rows
from ledger.market.limits import Greek
from ledger.market.scenarios import Scenario
from ledger.oracle import engine_of
from ledger.state import State
from ledger.transitions import Absorb, PayOut
from prover.author import Author
from tests.ledger.world import World, real_world

DAY = 86_400
FALL_BPS = 400


@dataclass
class Played:
    """The world after the story, and who was who in it."""

    world: World
    buyer: Author
    maker: Author
    #: Bought more than it could carry, and never proved again.
    loser: Author
    #: Never proved again either, and was solvent.
    sleeper: Author

    @property
    def entries(self) -> list[Entry]:
        return list(self.world.ledger.entries())


@cache
def honest_ledger() -> Played:
    """The story with real proofs."""
    return play(real_world(7))


def play(world: World) -> Played:
    """Trades, orders, disclosures, a default with its sale, new parameters, an expiry."""
    world.publish()
    played = Played(
        world,
        buyer=world.join(10_000_000),
        maker=world.join(10_000_000),
        loser=world.join(130_000),
        sleeper=world.join(1_000_000),
    )
    world.submit(world.offices.endow(world.state, 50_000))
    _trade(played)
    _disclose(played)
    _default(played)
    _expire(played)
    return played


def _trade(played: Played) -> None:
    world, buyer, maker = played.world, played.buyer, played.maker
    world.deposit(maker, 1, 1_000_000)
    for party, lots in ((buyer, 10), (played.loser, 80), (played.sleeper, 1)):
        world.trade(party, maker, {0: -6_000 * lots, world.lot(0): lots})
    price = world.state.current_market.table.mark[world.lot(1)] // SCALE
    bid = world.order(buyer, {0: -4 * price, world.lot(1): 4})
    ask = world.order(maker, {0: 2 * price, world.lot(1): -2})
    fills = [world.fill(buyer, bid, 2, 4), world.fill(maker, ask, 2, 2)]
    world.clear(list(zip((buyer, maker), fills, strict=True)))
    world.order(buyer, {0: -price, world.lot(1): 1})
    world.accept(buyer, buyer.cancel_order(world.state))
    world.now += world.state.parameters.settling
    world.accept(buyer, buyer.withdraw(world.state, 0, 1_000))
    world.accept(maker, maker.refresh(world.state))


def _disclose(played: Played) -> None:
    world, buyer = played.world, played.buyer
    for label, rows in disclosures(world):
        world.accept(buyer, buyer.publish_claim(world.state, label, rows))


def disclosures(world: World) -> list[tuple[str, Rows]]:
    """Claims that the engine can make, and one that is nobody's."""
    state = world.state
    engine = engine_of(state)
    market = state.current_market
    seen, time = market.observation, market.time
    fall = Scenario(prices_bps=(-3_000,), vols_bps=(2_000,))
    odd = Rows(matrix=((1, 2, 3, 4),) * 4, constants=(10**12,) * 4)
    return [
        ("limit", engine.position_limits({0: 50, 1: 20})),
        ("floor", engine.equity_floor(seen, time, 5_000_000)),
        ("delta", engine.greek_limits(seen, time, Greek.DELTA, -(10**6), 10**6)),
        ("crash", engine.stress(seen, time, [fall])),
        ("[bold]we are sound[/]", odd),
    ]


def _default(played: Played) -> None:
    """The sleeper is opened and was sound; a part of the loser is sold, and the fund has the rest.

    What the buyer asked for in the first epoch is paid in the meantime.
    """
    world = played.world
    for epoch in range(2, 6):
        world.next_epoch(fallen(world))
        if epoch == 3:
            for party in (played.buyer, played.maker):
                world.accept(party, party.prove_margin(world.state, escrowed=party is played.maker))
        if epoch == 4:
            world.now += 60
            world.reveal(played.sleeper)
            world.accept(played.sleeper, played.sleeper.refresh(world.state))
    world.reveal(played.loser)
    world.now += 120
    bought = played.buyer.take_over(_at_present(world), played.loser.account, part=9)
    world.accept(played.buyer, bought)
    world.accept(played.maker, played.maker.prove_margin(world.state))
    world.submit(PayOut(withdrawal=0))
    saver = world.join(5_000)
    world.accept(saver, saver.prove_flat(world.state))
    world.now += 480
    world.submit(Absorb(target=played.loser.account))
    world.accept(played.buyer, played.buyer.take_over(_at_present(world), None))


def _at_present(world: World) -> State:
    """The state with its clock at the world's: prices of sales depend on it."""
    draft = world.state.draft(0)
    draft.advance(world.now)
    return draft


def fallen(world: World) -> Observation:
    """Prices a little lower than in the last epoch, as far as one update may go."""
    seen = world.state.current_market.observation
    spots = tuple(spot * (10_000 - FALL_BPS) // 10_000 for spot in seen.spots)
    return seen.model_copy(update={"spots": spots})


def _expire(played: Played) -> None:
    """Oracles are silent for a month; governors sign their next market too."""
    world, buyer = played.world, played.buyer
    dearer = world.state.parameters.model_copy(update={"leg_fee": 200})
    world.submit(world.offices.update_params(world.state, dearer, world.now + DAY))
    world.now += 31 * DAY
    world.publish(world.state.current_market.observation)
    world.now += world.state.parameters.min_interval
    world.submit(world.offices.expire(world.state, 1, 0))
    world.next_epoch(world.state.current_market.observation)
    world.accept(buyer, buyer.redeem(world.state, 1, 2))
    world.trade(buyer, played.maker, {0: -5_000, world.lot(0): 1})
