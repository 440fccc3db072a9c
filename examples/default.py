"""A crash, an account that stays silent, its reveal by the guardians, and the sale of a slice."""

from pathlib import Path
from tempfile import TemporaryDirectory

from development.genesis import development_genesis
from development.offices import InsecureOffices
from development.venue import Venue
from ledger.ledger import Ledger
from ledger.market.presets import preset
from ledger.transitions.default import current_offer
from prover.keys import KeyFiles, cache_folder
from zk.backends import select
from zk.randomness import system_randomness

backend, market, offices = select(), preset("tiny"), InsecureOffices.of(b"an example")
provers = KeyFiles(cache_folder(), backend).insecure_development(market.shape)

with TemporaryDirectory() as folder:
    genesis = development_genesis(market, offices, provers.statement_keys())
    ledger = Ledger.found(Path(folder) / "default.ledger", genesis, backend)
    venue = Venue(ledger, offices, market, provers, system_randomness, market.time)
    venue.publish()
    venue.submit(offices.endow(venue.state, 10_000_000))  # the insurance fund's own capital

    maker, bold = venue.join(cash=500_000_000), venue.join(cash=30_000_000)
    perpetual, lots = venue.lot(0), 23_500
    venue.trade(bold, maker, {0: -6_000 * lots, perpetual: lots})

    # Updates, each as far down as one may go; the maker proves at once, and the bold one is silent
    # until the oracles' clocks say that its grace is over.
    rules = venue.state.parameters
    while not venue.state.is_overdue(venue.state.account(bold.account)):
        seen = venue.state.current_market.observation
        (move,) = rules.max_spots_bps
        spot = seen.spots[0] * (10_000 - move + 1) // 10_000
        venue.next_epoch(seen.model_copy(update={"spots": (spot,)}))
        venue.accept(maker, maker.prove_margin(venue.state))

    venue.reveal(bold)
    account = ledger.state.account(bold.account)
    assert account.status == "frozen"
    assert account.opening is not None
    equity = ledger.state.sale_demands().equity(account.opening.values)

    venue.now += 5 * rules.sale_step
    offer = current_offer(ledger.state_at(venue.now), bold.account, part=None)
    print(f"on sale: {offer.lot.parts}/64 of every position for {offer.price:,} cents")
    venue.accept(maker, maker.take_over(ledger.state_at(venue.now), bold.account))

    account = ledger.state.account(bold.account)
    assert account.status == "revealed"  # the slice has mended the book; the rest is its owner's
    assert account.opening is not None
    kept = ledger.state.sale_demands().equity(account.opening.values)
    print(f"taken over; of {equity:,} cents its owner keeps {kept:,}")
