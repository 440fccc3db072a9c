"""Two desks trade an option block; the ledger learns that they did, and nothing of what."""

from pathlib import Path
from tempfile import TemporaryDirectory

from development.genesis import development_genesis
from development.offices import InsecureOffices
from development.venue import Venue
from ledger.ledger import Ledger
from ledger.market.presets import preset
from prover.keys import KeyFiles, cache_folder
from zk.backends import select
from zk.randomness import system_randomness

backend, market, offices = select(), preset("tiny"), InsecureOffices.of(b"an example")
provers = KeyFiles(cache_folder(), backend).insecure_development(market.shape)

with TemporaryDirectory() as folder:
    genesis = development_genesis(market, offices, provers.statement_keys())
    ledger = Ledger.found(Path(folder) / "otc.ledger", genesis, backend)
    venue = Venue(ledger, offices, market, provers, system_randomness, market.time)
    venue.publish()

    seller, buyer = venue.join(cash=50_000_000), venue.join(cash=50_000_000)
    call, lots, premium = venue.lot(1), 1_000, 352
    venue.trade(buyer, seller, {0: -premium * lots, call: lots})

    # Each of them knows what it holds, and the ledger knows that both can carry it.
    assert buyer.known.values[call] == lots
    assert seller.known.values[call] == -lots
    assert buyer.known.commit().point == ledger.state.account(buyer.account).commitment
    print(f"settled in entry {ledger.head.number}; root {ledger.head.root.hex()[:16]}…")
