"""docs/ceremony.md, walked: from exported circuits to a trade on a production ledger.

The page's own commands run, in their order and in one folder. Phase one is prepared by the test,
with secrets that it knows, because snarkjs takes minutes for it; TACIT_PHASE_ONE=1 has the page's
commands for it run as well.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from circuits.catalogue import STATEMENTS, named_circuit
from tests.command import assert_one_line_refusal, run_tacit
from tests.conftest import ROOT
from tests.interop.ceremonies import hold_ceremony
from tests.interop.peers import Peers
from tests.zk.ceremonies_for_tests import Secrets, encode_powers
from tests.zk.circuits_for_tests import SumOfSquares
from zk.backends import Backend, select
from zk.circuit import compile_circuit
from zk.formats.ptau import PowersOfTau
from zk.formats.r1cs import encode_r1cs
from zk.formats.zkey import decode_zkey
from zk.groth16.qap import domain_of
from zk.key_checks import CHECKS, KeyChecks

PAGE: Final = ROOT / "docs" / "ceremony.md"
BLOCK: Final = re.compile(r"^```(console|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PHASE_ONE: Final = os.environ.get("TACIT_PHASE_ONE") == "1"


def blocks() -> list[tuple[str, str]]:
    return BLOCK.findall(PAGE.read_text())


def lines_of(text: str) -> list[list[str]]:
    assert all(line.startswith("$ ") for line in text.splitlines())
    return [shlex.split(line[2:]) for line in text.splitlines()]


@pytest.fixture(scope="module")
def walked(
    peers: Peers, tmp_path_factory: pytest.TempPathFactory, monkeypatch_module: pytest.MonkeyPatch
) -> Path:
    """The folder after every block of the page; each command succeeded."""
    folder = tmp_path_factory.mktemp("ceremony")
    monkeypatch_module.setenv("TACIT_CACHE", str(folder / "cache"))
    if not PHASE_ONE:
        powers = max(
            domain_of(compile_circuit(named_circuit(name, "tiny")).r1cs).log_size
            for name in STATEMENTS
        )
        (folder / "powers.ptau").write_bytes(encode_powers(powers, Secrets(), select()))
    for language, text in blocks():
        if language == "python":
            run_python(text, folder)
            continue
        for program, *arguments in lines_of(text):
            if program == "tacit":
                done = run_tacit(*arguments, cwd=folder)
                assert done.returncode == 0, f"{arguments}\n{done.stderr}"
            elif PHASE_ONE or arguments[0] != "powersoftau":
                assert program == "snarkjs"
                run_snarkjs(peers, arguments, folder)
    return folder


@pytest.fixture(scope="module")
def monkeypatch_module() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def run_python(text: str, folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", text],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def run_snarkjs(peers: Peers, arguments: list[str], folder: Path) -> None:
    """snarkjs asks contributors for random text, which it gets."""
    program = peers.node_modules / "snarkjs" / "build" / "cli.cjs"
    done = subprocess.run(
        ["node", str(program), *arguments],
        cwd=folder,
        input="some random text\n",
        capture_output=True,
        text=True,
        timeout=1800,
        check=False,
    )
    assert done.returncode == 0, f"{arguments}\n{done.stdout[-2000:]}{done.stderr}"


def test_the_walk_has_two_contributors_and_a_beacon(walked: Path) -> None:
    """Each key was contributed to twice and closed by a beacon, and every check held."""
    names = [str(walked / f"{name}.zkey") for name in STATEMENTS]
    arguments = ("--shape", "tiny", "--powers-of-tau", "powers.ptau", "--json")
    done = run_tacit("keys", "check", *names, *arguments, cwd=walked)
    documents = json.loads(done.stdout)
    assert {document["statement"] for document in documents} == set(STATEMENTS)
    for document in documents:
        made = document["contributions"]
        assert [one["name"] for one in made] == ["first", "second", "beacon"]
        assert [bool(one["beacon"]) for one in made] == [False, False, True]
        assert document["powers_checked"]
        assert "proof" in document["checks"]
        assert any("zkey verify" in command for command in document["left_to_snarkjs"])


def test_the_walk_ends_in_a_production_ledger_that_took_a_trade(walked: Path) -> None:
    """The audit finds a settlement on it, and nothing to remark about its keys."""
    done = run_tacit(
        "audit", "production.ledger", "--keys", "statements.json", "--json", cwd=walked
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["verdict"] == "valid"
    assert not report["findings"]
    log = run_tacit("ledger", "log", "production.ledger", "--json", cwd=walked)
    assert "settle" in [entry["what"] for entry in json.loads(log.stdout)]
    shown = run_tacit("ledger", "show", "production.ledger", "--json", cwd=walked)
    assert json.loads(shown.stdout)["mode"] == "production"


def test_snarkjs_and_we_name_the_same_contributions(walked: Path, peers: Peers) -> None:
    """The hashes that we print are those that snarkjs shows its contributors."""
    theirs = peers.snarkjs(
        "zkey verify",
        walked / "claim-tiny.r1cs",
        walked / "powers.ptau",
        walked / "claim.zkey",
    )
    plain = re.sub(r"\s", "", theirs)
    arguments = ("keys", "check", "claim.zkey", "--shape", "tiny", "--json")
    (document,) = json.loads(run_tacit(*arguments, cwd=walked).stdout)
    for one in document["contributions"]:
        assert one["hash"] in plain


@pytest.mark.parametrize("circuit", [SumOfSquares(3, 8), SumOfSquares(12, 16)])
def test_both_phases_by_snarkjs_pass_our_checks(
    native: Backend, peers: Peers, powers_of_tau: Path, tmp_path: Path, circuit: SumOfSquares
) -> None:
    """The powers are more than enough, just enough, and just enough but cut out of more."""
    r1cs = compile_circuit(circuit).r1cs
    path, whole = tmp_path / "circuit.r1cs", tmp_path / "powers.ptau"
    path.write_bytes(encode_r1cs(r1cs))
    whole.write_bytes(powers_of_tau.read_bytes())
    peers.snarkjs("powersoftau truncate", whole)
    cut = tmp_path / f"powers_{domain_of(r1cs).log_size:02}.ptau"
    for powers in (whole, cut) if cut.exists() else (whole,):
        final = hold_ceremony(peers, path, powers, tmp_path).final
        checks = KeyChecks(decode_zkey(final.read_bytes()), r1cs, native)
        for check in CHECKS.values():
            check(checks)
        checks.check_powers(PowersOfTau.read(powers, checks.key.domain))


def test_a_key_without_its_last_contribution_is_another_key(walked: Path) -> None:
    """Where an earlier key is imported beside later ones, its digest is not the pinned one."""
    arguments = ("claim-2.zkey", "margin.zkey", "solvency.zkey", "fill.zkey")
    done = run_tacit(
        *("keys", "import", *arguments, "--shape", "tiny", "--powers-of-tau", "powers.ptau"),
        *("--statements", "other.json", "--json"),
        cwd=walked,
    )
    assert done.returncode == 0, done.stderr
    refused = run_tacit(
        *("ledger", "init", "other.ledger", "--genesis", "genesis.json"),
        *("--keys", "other.json"),
        cwd=walked,
    )
    assert_one_line_refusal(refused, "key of claim")
    assert not (walked / "other.ledger").exists()


def test_a_key_before_anybody_contributed_is_refused(walked: Path) -> None:
    """δ = 1: whoever has it forges proofs."""
    for name in STATEMENTS:
        done = run_tacit("keys", "check", f"{name}-0.zkey", "--shape", "tiny", cwd=walked)
        assert_one_line_refusal(done, f"{name}-0.zkey", "anyone can forge")


def test_two_keys_for_one_statement_are_no_set(walked: Path) -> None:
    """Nothing is kept unless there is one key for each."""
    before = sorted((walked / "cache").iterdir())
    done = run_tacit(
        *("keys", "import", "claim.zkey", "claim-2.zkey", "margin.zkey", "fill.zkey"),
        *("--shape", "tiny", "--powers-of-tau", "powers.ptau"),
        cwd=walked,
    )
    assert_one_line_refusal(done, "one for each of")
    assert sorted((walked / "cache").iterdir()) == before
