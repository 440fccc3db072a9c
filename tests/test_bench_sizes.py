"""`tacit bench sizes` and `clearing-house`: what grows, by what law, and what follows from it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from benchmarks.page import RESULTS
from benchmarks.sizes.charts import draw_sizes
from benchmarks.sizes.clearing_house import ClearingHouse, needs
from benchmarks.sizes.grid import STUDY, shape_of, shapes_of
from benchmarks.sizes.laws import LAWS, described
from benchmarks.sizes.least_squares import least_squares
from benchmarks.sizes.model import Fitted, law_of, model
from circuits.catalogue import STATEMENTS
from circuits.shape import SHAPES, Block, Shape
from tests.command import assert_one_line_refusal, run_tacit
from tests.conftest import ROOT
from zk.backends import Backend
from zk.circuit import compile_circuit
from zk.errors import Conflict

PAGE = ROOT / "docs" / "performance.md"
SIZE = {
    *("circuit", "shape", "assets", "instruments", "components", "scenarios", "blocks"),
    "constraints",
    *("wires", "full_wires", "public", "public_left", "terms", "domain", "key_bytes", "trace"),
    *("setup", "load", "prepare", "witness", "prove", "verify", "verify_prepared"),
    *("traced_memory", "peak_memory"),
}
LAW = {
    *("law", "unit", "coefficients", "largest_error", "largest_left_out", "errors", "left_out"),
}
#: Small circuits whose quantities are independent; the last one's escrow has a wider permutation.
SMALL = [
    *(Shape(*s) for s in [(1, 1, 1), (2, 2, 4), (1, 2, 2), (2, 5, 3), (3, 2, 5), (4, 3, 2)]),
    Shape(2, 14, 1),
]
#: Shapes that no study measures, two of them of several coins; the last one has more words in
#: escrow than one permutation gives.
OUTSIDE = [
    Shape(1, 3, 2),
    Shape(3, 7, 6, (Block(2, 3, 1), Block(4, 5), Block(1, 1, 2))),
    Shape(2, 30, 1),
    SHAPES["standard"],
    Shape(2, 75, 1),
]
STATEMENTS_OF_SIZES = ("claim", "margin", "solvency")


def compiled_size(circuit: str, shape: Shape) -> dict[str, Any]:
    """What the constraints' law needs of a size, with the constraints."""
    compiled = compile_circuit(STATEMENTS[circuit](shape))
    return described(circuit, shape) | {"constraints": len(compiled.r1cs.constraints)}


@pytest.fixture(scope="module")
def measured(native: Backend, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `s.json`, the document of a small study, and its charts."""
    folder = tmp_path_factory.mktemp("sizes")
    arguments = ("--shapes", "1x1x1,2x2x2,1x2x1", "--runs", "1", "--plot", "c", "--json", "s.json")
    result = run_tacit("bench", "sizes", *arguments, cwd=folder)
    assert result.returncode == 0, result.stderr
    shown = " ".join(result.stdout.split())
    for title in ("statements of growing size", "what they are sums of", "÷ what was measured"):
        assert title in shown
    return folder


def test_the_documented_keys_of_sizes(measured: Path) -> None:
    """Every size has the documented figures, and its timings are of proofs that verified."""
    document = json.loads((measured / "s.json").read_text())
    assert len(document["sizes"]) == 9
    for size in document["sizes"]:
        assert set(size) == SIZE
        assert size["domain"] >= size["constraints"] + size["public"] + 1 > size["domain"] // 2
        assert 0 < size["full_wires"] < size["wires"]
        assert 1 << 24 < size["traced_memory"] <= size["peak_memory"]
        assert len(size["prove"]["runs"]) == 1
    for law in document["model"]:
        assert set(law) == LAW
        assert len(law["errors"]) == len(law["left_out"]) == 9
    page = PAGE.read_text()
    assert not {key for key in SIZE | LAW if f"`{key}`" not in page}


def test_what_is_counted_follows_a_law_exactly(measured: Path) -> None:
    """The bytes of a key are no matter of chance: the law of some sizes has every other one."""
    document = json.loads((measured / "s.json").read_text())
    law = next(law for law in document["model"] if law["law"] == "key_bytes")
    assert law["coefficients"] == {"1": 868, "wires": 320, "terms": 44, "domain": 64}
    assert law["largest_error"] == law["largest_left_out"] == 0


def test_drawing_again_measures_nothing(measured: Path) -> None:
    """`--from` has the same laws and the same charts, byte by byte."""
    names = [f"c-{part}.{suffix}" for part in ("constraints", "costs") for suffix in ("svg", "png")]
    before = {name: (measured / name).read_bytes() for name in names}
    arguments = ("--from", "s.json", "--plot", "c", "--json", "again.json")
    result = run_tacit("bench", "sizes", *arguments, cwd=measured)
    assert result.returncode == 0, result.stderr
    assert {name: (measured / name).read_bytes() for name in names} == before
    assert (measured / "again.json").read_bytes() == (measured / "s.json").read_bytes()


@pytest.mark.parametrize("part", ["constraints", "costs"])
def test_the_charts_of_the_page_are_of_the_results(part: str, tmp_path: Path) -> None:
    """The study that is kept draws what is kept, byte for byte."""
    draw_sizes(json.loads((RESULTS / "sizes.json").read_text()), tmp_path / "sizes")
    file = f"sizes-{part}.svg"
    assert (tmp_path / file).read_bytes() == (PAGE.parent / "images" / file).read_bytes()
    assert f"(images/{file})" in PAGE.read_text()


def test_the_law_of_the_constraints_is_exact() -> None:
    """What small circuits say of the coefficients holds for every shape, to the last constraint."""
    entries = [compiled_size(name, shape) for name in STATEMENTS_OF_SIZES for shape in SMALL]
    law = Fitted.to(LAWS[0], entries)
    assert law is not None
    assert all(x.denominator == 1 for x in law.coefficients.values())
    for name in STATEMENTS_OF_SIZES:
        for shape in OUTSIDE:
            size = compiled_size(name, shape)
            assert law.predict(size) == size["constraints"]


def test_the_law_on_the_page_is_that_of_the_circuits() -> None:
    """The kept results hold for circuits that were in no study."""
    law = law_of(json.loads((RESULTS / "sizes.json").read_text()), "constraints")
    assert law is not None
    for name in STATEMENTS_OF_SIZES:
        for shape in OUTSIDE:
            size = compiled_size(name, shape)
            assert law.predict(size) == size["constraints"]


def test_least_squares() -> None:
    """Exact where there is an exact answer, the best in relative terms where there is none."""
    rows = [[1, 2], [1, 3], [1, 7]]
    assert least_squares(rows, [7, 10, 22]) == (Fraction(1), Fraction(3))
    assert least_squares([[1], [1]], [1, 2]) == (Fraction(6, 5),)
    assert least_squares([[1, 1], [2, 2]], [1, 2]) is None


def test_too_few_sizes_have_no_law() -> None:
    """Two sizes determine no law of five coefficients, and none is invented."""
    entries = [compiled_size("claim", shape) for shape in SMALL[:2]]
    assert Fitted.to(LAWS[0], entries) is None
    assert law_of({"model": []}, "constraints") is None


def test_a_size_that_alone_determines_a_law_is_not_predicted_without_it() -> None:
    """Without the only escrow there is nothing to say about what an escrow costs."""
    entries = [compiled_size(name, shape) for name in ("claim", "margin") for shape in SMALL]
    escrows = [compiled_size("solvency", shape) for shape in (SMALL[1], SMALL[-1])]
    timings = {"prove": {"min": 1.0}, "verify": {"min": 1.0}, "verify_prepared": {"min": 1.0}}
    counts = {"key_bytes": 1, "wires": 1, "terms": 1, "domain": 1, "full_wires": 1}
    more = timings | counts | {"public": 1, "public_left": 1}
    (constraints,) = model([entry | more for entry in (*entries, *escrows)])
    assert constraints["law"] == "constraints"
    assert constraints["left_out"][-1] is None
    assert constraints["largest_left_out"] == 0


def test_the_shapes_of_the_study() -> None:
    """They go where the study says: 4 to 400 components, 4 to 256 scenarios, and both at once."""
    shapes = shapes_of(",".join(STUDY))
    assert len(set(shapes)) == len(shapes)
    at = {(shape.components, shape.scenarios) for shape in shapes}
    assert at == {
        *((k, 16) for k in (4, 12, 32, 100, 200, 400)),
        *((k, s) for k in (12, 100) for s in (4, 16, 64, 256)),
        (400, 256),
    }
    assert shape_of("desk") == SHAPES["desk"]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--shapes", "nonsense"),
        ("--shapes", "4x8"),
        ("--shapes", "0x1x1"),
        ("--shapes", ""),
        ("--circuits", "fill"),
        ("--from", "missing.json"),
        ("--json", "missing/s.json"),
    ],
)
def test_bad_options_of_sizes(tmp_path: Path, option: str, value: str) -> None:
    """What means nothing here is one line, before anything is measured."""
    assert_one_line_refusal(run_tacit("bench", "sizes", option, value, cwd=tmp_path))


def test_another_file_is_no_study(tmp_path: Path) -> None:
    """`--from` reads documents of sizes and says so of every other."""
    for text in ("[]", "{}", "{", '{"sizes": 3}'):
        (tmp_path / "other.json").write_text(text)
        result = run_tacit("bench", "sizes", "--from", "other.json", cwd=tmp_path)
        assert_one_line_refusal(result, "tacit bench sizes")


#: A house of round numbers: a thousand accounts, a market an hour, two legs a day, a rush of 100 s.
HOUSE = ClearingHouse(accounts=1_000, epochs_a_day=24, legs_a_day=2, rush=100)
STEPS = {"parse": 2, "judge": 1, "signatures": 1, "balance": 0, "proofs": 5, "apply": 1, "store": 2}


def invented() -> dict[str, dict[str, Any]]:
    """Results of round numbers."""
    head = {"started": "once", "machine": {"threads": 2}}
    standard = {"shape": "standard", "backend": "native"}
    batch = {"batch_verify": {"10": {"median": 9.0}, "1000": {"median": 0.5}, "100": None}}
    figures = [
        standard | {"circuit": "solvency", "threads": 1, "whole_verified": {"median": 0.7}},
        standard | {"circuit": "margin", "threads": 2, "whole_verified": {"median": 0.3}},
        standard | {"circuit": "margin", "threads": 1, "whole_verified": {"median": 0.5}} | batch,
    ]
    steps = {name: milliseconds / 1_000 for name, milliseconds in STEPS.items()}
    settling = [
        {"kind": "margin", "legs": 1, "legs_per_second": 80.0, "steps": steps},
        {"kind": "signed", "legs": 10, "legs_per_second": 40.0, "steps": steps},
    ]
    growth = [
        {"accounts": 100, "file_bytes": 1, "peak_memory": 1},
        {"accounts": 500, "file_bytes": 5_000, "peak_memory": 70_000},
    ]
    publishing = {"write": {"median": 0.04}, "submit": {"median": 0.02}, "transition_bytes": 3_000}
    marginal = [
        {"kind": kind, "cores": "one", "seconds_each": seconds, "file_bytes_each": size}
        | {"memory_each": 7}
        for kind, seconds, size in (
            ("margin", 0.002, 900),
            ("signed", 0.04, 5_000),
            ("accounts", 0.003, 1_500),
            ("epochs", 0.1, 4_000),
        )
    ]
    size = {"circuit": "margin", "shape": "(4, 8, 16)", "constraints": 500, "prepare": 0.05}
    large = {
        **size,
        "shape": "(9, 9, 9)",
        "constraints": 9_000,
        "public": 70,
        "key_bytes": 12,
        "witness": {"median": 1.0},
        "prove": {"median": 3.0},
        "verify_prepared": {"median": 0.25},
    }
    return {
        "standard": head | {"figures": figures},
        "ledger": head | {"settling": settling, "growth": growth, "publishing": publishing},
        "audit": head
        | {"marginal": marginal, "audits": [{"kind": "signed", "proofs": 40, "count": 4}]},
        "sizes": head | {"sizes": [size, large]},
    }


def test_the_clearing_house_by_hand() -> None:
    """Every row of invented results, worked out again."""
    found = {(need["who"], need["what"]): need["value"] for need in needs(HOUSE, invented())}
    by_hand = {
        ("owners", "one proof of margin"): 0.5,
        ("owners", "all of an epoch"): 500,
        ("owners", "if one machine made them all"): 500 / 3_600,
        ("ledger", "proofs of margin, spread over the epoch"): 12.5 / 3_600,
        ("ledger", "the same in a rush"): 0.125,
        ("ledger", "of that in order"): 4.0,
        ("ledger", "of that on other cores, in a rush"): 0.08,
        ("ledger", "the proofs alone, in batches"): 0.5,
        ("ledger", "trades"): 50 / 86_400,
        ("log", "proofs of margin of an epoch"): 900_000,
        ("log", "trades of a day"): 1_000_000,
        ("log", "a day"): 24_000 * 900 + 2_000 * 500 + 24 * 4_000,
        ("log", "a year"): 365 * 22_696_000,
        ("audit", "a day of the log"): 48 + 8 + 2.4,
        ("audit", "to keep up with the ledger"): 58.4 / 86_400,
        ("audit", "memory for the accounts"): 7_000,
        ("state", "on disk"): 10_000,
        ("state", "memory of the ledger"): 70_000,
        ("epoch", "its matrices"): 0.04,
        ("epoch", "its entry"): 0.02,
        ("epoch", "its size"): 3_000,
        ("epoch", "sent to every account"): 3_000_000,
        ("epoch", "preparing verification"): 0.05,
        ("epoch", "its audit"): 0.1,
        ("margin (9, 9, 9)", "one proof of margin"): 8.0,
        ("margin (9, 9, 9)", "its key"): 12,
        ("margin (9, 9, 9)", "one verification"): 0.25,
        ("margin (9, 9, 9)", "preparing verification"): 0.05,
    }
    assert found.keys() == by_hand.keys()
    for name, value in by_hand.items():
        assert found[name] == pytest.approx(value), name


def test_solvency_stands_for_a_margin_that_was_not_measured() -> None:
    """It says so, and it is more than a proof of margin needs."""
    results = invented()
    figures = results["standard"]["figures"][0] | {"batch_verify": {"1": {"median": 0.25}}}
    results["standard"]["figures"] = [figures]
    first = needs(HOUSE, results)[0]
    assert first["value"] == 0.7
    assert "solvency" in first["basis"]


@pytest.mark.parametrize("missing", ["standard", "ledger", "audit", "sizes"])
def test_a_result_that_is_missing_is_named(missing: str) -> None:
    """No row is left out silently."""
    known: Mapping[str, Any] = {k: v for k, v in invented().items() if k != missing}
    with pytest.raises(Conflict, match=missing):
        needs(HOUSE, known)
    emptied = {"standard": "figures", "ledger": "settling", "audit": "marginal", "sizes": "sizes"}
    damaged = invented()
    damaged[missing][emptied[missing]] = []
    with pytest.raises(Conflict, match=missing):
        needs(HOUSE, damaged)


def test_the_clearing_house_on_the_page() -> None:
    """What is kept was worked out from the results that are kept beside it."""
    document = json.loads((RESULTS / "clearing_house.json").read_text())
    options = document["options"]
    results = {
        name: json.loads((RESULTS / f"{name}.json").read_text()) for name in document["sources"]
    }
    assert document["clearing_house"] == needs(ClearingHouse(**options), results)
    page = PAGE.read_text()
    assert not {key for key in ("clearing_house", "sources") if f"`{key}`" not in page}


def test_the_clearing_house_command(tmp_path: Path) -> None:
    """It says what it worked out, and in one line what it lacks."""
    for name, document in invented().items():
        (tmp_path / f"{name}.json").write_text(json.dumps(document))
    arguments = ("--accounts", "1000", "--legs", "2", "--rush", "100", "--results", ".")
    result = run_tacit("bench", "clearing-house", *arguments, "--json", "-", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    document = json.loads(result.stdout)
    assert document["clearing_house"] == needs(HOUSE, invented())
    assert run_tacit("bench", "clearing-house", *arguments, cwd=tmp_path).returncode == 0
    (tmp_path / "audit.json").write_text("[]")
    refused = run_tacit("bench", "clearing-house", *arguments, cwd=tmp_path)
    assert_one_line_refusal(refused, "audit.json")
    (tmp_path / "audit.json").unlink()
    refused = run_tacit("bench", "clearing-house", *arguments, cwd=tmp_path)
    assert_one_line_refusal(refused, "audit.json")
