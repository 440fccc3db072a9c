"""What `circuits` raises, on the branches of `zk.errors`.

Malformed
├── OutOfBounds       a public value past the bound that keeps rows from wrapping
└── WrongDimensions   a vector or matrix of another shape
Unsatisfied           (of zk) a statement that is false; `scope` names the check

"""

from __future__ import annotations

from zk.errors import Malformed


class OutOfBounds(Malformed):
    """A public value that the circuit relies on being smaller."""


class WrongDimensions(Malformed):
    """Not as many entries as the shape has."""
