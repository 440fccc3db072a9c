"""The statements by name, for every shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from circuits.claim import Claim
from circuits.fill import Fill
from circuits.margin import Margin
from circuits.shape import SHAPES, Shape
from circuits.solvency import Solvency
from zk.circuit import Circuit
from zk.errors import Conflict

STATEMENTS: Final[Mapping[str, Callable[[Shape], Circuit[Any, Any]]]] = MappingProxyType(
    {"claim": Claim, "margin": Margin, "solvency": Solvency, "fill": Fill}
)


def named_circuit(name: str, shape: str) -> Circuit[Any, Any]:
    """The circuit of that statement and shape; an unknown name is a `Conflict`."""
    if name not in STATEMENTS:
        raise Conflict("circuit", expected=f"one of {', '.join(STATEMENTS)}", actual=name)
    if shape not in SHAPES:
        raise Conflict("shape", expected=f"one of {', '.join(SHAPES)}", actual=shape)
    return STATEMENTS[name](SHAPES[shape])
