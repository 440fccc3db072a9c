"""`tacit bench`: what it writes, what it refuses to count, and the page that quotes it."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from benchmarks import page
from benchmarks.errors import MeasurementFailed, PeerFailed
from benchmarks.ledgers.measure import STEPS
from benchmarks.machine import threads
from benchmarks.page import FIGURE, MARK, RESULTS, markdown_tables, renewed
from benchmarks.processes import in_subprocess, on_cores
from benchmarks.proofs import comparison, plan
from benchmarks.proofs.comparison import ENOUGH, compare, peer_files
from benchmarks.proofs.floor import floor_of
from benchmarks.proofs.measure import measure
from benchmarks.proofs.pairs import compare_checkouts
from benchmarks.proofs.peers import PEERS, Peer, chosen_peers, conversation
from benchmarks.proofs.plan import Selection, planned
from benchmarks.proofs.prepared import Prepared, market_inputs
from benchmarks.proofs.stages import timed_stages
from benchmarks.proofs.subject import Loaded, Subject
from benchmarks.quoted import quoted
from benchmarks.sizes.synthetic import KINDS
from circuits.catalogue import STATEMENTS, named_circuit
from circuits.schedule import empty_schedule
from circuits.shape import SHAPES
from tests.command import assert_one_line_refusal, run_tacit
from tests.conftest import ROOT
from tests.zk.circuits_for_tests import CubeRoot
from zk.backends import Backend, Choice, Prover, Verifier, available
from zk.backends.interface import AdditionCosts, Stage
from zk.circuit import compile_circuit
from zk.circuit.signals import leaves
from zk.errors import Conflict, ProofRejected
from zk.formats.json import encode_proof
from zk.groth16 import Blinding, Proof
from zk.groth16.qap import domain_of
from zk.parallel import cores
from zk.progress import Progress, silent
from zk.randomness import insecure_seeded_randomness

PAGE = ROOT / "docs" / "performance.md"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

HEAD = {"format", "started", "machine", "versions", "load_before", "load_after", "options"}
COMPARISON = {
    *("circuit", "shape", "backend", "constraints", "peer", "version", "threads", "imports"),
    *("pairs", "load_before", "load_after", "ours_threads", "ours", "theirs", "ratios"),
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


def test_the_ledger(native: Backend, tmp_path: Path) -> None:
    """`tacit bench ledger` times real settlements, as a whole and step by step."""
    arguments = ("ledger", "--shape", "tiny", "--legs", "2", "--settlements", "5")
    options = ("--accounts", "10,100", "--json", "l.json")
    result = run_tacit("bench", *arguments, *options, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    document = json.loads((tmp_path / "l.json").read_text())
    assert set(document) == HEAD | {"settling", "publishing", "growth"}
    assert [entry["kind"] for entry in document["settling"]] == ["firm", "signed", "margin"]
    for entry in document["settling"]:
        assert set(entry["steps"]) == set(STEPS)
        assert sum(entry["steps"].values()) < 10 * entry["whole"]["median"]
        assert entry["legs_per_second"] > 1
    assert [entry["accounts"] for entry in document["growth"]] == [10, 100]
    page = PAGE.read_text()
    assert not {key for key in ("settling", "growth", "steps") if f"`{key}`" not in page}


def test_synthetic_sizes(native: Backend, tmp_path: Path) -> None:
    """`synthetic --json -` prints one document on standard output, with the documented keys."""
    arguments = ("synthetic", "--largest", "10", "--runs", "1", "--json", "-")
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


def test_fewer_pairs_with_a_slow_peer(loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where patience has run out a few pairs are enough, and never fewer than those."""
    answers = [{"prove_ms": 1, "verify_ms": 1, "valid": True}] * (ENOUGH + 3)
    for patience, pairs in ((0, ENOUGH), (3600, ENOUGH + 2)):
        monkeypatch.setattr(comparison, "PATIENCE", patience)
        document = compare(loaded, fake_peer(*answers), runs=ENOUGH + 2).document()
        assert document["pairs"] == pairs
        assert len(document["theirs"]["prove"]["runs"]) == pairs


def test_the_market_is_all_that_is_prepared() -> None:
    """Rows or schedule, behind the commitment; nothing of a statement without a market."""
    shape = SHAPES["tiny"]
    rows = shape.scenarios * (1 + shape.components)
    schedule = len(leaves(empty_schedule(shape)))
    counts = {"claim": rows, "margin": schedule, "solvency": schedule}
    for name in STATEMENTS:
        names = compile_circuit(named_circuit(name, "tiny")).public_names
        market = market_inputs(names)
        assert market == (range(0) if name == "fill" else range(2, 2 + counts[name]))
        parts = ("schedule", "constants", "matrix")
        named = [any(part in signal for part in parts) for signal in names]
        assert named == [index in market for index in range(len(names))]


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


def test_an_earlier_checkout_proves_in_turns_with_this_one(native: Backend, tmp_path: Path) -> None:
    """The same name on both sides, whatever it says there; here the same code twice."""
    document = compare_checkouts(ROOT, "claim", "tiny", runs=3)
    assert document["old"]["circuit_digest"] == document["new"]["circuit_digest"]
    assert document["ratios"].keys() == {"witness", "prove", "whole", "verify", "verify_prepared"}
    for name, ratio in document["ratios"].items():
        assert len(document["old"][name]) == len(document["new"][name]) == 3
        assert 0 < ratio["min"] <= ratio["median"] <= ratio["max"]
    with pytest.raises(Conflict, match="circuit: expected one of"):
        compare_checkouts(ROOT, "no-such-statement", "tiny", runs=1)
    for folder in (tmp_path / "absent", tmp_path):  # where this installation would be found
        with pytest.raises(MeasurementFailed, match="a folder with a checkout"):
            compare_checkouts(folder, "claim", "tiny", runs=1)
    (tmp_path / "zk").mkdir()
    (tmp_path / "zk" / "__init__.py").write_text("raise ImportError")
    with pytest.raises(MeasurementFailed, match="a checkout that proves"):
        compare_checkouts(tmp_path, "claim", "tiny", runs=1)


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


def test_the_full_run(native: Backend) -> None:
    """Every statement in every shape natively on one thread and on all; the reference on tiny."""
    cells = planned(Selection(peers="none")).cells
    of = {backend: [cell for cell in cells if cell.backend == backend] for backend in available()}
    named = {(cell.circuit, cell.shape) for cell in of[Choice.NATIVE]}
    assert named == set(product(STATEMENTS, SHAPES))
    assert {cell.threads for cell in of[Choice.NATIVE]} == {1, cores()}
    reference = {(cell.circuit, cell.shape, cell.threads) for cell in of[Choice.PY_ECC]}
    assert reference == {(name, "tiny", cores()) for name in STATEMENTS}
    assert len(set(cells)) == len(cells)


def test_who_meets_the_peers(native: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    """Solvency of every shape and all of standard, or all that was named; on most threads."""
    monkeypatch.setattr(plan, "chosen_peers", lambda _: ([fake_peer()], {}))
    full = [cell for cell in planned(Selection()).cells if cell.peers]
    assert {(cell.circuit, cell.shape) for cell in full} == {
        *(("solvency", shape) for shape in SHAPES),
        *((name, "standard") for name in STATEMENTS),
    }
    assert {(cell.backend, cell.threads) for cell in full} == {(Choice.NATIVE, cores())}
    named = [
        cell for cell in planned(Selection(circuits="fill", shapes="tiny")).cells if cell.peers
    ]
    assert [(cell.circuit, cell.shape) for cell in named] == [("fill", "tiny")]
    quick = planned(Selection(quick=True)).cells
    assert {cell.backend for cell in quick} == set(available())
    assert len([cell for cell in quick if cell.peers]) == 1


def test_each_cell_has_its_threads(native: Backend) -> None:
    """A process that is given one core has one thread, whatever the others were given."""
    counts = planned(Selection(threads="all,1,all", backends="native", peers="none")).cells[:2]
    assert [cell.threads for cell in counts] == sorted({1, cores()})[:2]
    for count in {1, cores()}:
        assert on_cores(count, threads) == count
        assert on_cores(count, cores) == count


def test_what_fails_apart_fails_here() -> None:
    """The error is the same one; a process that is killed is a failed measurement."""
    with pytest.raises(Conflict, match="circuit"):
        in_subprocess(named_circuit, "x", "tiny")
    with pytest.raises(MeasurementFailed):
        in_subprocess(os._exit, 1)


def test_the_floor() -> None:
    """Additions in each group at that group's price, shared by the threads."""
    profile = [Stage("a", 1, 300, 1), Stage("b", 1, 100, 2), Stage("c", 1, 200, 1)]
    floor = floor_of(timed_stages([profile, profile]), AdditionCosts(1e-6, 3e-6), threads=2)
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


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_pages_quote_the_results(path: Path) -> None:
    """The tables and figures of every page are those of the results."""
    text = path.read_text()
    assert renewed(text) == text
    assert text.count("<!-- = ") == len(FIGURE.findall(text))


def test_every_result_is_quoted() -> None:
    """A result that no page has a table of would be kept for nobody."""
    shown = {name for path in PAGES for name, _ in MARK.findall(path.read_text())}
    assert shown >= {path.stem for path in RESULTS.glob("*.json")}


def test_figures_in_sentences() -> None:
    """A name leads to exactly one number, which is written in the form that is asked for."""
    entries = [
        {"circuit": "claim", "shape": "tiny", "threads": n, "prove": {"median": n / 100}}
        for n in (1, 2)
    ]
    results = {"standard": {"figures": entries, "ratio": 0.0625, "size": 1_234_567, "ok": True}}
    first = "standard:figures.claim/tiny/threads=1.prove.median"
    assert quoted(results, first, "duration") == "10.0 ms"
    assert quoted(results, first, ".3f") == "0.010"
    assert quoted(results, "standard:ratio", "times") == "16.0"
    assert quoted(results, "standard:ratio", "percent") == "6%"
    assert quoted(results, "standard:size", "bytes") == "1.23 MB"
    assert quoted(results, "standard:size", ",d") == "1,234,567"
    for name, form in (
        ("other:ratio", ".3f"),
        ("standard:figures.claim.prove.median", ".3f"),
        ("standard:figures.fill.prove.median", ".3f"),
        ("standard:figures.claim/threads=1.prove", ".3f"),
        ("standard:ok", ".3f"),
        ("standard:ratio", "fast"),
        ("standard:ratio.more", ".3f"),
    ):
        with pytest.raises(Conflict):
            quoted(results, name, form)


def test_a_figure_is_renewed_in_its_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands between its marks is replaced, and nothing beside them."""
    monkeypatch.setattr(page, "results", lambda: {"some": {"rate": 727.4}})
    monkeypatch.setattr(page, "markdown_tables", dict)
    mark = "<!-- = some:rate|,.0f -->"
    assert renewed(f"At {mark}?<!-- --> legs") == f"At {mark}727<!-- --> legs"
    assert renewed(f"{mark}1<!-- -->{mark}2<!-- -->") == f"{mark}727<!-- -->" * 2
    with pytest.raises(Conflict):
        renewed("<!-- = some:other|,.0f -->?<!-- -->")


def test_what_was_not_measured_leaves_its_place_on_the_page() -> None:
    """A mark whose table has no rows stands alone; with rows it is one table of Markdown again."""
    made = markdown_tables()
    for (name, number), table in made.items():
        mark = f"<!-- {name} {number} -->\n\n"
        assert renewed(f"{mark}\nafter") == f"{mark}{table}\nafter"
        assert renewed(f"{mark}| a |\n| --- |\n\nafter") == f"{mark}{table}\nafter"
        assert not table or table.count("\n") >= 3


def test_the_results_were_made_as_the_page_says() -> None:
    """Comparisons are of eleven pairs, fewer of a slow peer; each is a proof that verified."""
    for path in RESULTS.glob("*.json"):
        document = json.loads(path.read_text())
        for entry in document.get("comparisons", ()):
            runs = entry["theirs"]["prove"]["runs"]
            assert entry["pairs"] == len(entry["ours"]["whole"]["runs"]) == len(runs)
            assert len(runs) >= 11 or (len(runs) >= ENOUGH and max(runs) > 1)
            assert entry["load_before"]
            assert entry["load_after"]
