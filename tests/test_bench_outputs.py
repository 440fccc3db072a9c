"""What `tacit bench` makes of its figures: the form, the CSV, the charts, and what changed."""

from __future__ import annotations

import csv
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from benchmarks.canvas import FILLS, STYLES
from benchmarks.page import RESULTS
from benchmarks.proofs.changes import changed_digests, changes, unmatched, warnings
from benchmarks.proofs.charts import draw_proofs
from benchmarks.proofs.comparison import compare
from benchmarks.proofs.form import read_document
from benchmarks.proofs.harness import harness_csv
from benchmarks.proofs.subject import Loaded, Subject
from benchmarks.times import Timing
from tests.bench_documents import invented_document, write_document
from tests.command import assert_one_line_refusal, run_tacit
from tests.conftest import ROOT
from tests.test_bench import fake_peer
from zk.backends import Backend
from zk.errors import MalformedFile
from zk.formats.json import encode_proof

PAGE = ROOT / "docs" / "performance.md"
HEADER = (
    "framework,category,backend,curve,circuit,input,operation,nbConstraints,nbSecret,nbPublic,"
    "ram(mb),time(ms),proofSize,nbPhysicalCores,nbLogicalCores,count,cpu"
)
LEAVES = ({"median", "p95", "min", "runs"}, {"median", "min", "max"})
#: Keys below these are names of their own, not of the form.
OPEN = {"options", "versions", "skipped"}


@pytest.fixture(scope="module")
def measured(native: Backend, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A real document, with a comparison with a peer that repeats a proof of ours."""
    folder = tmp_path_factory.mktemp("bench")
    arguments = ("--circuits", "claim", "--shapes", "tiny", "--backends", "native")
    options = ("--threads", "1", "--runs", "2", "--peers", "none", "--batch", "3")
    outputs = ("--json", "d.json", "--csv", "d.csv", "--plot", "d.svg")
    result = run_tacit("bench", *arguments, *options, *outputs, cwd=folder)
    assert result.returncode == 0, result.stderr
    assert {path.name for path in folder.iterdir()} == {
        *("d.json", "d.csv"),
        *(f"d-{name}.{end}" for name in ("time", "stages", "shapes") for end in ("svg", "png")),
    }
    document = read_document(folder / "d.json")
    loaded = Loaded.on(native, Subject.named("claim", "tiny"))
    proof = json.loads(encode_proof(loaded.run().proof))
    answer = {"prove_ms": 1, "verify_ms": 1000, "valid": True, "proof": proof}
    document["comparisons"].append(compare(loaded, fake_peer(answer, answer), runs=1).document())
    return document


def key_paths(value: object, path: str = "") -> Iterator[str]:
    """Every path of a document; a list's entries share one, and a timing or a spread has none."""
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        for entry in value:
            yield from key_paths(entry, f"{path}[]")
    elif isinstance(value, Mapping) and path not in OPEN and set(value) not in LEAVES:
        for key, below in value.items():
            yield from key_paths(below, f"{path}.{key}" if path else key)
    else:
        yield path


def test_every_key_is_on_the_page_and_the_other_way_round(measured: dict[str, Any]) -> None:
    """The page's first two tables of keys name what a real document holds, and nothing else."""
    section = PAGE.read_text().partition("\n## The JSON\n")[2].partition("`tacit bench ledger`")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    assert named == set(key_paths(measured))


def test_a_real_document(measured: dict[str, Any]) -> None:
    """Its figures are of the cell that was asked for, and each part is plausible."""
    (entry,) = measured["figures"]
    assert (entry["circuit"], entry["shape"], entry["backend"]) == ("claim", "tiny", "native")
    assert entry["threads"] == 1
    assert len(entry["prove"]["runs"]) == entry["runs"] == 2
    assert len(entry["trace"]["runs"]) == 1
    assert entry["bytes"]["proof"] == 256
    peaks = entry["peak_memory"]
    assert 1 << 24 < peaks["trace"] <= peaks["setup"] < 1 << 32
    assert 1 << 24 < peaks["prove"] < 1 << 32
    split = entry["split"]
    sums = [stage["time"]["median"] for stage in entry["stages"] if stage["name"][:3] == "sum"]
    assert len(sums) == 4
    assert split["msm"] == pytest.approx(sum(sums), abs=1e-6)
    assert sum(split.values()) == pytest.approx(entry["prove"]["median"], abs=1e-6)
    assert entry["floor"]["proof_to_floor"] > 1
    distinct = entry["batch_distinct"]
    assert (distinct["proofs"], distinct["threads"]) == (3, 1)


@pytest.mark.parametrize(
    ("runs", "p95"), [(1, 1), (2, 2), (19, 19), (20, 19), (21, 20), (40, 38), (100, 95)]
)
def test_the_95th_percentile_is_by_nearest_rank(runs: int, p95: int) -> None:
    """Of 1, 2, …, n it is the number ⌈95·n/100⌉, in whatever order they came."""
    timing = Timing.of(reversed(range(1, runs + 1)))
    assert timing.p95 == p95
    assert timing.document()["p95"] == p95


def test_the_csv_has_zk_harness_columns() -> None:
    """Five rows for a cell and two for a comparison; what was not measured is empty."""
    document = invented_document()
    text = harness_csv(document).decode()
    assert text.splitlines()[0] == HEADER
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) == 5 * len(document["figures"]) + 2 * len(document["comparisons"])
    assert [row["operation"] for row in rows[:5]] == [
        *("compile", "setup", "witness", "prove", "verify")
    ]
    assert {row["framework"] for row in rows} == {
        "tacit-native",
        "tacit-py_ecc",
        "snarkjs",
        "gnark",
    }
    prove = rows[3]
    assert prove == {
        "framework": "tacit-native",
        "category": "circuit",
        "backend": "groth16",
        "curve": "bn254",
        "circuit": "claim",
        "input": "tiny",
        "operation": "prove",
        "nbConstraints": "1731",
        "nbSecret": "4",
        "nbPublic": "23",
        "ram(mb)": "70.0",
        "time(ms)": f"{document['figures'][0]['prove']['median'] * 1000:.4f}",
        "proofSize": "256",
        "nbPhysicalCores": "1",
        "nbLogicalCores": "1",
        "count": "3",
        "cpu": "A processor, of some kind",
    }
    theirs = [row for row in rows if row["framework"] == "snarkjs"]
    assert {row["operation"] for row in theirs} == {"prove", "verify"}
    assert {row["ram(mb)"] + row["proofSize"] + row["nbLogicalCores"] for row in theirs} == {""}


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    document = deepcopy(invented_document())
    change(document)
    return document


def test_what_changed_is_a_ratio_of_medians() -> None:
    """New over old for each cell of both; a size that moved is shown with both of its values."""

    def slower(document: dict[str, Any]) -> None:
        document["figures"][0]["prove"]["median"] *= 2
        document["figures"][0]["bytes"]["proving_key"] += 1

    rows = changes(invented_document(), changed(slower))
    assert len(rows) == len(invented_document()["figures"])
    assert rows[0] == (
        *("claim (tiny)", "native", "1", "1.000", "1.000", "1.000", "2.000", "1.000", "1.000"),
        *("same", "1,000,000 → 1,000,001", "same"),
    )
    assert all("2.000" not in row for row in rows[1:])


def test_a_time_that_only_one_document_has_is_no_ratio() -> None:
    """A statement without a market has no prepared verification: there is nothing to divide."""

    def without(document: dict[str, Any]) -> None:
        document["figures"][0]["verify_prepared"] = None

    for old, new in ((invented_document(), changed(without)), (changed(without), changed(without))):
        assert changes(old, new)[0][8] == "undefined"


def test_a_changed_digest_is_said_loudly_and_once() -> None:
    """Cells of the same circuit share its digests: one line for all of them."""

    def other(document: dict[str, Any]) -> None:
        for entry in document["figures"]:
            if entry["circuit"] == "claim":
                entry["circuit_digest"] = "f" * 64

    (line,) = changed_digests(invented_document(), changed(other))
    assert line.startswith("CIRCUIT DIGEST CHANGED: claim (tiny): ")
    assert line.endswith("f" * 64)
    assert not changed_digests(invented_document(), invented_document())


def test_another_machine_is_a_warning() -> None:
    """So is another version; its load or its memory is not."""
    assert not warnings(invented_document(), invented_document())

    def elsewhere(document: dict[str, Any]) -> None:
        document["machine"] |= {"cpu": "another", "memory_bytes": 1}
        document["versions"]["python"] = "3.12.0"

    lines = warnings(invented_document(), changed(elsewhere))
    assert len(lines) == 2
    assert all(line.startswith("warning: ") for line in lines)
    assert "another" in lines[0]
    assert "3.12.0" in lines[1]


def test_cells_of_one_document_alone() -> None:
    """What was measured only then, or only now, is said."""
    fewer = changed(lambda document: document["figures"].pop(0))
    cell = "claim (tiny) on native, threads: 1"
    assert unmatched(invented_document(), fewer) == [f"measured only then: {cell}"]
    assert unmatched(fewer, invented_document()) == [f"measured only now: {cell}"]


def test_an_earlier_document_is_shown_again(measured: dict[str, Any], tmp_path: Path) -> None:
    """`--from` measures nothing, and gives tables, CSV, charts and the document back."""
    for number, document in enumerate((measured, invented_document())):
        path = write_document(tmp_path, document)
        outputs = ("--csv", "e.csv", "--plot", "e", "--compare", path, "--json", f"{number}.json")
        result = run_tacit("bench", "--from", path, *outputs, cwd=tmp_path)
        assert result.returncode == 0, result.stderr
        assert json.loads((tmp_path / f"{number}.json").read_text()) == document
        assert (tmp_path / "e.csv").read_bytes() == harness_csv(document)
        assert "new ÷ old" in result.stdout
        printed = run_tacit("bench", "--from", path, "--json", "-", cwd=tmp_path)
        assert json.loads(printed.stdout) == document


def test_charts_name_their_axes_their_units_and_the_peers(tmp_path: Path) -> None:
    """Six files; the text in the SVG is text."""
    written = draw_proofs(invented_document(), tmp_path / "c.svg")
    assert [path.name for path in written] == [
        f"c-{name}.{end}" for name in ("time", "stages", "shapes") for end in ("svg", "png")
    ]
    assert all(path.stat().st_size > 1000 for path in written)
    texts = [" ".join(ElementTree.parse(path).getroot().itertext()) for path in written[::2]]
    for text, words in zip(
        texts,
        (
            *(("constraints", "milliseconds", "snarkjs 1.2.3", "gnark 1.2.3", "py_ecc"),),
            *(("percent", "sum C+H", "quotient", "solvency (standard)"),),
            *(("shape", "milliseconds", "setup", "witness", "proof", "verification"),),
        ),
        strict=True,
    ):
        for word in words:
            assert word in text


def test_the_same_document_gives_the_same_charts(tmp_path: Path) -> None:
    """Byte for byte, so that a chart that is kept changes with its figures only."""
    first, second = (
        [path.read_bytes() for path in draw_proofs(invented_document(), tmp_path / name)]
        for name in ("a.svg", "b.svg")
    )
    assert first == second


@pytest.mark.parametrize("name", ["time", "stages", "shapes"])
def test_the_charts_of_the_page_are_of_the_results(name: str, tmp_path: Path) -> None:
    """`--from` of the results that are kept draws what is kept, byte for byte."""
    draw_proofs(read_document(RESULTS / "standard.json"), tmp_path / "performance.svg")
    file = f"performance-{name}.svg"
    assert (tmp_path / file).read_bytes() == (PAGE.parent / "images" / file).read_bytes()
    assert f"(images/{file})" in PAGE.read_text()


def test_series_are_told_apart_without_colour() -> None:
    """Any two lines differ in marker and dash, any two bars in hatching."""
    for one, other in combinations(STYLES, 2):
        assert one["marker"] != other["marker"]
        assert one["linestyle"] != other["linestyle"]
    assert len({fill["hatch"] for fill in FILLS}) == len(FILLS)


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"[]",
        b"{",
        b'{"format": 1}',
        b"\xff\xfe",
        b'{"format": 2, "figures": []}',
        b"[" * 100_000,
    ],
)
def test_a_foreign_document(damage: bytes, tmp_path: Path) -> None:
    """One line, and before anything is measured, whichever way it is given."""
    path = tmp_path / "old.json"
    path.write_bytes(damage)
    for option in ("--compare", "--from"):
        assert_one_line_refusal(run_tacit("bench", option, path, cwd=tmp_path), "old.json")


def test_a_damaged_document(tmp_path: Path) -> None:
    """A missing key, a key too many and a number that is none are refused, wherever they are."""

    def nowhere(document: dict[str, Any]) -> None:
        document["comparisons"][0]["circuit"] = "fill"

    for change in (
        lambda document: document["figures"][0].pop("prove"),
        lambda document: document["figures"][0].update(more=1),
        lambda document: document["figures"][0]["prove"].update(median="fast"),
        lambda document: document["figures"][0]["batch_verify"].update({"1": None}),
        lambda document: document["figures"].clear(),
        lambda document: document["figures"][0]["prove"].update(median=float("nan")),
        nowhere,
    ):
        with pytest.raises(MalformedFile):
            read_document(write_document(tmp_path, changed(change)))


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--threads", "0"), "threads"),
        (("--threads", "100000"), "threads"),
        (("--threads", "1,two"), "two"),
        (("--threads", ""), "nothing"),
        (("--circuits", ""), "nothing"),
        (("--circuits", "claim,"), "nothing"),
        (("--plot", "nowhere/a.svg"), "nowhere"),
        (("--csv", "nowhere/a.csv"), "nowhere"),
        (("--json", "nowhere/a.json"), "nowhere"),
        (("--csv", "."), "folder"),
        (("--csv", "-"), "name"),
        (("--plot", "-"), "name"),
        (("--csv", "a", "--json", "a"), "twice"),
        (("--json", "-", "--compare", "old.json"), "--compare"),
        (("--from", "old.json", "--circuits", "claim"), "--from"),
        (("--from", "old.json", "--quick"), "--from"),
        (("--quick", "--shapes", "tiny"), "--quick"),
    ],
)
def test_refusals(tmp_path: Path, arguments: tuple[str, ...], word: str) -> None:
    """Each is one line, and nothing was measured or written."""
    write_document(tmp_path, invented_document(), "old.json")
    result = run_tacit("bench", *arguments, *with_no_peers(arguments), cwd=tmp_path)
    assert_one_line_refusal(result, word)
    assert [path.name for path in tmp_path.iterdir()] == ["old.json"]


def with_no_peers(arguments: tuple[str, ...]) -> tuple[str, ...]:
    return () if "--from" in arguments else ("--peers", "none")


def test_charts_without_matplotlib(tmp_path: Path) -> None:
    """What is missing is named before anything is measured."""
    script = (
        "import sys; sys.modules['matplotlib'] = None; sys.argv = ['tacit', *sys.argv[1:]]\n"
        "from tacit.__main__ import main; main()"
    )
    command = [sys.executable, "-c", script, "bench", "--plot", "a.svg", "--peers", "none"]
    result = subprocess.run(
        command,
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert_one_line_refusal(result, "tacit[plot]")
    assert not list(tmp_path.iterdir())


def test_an_interrupt_leaves_nothing_behind(native: Backend, tmp_path: Path) -> None:
    """The process that measures ends with the one that waits, and no file is begun."""
    arguments = ("--circuits", "claim", "--shapes", "tiny", "--backends", "native")
    options = ("--peers", "none", "--runs", "100000", "--json", "d.json", "--csv", "d.csv")
    process = subprocess.Popen(
        [sys.executable, "-m", "tacit", "bench", *arguments, *options],
        cwd=tmp_path,
        env={"PATH": "", "TMPDIR": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert process.stderr is not None
    assert process.stderr.readline().startswith("1/2")
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=60)
    assert process.returncode not in (0, None)
    assert "Traceback" not in rest
    assert not list(tmp_path.iterdir())
