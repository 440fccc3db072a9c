"""`tacit matcher` in a process of its own: no owner is there, and no wallet is read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from circuits.shape import SHAPES
from development.files import read_offices
from ledger.ledger import Ledger
from ledger.transitions import Settle, decode_transition
from prover.author import Author
from prover.keys import KeyFiles, cache_folder
from prover.matcher.fills import fill_of_order
from prover.messages import MatcherCard, OrderMessage, encrypt_to
from tests.command import assert_one_line_refusal, run_tacit
from zk.backends import Backend
from zk.field import SUBGROUP_ORDER
from zk.pedersen import Opening
from zk.randomness import insecure_seeded_randomness
from zk.signatures import SigningKey

draw = insecure_seeded_randomness(b"owners of the command's tests")


def run(folder: Path, *arguments: str) -> Any:
    """The JSON that the command prints; it must succeed."""
    result = run_tacit("matcher", *arguments, "--json", cwd=folder)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def start(folder: Path) -> None:
    """A development ledger with a market, and a matcher."""
    for line in (
        ("ledger", "init", "demo.ledger", "--shape", "tiny"),
        ("market", "publish", "demo.ledger"),
        ("matcher", "new", "pool.key", "--insecure-plain"),
    ):
        result = run_tacit(*line, cwd=folder)
        assert result.returncode == 0, result.stderr
    (folder / "inbox").mkdir()


class Owner:
    """Somebody who orders from this process, and is gone before the matcher starts."""

    def __init__(self, folder: Path, backend: Backend, values: dict[int, int]) -> None:
        ledger = Ledger.open(folder / "demo.ledger", backend)
        provers = KeyFiles(cache_folder(), backend).insecure_development(SHAPES["tiny"])
        card = MatcherCard.decode((folder / "pool.key.card.json").read_bytes())
        author = Author(SigningKey.draw(draw), bytes(32), provers, draw)
        custodian, time = read_offices(folder / "demo.ledger").custodian, ledger.head.time
        self.author, self.account = author, ledger.state.pool.accounts
        opened = author.open_account(ledger.state)
        ledger.submit(opened.transition, time)
        author.account, author.opening = self.account, opened.opening
        deposited = author.deposit(ledger.state, 0, 100_000_000, custodian)
        ledger.submit(deposited.transition, time)
        author.opening = deposited.opening
        self.order: Opening = Opening(ledger.state.shape.vector(values), draw(SUBGROUP_ORDER))
        placed = author.place_order(ledger.state, self.order, card.matcher)
        self.number = ledger.submit(placed.transition, time).number
        author.opening = placed.opening
        message = OrderMessage(
            ledger=ledger.id,
            account=self.account,
            order=self.number,
            values=self.order.values,
            blinding=self.order.blinding,
        )
        path = folder / "inbox" / f"{self.number}.message"
        path.write_bytes(encrypt_to(card.messages, message.encode(), draw))


def test_a_clearing_in_a_process_of_its_own(tmp_path: Path, native: Backend) -> None:
    """Owners order and leave, rubbish lies beside, the matcher settles; the owners come back."""
    start(tmp_path)
    owners = [
        Owner(tmp_path, native, {0: -4 * 6_001_00, 2: 4}),
        Owner(tmp_path, native, {0: 9 * 5_999_00, 2: -9}),
    ]
    (tmp_path / "inbox" / "rubbish").write_bytes(os.urandom(500))
    public = run(tmp_path, "book", "demo.ledger")["open_orders"]
    assert [each["order"] for each in public] == [owner.number for owner in owners]
    inside = ("demo.ledger", "--key", "pool.key", "--inbox", "inbox")
    seen = run(tmp_path, "book", *inside)
    assert [(book["price"], book["volume"]) for book in seen["books"]] == [(5_999_00, 4)]
    done = run(tmp_path, "clear", *inside)
    (settled,) = done["settled"]
    assert [(f["account"], f["lots"], f["whole"]) for f in settled["fills"]] == [
        (owners[0].account, 4, 4),
        (owners[1].account, -4, -9),
    ]
    assert [each["message"] for each in done["refused"]] == ["rubbish"]
    assert run(tmp_path, "clear", *inside)["settled"] == []
    come_back(tmp_path, native, owners)


def test_a_clearing_that_is_killed(tmp_path: Path, native: Backend) -> None:
    """SIGKILL at some moment, then a second run: the orders are filled exactly once."""
    start(tmp_path)
    owners = [
        Owner(tmp_path, native, {0: -4 * 6_001_00, 2: 4}),
        Owner(tmp_path, native, {0: 9 * 5_999_00, 2: -9}),
    ]
    inside = ("clear", "demo.ledger", "--key", "pool.key", "--inbox", "inbox")
    command = [sys.executable, "-m", "tacit", "matcher", *inside]
    nowhere = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=tmp_path, stdout=nowhere, stderr=nowhere) as process:
        with suppress(subprocess.TimeoutExpired):
            process.wait(2)
        process.kill()
    run(tmp_path, *inside)
    come_back(tmp_path, native, owners)


def come_back(folder: Path, backend: Backend, owners: list[Owner]) -> None:
    """The log has one settlement, and each owner reads in it what the account has become."""
    ledger = Ledger.open(folder / "demo.ledger", backend)
    entries = [decode_transition(entry.transition) for entry in ledger.entries(1)]
    (settlement,) = (entry for entry in entries if isinstance(entry, Settle))
    for owner in owners:
        fill = fill_of_order(
            SHAPES["tiny"], ledger.id, settlement, owner.account, owner.number, owner.order.blinding
        )
        assert fill is not None
        after = owner.author.known + fill
        assert after.commit().point == ledger.state.account(owner.account).commitment


def test_new_seals_its_keys(tmp_path: Path) -> None:
    """Under the password of a file; a second `new` does not touch them."""
    (tmp_path / "password").write_text("correct horse\n")
    result = run(tmp_path, "new", "pool.key", "--password-file", "password")
    assert b"insecure" not in (tmp_path / "pool.key").read_bytes()
    card = MatcherCard.decode((tmp_path / "pool.key.card.json").read_bytes())
    assert result["matcher"] == card.matcher.hex()
    again = run_tacit("matcher", "new", "pool.key", "--password-file", "password", cwd=tmp_path)
    assert_one_line_refusal(again, "a new file")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("new", "pool.key"), "--password-file"),
        (("new", "none/pool.key", "--insecure-plain"), "a place to write to"),
        (("new", "pool.key", "--insecure-plain", "--password-file", "pw"), "both"),
        (("book", "none.ledger"), "none.ledger"),
        (("book", "none.ledger", "--key", "pool.key"), "--key and --inbox"),
        (("book", "none.ledger", "--time", "1"), "--key and --inbox"),
        (("clear", "none.ledger", "--key", "none.key", "--inbox", "."), "none.key"),
    ],
)
def test_refusals_are_one_line(tmp_path: Path, arguments: tuple[str, ...], word: str) -> None:
    """Exit 1, and what was expected."""
    assert_one_line_refusal(run_tacit("matcher", *arguments, cwd=tmp_path), word)
