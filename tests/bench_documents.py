"""Documents of `tacit bench` with invented figures, for tests of what is made from them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.times import Timing, spread

STAGES = ("quotient", "sum A", "sum B1", "sum B2", "sum C+H", "blinding")


def timing(median: float, runs: int = 3) -> dict[str, Any]:
    """Runs around a median."""
    return Timing.of(median * (1 + (i - runs // 2) / 10) for i in range(runs)).document()


def figures(
    circuit: str, shape: str, constraints: int, backend: str = "native", threads: int = 2
) -> dict[str, Any]:
    """A cell whose times grow with its constraints."""
    prove = constraints * 4e-6 / threads
    runs = {"witness": 0.1, "prove": 1.0, "whole": 1.1, "whole_verified": 1.2, "verify": 0.1}
    return {
        "circuit": circuit,
        "shape": shape,
        "backend": backend,
        "threads": threads,
        "constraints": constraints,
        "wires": constraints + 20,
        "public_inputs": 23,
        "private_inputs": 4,
        "domain": 1 << constraints.bit_length(),
        "circuit_digest": f"{constraints:064x}",
        "key_digest": f"{constraints + 1:064x}",
        "runs": 3,
        "trace": timing(0.2, 1),
        "setup": timing(0.3, 1),
        "load": timing(0.5, 1),
        "first_witness": timing(0.1, 1),
        **{name: timing(factor * prove) for name, factor in runs.items()},
        "batch_verify": {"1": timing(2e-3), "10": timing(5e-3), "100": None, "1000": None},
        "verify_prepared": timing(1e-3),
        "first_proof": None,
        "batch_distinct": None,
        "stages": [
            {"name": name, "time": timing(prove / 6), "additions": 1000, "group": 1}
            for name in STAGES
        ],
        "split": {"msm": 4 * prove / 6, "ntt": prove / 6, "rest": prove / 6},
        "floor": None,
        "peak_memory": {"trace": 50 << 20, "setup": 60 << 20, "prove": 70 << 20},
        "bytes": {
            "proof": 256,
            "proof_json": 806,
            "proving_key": 1_000_000,
            "verifying_key": 2_000,
            "verifying_key_json": 9_000,
        },
    }


def comparison(entry: dict[str, Any], peer: str, factor: float) -> dict[str, Any]:
    """A peer that takes so many times as long."""
    runs = ("witness", "prove", "whole", "whole_verified", "verify")
    ratio = spread([1 / factor])
    return {
        **{key: entry[key] for key in ("circuit", "shape", "backend", "constraints")},
        "peer": peer,
        "version": "1.2.3",
        "threads": None,
        "imports": "the same key",
        "pairs": 3,
        "load_before": [0.1, 0.1, 0.1],
        "load_after": [0.1, 0.1, 0.1],
        "ours_threads": entry["threads"],
        "ours": {name: entry[name] for name in runs},
        "theirs": {
            "prove": timing(entry["prove"]["median"] * factor),
            "verify": timing(entry["verify"]["median"] * factor),
        },
        "ratios": dict.fromkeys(("prove", "whole", "whole_verified", "verify"), ratio),
    }


def invented_document() -> dict[str, Any]:
    """Two circuits in two shapes, natively on one thread and on two, and two peers."""
    sizes = (("claim", "tiny", 1731), ("solvency", "tiny", 4155), ("solvency", "standard", 6828))
    entries = [figures(*size, threads=threads) for size in sizes for threads in (1, 2)]
    entries.append(figures("claim", "tiny", 1731, backend="py_ecc") | {"stages": [], "split": None})
    compared = [entry for entry in entries if entry["circuit"] == "solvency"][1::2]
    return {
        "format": 2,
        "started": "2026-01-01T00:00:00+00:00",
        "machine": {
            "cpu": "A processor, of some kind",
            "cores": 2,
            "physical_cores": 2,
            "threads": 2,
            "kernel": "portable",
            "memory_bytes": 1 << 34,
            "system": "Linux x86_64",
        },
        "versions": {"python": "3.11.7", "tacit": "0.1.0", "py_ecc": "8.0.0", "arkworks": "0.6.0"},
        "load_before": [0.1, 0.1, 0.1],
        "options": {},
        "figures": entries,
        "comparisons": [
            comparison(entry, peer, factor)
            for entry in compared
            for peer, factor in (("snarkjs", 14), ("gnark", 3))
        ],
        "skipped": {"ark": "not built"},
        "load_after": [0.1, 0.1, 0.1],
    }


def write_document(folder: Path, document: dict[str, Any], name: str = "d.json") -> Path:
    """The document in a file."""
    path = folder / name
    path.write_text(json.dumps(document))
    return path
