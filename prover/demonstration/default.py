"""A crash: who proves in time keeps his secret, who is silent loses it, who is broke is sold."""

from __future__ import annotations

from ledger.parameters import Parameters
from ledger.transitions.default import sale_price
from prover.author import Author
from prover.demonstration.stage import Stage, lower
from prover.liquidator import Liquidator

_CASH = 30_000_000
_DEEP = 500_000_000
_LONG = 23_500
_SMALL = 500
_DISCOUNT_BPS = 2_000


def default(stage: Stage) -> None:
    """Heartbeats, a reveal, a sale, a takeover; and a healthy trader who merely overslept."""
    stage.title("default: a crash, and one trader who does not answer")
    venue = stage.venue
    parameters = venue.state.parameters
    awake = [author for author in venue.authors if not _is_exempt(stage, author)]
    with stage.step("three desks trade the perpetual; one of them takes as much as it can"):
        maker = stage.desk("the maker", _DEEP)
        bold, asleep = stage.desk("the bold one", _CASH), stage.desk("the sleeper", _CASH)
        price, lot = stage.mark(stage.slot("perpetual")), venue.lot(stage.slot("perpetual"))
        for trader, lots in ((bold, _LONG), (asleep, _SMALL)):
            venue.trade(trader, maker, {0: -price * lots, lot: lots})
    _crash(stage, parameters)
    with stage.step("who is awake proves its margin in the new epoch; two desks stay silent"):
        for author in (*awake, maker):
            venue.accept(author, author.prove_margin(venue.state))
    # Who proved in the first epoch owes a proof until the grace after the second is over.
    stage.pass_time(max(0, parameters.grace - 2 * parameters.min_interval) + 1)
    with stage.step("a liquidator comes, with cash and no positions; the grace is over"):
        liquidator = stage.desk("the liquidator", _DEEP)
    stage.refused("a reveal of the maker, who is in standing", lambda: stage.reveal(maker))
    with stage.step("two of three guardians open the overdue accounts, from escrows in the log"):
        stage.reveal(bold)
        stage.reveal(asleep)
    _sleeper(stage, asleep)
    _sale(stage, bold, liquidator, parameters)


def _is_exempt(stage: Stage, author: Author) -> bool:
    return stage.venue.state.account(author.account).exempt


def _crash(stage: Stage, parameters: Parameters) -> None:
    venue = stage.venue
    before = stage.observation.spots[0]
    for _ in range(3):
        stage.pass_time(parameters.min_interval)
        falls = tuple(move - 1 for move in parameters.max_spots_bps)
        stage.publish(lower(stage.observation, falls))
    after = stage.observation.spots[0]
    stage.say(
        f"Three epochs later the price has fallen from ${before / 100:,.0f} to "
        f"${after / 100:,.0f}, each time as far as one update may. The grace for a new "
        f"proof ends with epoch {venue.state.pool.epoch}."
    )


def _sleeper(stage: Stage, asleep: Author) -> None:
    venue = stage.venue
    stage.say(
        "The sleeper is solvent: the reveal cost its privacy, and nothing else. A new blinding, "
        "proven to hold no value, gives the privacy back."
    )
    with stage.step("the sleeper refreshes its commitment"):
        venue.accept(asleep, asleep.refresh(venue.state))
    stage.sides(asleep)


def _sale(stage: Stage, bold: Author, liquidator: Author, parameters: Parameters) -> None:
    venue, state = stage.venue, stage.venue.state
    first = sale_price(state, bold.account)
    stage.say(
        f"The bold one is insolvent. Its portfolio is on sale, whole, from ${first / 100:,.0f} "
        f"down, every {parameters.sale_step} s a step."
    )
    stage.refused(
        "the liquidator names a price of its own",
        lambda: venue.submit(
            liquidator.take_over(
                venue.ledger.state_at(venue.now), bold.account
            ).transition.model_copy(update={"price": 0})
        ),
    )
    buyer = Liquidator(liquidator, _DISCOUNT_BPS)
    while (bid := buyer.bid(venue.ledger.state_at(venue.now))) is None:
        stage.pass_time(parameters.sale_step)
    with stage.step("the price suits a liquidator, who takes it and proves that it can be carried"):
        venue.accept(liquidator, bid)
    stage.say(
        f"It paid ${bid.transition.price / 100:,.0f}, and the bold one keeps that. "
        f"The fund paid nothing."
    )
    stage.sides(liquidator)
