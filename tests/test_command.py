"""The command: what its user types, sees, and is told when something is wrong."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from ledger.storage import SqliteStore
from tacit.__main__ import main
from tests.command import assert_one_line_refusal, run_tacit, write_example_files
from zk.backends import Choice, available, select


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a key, a witness, and the proof that the command made of them."""
    folder = tmp_path_factory.mktemp("command")
    write_example_files(folder)
    result = run_tacit("prove", "circuit.zkey", "witness.wtns", cwd=folder)
    assert result.returncode == 0, result.stderr
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy that a test may damage."""
    return Path(shutil.copytree(made, tmp_path / "work"))


@pytest.fixture
def without_native() -> Iterator[None]:
    """An installation without the native backend, for as long as a test takes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("zk.backends.selection.find_spec", lambda _: None)
        forget_backends()
        yield
    forget_backends()


def test_prove_then_verify(folder: Path) -> None:
    """A proof that the command makes is one that the command accepts, and it says of what."""
    result = run_tacit("verify", "verification_key.json", "proof.json", "public.json", cwd=folder)
    assert result.returncode == 0
    assert result.stdout == "valid: the proof holds for its 1 public inputs\n"
    assert "insecure development key" in result.stderr


def test_the_backend_is_reported(folder: Path) -> None:
    """Every run says which backend it ran on."""
    result = run_tacit("verify", "verification_key.json", "proof.json", "public.json", cwd=folder)
    assert f"backend: {available()[0]}" in result.stderr


def test_json_output(folder: Path) -> None:
    """`--json` prints one document on standard output and nothing else there."""
    result = run_tacit("prove", "circuit.zkey", "witness.wtns", "--json", cwd=folder)
    assert json.loads(result.stdout)["public_inputs"] == 1
    result = run_tacit(
        "verify", "verification_key.json", "proof.json", "public.json", "--json", cwd=folder
    )
    assert json.loads(result.stdout)["valid"] is True


def test_a_false_statement_is_refused(folder: Path) -> None:
    """A moved public input makes `verify` exit with 1 and one line, also with `--json`."""
    (folder / "public.json").write_text('["28"]')
    arguments = ("verify", "verification_key.json", "proof.json", "public.json")
    assert_one_line_refusal(run_tacit(*arguments, cwd=folder), "proof")
    result = run_tacit(*arguments, "--json", cwd=folder)
    assert json.loads(result.stdout)["valid"] is False
    assert result.returncode == 1


def test_a_false_witness_leaves_no_proof_behind(folder: Path) -> None:
    """A witness that breaks the circuit is refused, and older outputs stay as they were."""
    before = (folder / "proof.json").read_bytes()
    result = run_tacit("prove", "circuit.zkey", "false.wtns", cwd=folder)
    assert_one_line_refusal(result, "witness")
    assert (folder / "proof.json").read_bytes() == before


@pytest.mark.parametrize("name", ["circuit.zkey", "witness.wtns"])
@pytest.mark.parametrize("damage", ["truncated", "empty", "other kind", "missing", "a folder"])
def test_damaged_binary_files(folder: Path, name: str, damage: str) -> None:
    """A damaged, absent or foreign file is one line that says what was expected."""
    damage_file(folder / name, damage)
    assert_one_line_refusal(run_tacit("prove", "circuit.zkey", "witness.wtns", cwd=folder))


@pytest.mark.parametrize("name", ["verification_key.json", "proof.json", "public.json"])
@pytest.mark.parametrize("damage", ["truncated", "empty", "other kind", "missing", "a folder"])
def test_damaged_json_files(folder: Path, name: str, damage: str) -> None:
    """The same for the JSON files of `verify`."""
    damage_file(folder / name, damage)
    arguments = ("verify", "verification_key.json", "proof.json", "public.json")
    assert_one_line_refusal(run_tacit(*arguments, cwd=folder))


def test_an_oversized_json_file(folder: Path) -> None:
    """A file far larger than any key is refused by its size, before it is read."""
    with (folder / "verification_key.json").open("wb") as file:
        file.truncate(1 << 30)
    arguments = ("verify", "verification_key.json", "proof.json", "public.json")
    assert_one_line_refusal(run_tacit(*arguments, cwd=folder), "bytes")


def test_an_endless_file_does_not_hang(folder: Path) -> None:
    """A device or a pipe is not a file, and is not waited for."""
    os.mkfifo(folder / "pipe")
    arguments = ("verify", "pipe", "proof.json", "public.json")
    assert_one_line_refusal(run_tacit(*arguments, cwd=folder), "a file")


def test_an_output_that_cannot_be_written(folder: Path) -> None:
    """Where one of two outputs cannot be written neither appears."""
    arguments = ("--proof", "new.json", "--public", "nowhere/public.json")
    result = run_tacit("prove", "circuit.zkey", "witness.wtns", *arguments, cwd=folder)
    assert_one_line_refusal(result, "nowhere")
    assert not (folder / "new.json").exists()


@pytest.mark.parametrize("choice", Choice)
@pytest.mark.usefixtures("without_native")
def test_an_absent_backend_is_not_replaced(
    folder: Path,
    choice: Choice,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Asking for a backend that is not installed is refused; nothing else runs instead.

    Where the reference runs for want of a faster backend, it says so in the line of its name.
    """
    names = [str(folder / name) for name in ("verification_key.json", "proof.json", "public.json")]
    monkeypatch.setattr("sys.argv", ["tacit", "verify", *names, "--backend", choice])
    with pytest.raises(SystemExit) as ended:
        main()
    lines = capsys.readouterr().err.splitlines()
    if choice is Choice.NATIVE:
        assert ended.value.code == 1
        assert lines == ["error: backend: expected one that is installed (py_ecc), got native"]
    else:
        assert not ended.value.code
        assert lines[0].startswith("backend: py_ecc (")
        assert "native" in lines[0]


def test_the_reference_is_not_called_slow_where_it_was_asked_for(folder: Path) -> None:
    """Whoever has the native backend and asks for the reference needs no advice."""
    if Choice.NATIVE not in available():
        pytest.skip("the native backend is not installed")
    names = ("verification_key.json", "proof.json", "public.json")
    result = run_tacit("verify", *names, "--backend", "py_ecc", cwd=folder)
    assert result.stderr.splitlines()[0] == "backend: py_ecc"


def test_a_backend_may_be_named_by_its_text() -> None:
    """The text of a choice is that choice.

    A regression: `select("native")` was the reference, without a word.
    """
    for choice in available():
        assert select(cast(Choice, str(choice))).name == choice


def test_circuits_list_and_info(tmp_path: Path) -> None:
    """`info --json` has the documented keys, and its scopes add up to its constraints."""
    listed = json.loads(run_tacit("circuits", "list", "--json", cwd=tmp_path).stdout)
    assert listed["circuits"] == ["claim", "margin", "solvency", "fill"]
    result = run_tacit("circuits", "info", "claim", "--shape", "tiny", "--json", cwd=tmp_path)
    document = json.loads(result.stdout)
    keys = {"name", "shape", "constraints", "public_inputs", "wires", "domain", "scopes"}
    assert keys <= set(document)
    assert sum(document["scopes"].values()) == document["constraints"]
    assert run_tacit("circuits", "info", "claim", cwd=tmp_path).returncode == 0


def test_circuits_export(tmp_path: Path) -> None:
    """`export` writes files that other tools read: the magic numbers of iden3's formats."""
    result = run_tacit("circuits", "export", "claim", "out", "--shape", "tiny", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "out" / "claim-tiny.r1cs").read_bytes()[:4] == b"r1cs"
    assert (tmp_path / "out" / "claim-tiny.wtns").read_bytes()[:4] == b"wtns"


def test_an_export_with_keys_is_all_that_a_proof_takes(tmp_path: Path) -> None:
    """The files that are named are there, and prove and verify take them as they are named."""
    export = ("circuits", "export", "claim", "out", "--shape", "tiny", "--keys")
    result = run_tacit(*export, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "insecure development key" in result.stderr
    r1cs, wtns, zkey, key = result.stdout.splitlines()
    assert (r1cs, key) == ("out/claim-tiny.r1cs", "out/claim-tiny.verification_key.json")
    for command in (("prove", zkey, wtns), ("verify", key, "proof.json", "public.json")):
        result = run_tacit(*command, cwd=tmp_path)
        assert result.returncode == 0, result.stderr
    result = run_tacit(*export, "--json", cwd=tmp_path)
    document = json.loads(result.stdout)
    assert set(document) == {"r1cs", "wtns", "zkey", "verification_key", "digest"}
    assert document["verification_key"] == key


@pytest.mark.parametrize(
    "arguments",
    [("info", "nothing"), ("info", "claim", "--shape", "round"), ("export", "claim", "file")],
)
def test_circuits_refusals(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """Unknown names, and a file where a folder should be, are one line each."""
    (tmp_path / "file").write_text("in the way")
    assert_one_line_refusal(run_tacit("circuits", *arguments, cwd=tmp_path))


@pytest.mark.parametrize(
    "command",
    [
        (),
        ("prove",),
        ("verify",),
        ("demo",),
        ("bench",),
        ("circuits", "info"),
        ("ledger", "init"),
        ("market", "publish"),
    ],
)
def test_help_has_an_example(tmp_path: Path, command: tuple[str, ...]) -> None:
    """Every command explains itself; those that do something show an example."""
    result = run_tacit(*command, "--help", cwd=tmp_path)
    assert result.returncode == 0
    assert not command or "Example: tacit" in result.stdout


@pytest.mark.parametrize(
    ("scenario", "refusals"),
    [((), 4), (("otc",), 2), (("darkpool",), 0), (("default",), 2), (("disclosure",), 1)],
)
def test_the_demo_ends_well(tmp_path: Path, scenario: tuple[str, ...], refusals: int) -> None:
    """Each scenario plays to its end, shows each of its cheats refused, and leaves a ledger."""
    result = run_tacit("demo", *scenario, "--seed", "7", "--ledger", "demo.ledger", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert result.stdout.count("  refused  ") == refusals
    SqliteStore.open(tmp_path / "demo.ledger", read_only=True).check()


def test_the_demo_refuses_a_name_that_is_taken_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before it makes keys, which would take a while: here it would fail otherwise."""
    monkeypatch.setattr("tacit.demo.command.Stage", None)
    (tmp_path / "taken").write_text("something")
    monkeypatch.setattr("sys.argv", ["tacit", "demo", "--ledger", str(tmp_path / "taken")])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert f"error: {tmp_path / 'taken'}: expected a name that is free" in capsys.readouterr().err
    assert (tmp_path / "taken").read_text() == "something"


def test_the_demo_repeats_itself(tmp_path: Path) -> None:
    """The same seed gives the same ledger, to the last proof."""
    for name in ("a", "b"):
        result = run_tacit("demo", "otc", "--seed", "7", "--ledger", name, cwd=tmp_path)
        assert result.returncode == 0, result.stderr
    first, second = (SqliteStore.open(tmp_path / name, read_only=True).head for name in ("a", "b"))
    assert first == second


def forget_backends() -> None:
    available.cache_clear()
    select.cache_clear()


def damage_file(path: Path, damage: str) -> None:
    data = path.read_bytes()
    path.unlink()
    if damage == "a folder":
        path.mkdir()
    elif damage != "missing":
        contents = {"truncated": data[: len(data) // 2], "empty": b"", "other kind": b"%PDF-1.7\n"}
        path.write_bytes(contents[damage])
