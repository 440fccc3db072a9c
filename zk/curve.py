"""py_ecc's arithmetic of BN254, loaded when something is first computed with it.

Whoever has the native backend computes nothing with it, and a command that verifies one proof
would spend more time on loading it than on the proof.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

_MODULE: Final = "py_ecc.optimized_bn128"


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    found = getattr(import_module(_MODULE), name)
    globals()[name] = found
    return found
