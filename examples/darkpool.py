"""Two firm orders, one matcher, and owners who are not there when they are filled."""

from pathlib import Path
from tempfile import TemporaryDirectory

from development.genesis import development_genesis
from development.offices import InsecureOffices
from development.venue import Venue
from ledger.ledger import Ledger
from ledger.market.presets import preset
from ledger.transitions import Settle, decode_transition
from prover.keys import KeyFiles, cache_folder
from prover.matcher.fills import fill_of_order
from prover.matcher.inbox import open_messages
from prover.matcher.keys import MatcherKeys
from prover.matcher.matcher import Matcher
from prover.messages import OrderMessage, encrypt_to
from zk.backends import select
from zk.randomness import system_randomness

backend, market, offices = select(), preset("tiny"), InsecureOffices.of(b"an example")
provers = KeyFiles(cache_folder(), backend).insecure_development(market.shape)
keys = MatcherKeys.draw()

with TemporaryDirectory() as folder:
    genesis = development_genesis(market, offices, provers.statement_keys())
    ledger = Ledger.found(Path(folder) / "darkpool.ledger", genesis, backend)
    venue = Venue(ledger, offices, market, provers, system_randomness, market.time)
    venue.matcher = keys.signer
    venue.publish()

    # Each owner places an order on the ledger, a point, and tells the matcher what is in it.
    inbox, orders = {}, {}
    for name, lots, price in (("buyer", 900, 6_010), ("seller", -600, 5_990)):
        owner = venue.join(cash=50_000_000)
        opening = venue.order(owner, {0: -lots * price, venue.lot(0): lots})
        number = ledger.head.number
        message = OrderMessage(
            ledger=ledger.id,
            account=owner.account,
            order=number,
            values=opening.values,
            blinding=opening.blinding,
        )
        inbox[name] = encrypt_to(keys.card.messages, message.encode())
        orders[name] = (owner, number, opening)

    messages = open_messages(inbox, keys.recipient)
    (settled,) = Matcher(keys, provers).clear(ledger, messages, venue.now).settled

    # Later, from the public log and the own order alone:
    settlement = decode_transition(ledger.entry(settled.entry).transition)
    assert isinstance(settlement, Settle)
    for name, (owner, number, opening) in orders.items():
        fill = fill_of_order(
            venue.shape, ledger.id, settlement, owner.account, number, opening.blinding
        )
        assert fill is not None
        owner.opening = owner.known + fill
        assert owner.opening.commit().point == ledger.state.account(owner.account).commitment
        print(f"{name}: {fill.values[venue.lot(0)]:+,} lots for {fill.values[0]:+,} cents")
