"""`tacit wallet`: two owners trade on one file, and nothing that they type shows a secret."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.main import get_command

from development.files import read_offices
from ledger.ledger import Ledger
from ledger.wording import instant
from prover import sealed_file
from prover.wallet import WalletFile, WalletRecord
from tacit.__main__ import main
from tacit.wallet import access
from tacit.wallet.command import app
from tests.command import run_tacit
from tests.prover.wallet.purses import CHEAP
from zk.backends import select
from zk.errors import Conflict

PASSWORD = "a password for tests"
ALICE, BOB = ("alice.wallet", "demo.ledger"), ("bob.wallet", "demo.ledger")
HUGE = "99999999999999999999"
BOTH = ("--password-file", "x.password", "--new-password", "x.new")
DEAR = ("10", "BTC-PERP", "--price", HUGE, "--max-fee", "100")
TERMS = ("10", "BTC-PERP", "--price", "6000", "--max-fee", "100")
ORDER = ("--max-fee", "50", "--matcher", "pool.key.card.json", "--out", "inbox/alice")
NO_CARD = ("--max-fee", "50", "--matcher", "demo.ledger.offices.insecure.json", "--out", "x")


@dataclass
class Shell:
    """Runs the command in this process, in a folder, and keeps all that it printed."""

    folder: Path
    capture: Callable[[], tuple[str, str]]
    printed: list[str] = field(default_factory=list)

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Exit status, standard output, standard error."""
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.folder)
            patch.setattr(sys, "argv", ["tacit", *arguments])
            patch.setattr(sealed_file, "STANDARD", CHEAP)
            try:
                main()
                code = 0
            except SystemExit as end:
                code = int(end.code or 0)
        out, err = self.capture()
        self.printed += [out, err]
        return code, out, err

    def do(self, *arguments: str) -> str:
        """What a command that succeeds prints."""
        code, out, err = self.run(*arguments)
        assert code == 0, err
        return out

    def wallet(self, *arguments: str) -> str:
        return self.do("wallet", *arguments)

    def document(self, *arguments: str) -> Any:
        return json.loads(self.wallet(*arguments, "--json"))

    def refused(self, *arguments: str) -> str:
        """The one line of a command that fails."""
        code, _, err = self.run("wallet", *arguments)
        lines = [line for line in err.splitlines() if not line.startswith("backend:")]
        assert code == 1, err
        assert len(lines) == 1, err
        assert lines[0].startswith("error: ")
        return lines[0]

    @property
    def now(self) -> int:
        """The ledger's clock."""
        return int(json.loads(self.do("ledger", "show", "demo.ledger", "--json"))["time"])

    def reveal(self, account: int, time: int) -> None:
        """The guardians of a development ledger open an account."""
        path = self.folder / "demo.ledger"
        with Ledger.open(path, select()) as opened:
            reveal = read_offices(path).reveal(opened.state, account, opened.entry)
            opened.submit(reveal, time)

    def record(self, name: str) -> WalletRecord:
        return WalletFile(self.folder / f"{name}.wallet", PASSWORD, CHEAP).load()


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with a market, two funded wallets and a matcher; every process its own."""
    folder = tmp_path_factory.mktemp("wallets")
    (folder / "inbox").mkdir()
    for arguments in (
        ("ledger", "init", "demo.ledger"),
        ("market", "publish", "demo.ledger"),
        ("matcher", "new", "pool.key", "--insecure-plain"),
    ):
        result = run_tacit(*arguments, cwd=folder)
        assert result.returncode == 0, result.stderr
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TACIT_PASSWORD", PASSWORD)
        shell = Shell(folder, lambda: ("", ""))
        for name in (ALICE, BOB):
            shell.wallet("new", *name)
            shell.wallet("open", *name)
            shell.wallet("deposit", *name, "USD", "5000000")
        shell.wallet("show", *ALICE)
    return folder


@pytest.fixture
def shell(
    founded: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Shell:
    """A copy that a test may change."""
    monkeypatch.setenv("TACIT_PASSWORD", PASSWORD)
    folder = Path(shutil.copytree(founded, tmp_path / "work"))
    capsys.readouterr()

    def capture() -> tuple[str, str]:
        out, err = capsys.readouterr()
        return out, err

    return Shell(folder, capture)


def test_an_unlocked_wallet_asks_for_no_password(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until it is locked; another wallet asks as before, and a password that is given counts."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(shell.folder / "run"))
    shell.wallet("unlock", ALICE[0], "--minutes", "1")
    monkeypatch.delenv("TACIT_PASSWORD")
    monkeypatch.setattr(access, "ask_secret", untyped)
    shell.wallet("deposit", *ALICE, "USD", "7")
    assert shell.document("show", *ALICE)["account"] is not None
    assert "expected one to be typed" in shell.refused("show", *BOB)
    (shell.folder / "wrong").write_text("another\n")
    assert "password" in shell.refused("show", *ALICE, "--password-file", "wrong")
    shell.wallet("lock", ALICE[0])
    assert "expected one to be typed" in shell.refused("show", *ALICE)
    for path in shell.folder.rglob("*"):
        assert not path.is_file() or PASSWORD.encode() not in path.read_bytes()


def test_unlocking_takes_the_password(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is kept of a wallet whose password was wrong, or that is not there."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(shell.folder / "run"))
    monkeypatch.setenv("TACIT_PASSWORD", "another")
    assert "password" in shell.refused("unlock", ALICE[0])
    assert "no such file" in shell.refused("unlock", "nobody.wallet")
    assert not (shell.folder / "run").exists()


def test_an_order_finds_a_place_for_its_message(shell: Shell) -> None:
    """The folder is made; where it cannot be, no order is placed whose message nobody has."""
    (shell.folder / "file").write_text("in the way")
    terms = ("buy", "10", "BTC-PERP", "--price", "6000", *ORDER[:-1])
    assert "expected a folder" in shell.refused("order", *ALICE, *terms, "file/alice")
    shell.wallet("order", *ALICE, *terms, "new/inbox/alice")
    assert (shell.folder / "new/inbox/alice").is_file()


def untyped(what: str, *, confirm: bool = False) -> str:
    """Nobody sits there."""
    raise Conflict(what, expected="one to be typed", actual="none")


def traded(shell: Shell) -> None:
    """By files, as two people would."""
    shell.wallet("trade", "card", *BOB, "--out", "bob.card")
    shell.wallet("trade", "offer", *ALICE, "buy", *TERMS, "--to", "bob.card", "--out", "offer.json")
    shell.wallet("trade", "accept", *BOB, "offer.json", "sell", *TERMS, "--out", "answer.json")
    shell.wallet("trade", "finish", *ALICE, "answer.json")


def test_a_trade_by_files(shell: Shell) -> None:
    """Offer, look, accept, finish: both accounts have moved, with real proofs."""
    shell.wallet("trade", "card", *BOB, "--out", "bob.card")
    offer = ("trade", "offer", *ALICE, "buy", *TERMS, "--to", "bob.card", "--out", "offer.json")
    shell.wallet(*offer)
    read = shell.document("trade", "read", *BOB, "offer.json")
    assert read == {"maker": 0, "you_receive": {"USD": 60_000, "BTC-PERP": -10}}
    shell.wallet("trade", "accept", *BOB, "offer.json", "sell", *TERMS, "--out", "answer.json")
    settled = shell.document("trade", "finish", *ALICE, "answer.json")
    assert settled["what"] == "settle"
    holds = [shell.document("show", *name)["holds"] for name in (ALICE, BOB)]
    assert [each["BTC-PERP"] for each in holds] == [10, -10]
    assert [each["USD"] for each in holds] == [4_939_900, 5_059_900]
    trades = [shell.document("show", *name)["trades"] for name in (ALICE, BOB)]
    assert trades == [
        [{"with": 1, "role": "maker", "status": "settled"}],
        [{"with": 0, "role": "taker", "status": "settled"}],
    ]


def test_an_order_is_cleared_by_the_matcher(shell: Shell) -> None:
    """The message that the wallet writes is the one that a matcher reads; the fill is learnt."""
    placed = shell.document("order", *ALICE, "buy", "4", "BTC-PERP", "--price", "6100", *ORDER)
    sell = ("sell", "3", "0", "--price", "5900", *ORDER[:-1], "inbox/bob")
    shell.wallet("order", *BOB, *sell)
    (shell.folder / "inbox/alice").unlink()
    shell.wallet("message", *ALICE, "--matcher", "pool.key.card.json", "--out", "inbox/once-more")
    sizes = {path.stat().st_size for path in (shell.folder / "inbox").iterdir()}
    assert len(sizes) == 1  # the length of a message says nothing
    assert shell.document("show", *ALICE)["order"] == placed["order"]
    shell.do("matcher", "clear", "demo.ledger", "--key", "pool.key", "--inbox", "inbox")
    document = shell.document("show", *ALICE)
    assert (document["holds"]["BTC-PERP"], document["order"]) == (3, None)
    steps = [step["what"] for step in shell.document("history", *ALICE)]
    assert steps == ["open-account", "deposit", "place-order", "fill"]


def test_every_other_command(shell: Shell) -> None:
    """Each submits its transition; a restored wallet then shows the same."""
    traded(shell)
    shell.wallet("withdraw", *ALICE, "USD", "1000")
    shell.wallet("refresh", *ALICE)
    shell.wallet("deposit", *ALICE, "BTC", "100")
    shell.wallet("prove-margin", *ALICE)
    shell.wallet("prove-margin", *ALICE, "--escrowed")
    shell.wallet("claim", *ALICE, "--equity", "10000", "--label", "solvent")
    shell.wallet("claim", *ALICE, "--delta=-1:1", "--underlying", "BTC")
    shell.wallet("claim", *ALICE, "--position", "BTC-PERP=100")
    shell.wallet("order", *ALICE, "buy", "4", "BTC-PERP", "--price", "6100", *ORDER)
    shell.wallet("cancel", *ALICE)
    shown = shell.document("show", *ALICE)
    seed = shell.wallet("show", *ALICE, "--secrets", "seed")
    (shell.folder / "seed").write_text(seed)
    again = ("again.wallet", "demo.ledger")
    shell.wallet("restore", *again, "--seed-file", "seed")
    found = shell.document("show", *again)
    assert found | {"trades": shown["trades"]} == shown
    assert shell.document("history", *again) == shell.document("history", *ALICE)


def test_prove_flat_and_picture(shell: Shell) -> None:
    """An empty account owes no heartbeat; a picture is drawn, shown, or told as JSON."""
    shell.wallet("withdraw", *BOB, "USD", "1")
    assert shell.document("show", *BOB)["heartbeat"]["status"].startswith("in standing")
    shell.wallet("prove-flat", *BOB)
    assert shell.document("show", *BOB)["heartbeat"]["status"].startswith("exempt")
    shell.wallet("picture", *BOB, "--out", "bob.svg")
    assert (shell.folder / "bob.svg").read_text().startswith("<svg")
    assert "row by row" in shell.wallet("picture", *BOB)
    assert shell.document("picture", *BOB)["scenarios"] == []
    shell.wallet("deposit", *BOB, "BTC", "1000")
    assert len(shell.document("picture", *BOB)["scenarios"]) == 8
    assert re.search(r"│ equity +│ [0-9,]+\.[0-9]{2} USD ", shell.wallet("show", *BOB))
    assert "deposit" in shell.wallet("history", *BOB)


def test_a_withdrawal_waits_and_is_collected(shell: Shell) -> None:
    """Who has traded is paid when losers of the same market have shown; who has not, at once."""
    paid = shell.document("withdraw", *ALICE, "USD", "1000")
    assert paid["waiting"] is None
    traded(shell)
    now = shell.now
    line = shell.wallet("withdraw", *ALICE, "USD", "2000", "--time", str(now))
    expected = shell.document("show", *ALICE)["withdrawals"][0]["expected"]
    words = f"20.00 USD waits, not before {instant(expected)}; as things stand it is paid in full"
    assert words in line
    assert f"not before {instant(expected)}" in shell.wallet("show", *ALICE)
    assert "waits" in shell.refused("collect", *ALICE, "--time", str(now))
    for _ in range(2):
        now += 1_800
        shell.do("market", "publish", "demo.ledger", "--time", str(now))
    due = shell.document("show", *ALICE)["withdrawals"][0]["due"]
    assert due == now + 1_200
    assert f"due at {instant(due)}" in shell.refused("collect", *ALICE, "--time", str(due - 1))
    (one,) = shell.document("collect", *ALICE, "--time", str(due))
    assert (one["amount"], one["paid"]) == (2_000, 2_000)
    assert shell.document("show", *ALICE)["withdrawals"] == []


def test_a_cancelled_order_settles_first(shell: Shell) -> None:
    """One clear line says until when the account takes deposits only; then it is free again."""
    shell.wallet("order", *ALICE, "buy", "4", "BTC-PERP", "--price", "6100", *ORDER)
    line = shell.wallet("cancel", *ALICE)
    free = shell.now + 60
    assert f"until {instant(free)} it can still be filled" in line
    assert "taken back, and settling" in shell.wallet("show", *ALICE)
    refusal = shell.refused("refresh", *ALICE, "--time", str(free - 1))
    assert f"expected {instant(free)} or later: until then its order can be filled" in refusal
    shell.wallet("deposit", *ALICE, "USD", "1", "--time", str(free - 1))
    shell.wallet("refresh", *ALICE, "--time", str(free))


def test_a_default_by_commands(shell: Shell) -> None:
    """Bob sleeps through a rally: Alice takes a part of what is sold, and a deposit is the cure."""
    big = ("3500", "BTC-PERP", "--price", "6000", "--max-fee", "100")
    shell.wallet("trade", "card", *BOB, "--out", "bob.card")
    shell.wallet("trade", "offer", *ALICE, "buy", *big, "--to", "bob.card", "--out", "offer.json")
    shell.wallet("trade", "accept", *BOB, "offer.json", "sell", *big, "--out", "answer.json")
    shell.wallet("trade", "finish", *ALICE, "answer.json")
    shell.wallet("deposit", *ALICE, "USD", "50000000")
    now, spot = shell.now, 6_000_000
    for _ in range(3):
        now, spot = now + 1_800, spot * 104 // 100
        shell.do("market", "publish", "demo.ledger", "--spot", f"BTC={spot}", "--time", str(now))
        shell.wallet("prove-margin", *ALICE, "--time", str(now))
    sales = ("sales", "demo.ledger", "--time", str(now + 120))
    assert shell.document(*sales)["overdue"] == [1]
    assert "overdue, since a market of" in shell.wallet("show", *BOB)
    shell.reveal(1, now)
    (lot,) = shell.document(*sales)["on_sale"]
    assert (lot["account"], lot["kind"], lot["elapsed"]) == (1, "slice", 120)
    assert lot["discount"] == lot["worth"] - lot["price"] > 0
    assert f"{lot['parts']}/64: {lot['values'][2]:+,}" in shell.wallet(*sales)
    take = ("take-over", *ALICE, "1", "--time", str(now + 120))
    part = ("--part", "2", "--max-price", "-1")
    assert "price of the sale" in shell.refused(*take, "--part", "2", "--max-price", "-99999999")
    shell.wallet(*take, *part)
    assert shell.document("show", *ALICE)["holds"]["BTC-PERP"] == 3_500 - 2 * 3_500 // 64
    assert shell.document("show", *BOB)["holds"]["BTC-PERP"] == -3_500 + 2 * 3_500 // 64
    deposit = ("deposit", *BOB, "USD")
    assert "still on sale" in shell.wallet(*deposit, "1", "--time", str(now + 121))
    assert "the sale is over" in shell.wallet(*deposit, "5000000", "--time", str(now + 121))
    assert shell.document("show", *BOB)["status"] == "revealed"


def test_no_command_shows_a_secret(shell: Shell) -> None:
    """Neither on the terminal nor in a file that others see, except when asked for by name."""
    traded(shell)
    shell.wallet("order", *ALICE, "buy", "4", "BTC-PERP", "--price", "6100", *ORDER)
    for command in ("show", "history", "picture"):
        shell.wallet(command, *ALICE)
        shell.document(command, *ALICE)
    shell.wallet("picture", *ALICE, "--out", "alice.svg")
    shell.refused("withdraw", *ALICE, "USD", "999999999")
    shell.refused("redeem", *ALICE, "0")
    record = shell.record("alice")
    keys, opening, order = record.keys, record.opening, record.order
    assert opening is not None
    assert order is not None
    assert order.held is not None
    secret = [keys.seed, keys.author_seed, keys.signer.seed, keys.recipient.secret]
    words = [each.hex() for each in secret] + [PASSWORD]
    held = [order.held, *(step.held for step in record.history)]
    held += [trade.delta for trade in record.trades]
    for each in held:
        words += [str(each.blinding), each.blinding.to_bytes(32, "little").hex()]
    printed = "\n".join(shell.printed)
    for path in shell.folder.rglob("*"):
        if path.is_file() and path.name != "demo.ledger.offices.insecure.json":
            printed += path.read_bytes().decode(errors="replace")
    assert not [word for word in words if word in printed]
    assert shell.wallet("show", *ALICE, "--secrets", "seed").strip() == keys.seed.hex()
    shown = json.loads(shell.wallet("show", *ALICE, "--secrets", "opening"))
    assert shown == {"values": list(opening.values), "blinding": str(opening.blinding)}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("new", *ALICE), "no file yet"),
        (("open", *ALICE), "a key that owns no account"),
        (("show", "none.wallet", "demo.ledger"), "none.wallet: expected a file, got no such file"),
        (("show", "alice.wallet", "none.ledger"), "none.ledger"),
        (("show", "demo.ledger", "demo.ledger"), "sealed file"),
        (("deposit", *ALICE, "EUR", "5"), "one of USD, BTC, or its number"),
        (("withdraw", *ALICE, "USD", "999999999"), "total"),
        (("cancel", *ALICE), "an open order"),
        (("redeem", *ALICE, "1"), "some to redeem"),
        (("redeem", *ALICE, "1", "--lots", "1"), "one that has expired"),
        (("redeem", *ALICE, "7"), "BTC-PERP"),
        (("claim", *ALICE), "one of --equity, --delta, --position"),
        (("claim", *ALICE, "--equity", "99999999"), "rows"),
        (("claim", *ALICE, "--equity", "99999999"), "999,999.99 USD or more at the mark"),
        (("claim", *ALICE, "--delta", "1:2"), "a delta of BTC between 1 and 2 coins, got 0"),
        (("withdraw", *ALICE, "USD", "9999999"), "49,999.99 USD too little"),
        (("collect", *ALICE), "one that has waited long enough, got none"),
        (("take-over", *ALICE, "1", "--max-price", "1"), "an account on sale"),
        (("take-over", *ALICE, "fund", "--max-price", "1"), "something that it had to take"),
        (("absorb", "demo.ledger", "1"), "an account on sale"),
        (("claim", *ALICE, "--delta", "x"), "LOW:HIGH"),
        (("claim", *ALICE, "--position", "BTC-PERP"), "SLOT=LOTS"),
        (("claim", *ALICE, "--position", "0=" + "9" * 5000), "limit of 0"),
        (("claim", *ALICE, "--position", "0=1", "--position", "BTC-PERP=2"), "each slot once"),
        (("claim", *ALICE, "--delta=-1:1", "--underlying", "DOGE"), "BTC"),
        (("claim", *ALICE, "--delta", "nan:1"), "LOW:HIGH"),
        (("claim", *ALICE, "--equity", "1", "--underlying", "BTC"), "--delta as well"),
        (("claim", *ALICE, "--equity", "1", "--delta=-1:1"), "--equity and --delta"),
        (("claim", *ALICE, "--equity", "1", "--label", "a\nb"), "label"),
        (("claim", *ALICE, "--equity", HUGE * 20), "constants"),
        (("deposit", *ALICE, "USD", HUGE), "amount"),
        (("deposit", *ALICE, "9" * 5000, "1"), "asset"),
        (("deposit", *ALICE, "USD", "1", "--time", HUGE), "time"),
        (("withdraw", *ALICE, "USD", "1", "--least", HUGE), "least"),
        (("take-over", *ALICE, HUGE, "--max-price", "1"), "account"),
        (("order", *ALICE, "buy", HUGE, "0", "--price", "1", *ORDER), "lots and cash"),
        (("order", *ALICE, "buy", "4", "0", "--price", HUGE, *ORDER), "lots and cash"),
        (("trade", "offer", *ALICE, "buy", *DEAR, "--to", "bob.card", "--out", "x"), "lots and"),
        (("new", "x", "demo.ledger", *BOTH), "both"),
        (("order", *ALICE, "buy", "4", "0", "--price", "1", "--max-fee", "49", *ORDER[2:]), "fee"),
        (("order", *ALICE, "buy", "4", "0", "--price", "1", *NO_CARD), "a matcher's card"),
        (("message", *ALICE, "--matcher", "pool.key.card.json", "--out", "x"), "an order"),
        (("trade", "offer", *ALICE, "buy", *TERMS, "--to", "pool.key", "--out", "x"), "card"),
        (("trade", "read", *ALICE, "pool.key"), "envelope"),
        (("restore", "x.wallet", "demo.ledger", "--seed-file", "pool.key"), "64 hexadecimal"),
        (("show", *ALICE, "--password-file", "bob.password"), "bob.password"),
    ],
)
def test_refusals_are_one_line(shell: Shell, arguments: tuple[str, ...], words: str) -> None:
    """Exit 1, one line that says what was expected, and the wallet as it was."""
    shell.wallet("trade", "card", *BOB, "--out", "bob.card")
    before = shell.record("alice")
    assert words in shell.refused(*arguments)
    assert shell.record("alice") == before
    assert not (shell.folder / "x").exists()


def test_a_wrong_password(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the environment, from a file, or typed: one line."""
    monkeypatch.setenv("TACIT_PASSWORD", "another")
    assert "password" in shell.refused("show", *ALICE)
    (shell.folder / "right").write_text(PASSWORD + "\nsecond line\n")
    shell.wallet("show", *ALICE, "--password-file", "right")
    (shell.folder / "empty").write_text("")
    assert "first line" in shell.refused("show", *ALICE, "--password-file", "empty")
    monkeypatch.delenv("TACIT_PASSWORD")

    def nobody(*_: object, **__: object) -> None:
        raise typer.Abort

    monkeypatch.setattr(typer, "prompt", nobody)
    assert "one to be typed" in shell.refused("show", *ALICE)


def test_a_password_can_be_drawn(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """For use without a person; the file is its owner's alone, and is never replaced."""
    monkeypatch.delenv("TACIT_PASSWORD")
    shell.wallet("new", "c.wallet", "demo.ledger", "--new-password", "c.password")
    drawn = shell.folder / "c.password"
    assert drawn.stat().st_mode & 0o077 == 0
    shown = shell.document("show", "c.wallet", "demo.ledger", "--password-file", "c.password")
    assert shown["account"] is None
    shell.refused("new", "d.wallet", "demo.ledger", "--new-password", "c.password")


def test_terms_that_are_worse_are_not_accepted(shell: Shell) -> None:
    """The taker's line on the command decides, not the offer."""
    shell.wallet("trade", "card", *BOB, "--out", "bob.card")
    shell.wallet("trade", "offer", *ALICE, "buy", *TERMS, "--to", "bob.card", "--out", "offer.json")
    dearer = ("sell", "10", "BTC-PERP", "--price", "6001", "--max-fee", "100", "--out", "x")
    line = shell.refused("trade", "accept", *BOB, "offer.json", *dearer)
    assert "cash: expected 60,010 or more, got 60,000" in line
    assert not (shell.folder / "x").exists()


def commands() -> list[tuple[str, ...]]:
    """Every command under `tacit wallet`."""
    found: list[tuple[str, ...]] = []
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        found += [(name,)] if inner is None else [(name, each) for each in inner]
    return found


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_help_has_an_example(shell: Shell, command: tuple[str, ...]) -> None:
    """Every command shows how it is used."""
    out = shell.wallet(*command, "--help")
    assert f"Example: tacit wallet {' '.join(command)} " in " ".join(out.split())


def test_all_the_commands_are_there() -> None:
    """The list of the design, and what a trade by files needs."""
    names = "new show open deposit withdraw order message cancel prove-margin prove-flat claim "
    names += "refresh redeem collect take-over absorb sales history restore picture unlock lock"
    trade = [("trade", each) for each in ("card", "offer", "read", "accept", "finish")]
    assert set(commands()) == {*((name,) for name in names.split()), *trade}
