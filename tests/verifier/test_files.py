"""Audits of files: what is no ledger, what is damaged, and a state that is not the log's."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ledger.errors import Unavailable
from ledger.ledger import Ledger
from ledger.storage.sqlite import SqliteStore
from tacit.__main__ import app
from tests.command import run_tacit
from tests.ledger.world import fastest
from tests.verifier.forgery import Forge
from tests.verifier.honest import Played
from verifier import AuditReport, Code, SignedVerdict, audit
from zk.errors import Conflict, MalformedFile, ZkError
from zk.signatures import SigningKey

KEY = SigningKey(bytes(range(32)))


@pytest.fixture(scope="module")
def file(forge: Forge, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The honest ledger in a file of its own."""
    path = tmp_path_factory.mktemp("audit") / "honest.ledger"
    store = SqliteStore.create(path)
    for entry in forge.entries:
        with store.writing() as writer:
            changes = forge.changes_of(entry.number)
            assert writer.append(entry.time, entry.transition, changes) == entry
    store.close()
    assert Ledger.open(path, fastest(), read_only=True).head == forge.entries[-1]
    return path


@pytest.fixture
def copy(file: Path, tmp_path: Path) -> Path:
    """One to damage."""
    return Path(shutil.copy(file, tmp_path / "copy.ledger"))


def tampered(path: Path, sql: str, *values: object) -> AuditReport:
    """The audit after somebody has worked on the file with SQLite."""
    with sqlite3.connect(path) as connection:
        connection.execute(sql, values)
    connection.close()
    return audit(path, backend=fastest())


def errors_of(report: AuditReport) -> list[tuple[Code, int | None]]:
    return [(f.code, f.entry) for f in report.findings if f.severity == "error"]


def test_a_file_is_audited_with_the_state_beside_it(file: Path, honest: Played) -> None:
    """The records are those of the replay, because their root is."""
    report = audit(file, backend=fastest())
    assert report.verdict == "valid with remarks"
    assert report.stored_state == "matches"
    assert report.entries == len(honest.entries)


def test_an_audit_continues_only_for_the_auditor_who_signed(file: Path) -> None:
    """The signature is checked before anything is believed."""
    verdict = SignedVerdict.of(audit(file, backend=fastest()), KEY)
    assert audit(file, start=verdict, auditor=KEY.public).proofs == 0
    for auditor in (None, bytes(32)):
        with pytest.raises(Conflict):
            audit(file, start=verdict, auditor=auditor)


def test_a_record_that_is_not_the_logs_is_found(copy: Path) -> None:
    """Nothing that the file says of accounts is believed; the log alone is in order."""
    sql = "UPDATE record SET value = replace(value, '\"nonce\":', '\"nonce\":1') WHERE key = ?"
    report = tampered(copy, sql, b"account/1")
    assert errors_of(report) == [(Code.STORED_STATE, None)]
    assert (report.stored_state, report.unjudged) == ("differs", 0)


@pytest.mark.parametrize(
    ("sql", "codes"),
    [
        ("UPDATE entry SET time = time + 1 WHERE number = 17", {Code.DAMAGED}),
        ("UPDATE entry SET hash = zeroblob(32) WHERE number = 17", {Code.DAMAGED}),
        ("UPDATE entry SET hash = 'text' WHERE number = 17", {Code.DAMAGED}),
        ("UPDATE entry SET time = 'noon' WHERE number = 17", {Code.DAMAGED}),
        ("UPDATE entry SET time = 1 << 62 WHERE number = 17", {Code.DAMAGED}),
        ("DELETE FROM entry WHERE number = 17", {Code.DAMAGED}),
        ("DELETE FROM entry WHERE number >= 17", {Code.STORED_STATE}),
        ("DELETE FROM entry WHERE number = 0", {Code.DAMAGED}),
        ("UPDATE entry SET root = zeroblob(32) WHERE number = 45", {Code.DAMAGED}),
        ("DELETE FROM tile", {Code.STORED_STATE}),
        ("UPDATE tile SET hashes = zeroblob(32)", {Code.STORED_STATE}),
        ("DELETE FROM record WHERE slot = 3", {Code.STORED_STATE}),
    ],
)
def test_a_damaged_file_gives_a_report(copy: Path, sql: str, codes: set[Code]) -> None:
    """Whatever is done to its tables: a finding, at the entry where it shows."""
    report = tampered(copy, sql)
    found = errors_of(report)
    assert {code for code, _ in found} == codes
    if codes == {Code.DAMAGED}:
        expected = 0 if "= 0" in sql else 45 if "45" in sql else 17
        assert report.first_bad == expected


def test_what_is_no_ledger_has_no_report(copy: Path, tmp_path: Path) -> None:
    """Nothing, a folder, an empty file, another file, an empty log, a newer version."""
    empty, text = tmp_path / "empty", tmp_path / "text"
    empty.touch()
    text.write_text("not a database, and longer than a header of one would have to be" * 20)
    for path in (tmp_path / "nothing", tmp_path, empty, text):
        with pytest.raises((Unavailable, MalformedFile)):
            audit(path)
    with pytest.raises(Unavailable, match="an empty one"):
        tampered(copy, "DELETE FROM entry")
    with pytest.raises(Unavailable, match="newer version"):
        tampered(copy, "PRAGMA user_version = 99")
    with pytest.raises(ZkError):
        tampered(copy, "PRAGMA application_id = 1")


def test_a_ledger_of_an_older_format_has_no_report(copy: Path, tmp_path: Path) -> None:
    """Its entries mean other things: one line names both versions, and judges nothing."""
    with Ledger.open(copy, fastest(), read_only=True) as ledger:
        genesis = ledger.genesis
    older = genesis.encode().replace(b'"version":2', b'"version":1', 1)
    path = tmp_path / "older.ledger"
    store = SqliteStore.create(path)
    with store.writing() as writer:
        writer.append(genesis.time, older, {"a": b"b"})
    store.close()
    with pytest.raises(Unavailable, match="version 2, which this release reads"):
        audit(path)
    for more in ((), ("--report", tmp_path / "x.html"), ("--from", "none", "--auditor", "00")):
        result = run_tacit("audit", path, *more, cwd=tmp_path)
        lines = [line for line in result.stderr.splitlines() if not line.startswith("backend:")]
        assert result.returncode == 2
        assert len(lines) == 1, result.stderr
        assert "INVALID" not in result.stdout
    assert not (tmp_path / "x.html").exists()


def test_the_command_says_it_with_its_exit_status(copy: Path, tmp_path: Path) -> None:
    """0 with a table; JSON that is the report; 1 for a bad ledger; 2 and one line for none."""
    sound = run_tacit("audit", copy, cwd=tmp_path)
    assert sound.returncode == 0, sound.stderr
    assert "VALID WITH REMARKS" in sound.stdout
    assert "DEVELOPMENT KEYS" in sound.stdout
    asked = CliRunner().invoke(
        app, ["audit", str(copy), "--json", "--cross-check", "1", "--seed", "3"]
    )
    report = AuditReport.model_validate(json.loads(asked.stdout))
    assert report.cross_check is not None
    tampered(copy, "UPDATE entry SET time = time + 1 WHERE number = 17")
    bad = run_tacit("audit", copy, "--json", cwd=tmp_path)
    assert bad.returncode == 1
    assert json.loads(bad.stdout)["first_bad"] == 17
    none = run_tacit("audit", "nothing.ledger", cwd=tmp_path)
    assert none.returncode == 2
    assert [line[:6] for line in none.stderr.splitlines()][-1] == "error:"


def test_the_command_signs_and_continues(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A verdict out, a verdict in; somebody else's key, or half of the options, are refused."""
    (tmp_path / "key").write_text(KEY.seed.hex())

    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Any:
        return CliRunner().invoke(app, ["audit", str(copy), *arguments])

    signed = run("--sign", "key", "--verdict", "out.json")
    assert signed.exit_code == 0, signed.stderr
    assert KEY.public.hex() in signed.stderr
    again = run("--from", "out.json", "--auditor", KEY.public.hex(), "--head", "out.json", "--json")
    assert again.exit_code == 0, again.stderr
    report = json.loads(again.stdout)
    assert report["head"]["status"] == "is the tip"
    assert report["proofs"] == 0
    for wrong in (
        ("--from", "out.json"),
        ("--from", "out.json", "--auditor", "00" * 32),
        ("--sign", "key"),
        ("--head", "xyz"),
        ("--pin", "claim"),
        ("--cross-check", "some"),
    ):
        refused = run(*wrong)
        assert refused.exit_code == 2, wrong
        assert refused.stderr.splitlines()[-1].startswith("error: ")
