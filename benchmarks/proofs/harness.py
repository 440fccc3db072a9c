"""Figures in the columns of zk-Harness, so that they stand beside those of other frameworks.

The columns are those that zkCollective/zk-Harness writes for circuits (its
tutorials/logs/README.md and benchmark scripts). What was not measured is left empty.

| column                     | holds                                                            |
| -------------------------- | ---------------------------------------------------------------- |
| framework                  | `tacit-native`, `tacit-py_ecc`, or the peer's name               |
| circuit, input             | the statement and its shape                                      |
| operation                  | compile (our trace), setup, witness, prove, verify               |
| nbSecret, nbPublic         | private and public inputs                                        |
| ram(mb)                    | peak memory in units of 2²⁰ bytes                                |
| time(ms), count            | the median of so many runs                                       |
| proofSize                  | bytes, of prove alone                                            |
| nbPhysicalCores, nbLogicalCores | those that were used                                        |
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from io import StringIO
from types import MappingProxyType
from typing import Any, Final

COLUMNS: Final = (
    *("framework", "category", "backend", "curve", "circuit", "input", "operation"),
    *("nbConstraints", "nbSecret", "nbPublic", "ram(mb)", "time(ms)", "proofSize"),
    *("nbPhysicalCores", "nbLogicalCores", "count", "cpu"),
)
#: Each operation with our name of its timing, and of its peak memory where that was measured.
_OPERATIONS: Final = MappingProxyType(
    {
        "compile": ("trace", "trace"),
        "setup": ("setup", "setup"),
        "witness": ("witness", None),
        "prove": ("prove", "prove"),
        "verify": ("verify", None),
    }
)
_FIXED: Final = MappingProxyType({"category": "circuit", "backend": "groth16", "curve": "bn254"})

Cells = Mapping[str, Any]


def harness_csv(document: Mapping[str, Any]) -> bytes:
    """The file: our operations of every cell, and the peers' proofs and verifications."""
    text = StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(_FIXED | {**row} for row in _rows(document))
    return text.getvalue().encode()


def _rows(document: Mapping[str, Any]) -> Iterator[Cells]:
    machine = document["machine"]
    sizes = {}
    for figures in document["figures"]:
        known = sizes[figures["circuit"], figures["shape"]] = _size(figures)
        for operation, (timing, memory) in _OPERATIONS.items():
            yield {
                "framework": f"tacit-{figures['backend']}",
                **known,
                **_measured(operation, figures[timing], figures["threads"], machine),
                "ram(mb)": f"{figures['peak_memory'][memory] / (1 << 20):.1f}" if memory else "",
                "proofSize": figures["bytes"]["proof"] if operation == "prove" else "",
            }
    for comparison in document["comparisons"]:
        for operation, timing in comparison["theirs"].items():
            yield {
                "framework": comparison["peer"],
                **sizes[comparison["circuit"], comparison["shape"]],
                **_measured(operation, timing, comparison["threads"], machine),
            }


def _size(figures: Mapping[str, Any]) -> Cells:
    return {
        "circuit": figures["circuit"],
        "input": figures["shape"],
        "nbConstraints": figures["constraints"],
        "nbSecret": figures["private_inputs"],
        "nbPublic": figures["public_inputs"],
    }


def _measured(
    operation: str, timing: Mapping[str, Any], threads: int | None, machine: Mapping[str, Any]
) -> Cells:
    physical = machine["physical_cores"]
    return {
        "operation": operation,
        "time(ms)": f"{timing['median'] * 1000:.4f}",
        "nbPhysicalCores": min(threads, physical) if threads and physical else "",
        "nbLogicalCores": threads or "",
        "count": len(timing["runs"]),
        "cpu": machine["cpu"],
    }
