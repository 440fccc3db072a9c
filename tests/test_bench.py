"""`tacit bench`: what it writes, what it refuses to count, and the page that quotes it."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.errors import PeerFailed
from benchmarks.page import MARK, RESULTS, markdown_tables, renewed
from benchmarks.proving.comparison import compare, peer_files
from benchmarks.proving.floor import floor_of
from benchmarks.proving.measure import measure
from benchmarks.proving.peers import PEERS, Peer, chosen_peers, conversation
from benchmarks.proving.prepared import Prepared, market_inputs
from benchmarks.proving.subject import Loaded, Subject
from benchmarks.report import tables
from benchmarks.settling.measure import STEPS
from benchmarks.sizes.synthetic import KINDS
from circuits.catalogue import named_circuit
from circuits.shape import SHAPES
from tests.command import assert_one_line_refusal, run_tacit
from tests.conftest import ROOT
from tests.zk.circuits_for_tests import CubeRoot
from zk.backends import Backend, Prover, Verifier
from zk.backends.interface import AdditionCosts, Stage
from zk.circuit import compile_circuit
from zk.errors import Conflict, ProofRejected
from zk.formats.json import encode_proof
from zk.groth16 import Blinding, Proof
from zk.groth16.qap import domain_of
from zk.progress import Progress, silent
from zk.randomness import insecure_seeded_randomness

PAGE = ROOT / "docs" / "performance.md"

HEAD = {"format", "started", "machine", "versions", "load_before", "load_after", "options"}
FIGURES = {
    *("circuit", "shape", "backend", "constraints", "domain", "circuit_digest", "key_digest"),
    *("runs", "setup", "load", "witness", "prove", "whole", "whole_verified", "verify"),
    *("batch_verify", "stages", "floor", "verify_prepared", "first_proof", "batch_distinct"),
}
COMPARISON = {
    *("circuit", "shape", "backend", "peer", "version", "threads", "imports", "pairs"),
    *("load_before", "load_after", "ours", "theirs", "ratios"),
}
RATIOS = {"prove", "whole", "whole_verified", "verify"}
SIZE = {
    *("kind", "rows", "constraints", "setup", "load", "prove", "verify"),
    *("prove_peak_memory", "prove_per_n_log_n"),
}


class Liar(Prover):
    """Turns a point of every proof before it is handed out."""

    def __init__(self, honest: Prover, verifier: Verifier) -> None:
        super().__init__(honest.verifying_key, verifier)
        self._honest = honest

    def unchecked_prove(
        self, witness: Sequence[int], blinding: Blinding, progress: Progress = silent
    ) -> Proof:
        proof = self._honest.unchecked_prove(witness, blinding, progress)
        return Proof(-proof.a, proof.b, proof.c)


@pytest.fixture(scope="module")
def loaded(backend: Backend) -> Loaded:
    """A circuit of two constraints with its key, on each backend."""
    return Loaded.on(backend, subject())


def subject(root: int = 3) -> Subject:
    circuit = CubeRoot()
    return Subject("cube root", "small", compile_circuit(circuit), *circuit.honest(root))


def fake_peer(*answers: object) -> Peer:
    """A peer that says what it was told to, line by line, and nothing more."""
    lines = [json.dumps(answer) for answer in ({"version": "1"}, *answers)]
    script = f"for line in {lines!r}: print(line, flush=True); input()"
    return Peer("fake", lambda _: [sys.executable, "-c", script], "nothing")


def test_the_documented_keys(native: Backend, tmp_path: Path) -> None:
    """`--json FILE` holds the documented keys, and each of them is on the page."""
    arguments = ("--circuits", "claim", "--shapes", "tiny", "--backends", "native")
    options = ("--runs", "1", "--peers", "none", "--batch", "3", "--json", "b.json")
    result = run_tacit("bench", *arguments, *options, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    document = json.loads((tmp_path / "b.json").read_text())
    assert set(document) == HEAD | {"figures", "comparisons", "skipped"}
    (figures,) = document["figures"]
    assert set(figures) == FIGURES
    assert set(figures["whole"]) == {"median", "min", "runs"}
    assert set(figures["batch_verify"]) == {"1", "10", "100"}
    assert figures["floor"]["proof_to_floor"] > 1
    assert set(figures["verify_prepared"]) == {"median", "min", "runs"}
    assert set(figures["first_proof"]) == {"open", "first", "later", "ratio"}
    distinct = figures["batch_distinct"]
    assert set(distinct) == {"proofs", "threads", "verify", "per_second"}
    assert (distinct["proofs"], distinct["threads"]) == (3, 1)
    shown = " ".join(result.stdout.split())
    for title in ("market's part prepared", "first proof of a process", "distinct proofs"):
        assert title in shown
    assert (
        figures["circuit_digest"]
        in run_tacit("circuits", "info", "claim", "--shape", "tiny", "--json", cwd=tmp_path).stdout
    )
    page = PAGE.read_text()
    assert not {key for key in HEAD | FIGURES | COMPARISON | SIZE if f"`{key}`" not in page}


def test_the_ledger(native: Backend, tmp_path: Path) -> None:
    """`tacit bench ledger` times real settlements, as a whole and step by step."""
    arguments = ("ledger", "--shape", "tiny", "--legs", "2", "--settlements", "5")
    options = ("--accounts", "10,100", "--json", "l.json")
    result = run_tacit("bench", *arguments, *options, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    document = json.loads((tmp_path / "l.json").read_text())
    assert set(document) == HEAD | {"settling", "growth"}
    assert [entry["kind"] for entry in document["settling"]] == ["firm", "signed"]
    for entry in document["settling"]:
        assert set(entry["steps"]) == set(STEPS)
        assert sum(entry["steps"].values()) < 10 * entry["whole"]["median"]
        assert entry["legs_per_second"] > 1
    assert [entry["accounts"] for entry in document["growth"]] == [10, 100]
    page = PAGE.read_text()
    assert not {key for key in ("settling", "growth", "steps") if f"`{key}`" not in page}


def test_scaling(native: Backend, tmp_path: Path) -> None:
    """`--scaling --json -` prints one document on standard output, with the documented keys."""
    arguments = ("--scaling", "--largest", "10", "--runs", "1", "--json", "-")
    result = run_tacit("bench", *arguments, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    document = json.loads(result.stdout)
    assert set(document) == HEAD | {"scaling"}
    assert [size["kind"] for size in document["scaling"]] == list(KINDS)
    assert all(set(size) == SIZE for size in document["scaling"])
    assert all(size["rows"] == 1024 for size in document["scaling"])
    assert all(1 << 24 < size["prove_peak_memory"] < 1 << 32 for size in document["scaling"])


def test_a_proof_that_does_not_verify_is_no_figure(loaded: Loaded) -> None:
    """A prover whose proofs are false is not measured, however fast it is."""
    liar = replace(loaded, prover=Liar(loaded.prover, loaded.verifier))
    with pytest.raises(ProofRejected):
        measure(liar, runs=1)


def test_a_rejected_proof_of_a_peer_ends_the_comparison(loaded: Loaded) -> None:
    """A peer that rejects its own proof has no figure."""
    peer = fake_peer({"prove_ms": 1, "verify_ms": 1, "valid": False})
    with pytest.raises(PeerFailed, match="accepts itself"):
        compare(loaded, peer, runs=1)


def test_a_false_proof_of_a_peer_ends_the_comparison(loaded: Loaded) -> None:
    """What a peer says of a proof under our key is not believed: we verify it."""
    false = json.loads(encode_proof(replace(loaded, subject=subject(root=5)).run().proof))
    answer = {"prove_ms": 1, "verify_ms": 1, "valid": True, "proof": false}
    with pytest.raises(ProofRejected):
        compare(loaded, fake_peer(answer), runs=1)


@pytest.mark.parametrize("answer", [[1], {"prove_ms": 1}, {"prove_ms": "x", "verify_ms": 1}])
def test_an_answer_of_another_form(loaded: Loaded, answer: object) -> None:
    """An answer that is not one is an error with the peer's name."""
    with pytest.raises(PeerFailed, match="fake"):
        compare(loaded, fake_peer(answer), runs=1)


def test_a_peer_that_stops(loaded: Loaded, tmp_path: Path) -> None:
    """A peer that ends is an error with its last words."""
    peer = Peer("fake", lambda _: [sys.executable, "-c", "raise SystemExit('no memory')"], "")
    with pytest.raises(PeerFailed, match="no memory"), conversation(peer, tmp_path):
        pass


def test_ratios_are_of_pairs(loaded: Loaded) -> None:
    """The ratio that is reported is the median over the pairs, each of neighbours in time."""
    answers = [{"prove_ms": ms, "verify_ms": 1, "valid": True} for ms in (7, 1000, 1, 10)]
    document = compare(loaded, fake_peer(*answers), runs=3).document()
    assert set(document) == COMPARISON
    assert set(document["ratios"]) == RATIOS
    assert document["theirs"]["prove"]["runs"] == [1.0, 0.001, 0.01]
    for name in ("prove", "whole", "whole_verified"):
        ours = document["ours"][name]["runs"]
        ratios = sorted(a / b for a, b in zip(ours, (1.0, 0.001, 0.01), strict=True))
        assert document["ratios"][name]["median"] == pytest.approx(ratios[1], rel=0.02, abs=1e-4)
    verified = document["ours"]["whole_verified"]["runs"]
    assert all(a < b for a, b in zip(document["ours"]["whole"]["runs"], verified, strict=True))


def test_the_market_is_all_that_is_prepared() -> None:
    """Constants and matrix, next to each other; nothing of a statement without a market."""
    shape = SHAPES["tiny"]
    values = shape.scenarios * (1 + shape.components)
    for name, start in (("claim", 2), ("solvency", 2), ("fill", 0)):
        names = compile_circuit(named_circuit(name, "tiny")).public_names
        market = market_inputs(names)
        assert market == (range(0) if name == "fill" else range(start, start + values))
        assert {names[i].split(".")[-1].split("[")[0] for i in market} <= {"constants", "matrix"}


def test_a_prepared_verification_is_a_verification(native: Backend) -> None:
    """What is timed holds for the proof at hand, and refuses it for any other public input."""
    loaded = Loaded.on(native, Subject.named("claim", "tiny"))
    prepared, proof = Prepared.of(loaded), loaded.run().proof
    assert prepared is not None
    assert prepared.verify(loaded.public, proof) > 0
    for index in {*range(len(loaded.public))} - {*prepared.market}:
        changed = list(loaded.public)
        changed[index] ^= 1
        with pytest.raises(ProofRejected):
            prepared.verify(tuple(changed), proof)
    with pytest.raises(ProofRejected):
        prepared.verify(loaded.public, Proof(-proof.a, proof.b, proof.c))


def test_a_prepared_verification_of_a_peers_proof(native: Backend) -> None:
    """It is the peer's own proof that is verified both ways; their ratio is of each pair."""
    loaded = Loaded.on(native, Subject.named("claim", "tiny"))
    proof = json.loads(encode_proof(loaded.run().proof))
    answer = {"prove_ms": 1, "verify_ms": 1000, "valid": True, "proof": proof}
    document = compare(loaded, fake_peer(*[answer] * 4), runs=3).document()
    assert set(document["ratios"]) == {*RATIOS, "verify_prepared"}
    assert 0 < document["ratios"]["verify_prepared"]["median"] < 1


def test_distinct_statements() -> None:
    """Every number has a statement of its own, and the same one every time."""
    tiny = Subject.named("claim", "tiny")
    samples = [tiny.sample(index)[0] for index in range(4)]
    assert samples == [tiny.sample(index)[0] for index in range(4)]
    for part in ("commitment", "constants", "matrix", "context"):
        assert len({getattr(public, part) for public in (*samples, tiny.public)}) == 5


@pytest.mark.parametrize("name", PEERS)
def test_each_peer_proves_our_circuit(native: Backend, name: str) -> None:
    """A peer that is built proves our files; what is false for us is false for it."""
    peer = PEERS[name]
    if (why := peer.missing()) is not None:
        pytest.skip(f"peer {name}: {why}")
    loaded = Loaded.on(native, subject())
    document = compare(loaded, peer, runs=2).document()
    assert re.fullmatch(r"[0-9.]+", document["version"])
    assert document["pairs"] == 2
    with peer_files(loaded) as folder:
        witness = folder / "witness.wtns"
        data = bytearray(witness.read_bytes())
        data[-32] ^= 1
        witness.write_bytes(data)
        with pytest.raises(PeerFailed), conversation(peer, folder) as talk:
            talk.prove()


def test_absent_peers(monkeypatch: pytest.MonkeyPatch) -> None:
    """`auto` leaves out what is not there and says why; asked for by name it is a `Conflict`."""
    monkeypatch.setenv("PATH", "")
    chosen, skipped = chosen_peers("auto")
    assert "snarkjs" in skipped
    assert {peer.name for peer in chosen} | set(skipped) == set(PEERS)
    with pytest.raises(Conflict, match="snarkjs"):
        chosen_peers("snarkjs")
    assert chosen_peers("none") == ([], {})


@pytest.mark.parametrize(
    "arguments", [("--circuits", "x"), ("--shapes", "x"), ("--backends", "x"), ("--peers", "x")]
)
def test_unknown_names(tmp_path: Path, arguments: tuple[str, str]) -> None:
    """A name that means nothing here is one line."""
    without = () if "--peers" in arguments else ("--peers", "none")
    result = run_tacit("bench", *arguments, *without, cwd=tmp_path)
    assert_one_line_refusal(result, "x")


def test_the_floor() -> None:
    """Additions in each group at that group's price, shared by the threads."""
    stages = [Stage("a", 1, 300, 1), Stage("b", 1, 100, 2), Stage("c", 1, 200, 1)]
    floor = floor_of(stages, AdditionCosts(1e-6, 3e-6), threads=2)
    assert floor.seconds == pytest.approx((500 * 1e-6 + 100 * 3e-6) / 2)
    assert floor.document(proof=0.8e-3)["proof_to_floor"] == 2


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("log_rows", [10, 11])
def test_synthetic_circuits(kind: str, log_rows: int) -> None:
    """Each is satisfied, fills its domain to the last row, and has the witness it promises."""
    synthetic = KINDS[kind](log_rows, insecure_seeded_randomness(1))
    synthetic.r1cs.check(synthetic.witness)
    rows = len(synthetic.r1cs.constraints) + synthetic.r1cs.public + 1
    assert rows == domain_of(synthetic.r1cs).size == 1 << log_rows
    small = sum(value in (0, 1) for value in synthetic.witness) / len(synthetic.witness)
    assert small > 0.98 if kind == "bits" else small < 0.01
    changed = (*synthetic.witness[:-1], synthetic.witness[-1] + 1)
    assert synthetic.r1cs.first_violation(changed) is not None


def test_the_page_quotes_the_results() -> None:
    """The tables of the page are those of the results, and every result is quoted."""
    page = PAGE.read_text()
    assert renewed(page) == page
    assert {name for name, _ in MARK.findall(page)} == {
        path.stem for path in RESULTS.glob("*.json")
    }


def test_what_was_not_measured_leaves_its_place_on_the_page() -> None:
    """A mark whose table has no rows stands alone; with rows it is one table of Markdown again."""
    made = markdown_tables()
    for (name, number), table in made.items():
        mark = f"<!-- {name} {number} -->\n\n"
        assert renewed(f"{mark}\nafter") == f"{mark}{table}\nafter"
        assert renewed(f"{mark}| a |\n| --- |\n\nafter") == f"{mark}{table}\nafter"
        assert not table or table.count("\n") >= 3


def test_a_document_of_earlier_days() -> None:
    """Figures and comparisons without the later keys have all of their other tables."""
    for path in RESULTS.glob("*.json"):
        document = json.loads(path.read_text())
        before = list(tables(document))
        for entry in document.get("figures", ()):
            for key in ("verify_prepared", "first_proof", "batch_distinct"):
                entry.pop(key, None)
        for entry in document.get("comparisons", ()):
            entry["ratios"].pop("verify_prepared", None)
        after = list(tables(document))
        assert [title for title, _, _ in after] == [title for title, _, _ in before]
        assert all(table in before for table in after if table[2])


def test_the_results_were_made_as_the_page_says() -> None:
    """Comparisons are of eleven pairs or more, every one of them a proof that verified."""
    for path in RESULTS.glob("*.json"):
        document = json.loads(path.read_text())
        for comparison in document.get("comparisons", ()):
            assert comparison["pairs"] == len(comparison["ours"]["whole"]["runs"]) >= 11
            assert comparison["load_before"]
            assert comparison["load_after"]
