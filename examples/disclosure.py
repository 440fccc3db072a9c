"""A desk proves that its delta is small and its equity large, and shows nothing else."""

from pathlib import Path
from tempfile import TemporaryDirectory

from development.genesis import development_genesis
from development.offices import InsecureOffices
from development.venue import Venue
from ledger.ledger import Ledger
from ledger.market.limits import Greek
from ledger.market.presets import preset
from prover.keys import KeyFiles, cache_folder
from zk.backends import select
from zk.errors import Unsatisfied
from zk.randomness import system_randomness

backend, market, offices = select(), preset("tiny"), InsecureOffices.of(b"an example")
provers = KeyFiles(cache_folder(), backend).insecure_development(market.shape)

with TemporaryDirectory() as folder:
    genesis = development_genesis(market, offices, provers.statement_keys())
    ledger = Ledger.found(Path(folder) / "disclosure.ledger", genesis, backend)
    venue = Venue(ledger, offices, market, provers, system_randomness, market.time)
    venue.publish()
    desk, street = venue.join(cash=120_000_000), venue.join(cash=500_000_000)
    venue.trade(desk, street, {0: 6_000 * 5_000, venue.lot(0): -5_000})

    engine, seen, time = market.engine(), market.observation, market.time
    ten_coins, million_dollars = 10_000_000, 100_000_000
    delta = engine.greek_limits(seen, time, Greek.DELTA, -ten_coins, ten_coins)
    equity = engine.equity_floor(seen, time, million_dollars)
    for label, rows in (("delta within 10 BTC", delta), ("equity above $1m", equity)):
        venue.accept(desk, desk.publish_claim(ledger.state, label, rows))
        print(f"on the record: {label}")

    too_tight = engine.greek_limits(seen, time, Greek.DELTA, -1_000, 1_000)
    try:
        desk.publish_claim(ledger.state, "delta within 0.001 BTC", too_tight)
    except Unsatisfied as refusal:
        print(f"no proof of what is false: {refusal.scope}")
    else:
        raise AssertionError("a false claim was proven")
