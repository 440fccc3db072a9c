"""`tacit bench audit`, and what `tacit bench ledger` says for a ledger of very many accounts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.audits.ledgers import KINDS, grown
from benchmarks.audits.measure import Audited, Marginal, entry_sizes, marginal, measure_audit
from benchmarks.errors import MeasurementFailed
from benchmarks.ledgers.epochs import measure_epochs
from benchmarks.ledgers.growth import measure_growth
from ledger.storage import SqliteStore
from tests.command import assert_one_line_refusal, run_tacit
from tests.conftest import ROOT
from zk.backends import Backend, Choice

PAGE = ROOT / "docs" / "performance.md"
AUDIT = {
    *("kind", "count", "cores", "threads", "verdict", "entries", "proofs", "accounts", "seconds"),
    *(
        "cpu_seconds",
        "parts",
        "peak_memory",
        "file_bytes",
        "entries_per_second",
        "proofs_per_second",
    ),
}
MARGINAL = {
    *(
        "kind",
        "cores",
        "counts",
        "clock",
        "seconds_each",
        "entries_per_second",
        "proofs_per_second",
    ),
    *("memory_each", "file_bytes_each"),
}
ENTRY = {"seen", "transition_bytes", "entry_bytes"}


def test_the_documented_keys_of_audits(native: Backend, tmp_path: Path) -> None:
    """Ledgers of each kind at three sizes, all of them in order, and the bytes of their entries."""
    counts = ("--margin", "4", "--signed", "4", "--accounts", "4", "--epochs", "4")
    options = ("--shape", "tiny", "--cores", "one", "--json", "a.json")
    result = run_tacit("bench", "audit", *counts, *options, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    document = json.loads((tmp_path / "a.json").read_text())
    assert [audit["kind"] for audit in document["audits"]] == [k for k in KINDS for _ in range(3)]
    for audit in document["audits"]:
        assert set(audit) == AUDIT
        assert (audit["verdict"], audit["threads"]) == ("valid with remarks", 1)
        assert sum(audit["parts"].values()) <= audit["seconds"]
    proofs = {audit["kind"]: audit["proofs"] for audit in document["audits"]}
    assert proofs == {"margin": 4, "signed": 40, "accounts": 0, "epochs": 0}
    assert [entry["kind"] for entry in document["marginal"]] == list(KINDS)
    assert all(set(entry) == MARGINAL for entry in document["marginal"])
    kinds = {"genesis", "update-market", "open-account", "deposit", "prove-margin", "settle"}
    assert set(document["entries"]) == kinds
    for entry in document["entries"].values():
        assert set(entry) == ENTRY
        assert entry["entry_bytes"] == entry["transition_bytes"] + 96
    page = PAGE.read_text()
    keys = AUDIT | MARGINAL | ENTRY | {"audits", "marginal", "entries"}
    assert not {key for key in keys if f"`{key}`" not in page}


def test_each_backend_audits(backend: Backend, tmp_path: Path) -> None:
    """The reference as well, slowly: the same ledger, and the same figures to fill in."""
    ((count, path),) = grown("margin", [1], tmp_path, "tiny", backend)
    audited = measure_audit("margin", count, path, "all", Choice(backend.name))
    # A genesis, a market, ten accounts with a deposit each, and the proof.
    assert (audited.entries, audited.proofs, audited.accounts) == (23, 1, 10)
    assert set(entry_sizes(path)["prove-margin"]) == {audited_bytes(path)}


def audited_bytes(path: Path) -> int:
    """The bytes of the last transition of a ledger's file."""
    store = SqliteStore.open(path, read_only=True)
    assert store.head is not None
    return len(store.head.transition)


def test_a_ledger_out_of_order_has_no_figure(native: Backend, tmp_path: Path) -> None:
    """An audit that finds an error is no measurement."""
    ((_, path),) = grown("accounts", [2], tmp_path, "tiny", native)
    data = bytearray(path.read_bytes())
    place = data.rindex(b'"kind":"deposit"')
    data[place : place + 16] = b'"kind":"redeemed'
    path.write_bytes(data)
    with pytest.raises(MeasurementFailed, match="in order"):
        measure_audit("accounts", 2, path, "one", Choice.NATIVE)


def test_what_one_more_costs() -> None:
    """The difference of two sizes; nothing is said where it drowned in what disturbs it."""
    small, large = audited_at(10, 3.0), audited_at(30, 4.0)
    document = Marginal(small, large).document()
    assert document["counts"] == [10, 30]
    assert document["seconds_each"] == 0.05
    assert document["entries_per_second"] == document["proofs_per_second"] == 20
    assert (document["memory_each"], document["file_bytes_each"]) == (100, 1_000)
    lost = Marginal(small, audited_at(30, 2.5)).document()
    assert lost["seconds_each"] is lost["entries_per_second"] is lost["proofs_per_second"] is None
    shared = [audited_at(10, 3.0, "all"), audited_at(30, 4.0, "all")]
    one, several = marginal([small, *shared, large])
    assert (one["clock"], one["seconds_each"]) == ("cpu_seconds", 0.05)
    assert (several["clock"], several["seconds_each"]) == ("seconds", 0.1)


def audited_at(count: int, seconds: float, cores: str = "one") -> Audited:
    """An invented audit of so many proofs."""
    return Audited(
        kind="margin",
        count=count,
        cores=cores,
        threads=1,
        verdict="valid with remarks",
        entries=22 + count,
        proofs=count,
        accounts=10,
        seconds=2 * seconds,
        cpu_seconds=seconds,
        parts={},
        peak_memory=100 * count,
        file_bytes=1_000 * count,
    )


@pytest.mark.parametrize(
    ("command", "option", "value"),
    [
        ("audit", "--shape", "huge"),
        ("audit", "--cores", "some"),
        ("audit", "--json", "missing/a.json"),
        ("ledger", "--shape", "huge"),
        ("ledger", "--legs", "3"),
        ("ledger", "--accounts", "ten"),
        ("ledger", "--accounts", "0"),
        ("ledger", "--json", "missing/l.json"),
    ],
)
def test_bad_options_of_audits(tmp_path: Path, command: str, option: str, value: str) -> None:
    """What means nothing here is one line, before anything is measured."""
    assert_one_line_refusal(run_tacit("bench", command, option, value, cwd=tmp_path))


def test_a_ledger_of_many_accounts(native: Backend) -> None:
    """What its file takes, and who has it open; accounts are nothing that anybody holds."""
    few, many = (measure_growth("tiny", size, 2, Choice.NATIVE) for size in (10, 1_000))
    assert many.file_bytes - few.file_bytes > 990 * 300
    assert many.peak_memory < 2 * few.peak_memory
    assert len(many.deposit.runs) == 2


def test_epochs(native: Backend) -> None:
    """The oracles' part and the ledger's part of each."""
    publishing = measure_epochs("tiny", 2, Choice.NATIVE).document()
    assert set(publishing) == {"write", "submit", "transition_bytes"}
    assert len(publishing["write"]["runs"]) == len(publishing["submit"]["runs"]) == 2
    page = PAGE.read_text()
    assert not {key for key in ("publishing", *publishing) if f"`{key}`" not in page}
