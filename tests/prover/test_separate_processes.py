"""Two wallets, a matcher and a ledger, each step in a process of its own, killed at any moment.

Whoever is killed starts again. At the end the trade is settled, or it never was; each wallet finds
out which from the log, and an audit finds nothing amiss.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from ledger.storage import SqliteStore
from tests.command import run_tacit
from zk.backends import Backend

CASH = 5_000_000
LOTS = 10
Result = subprocess.CompletedProcess[str]


def tacit(folder: Path, *arguments: str) -> Result:
    return run_tacit(*arguments, cwd=folder)


def succeed(folder: Path, *arguments: str) -> Result:
    result = tacit(folder, *arguments)
    assert result.returncode == 0, result.stderr
    return result


@pytest.fixture(scope="module")
def pool(native: Backend, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with two funded wallets, and a matcher."""
    folder = tmp_path_factory.mktemp("pool")
    (folder / "pw").write_text("password\n")
    (folder / "inbox").mkdir()
    succeed(folder, "ledger", "init", "a.ledger")
    succeed(folder, "market", "publish", "a.ledger")
    succeed(folder, "matcher", "new", "pool.key", "--insecure-plain")
    for name in ("one", "two"):
        inside = (f"{name}.wallet", "a.ledger")
        succeed(folder, "wallet", "new", *inside, "--password-file", "pw")
        succeed(folder, "wallet", "open", *inside, "--password-file", "pw")
        succeed(folder, "wallet", "deposit", *inside, "USD", str(CASH), "--password-file", "pw")
    return folder


def ordering(name: str, side: str, price: str) -> tuple[str, ...]:
    return (
        *("wallet", "order", f"{name}.wallet", "a.ledger", side, str(LOTS), "BTC-PERP"),
        *("--price", price, "--max-fee", "50", "--matcher", "pool.key.card.json"),
        *("--out", f"inbox/{name}", "--password-file", "pw"),
    )


def killed(folder: Path, seconds: float, *arguments: str) -> bool:
    """Starts the step and kills it after so long; True where it had not ended by itself."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tacit", *arguments],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True
    return False


def place(folder: Path, name: str, side: str, price: str) -> Result:
    """Places the order, or, where that had happened already, writes its message again."""
    again = tacit(folder, *ordering(name, side, price))
    if again.returncode == 0:
        return again
    assert "order" in again.stderr
    inside = (f"{name}.wallet", "a.ledger", "--matcher", "pool.key.card.json")
    return succeed(
        folder, "wallet", "message", *inside, "--out", f"inbox/{name}", "--password-file", "pw"
    )


def clear(folder: Path) -> Result:
    inside = ("a.ledger", "--key", "pool.key", "--inbox", "inbox", "--json")
    return succeed(folder, "matcher", "clear", *inside)


def held(folder: Path, name: str) -> int:
    """The lots that a wallet finds it has."""
    shown = succeed(
        folder, "wallet", "show", f"{name}.wallet", "a.ledger", "--json", "--password-file", "pw"
    )
    return int(json.loads(shown.stdout)["holds"]["BTC-PERP"])


def test_killing_anyone_at_any_step_leaves_nobody_worse_off(pool: Path) -> None:
    """Each step is killed at random moments, then run to its end."""
    moments = random.Random(7)
    orders = {"one": ("buy", "6010"), "two": ("sell", "5990")}
    steps: list[tuple[tuple[str, ...], Callable[[], Result]]] = [
        (ordering(name, *terms), partial(place, pool, name, *terms))
        for name, terms in orders.items()
    ]
    inside = ("a.ledger", "--key", "pool.key", "--inbox", "inbox")
    steps.append((("matcher", "clear", *inside), partial(clear, pool)))
    kills = 0
    for arguments, finish in steps:
        for _ in range(4):
            kills += killed(pool, moments.uniform(0.3, 2.5), *arguments)
            SqliteStore.open(pool / "a.ledger", read_only=True).check()
        finish()
    assert kills >= 4
    assert (held(pool, "one"), held(pool, "two")) == (LOTS, -LOTS)
    kinds = [
        json.loads(entry.transition)["kind"]
        for entry in SqliteStore.open(pool / "a.ledger", read_only=True).entries()
    ]
    assert kinds.count("settle") == 1
    assert tacit(pool, "audit", "a.ledger").returncode == 0
