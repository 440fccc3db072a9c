"""What nobody must learn is in no file and in no memory where it should not be.

docs/privacy.md says who may know what; here the ledger's bytes and the matcher's objects are
searched for every secret, in every spelling that we could think of.
"""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from ledger.storage import SqliteStore
from prover.author import Author
from prover.matcher.inbox import open_messages
from prover.matcher.keys import MatcherKeys
from prover.matcher.matcher import Matcher
from prover.messages import OrderMessage, encrypt_to
from tacit.demo.command import SCENARIOS
from tacit.demo.stage import Stage
from tests.ledger.world import World, real_world
from tests.prover.leaks import DIGITS, files_of, leaks, reachable, spellings
from zk.backends import Backend
from zk.randomness import insecure_seeded_randomness

DEPOSIT = 10_000_000_019
LOTS = 123_457
PRICE = 6_011


def long_numbers(values: tuple[int, ...]) -> list[int]:
    return [value for value in values if len(str(abs(value))) >= DIGITS]


def owner_secrets(author: Author) -> list[int | bytes]:
    """Keys, seed, blinding."""
    return [author.signer.seed, author.seed, author.known.blinding]


@pytest.mark.parametrize("secret", [123_456_789, -987_654_321, 2**250 + 12_345, b"\x07" * 32])
def test_the_search_finds_what_is_there(secret: int | bytes) -> None:
    """The check itself: each spelling is found in the midst of other bytes."""
    for spelling in spellings(secret):
        assert leaks([secret], b'{"x":' + spelling + b"}") == [secret]
    assert not leaks([secret], b"nothing of the kind, 1234567890123")


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_leaks_no_secret(name: str, native: Backend, tmp_path: Path) -> None:
    """Keys, seeds, blindings, guardians' shares and balances of each scenario.

    What a reveal has made public is public: balances from then on, the blinding until a refresh.
    """
    path = tmp_path / "demo.ledger"
    stage = Stage.set(Console(file=StringIO()), path, native, seed=3)
    SCENARIOS[name](stage)
    venue = stage.venue
    opened = {a for a in range(len(venue.authors)) if was_revealed(path, a)}
    secrets: list[int | bytes] = [share.secret for share in stage.guardians.shares]
    deposits = {str(a.known.values[0]) for a in venue.authors if not any(a.known.values[1:])}
    for author in venue.authors:
        secrets += [author.signer.seed, author.seed]
        if venue.state.account(author.account).opening is None:
            secrets.append(author.known.blinding)
        if author.account not in opened:
            balances = long_numbers(author.known.values)
            secrets += [value for value in balances if str(value) not in deposits]
    # What a buyer took over was revealed before, and he paid in public.
    if name == "default":
        secrets = [one for one in secrets if not isinstance(one, int) or one.bit_length() > 64]
    assert not leaks(secrets, files_of(path))


def was_revealed(path: Path, account: int) -> bool:
    """Whether the log has a reveal of that account."""
    reveal = b'{"kind":"reveal","account":%d,' % account
    entries = SqliteStore.open(path, read_only=True).entries()
    return any(entry.transition.startswith(reveal) for entry in entries)


def test_positions_prices_and_fills_do_not_leak(tmp_path: Path) -> None:
    """Distinctive numbers: a bilateral trade, firm orders and a partial fill."""
    path = tmp_path / "a.ledger"
    world = real_world(store=SqliteStore.create(path))
    one, two = world.join(DEPOSIT), world.join(DEPOSIT)
    world.publish()
    world.trade(one, two, {0: -LOTS * PRICE, world.lot(0): LOTS})
    secrets: list[int | bytes] = [LOTS * PRICE, *one.known.values, *two.known.values]
    bought = world.order(one, {0: -2 * LOTS * PRICE, world.lot(0): 2 * LOTS})
    sold = world.order(two, {0: 2 * LOTS * PRICE, world.lot(0): -2 * LOTS})
    secrets += [*bought.values, bought.blinding, *sold.values, sold.blinding]
    fills = [(one, world.fill(one, bought, 1, 2)), (two, world.fill(two, sold, 1, 2))]
    secrets += [
        value for _, fill in fills for value in (*fill.opening.values, fill.opening.blinding)
    ]
    world.clear(fills)
    secrets += [*one.known.values, *two.known.values, *owner_secrets(one), *owner_secrets(two)]
    secrets += [world.offices.escrow_secret, *(key.seed for key in world.offices.oracles.members)]
    hidden = [one for one in secrets if isinstance(one, bytes) or abs(one) >= LOTS]
    assert len(hidden) > 20
    assert not leaks(hidden, files_of(path))


def test_a_matcher_never_learns_a_balance() -> None:
    """After a clearing its memory has the orders and fills, and no account's opening."""
    world = real_world()
    keys = MatcherKeys.draw(insecure_seeded_randomness(5))
    world.matcher = keys.signer
    one, two = world.join(DEPOSIT), world.join(DEPOSIT)
    world.publish()
    world.trade(one, two, {0: -LOTS * PRICE, world.lot(1): LOTS})
    before = balances(one, two)
    inbox = {
        "1": message(world, keys, one, {0: -PRICE * LOTS, world.lot(0): LOTS}),
        "2": message(world, keys, two, {0: PRICE * LOTS, world.lot(0): -LOTS}),
    }
    matcher = Matcher(keys, world.proving)
    messages = open_messages(inbox, keys.recipient)
    clearing = matcher.clear(world.ledger, messages, world.now)
    assert len(clearing.settled) == 1
    known = {one for one in reachable((matcher, messages, clearing)) if isinstance(one, int)}
    assert LOTS in known  # it knows what was ordered
    assert not known & (before | balances(one, two))


def balances(*authors: Author) -> set[int]:
    """What only owners know."""
    values = {value for author in authors for value in long_numbers(author.known.values)}
    return values | {author.known.blinding for author in authors}


def message(world: World, keys: MatcherKeys, author: Author, amounts: dict[int, int]) -> bytes:
    """An order that is placed, and told to the matcher."""
    opening = world.order(author, amounts)
    placed = world.state.account(author.account).order
    assert placed is not None
    text = OrderMessage(
        ledger=world.ledger.id,
        account=author.account,
        order=placed.id,
        values=opening.values,
        blinding=opening.blinding,
    )
    return encrypt_to(keys.card.messages, text.encode())
