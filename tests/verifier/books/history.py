"""A ledger to whose every account its owner's own numbers are known, entry by entry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache

from development.offices import InsecureOffices
from ledger.log import Entry
from ledger.market.data import Observation, Rows
from ledger.transitions import PayOut
from prover.author import Author
from tests.ledger.world import World, fastest, stand_in_world
from verifier.books import Books, Moment, WholeKeys, open_books

BTC, PERPETUAL, CALL = 1, 2, 3
SECOND_SECRET = 77
#: What a lot of the call is worth at its end: a thousandth of a coin, above its strike.
SETTLED_AT = 200


@dataclass
class Watched:
    """A world, and what all owners knew after each entry."""

    world: World
    truth: dict[int, tuple[tuple[int, ...], ...]] = field(default_factory=dict)
    secrets: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.secrets.append(self.world.offices.escrow_secret)
        self.note()

    @property
    def authors(self) -> list[Author]:
        return self.world.authors

    @property
    def entries(self) -> list[Entry]:
        return list(self.world.ledger.entries())

    def note(self) -> None:
        """What the owners know now."""
        known = tuple(author.known.values for author in self.world.authors)
        self.truth[self.world.ledger.head.number] = known

    def known_at(self, entry: int) -> tuple[tuple[int, ...], ...]:
        """What they knew after that entry."""
        return self.truth[max(number for number in self.truth if number <= entry)]

    def open(self, *, secrets: list[int] | None = None) -> Books:
        """The books, with every key that there ever was."""
        keys = WholeKeys(self.secrets if secrets is None else secrets)
        return open_books(self.entries, keys, fastest())

    def rotate(self) -> None:
        """Another escrow key, in force as soon as the delay is over."""
        world = self.world
        offices: InsecureOffices = replace(world.offices, escrow_secret=SECOND_SECRET)
        parameters = world.state.parameters.model_copy(update={"escrow": offices.escrow_key()})
        effective = world.now + world.state.parameters.delay
        world.submit(world.offices.update_params(world.state, parameters, effective))
        world.offices, world.now = offices, effective
        self.secrets.append(SECOND_SECRET)

    def crash(self, epochs: int = 3) -> None:
        """The price falls as far as it may, epoch after epoch, until the grace has run out."""
        world = self.world
        for _ in range(epochs):
            world.next_epoch(_lower(world))
            self.note()


def trading() -> Watched:
    """Deposits, trades, firm fills, a refresh, a withdrawal, heartbeats."""
    watched = Watched(stand_in_world())
    world = watched.world
    world.publish()
    for cash in (10**8, 5 * 10**8, 10**8):
        world.join(cash)
        watched.note()
    one, two, three = world.authors
    world.join(700)  # deposits and nothing else: its opening is in no escrow
    world.deposit(world.authors[3], BTC, 55)
    watched.note()
    acts: list[Callable[[], object]] = [
        lambda: world.deposit(one, BTC, 4_000),
        lambda: world.trade(one, two, {0: -600_000, PERPETUAL: 100}),
        lambda: world.trade(three, two, {0: -5_000, CALL: 10}),
        lambda: firm_trade(world, one, three),
        lambda: world.deposit(one, 0, 12_345),
        lambda: world.next_epoch(),
        lambda: world.accept(two, two.prove_margin(world.state)),
        lambda: world.accept(one, one.refresh(world.state)),
        lambda: world.accept(three, three.withdraw(world.state, 0, 1_000_000)),
        lambda: world.accept(one, one.withdraw(world.state, BTC, 1_500)),
        lambda: world.next_epoch(),
        lambda: world.accept(two, two.prove_margin(world.state, escrowed=True)),
        lambda: world.submit(world.offices.endow(world.state, 2_000_000)),
    ]
    for act in acts:
        act()
        watched.note()
    return watched


@cache
def everything() -> Watched:
    """The same; then a rotated key, an insolvency with its sale, an expiry and its redemptions."""
    watched = trading()
    world, (one, two, three, _) = watched.world, watched.authors
    watched.rotate()
    world.publish()
    watched.note()
    for author in (one, two, three):
        world.accept(author, author.prove_margin(world.state, escrowed=True))
        watched.note()
    bold = world.join(30_000_000)
    world.trade(bold, two, {0: -6_000 * 23_500, PERPETUAL: 23_500})
    watched.note()
    watched.crash()
    for author in (one, two, three):
        world.accept(author, author.prove_margin(world.state))
        watched.note()
    world.reveal(bold)
    watched.note()
    world.now += world.state.parameters.sale_duration // 2
    _take_over(world, two, bold)
    watched.note()
    _expire(watched, one, two, three)
    return watched


def firm_trade(world: World, buyer: Author, seller: Author) -> Entry:
    """Two orders of ten lots, of which six are filled, a little better than their limits."""
    bid = world.order(buyer, {0: -60_200, PERPETUAL: 10})
    ask = world.order(seller, {0: 59_800, PERPETUAL: -10})
    fills = [
        (buyer, world.fill(buyer, bid, 6, 10, 120)),
        (seller, world.fill(seller, ask, 6, 10, 120)),
    ]
    return world.clear(fills)


def moments(books: Books) -> Iterator[Moment]:
    """Each of them, and there are some."""
    assert books.moments
    yield from books.moments


def _take_over(world: World, buyer: Author, bold: Author) -> None:
    """Once, the slice that is on offer; what is left of it is its owner's."""
    state = world.state.draft(world.ledger.head.number + 1)
    state.advance(world.now)
    written = buyer.take_over(state, bold.account)
    world.accept(buyer, written)
    after = world.state.account(bold.account).opening
    assert after is not None
    bold.opening = after.opening


def _expire(watched: Watched, one: Author, two: Author, three: Author) -> None:
    """The long redeems all of it, the short a part."""
    world = watched.world
    world.now = world.market.listing.instruments[1].expires or 0
    world.publish(world.state.current_market.observation)
    watched.note()
    for _ in range(4):
        world.next_epoch(_higher(world))
        watched.note()
    world.now += world.state.parameters.min_interval
    world.submit(world.offices.expire(world.state, 1, SETTLED_AT))
    world.next_epoch(world.state.current_market.observation)
    watched.note()
    for author, lots in ((three, 10), (two, -4)):
        world.accept(author, author.redeem(world.state, 1, lots))
        watched.note()
    for waiting in (0, 1):
        world.submit(PayOut(withdrawal=waiting))
    world.accept(one, one.publish_claim(world.state, "x", _worth_nothing(world)))
    watched.note()


def _worth_nothing(world: World) -> Rows:
    """Worth no less than nothing at the mark."""
    row = world.state.current_market.table.mark
    count = world.shape.scenarios
    return Rows(matrix=(row,) * count, constants=(0,) * count)


def _higher(world: World) -> Observation:
    seen = world.state.current_market.observation
    spots = tuple(spot * 10_470 // 10_000 for spot in seen.spots)
    return seen.model_copy(update={"spots": spots})


def _lower(world: World) -> Observation:
    seen, moves = (
        world.state.current_market.observation,
        world.state.parameters.max_spots_bps,
    )
    spots = tuple(
        spot - spot * (move - 1) // 10_000 for spot, move in zip(seen.spots, moves, strict=True)
    )
    return seen.model_copy(update={"spots": spots})
