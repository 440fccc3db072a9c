"""The shape of a portfolio: how many assets, instruments and scenarios, and how wide each is.

A circuit is a function of its shape; a shape is a parameter and never a file's name.

| component     | width            | why                                                     |
| ------------- | ---------------- | ------------------------------------------------------- |
| asset 0: cash | signed 63 bits   | the most whole windows of three bits that 64 bits hold   |
| other assets  | unsigned 63 bits | collateral cannot be owed                               |
| instruments   | signed 48 bits   | 16 windows: 1.4·10¹⁴ lots either way                     |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from zk.errors import Malformed

MATRIX_BITS: Final = 48
CONSTANT_BITS: Final = 112
WINDOW_BITS: Final = 3


@dataclass(frozen=True, slots=True)
class Width:
    """A range of integers: `bits` bits, from zero or around it."""

    bits: int
    signed: bool

    @property
    def minimum(self) -> int:
        return -(1 << (self.bits - 1)) if self.signed else 0

    @property
    def maximum(self) -> int:
        return self.minimum + (1 << self.bits) - 1

    @property
    def magnitude(self) -> int:
        """The largest absolute value."""
        return max(-self.minimum, self.maximum)

    def __contains__(self, value: int) -> bool:
        return self.minimum <= value <= self.maximum

    def __str__(self) -> str:
        return f"[{self.minimum}, {self.maximum}]"


CASH: Final = Width(63, signed=True)
COLLATERAL: Final = Width(63, signed=False)
POSITION: Final = Width(48, signed=True)
MATRIX_ENTRY: Final = Width(MATRIX_BITS, signed=True)
CONSTANT: Final = Width(CONSTANT_BITS, signed=True)
#: A blinding is taken modulo l; 84 windows hold every number below l, and some above.
BLINDING: Final = Width(84 * WINDOW_BITS, signed=False)


@dataclass(frozen=True, slots=True)
class Shape:
    """(assets A, instruments I, scenarios S), with K = A + I components."""

    assets: int
    instruments: int
    scenarios: int

    def __post_init__(self) -> None:
        if min(self.assets, self.instruments, self.scenarios) < 1:
            raise Malformed(
                "shape",
                expected="at least one asset, instrument and scenario",
                actual=(self.assets, self.instruments, self.scenarios),
            )

    @property
    def components(self) -> int:
        return self.assets + self.instruments

    @property
    def widths(self) -> tuple[Width, ...]:
        """The width of each component of a portfolio."""
        return (CASH, *[COLLATERAL] * (self.assets - 1), *[POSITION] * self.instruments)

    @property
    def traded(self) -> tuple[int, ...]:
        """The components that an order may move: cash, and every instrument."""
        return (0, *range(self.assets, self.components))

    @property
    def row_bits(self) -> int:
        """Bits that hold every row Σ M·v + b that the bounds allow: the row cannot wrap."""
        largest = sum(MATRIX_ENTRY.magnitude * width.magnitude for width in self.widths)
        return (largest + CONSTANT.magnitude).bit_length()

    def __str__(self) -> str:
        return f"({self.assets}, {self.instruments}, {self.scenarios})"


SHAPES: Final[Mapping[str, Shape]] = MappingProxyType(
    {
        "tiny": Shape(2, 2, 4),
        "standard": Shape(4, 8, 16),
        "desk": Shape(4, 28, 32),
        "large": Shape(8, 92, 64),
    }
)
