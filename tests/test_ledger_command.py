"""`tacit ledger` and `tacit market`: a ledger founded, fed, looked at, and refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from development.genesis import development_genesis, endowed
from development.offices import InsecureOffices
from ledger.genesis import Genesis
from ledger.market.presets import preset
from ledger.storage import MemoryStore, SqliteStore
from tests.command import assert_one_line_refusal, run_tacit

START = "1767225600"
#: One second more than any record can hold.
BEYOND = str(1 << 53)
HUGE = "99999999999999999999"
FOUND = ("ledger", "init", "c.ledger")
PUBLISH = ("market", "publish", "a.ledger")


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a development ledger and one market."""
    folder = tmp_path_factory.mktemp("ledger")
    for arguments in (
        ("ledger", "init", "a.ledger", "--shape", "tiny", "--seed", "1", "--time", START),
        ("market", "publish", "a.ledger", "--time", START, "--spot", "BTC=6000000"),
    ):
        result = run_tacit(*arguments, cwd=folder)
        assert result.returncode == 0, result.stderr
    return folder


@pytest.fixture
def folder(founded: Path, tmp_path: Path) -> Path:
    """A copy that a test may damage."""
    return Path(shutil.copytree(founded, tmp_path / "work"))


def test_show_says_what_everybody_sees(folder: Path) -> None:
    """The state as JSON, and the same facts as a table."""
    shown = run_tacit("ledger", "show", "a.ledger", "--json", cwd=folder)
    document = json.loads(shown.stdout)
    assert document["mode"] == "development"
    assert (document["entries"], document["epoch"], document["accounts"]) == (2, 1, [])
    assert document["ledger"] in run_tacit("ledger", "show", "a.ledger", cwd=folder).stdout


def test_the_market_that_is_shown_is_the_one_published(folder: Path) -> None:
    """Prices as they were given, the rows of the coin, and the mark."""
    market = json.loads(run_tacit("market", "show", "a.ledger", "--json", cwd=folder).stdout)
    assert market["observation"]["spots"] == [6_000_000]
    assert len(market["table"]["moves"][0]) == 8
    table = run_tacit("market", "show", "a.ledger", cwd=folder).stdout
    assert "BTC-PERP" in table
    assert "mark" in table


def test_the_log_is_listed(folder: Path) -> None:
    """Every entry with its kind and hash."""
    rows = json.loads(run_tacit("ledger", "log", "a.ledger", "--json", cwd=folder).stdout)
    assert [row["what"] for row in rows] == ["genesis", "update-market"]
    only = run_tacit("ledger", "log", "a.ledger", "--from", "1", "--json", cwd=folder)
    assert [row["entry"] for row in json.loads(only.stdout)] == [1]


def test_inclusion_is_proven_and_checked(folder: Path) -> None:
    """A record's proof holds under the root that `show` says, and under no other."""
    root = json.loads(run_tacit("ledger", "show", "a.ledger", "--json", cwd=folder).stdout)["root"]
    proof = run_tacit("ledger", "prove-inclusion", "a.ledger", "pool", cwd=folder)
    (folder / "pool.json").write_text(proof.stdout)
    held = run_tacit("ledger", "check-inclusion", "pool.json", root, cwd=folder)
    assert held.returncode == 0, held.stderr
    assert held.stdout.startswith("pool is in the state")
    other = "00" * 32
    assert_one_line_refusal(
        run_tacit("ledger", "check-inclusion", "pool.json", other, cwd=folder), "pool"
    )
    assert_one_line_refusal(
        run_tacit("ledger", "prove-inclusion", "a.ledger", "account/9", cwd=folder), "account/9"
    )


def test_a_deleted_record_is_said_to_be(folder: Path) -> None:
    """The proof of a tombstone shows that there was a record, and that it is gone."""
    store = MemoryStore()
    with store.writing() as writer:
        writer.append(0, b"", {"withdrawal/0": b"x", "pool": b"y"})
        root = writer.append(0, b"", {"withdrawal/0": None}).root.hex()
    (folder / "gone.json").write_bytes(store.prove("withdrawal/0").encode())
    said = run_tacit("ledger", "check-inclusion", "gone.json", root, cwd=folder)
    assert said.stdout == "withdrawal/0 was deleted from the state\n"


def test_the_same_seed_gives_the_same_ledger(folder: Path) -> None:
    """Keys, offices and genesis follow from shape, seed and time."""
    arguments = ("--shape", "tiny", "--seed", "1", "--time", START)
    run_tacit("ledger", "init", "b.ledger", *arguments, cwd=folder)
    first, second = (
        SqliteStore.open(folder / name, read_only=True).entry(0)
        for name in ("a.ledger", "b.ledger")
    )
    assert first == second


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("ledger", "show", "none.ledger"), ("none.ledger",)),
        (("ledger", "show", "text"), ("text",)),
        (("ledger", "check", "text"), ("text",)),
        (("ledger", "init", "a.ledger"), ("a.ledger",)),
        ((*FOUND, "--shape", "huge"), ("tiny", "huge")),
        ((*FOUND, "--genesis", "text"), ("document",)),
        ((*FOUND, "--time", "-1"), ("time", "-1")),
        ((*FOUND, "--time", BEYOND), ("less than",)),
        ((*FOUND, "--time", HUGE), ("less than",)),
        ((*FOUND, "--name", ""), ("name", "at least 1 character")),
        ((*FOUND, "--name", "\x1b[31m\n"), ("name", r"\x1b[31m\n")),
        ((*FOUND, "--name", "x" * 100), ("name", "at most 80 characters")),
        ((*FOUND, "--seed", ""), ("seed",)),
        ((*PUBLISH, "--spot", "DOGE=1"), ("BTC", "DOGE")),
        ((*PUBLISH, "--spot", "BTC=cheap"), ("BTC", "cheap")),
        ((*PUBLISH, "--spot", "BTC=nan"), ("BTC", "nan")),
        ((*PUBLISH, "--spot", "BTC=1e999"), ("BTC", "1e999")),
        ((*PUBLISH, "--spot", "BTC=1", "--spot", "BTC=2"), ("one number", "BTC=1, BTC=2")),
        ((*PUBLISH, "--time", "1"), ("time",)),
        ((*PUBLISH, "--time", BEYOND), ("time", BEYOND)),
        ((*PUBLISH, "--time", HUGE), ("time", HUGE)),
        (("wallet", "sales", "a.ledger", "--time", HUGE), ("time", HUGE)),
        (("market", "publish", "text"), ("text",)),
    ],
)
def test_refusals_are_one_line(
    folder: Path, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    """Missing and foreign files, unknown names, prices and times that are none."""
    (folder / "text").write_text("not a ledger\n")
    before = (folder / "a.ledger").read_bytes()
    assert_one_line_refusal(run_tacit(*arguments, cwd=folder), *words)
    assert (folder / "a.ledger").read_bytes() == before
    assert not (folder / "c.ledger").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--pin", "claim=" + "00" * 32), ("pin", "--genesis")),
        (("--genesis", "genesis.json", "--shape", "tiny"), ("--genesis", "--shape")),
        (("--genesis", "genesis.json", "--name", "a", "--seed", "1"), ("--name, --seed",)),
        (("--genesis", "genesis.json", "--time", START), ("--genesis", "--time")),
        (("--genesis", "genesis.json", "--pin", "claim"), ("pin", "'claim'")),
        (("--genesis", "genesis.json", "--pin", "claims=" + "00" * 32), ("pin", "claims")),
        (("--genesis", "genesis.json", "--pin", "claim=00"), ("pin", "64 hexadecimal digits")),
        (("--genesis", "genesis.json", *["--pin", "fill=" + "00" * 32] * 2), ("fill twice",)),
    ],
)
def test_founding_options_that_do_not_belong_together(
    folder: Path, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    """None is ignored: a founder who pins a key believes that it was compared."""
    genesis = SqliteStore.open(folder / "a.ledger", read_only=True).entry(0).transition
    (folder / "genesis.json").write_bytes(genesis)
    assert_one_line_refusal(run_tacit(*FOUND, *arguments, cwd=folder), *words)
    assert not (folder / "c.ledger").exists()


def test_a_log_is_listed_from_an_entry_on(folder: Path) -> None:
    """None before the first; none after the last, however far that is."""
    before = run_tacit("ledger", "log", "a.ledger", "--from", "-5", cwd=folder)
    assert before.returncode == 2
    assert "Traceback" not in before.stderr
    after = run_tacit("ledger", "log", "a.ledger", "--from", HUGE, "--json", cwd=folder)
    assert json.loads(after.stdout) == []


def test_a_root_is_64_digits(folder: Path) -> None:
    """No more, no fewer, and nothing between them."""
    proof = run_tacit("ledger", "prove-inclusion", "a.ledger", "pool", cwd=folder)
    (folder / "pool.json").write_text(proof.stdout)
    for root in ("", "00" * 31, "zz" * 32, " ".join(["00"] * 32)):
        refusal = run_tacit("ledger", "check-inclusion", "pool.json", root, cwd=folder)
        assert_one_line_refusal(refusal, "root", "64 hexadecimal digits")


def test_a_market_past_its_bound_is_locked(folder: Path) -> None:
    """Half the price in one epoch: the market moves as far as it may, and everybody is told."""
    later = str(int(START) + 1_800)
    publish = ("market", "publish", "a.ledger", "--time", later, "--spot", "BTC=3000000")
    document = json.loads(run_tacit(*publish, "--json", cwd=folder).stdout)
    assert (document["locked"], document["governors"]) == (["BTC"], True)
    assert "locked" in run_tacit("ledger", "show", "a.ledger", cwd=folder).stdout
    refusal = run_tacit(*publish, cwd=folder)
    assert_one_line_refusal(refusal, "time of the entry", str(int(later) + 1_800))


def test_a_market_after_a_long_silence(folder: Path) -> None:
    """The development ledger's governors sign too; without a time it is now, and that is said."""
    later = str(int(START) + 3 * 86_400)
    publish = ("market", "publish", "a.ledger", "--json")
    numbers = ("--spot", "BTC=6100000", "--basis", "BTC=0.04", "--funding", "BTC=100")
    done = run_tacit(*publish, "--time", later, *numbers, cwd=folder)
    assert json.loads(done.stdout)["governors"] is True
    assert "clock" not in done.stderr
    shown = json.loads(run_tacit("market", "show", "a.ledger", "--json", cwd=folder).stdout)
    assert shown["observation"]["funding"] == [100_000_000]
    now = run_tacit(*publish, cwd=folder)
    assert now.returncode == 0, now.stderr
    assert "s behind this machine's" in now.stderr


def test_the_fund_is_endowed(folder: Path) -> None:
    """By the custodian that a development ledger has beside it."""
    done = run_tacit("ledger", "endow", "a.ledger", "5000", "--time", START, cwd=folder)
    assert "fund 50.00 USD" in done.stdout
    shown = json.loads(run_tacit("ledger", "show", "a.ledger", "--json", cwd=folder).stdout)
    assert (shown["fund"], shown["totals"], shown["queued"]) == (5_000, [5_000, 0], [0, 0])


def test_people_read_dollars_and_dates_and_machines_cents_and_seconds(folder: Path) -> None:
    """The same amount, price and time in a table and as JSON."""
    run_tacit("ledger", "endow", "a.ledger", "123456", "--time", START, cwd=folder)
    shown = run_tacit("ledger", "show", "a.ledger", cwd=folder).stdout
    assert "1,234.56 USD" in shown
    assert "2026-01-01 00:00:00 UTC" in shown
    document = json.loads(run_tacit("ledger", "show", "a.ledger", "--json", cwd=folder).stdout)
    assert (document["fund"], document["time"]) == (123_456, int(START))
    assert "2026-01-01 00:00:00" in run_tacit("ledger", "log", "a.ledger", cwd=folder).stdout
    rows = json.loads(run_tacit("ledger", "log", "a.ledger", "--json", cwd=folder).stdout)
    assert {row["time"] for row in rows} == {int(START)}
    assert "60,000.00" in run_tacit("market", "show", "a.ledger", cwd=folder).stdout


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("--vol=BTC=0.1234567891", ("BTC", "at most 6 digits after the point", "0.1234567891")),
        ("--vol=BTC=1000.5", ("BTC", "at most 100", "BTC=1000.5")),
        ("--basis=BTC=-3.000001", ("BTC", "at least -1", "BTC=-3.000001")),
        ("--spot=BTC=6000000.4", ("BTC", "a whole number", "6000000.4")),
    ],
)
def test_a_number_is_told_as_it_was_typed(folder: Path, typed: str, words: tuple[str, ...]) -> None:
    """None is rounded in silence, and none comes back in the ledger's own units."""
    assert_one_line_refusal(run_tacit(*PUBLISH, typed, cwd=folder), *words)


def test_checks_are_data_too(folder: Path) -> None:
    """What `check` and `check-inclusion` found, as JSON."""
    checked = run_tacit("ledger", "check", "a.ledger", "--json", cwd=folder)
    assert json.loads(checked.stdout)["entries"] == 2
    root = json.loads(run_tacit("ledger", "show", "a.ledger", "--json", cwd=folder).stdout)["root"]
    proof = run_tacit("ledger", "prove-inclusion", "a.ledger", "pool", cwd=folder)
    (folder / "pool.json").write_text(proof.stdout)
    held = run_tacit("ledger", "check-inclusion", "pool.json", root, "--json", cwd=folder)
    assert json.loads(held.stdout)["key"] == "pool"


def test_a_production_ledger_wants_pinned_ceremony_keys(folder: Path) -> None:
    """Development keys are refused even where their digests are pinned."""
    genesis = Genesis.decode(
        SqliteStore.open(folder / "a.ledger", read_only=True).entry(0).transition
    )
    production = genesis.model_copy(update={"mode": "production"})
    (folder / "genesis.json").write_bytes(production.encode())
    found = ("ledger", "init", "p.ledger", "--genesis", "genesis.json")
    assert_one_line_refusal(run_tacit(*found, cwd=folder), "key of claim")
    assert_one_line_refusal(run_tacit(*found, *pins(genesis), cwd=folder), "development key")
    assert not (folder / "p.ledger").exists()


def test_a_production_ledger_wants_quorums_and_capital(folder: Path) -> None:
    """One line says what is missing; with both the ledger is there, and its fund has something.

    The keys are development ones without their mark, which is what pins are for in earnest.
    """
    genesis = Genesis.decode(
        SqliteStore.open(folder / "a.ledger", read_only=True).entry(0).transition
    )
    unmarked = {
        name: key.model_copy(update={"insecure": False}) for name, key in genesis.statements
    }
    statements = genesis.statements.model_copy(update=unmarked)
    few, offices = InsecureOffices.of(b"x"), InsecureOffices.of(b"x", members=4, threshold=3)
    found = ("ledger", "init", "p.ledger", "--genesis", "genesis.json", *pins(genesis))
    market = preset("tiny")
    poor = production(development_genesis(market, few, statements))
    rich = production(development_genesis(market, offices, statements))
    for refused, words in ((poor, "more than two thirds"), (rich, "capital for the insurance")):
        (folder / "genesis.json").write_bytes(refused.encode())
        assert_one_line_refusal(run_tacit(*found, cwd=folder), words)
    forged = endowed(rich, 10**9, few.governors.members[0])
    (folder / "genesis.json").write_bytes(forged.encode())
    assert_one_line_refusal(run_tacit(*found, cwd=folder), "the custodian")
    (folder / "genesis.json").write_bytes(endowed(rich, 10**9, offices.custodian).encode())
    assert run_tacit(*found, cwd=folder).returncode == 0
    shown = json.loads(run_tacit("ledger", "show", "p.ledger", "--json", cwd=folder).stdout)
    assert (shown["mode"], shown["fund"]) == ("production", 10**9)


def production(genesis: Genesis) -> Genesis:
    return genesis.model_copy(update={"mode": "production"})


def pins(genesis: Genesis) -> list[str]:
    """Every key of it, as a founder types them."""
    return [
        part for name, key in genesis.statements for part in ("--pin", f"{name}={key.key_digest}")
    ]


def test_digests_come_typed_or_from_a_file_and_not_both(folder: Path) -> None:
    """What `--keys` names is read before anything is founded."""
    genesis = SqliteStore.open(folder / "a.ledger", read_only=True).entry(0).transition
    (folder / "other.json").write_bytes(genesis)
    found = ("ledger", "init", "q.ledger", "--genesis", "other.json", "--keys", "keys.json")
    (folder / "keys.json").write_text("{}")
    assert_one_line_refusal(run_tacit(*found, cwd=folder), "claim")
    both = run_tacit(*found, "--pin", f"claim={'0' * 64}", cwd=folder)
    assert_one_line_refusal(both, "--pin or --keys")
    alone = run_tacit("ledger", "init", "q.ledger", "--keys", "keys.json", cwd=folder)
    assert_one_line_refusal(alone, "--genesis")
    assert not (folder / "q.ledger").exists()


def helpers(folder: Path) -> list[str]:
    """What SQLite leaves beside files that it has open."""
    return [path.name for path in folder.iterdir() if path.name.endswith(("-wal", "-shm"))]


def test_no_command_leaves_helpers_behind(folder: Path) -> None:
    """After each one the folder has the ledger, its offices, and what was asked for."""
    (folder / "pw").write_text("password\n")
    password = ("--password-file", "pw")
    alice, pool = ("alice.wallet", "a.ledger"), ("--key", "pool.key", "--inbox", "inbox")
    (folder / "inbox").mkdir()
    run_tacit("matcher", "new", "pool.key", "--insecure-plain", cwd=folder)
    for arguments in (
        ("ledger", "init", "fresh.ledger", "--seed", "1"),
        ("ledger", "show", "a.ledger"),
        ("ledger", "log", "a.ledger"),
        ("ledger", "check", "a.ledger"),
        ("ledger", "prove-inclusion", "a.ledger", "market/1"),
        ("market", "show", "a.ledger"),
        ("market", "publish", "a.ledger"),
        ("wallet", "new", *alice, *password),
        ("wallet", "open", *alice, *password),
        ("wallet", "show", *alice, *password),
        ("wallet", "sales", "a.ledger"),
        ("matcher", "book", "a.ledger"),
        ("matcher", "book", "a.ledger", *pool),
        ("matcher", "clear", "a.ledger", *pool),
    ):
        result = run_tacit(*arguments, cwd=folder)
        assert result.returncode == 0, (arguments, result.stderr)
        assert not helpers(folder), arguments
    for refused in (
        ("ledger", "prove-inclusion", "a.ledger", "account/9"),
        ("wallet", "withdraw", *alice, "USD", "1", *password),
        ("market", "publish", "a.ledger", "--time", "1"),
    ):
        assert run_tacit(*refused, cwd=folder).returncode == 1
        assert not helpers(folder), refused


@pytest.mark.parametrize("suffix", [".offices.insecure.json", ".escrow.insecure.json"])
def test_a_ledger_without_its_offices_does_not_remain(folder: Path, suffix: str) -> None:
    """Where what belongs beside it cannot be written, the ledger is not there either."""
    (folder / f"half.ledger{suffix}").mkdir()
    before = sorted(folder.iterdir())
    result = run_tacit("ledger", "init", "half.ledger", cwd=folder)
    assert_one_line_refusal(result, suffix)
    assert sorted(folder.iterdir()) == before
    (folder / f"half.ledger{suffix}").rmdir()
    assert run_tacit("ledger", "init", "half.ledger", cwd=folder).returncode == 0
    assert len(list(folder.glob("half.ledger*"))) == 3
