"""A crash, an account that stays silent, its reveal by the guardians, and its sale."""

from pathlib import Path
from tempfile import TemporaryDirectory

from ledger.ledger import Ledger
from ledger.market.presets import preset
from prover.development import development_genesis
from prover.keys import KeyFiles, cache_folder
from prover.offices import InsecureOffices
from prover.venue import Venue
from zk.backends import select
from zk.randomness import system_randomness

backend, market, offices = select(), preset("tiny"), InsecureOffices.of(b"an example")
provers = KeyFiles(cache_folder(), backend).insecure_development(market.shape)

with TemporaryDirectory() as folder:
    genesis = development_genesis(market, offices, provers.statement_keys())
    ledger = Ledger.found(Path(folder) / "default.ledger", genesis, backend)
    venue = Venue(ledger, offices, market, provers, system_randomness, market.time)
    venue.publish()

    maker, bold = venue.join(cash=500_000_000), venue.join(cash=30_000_000)
    perpetual, lots = venue.lot(0), 25_000
    venue.trade(bold, maker, {0: -6_000 * lots, perpetual: lots})

    # Three updates, each as far down as one may go; then the grace is over.
    rules = venue.state.parameters
    for _ in range(3):
        seen = venue.state.current_market.observation
        (move,) = rules.max_spots_bps
        spot = seen.spots[0] * (10_000 - move + 1) // 10_000
        venue.next_epoch(seen.model_copy(update={"spots": (spot,)}))
    venue.now += 1

    venue.reveal(bold)
    account = ledger.state.account(bold.account)
    assert account.status == "frozen"
    assert account.sale is not None
    print(f"insolvent: on sale from {account.sale.equity:,} cents down")

    venue.accept(maker, maker.take_over(ledger.state, bold.account))
    left = ledger.state.account(bold.account).opening
    assert left is not None
    print(f"taken over; its owner keeps {left.values[0]:,} cents")
