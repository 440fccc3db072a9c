"""A crash: who proves in time keeps his secret, who is silent loses it, who is broke is sold."""

from __future__ import annotations

from collections.abc import Sequence

from prover.author import Author
from prover.liquidator import Liquidator
from prover.wallet.withdrawals import waiting
from tacit.demo.stage import Stage, lower

_CASH = 30_000_000
_DEEP = 500_000_000
_LONG = 23_500
_SMALL = 500
_TOPPED_UP = 20_000_000
_WITHDRAWN = 10_000_000
_DISCOUNT_BPS = 500


def default(stage: Stage) -> None:
    """Heartbeats, reveals, a cure, a sale of a slice; and a healthy trader who merely overslept."""
    stage.title("default: a crash, and traders who do not answer")
    venue = stage.venue
    awake = [author for author in venue.authors if not _is_exempt(stage, author)]
    with stage.step("four desks trade the perpetual; two of them take as much as they can"):
        maker = stage.desk("the maker", _DEEP)
        bold, late = stage.desk("the bold one", _CASH), stage.desk("the late one", _CASH)
        asleep = stage.desk("the sleeper", _CASH)
        for trader, lots in ((bold, _LONG), (late, _LONG), (asleep, _SMALL)):
            _buy(stage, trader, maker, lots)
    _crash(stage, [*awake, maker])
    stage.refused("a reveal of the maker, who is in standing", lambda: stage.reveal(maker))
    with stage.step("two of three guardians open the overdue accounts, from escrows in the log"):
        for trader in (bold, late, asleep):
            stage.reveal(trader)
    _sleeper(stage, asleep, maker)
    _cure(stage, late)
    _sale(stage, bold)
    _withdrawal(stage, maker)


def _is_exempt(stage: Stage, author: Author) -> bool:
    return stage.venue.state.account(author.account).exempt


def _buy(stage: Stage, buyer: Author, seller: Author, lots: int) -> None:
    slot = stage.slot("perpetual")
    lot = stage.venue.lot(slot)
    stage.venue.trade(buyer, seller, {0: -stage.mark(slot) * lots, lot: lots})


def _crash(stage: Stage, awake: Sequence[Author]) -> None:
    venue = stage.venue
    parameters, before = venue.state.parameters, stage.observation.spots[0]
    falls = tuple(move - 1 for move in parameters.max_spots_bps)
    stage.pass_time(parameters.min_interval)
    stage.publish(lower(stage.observation, falls))
    with stage.step("the price falls; who is awake proves its margin at once, in the new epoch"):
        for author in awake:
            venue.accept(author, author.prove_margin(venue.state))
    first = venue.state.pool.epoch
    while not venue.state.is_over(first - 1):
        stage.pass_time(parameters.min_interval)
        stage.publish(lower(stage.observation, falls))
    after = stage.observation.spots[0]
    stage.say(
        f"Three desks stay silent. In {venue.state.pool.epoch - first + 1} epochs the price falls "
        f"from ${before / 100:,.0f} to ${after / 100:,.0f}, each time as far as one update may. "
        f"With epoch {venue.state.pool.epoch} the oracles' clocks say that the grace of "
        f"{parameters.grace:,} s is over."
    )


def _sleeper(stage: Stage, asleep: Author, maker: Author) -> None:
    stage.say(
        "The sleeper is solvent: the reveal cost its privacy, and nothing else. A new blinding "
        "would prove that nothing has changed, so everybody would go on knowing it. Privacy comes "
        "back with the next hidden trade."
    )
    with stage.step("the sleeper trades again, with a desk that keeps its secrets"):
        _buy(stage, asleep, maker, _SMALL // 5)
    stage.sides(asleep)


def _cure(stage: Stage, late: Author) -> None:
    """Until something is sold, whatever restores maintenance ends the sale."""
    stage.say("The late one is below maintenance margin, and its book is on sale. It wakes up.")
    with stage.step(f"the late one deposits ${_TOPPED_UP / 100:,.0f}, before anything is sold"):
        stage.venue.deposit(late, 0, _TOPPED_UP)
    status = stage.venue.state.account(late.account).status
    stage.say(f"The deposit mends the book, and the sale is over: the account is {status}.")


def _sale(stage: Stage, bold: Author) -> None:
    venue = stage.venue
    sold = venue.state.account(bold.account).opening
    assert sold is not None  # it was revealed
    equity = venue.state.sale_demands().equity(sold.values)
    step = venue.state.parameters.sale_step
    stage.say(
        f"The bold one still has ${equity / 100:,.0f}, and margin asks for more. No more is sold "
        f"of its book than mends it, at the mark less a discount that grows every {step} s."
    )
    with stage.step("a liquidator comes, with cash and no positions"):
        liquidator = stage.desk("the liquidator", _DEEP)
    stage.refused(
        "the liquidator names a price of its own",
        lambda: venue.submit(
            liquidator.take_over(
                venue.ledger.state_at(venue.now), bold.account
            ).transition.model_copy(update={"price": -_DEEP})
        ),
    )
    buyer = Liquidator(liquidator, _DISCOUNT_BPS)
    while (best := buyer.best(venue.ledger.state_at(venue.now))) is None:
        stage.pass_time(step)
    _, offer = best
    with stage.step(
        "the price suits the liquidator, who takes it and proves that it can be carried"
    ):
        bid = buyer.bid(venue.ledger.state_at(venue.now))
        assert bid is not None  # it has just found one
        venue.accept(liquidator, bid)
    kept = venue.state.account(bold.account).opening
    assert kept is not None  # what is left of it is public until its next hidden trade
    left = venue.state.sale_demands().equity(kept.values)
    stage.say(
        f"{offer.lot.parts} of 64 parts of every position were sold, ${offer.discount / 100:,.0f} "
        f"below the mark. The surplus is the owner's: of ${equity / 100:,.0f} the bold one keeps "
        f"${left / 100:,.0f}, and the other parts of its book. The fund paid nothing."
    )
    stage.sides(liquidator)


def _withdrawal(stage: Stage, maker: Author) -> None:
    """A gain is not carried off before the losers of the same market have shown."""
    venue = stage.venue
    with stage.step(f"the maker, who has gained, takes ${_WITHDRAWN / 100:,.0f} out"):
        venue.accept(maker, maker.withdraw(venue.state, 0, _WITHDRAWN))
    (queued,) = waiting(venue.state, maker.account)
    later = queued.expected - venue.now
    stage.say(
        f"It has left the account and waits in a public queue, {later:,} s at least: until "
        "everybody who lost in this market would have been opened and sold. Then it is paid, in "
        "full if no loss is left."
    )
