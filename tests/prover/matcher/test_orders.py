"""Which messages count: what a lie, an old order, or somebody else's is told."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.records import Order
from ledger.state import State
from prover.matcher.errors import OrderRefused
from prover.matcher.inbox import MAX_MESSAGE_BYTES, Refusal, open_messages, read_inbox
from prover.matcher.keys import MatcherKeys
from prover.matcher.matcher import fresh_state_at
from prover.matcher.orders import LIMIT, admit
from prover.messages import OrderMessage, encrypt_to
from tests.ledger.world import stand_in_world
from tests.prover.matcher.pool import Pool
from tests.strategies import SOME
from zk.errors import MalformedFile
from zk.field import SUBGROUP_ORDER
from zk.pedersen import Opening
from zk.signatures import SigningKey


@pytest.fixture
def pool() -> Pool:
    """One trader, who has ordered nothing yet."""
    pool = Pool(stand_in_world())
    pool.world.publish()
    pool.world.join(100_000_000)
    return pool


def refusal(pool: Pool, message: OrderMessage) -> str:
    """What the matcher says to it."""
    name = pool.send(message)
    return pool.reasons()[name]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"ledger": bytes(32)}, "ledger: expected"),
        ({"account": 99}, "account: expected one of the 1"),
        ({"order": 99}, "order 99: expected an open order of account 0"),
        ({"values": (-600_000, 0, 1)}, "4 values, got 3 values"),
        ({"values": (-600_000, 0, 2, 0)}, "expected one of the commitment on the ledger"),
        ({"values": (-599_999, 0, 1, 0)}, "expected one of the commitment on the ledger"),
        ({"blinding": 7}, "expected one of the commitment on the ledger"),
    ],
)
def test_a_message_that_is_not_true(pool: Pool, changes: dict[str, Any], reason: str) -> None:
    """Whatever the message says otherwise than the ledger, the order does not count."""
    author = pool.world.authors[0]
    opening = pool.world.order(author, {0: -600_000, 2: 1})
    assert reason in refusal(pool, pool.message(author, opening, **changes))


def test_the_truth_counts_once(pool: Pool) -> None:
    """The same message twice is one order; a lie beside it takes nothing away."""
    author = pool.world.authors[0]
    opening = pool.world.order(author, {0: -600_000, 2: 1})
    pool.send(pool.message(author, opening, blinding=7))
    first, second = (pool.send(pool.message(author, opening)) for _ in range(2))
    clearing = pool.clear()
    assert [held.order for held in clearing.intake.orders] == [pool.message(author, opening).order]
    reasons = {each.name: each.reason for each in clearing.intake.refused}
    assert first not in reasons
    assert "again" in reasons[second]


def test_a_cancelled_order(pool: Pool) -> None:
    """Taken back before the clearing: it could still be filled, and an honest matcher does not."""
    author = pool.world.authors[0]
    message = pool.message(author, pool.world.order(author, {0: -600_000, 2: 1}))
    pool.world.accept(author, author.cancel_order(pool.world.state))
    assert "expected one that stands, got taken back" in refusal(pool, message)


def test_an_order_of_an_older_epoch(pool: Pool) -> None:
    """It ended with the epoch of its proof."""
    author = pool.world.authors[0]
    message = pool.message(author, pool.world.order(author, {0: -600_000, 2: 1}))
    pool.world.next_epoch()
    assert "epoch of order" in refusal(pool, message)


def test_an_order_for_another_matcher(pool: Pool) -> None:
    """Whoever reads it may not fill it."""
    author, ours = pool.world.authors[0], pool.world.matcher
    pool.world.matcher = SigningKey.draw(pool.world.randomness)
    message = pool.message(author, pool.world.order(author, {0: -600_000, 2: 1}))
    pool.world.matcher = ours
    assert "matcher of order" in refusal(pool, message)


def with_order(pool: Pool, values: tuple[int, ...], **changes: Any) -> tuple[State, OrderMessage]:
    """A state in which that order is open, whether or not an owner could have placed it."""
    state = fresh_state_at(pool.world.ledger, pool.world.now)
    opening = Opening(values, 5)
    order = Order(
        id=77,
        commitment=opening.commit().point,
        epoch=state.pool.epoch,
        matcher=pool.matcher.keys.public,
    )
    state.put_account(state.account(0).model_copy(update={"order": order, **changes}))
    message = OrderMessage(
        ledger=pool.world.ledger.id, account=0, order=77, values=values, blinding=5
    )
    return state, message


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ((-1, 1, 1, 0), "cash and instruments, got collateral"),
        ((-1, -1, 1, 0), "cash and instruments, got collateral"),
        ((-1, 0, 0, 0), "an instrument at least"),
        ((-1, 0, 1 << 47, 1), "values within"),
        ((1 << 62, 0, 1, 0), "values within"),
        ((-1, 0, LIMIT, 0), "below 2³¹"),
        ((-LIMIT, 0, 1, 0), "below 2³¹"),
        ((LIMIT, 0, -1, 0), "below 2³¹"),
    ],
)
def test_an_order_that_no_fill_can_be_proven_of(
    pool: Pool, values: tuple[int, ...], reason: str
) -> None:
    """It is refused here and does not take the settlement down that it would have been in."""
    state, message = with_order(pool, values)
    with pytest.raises(OrderRefused, match=reason):
        admit(state, pool.matcher.keys.public, message)


def test_the_largest_order(pool: Pool) -> None:
    """Just below the bounds it counts, and its full price still fits."""
    state, message = with_order(pool, (-((LIMIT - 1) ** 2), 0, LIMIT - 1, 0))
    held = admit(state, pool.matcher.keys.public, message)
    assert held.lots == held.limit == LIMIT - 1
    assert -held.lots * LIMIT in pool.world.shape.widths[0]


def test_what_the_ledger_would_refuse(pool: Pool) -> None:
    """A frozen account, and an instrument that has expired, whose price everybody knows."""
    state, message = with_order(pool, (-1, 0, 1, 0), status="frozen")
    with pytest.raises(OrderRefused, match="on sale"):
        admit(state, pool.matcher.keys.public, message)
    state, message = with_order(pool, (-1, 0, 0, 1))
    admit(state, pool.matcher.keys.public, message)
    state.update_pool(settled=(None, 500))
    with pytest.raises(OrderRefused, match="instrument 1, expired"):
        admit(state, pool.matcher.keys.public, message)


def test_nothing_of_an_order_is_printed(pool: Pool) -> None:
    """An order that ends up in a log or a traceback shows its number only."""
    state, message = with_order(pool, (-123_456, 0, 789, 0))
    held = admit(state, pool.matcher.keys.public, message)
    for text in (repr(held), str(message), repr(pool.matcher.keys)):
        assert "123456" not in text
        assert "789" not in text


def test_rubbish_in_the_inbox(pool: Pool, tmp_path: Path) -> None:
    """Every kind of file is refused by itself, and the orders beside it count."""
    author = pool.world.authors[0]
    message = pool.message(author, pool.world.order(author, {0: -600_000, 2: 1}))
    public, draw = pool.matcher.keys.card.messages, pool.world.randomness
    true = encrypt_to(public, message.encode(), draw)
    data = message.encode()
    rubbish = {
        "empty": b"",
        "short": b"\x00" * 31,
        "bare key": bytes(32),
        "small order": bytes(64),
        "random": bytes(range(256)),
        "not encrypted": data,
        "changed": true[:-1] + bytes([true[-1] ^ 1]),
        "cut": true[:-1],
        "[bold]nothing": encrypt_to(public, b"", draw),
        "line\nbreak": encrypt_to(public, b"{}", draw),
        "not json": encrypt_to(public, b"\xff\xfe", draw),
        "deep": encrypt_to(public, b"[" * 50_000, draw),
        "other spelling": encrypt_to(public, data.replace(b":", b": ", 1), draw),
        "r past l": encrypt_to(
            public,
            data.replace(
                message.blinding.to_bytes(32, "little").hex().encode(),
                (message.blinding + SUBGROUP_ORDER).to_bytes(32, "little").hex().encode(),
            ),
            draw,
        ),
        "large": bytes(MAX_MESSAGE_BYTES + 1),
        "one field more": encrypt_to(public, data[:-1] + b',"' + b"x" * 9_999 + b'":0}', draw),
        "one field less": encrypt_to(public, data.replace(b'"order":', b'"odder":'), draw),
        "other matcher": encrypt_to(MatcherKeys.draw(draw).card.messages, data, draw),
    }
    for name, content in rubbish.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "\x1b[31mfolder\udcff").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "nowhere").symlink_to("gone")
    (tmp_path / ".being written").write_bytes(b"half")
    (tmp_path / "zz true").write_bytes(true)
    (tmp_path / "zz padded").write_bytes(encrypt_to(public, data + b"   ", draw))
    opened = open_messages(read_inbox(tmp_path), pool.matcher.keys.recipient)
    clearing = pool.matcher.clear(pool.world.ledger, opened, pool.world.now)
    assert len(clearing.intake.orders) == 1
    refused = {each.name for each in clearing.intake.refused}
    assert len(refused) == len(rubbish) + 4
    assert "zz padded" not in refused  # read first, so the other one came again
    for each in clearing.intake.refused:
        assert (each.name + each.reason).isprintable()
        assert len(each.reason) <= 300
        assert message.blinding.to_bytes(32, "little").hex() not in each.reason


def test_an_inbox_that_is_not_there(tmp_path: Path) -> None:
    """A mistyped folder is not an empty one."""
    with pytest.raises(MalformedFile, match="folder with messages"):
        read_inbox(tmp_path / "none")


@SOME
@given(st.one_of(st.binary(max_size=200), st.text(max_size=80).map(str.encode)))
def test_no_message_brings_the_matcher_down(data: bytes) -> None:
    """Whatever arrives, encrypted to us or not, becomes a refusal."""
    keys = MatcherKeys.draw()
    for message in (data, encrypt_to(keys.card.messages, data)):
        (opened,) = open_messages({"it": message}, keys.recipient).values()
        assert isinstance(opened, Refusal)
