"""The shape of a portfolio: how many assets, instruments and scenarios, and how wide each is.

A circuit is a function of its shape; a shape is a parameter and never a file's name.

| component     | width            | why                                                     |
| ------------- | ---------------- | ------------------------------------------------------- |
| asset 0: cash | signed 63 bits   | the most whole windows of three bits that 64 bits hold   |
| other assets  | unsigned 54 bits | collateral cannot be owed; 18 windows                   |
| instruments   | signed 48 bits   | 16 windows: 1.4·10¹⁴ lots either way                     |

Instruments come coin by coin: a block is a run of components of one underlying, with the rows
against which it is margined and the asset, if any, that is the coin itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from zk.errors import Malformed

MATRIX_BITS: Final = 48
CONSTANT_BITS: Final = 112
#: Units of a matrix entry per unit of cash.
SCALE: Final = 10**6
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

    @property
    def inner(self) -> Width:
        """The middle half of a signed range, one bit less; an unsigned range is left whole."""
        return Width(self.bits - 1, signed=True) if self.signed else self

    def __contains__(self, value: int) -> bool:
        return self.minimum <= value <= self.maximum

    def __str__(self) -> str:
        return f"[{self.minimum}, {self.maximum}]"


CASH: Final = Width(63, signed=True)
COLLATERAL: Final = Width(54, signed=False)
POSITION: Final = Width(48, signed=True)
MATRIX_ENTRY: Final = Width(MATRIX_BITS, signed=True)
CONSTANT: Final = Width(CONSTANT_BITS, signed=True)
#: What open orders hold back, in units of cash.
RESERVED: Final = Width(60, signed=False)
#: A blinding is taken modulo l; 84 windows hold every number below l, and some above.
BLINDING: Final = Width(84 * WINDOW_BITS, signed=False)


@dataclass(frozen=True, slots=True)
class Block:
    """One coin: so many instruments in a row, their rows, and the asset that is the coin."""

    instruments: int
    rows: int
    collateral: int | None = None

    @property
    def columns(self) -> int:
        """Entries of a row: one for each instrument, and one for the collateral."""
        return self.instruments + (self.collateral is not None)


@dataclass(frozen=True, slots=True)
class Shape:
    """(assets A, instruments I, scenarios S), with K = A + I components, and blocks of coins.

    A claim has S dense rows; margin has the rows of each block. Without blocks that are named, all
    instruments are of one coin that nobody pledges.
    """

    assets: int
    instruments: int
    scenarios: int
    blocks: tuple[Block, ...] = ()

    def __post_init__(self) -> None:
        if min(self.assets, self.instruments, self.scenarios) < 1:
            raise Malformed(
                "shape",
                expected="at least one asset, instrument and scenario",
                actual=(self.assets, self.instruments, self.scenarios),
            )
        if not self.blocks:
            object.__setattr__(self, "blocks", (Block(self.instruments, self.scenarios),))
        self._check_blocks()

    def _check_blocks(self) -> None:
        covered = sum(block.instruments for block in self.blocks)
        if covered != self.instruments or min(b.instruments for b in self.blocks) < 1:
            raise Malformed(
                "blocks", expected=f"{self.instruments} instruments, some in each", actual=covered
            )
        if min(block.rows for block in self.blocks) < 1:
            raise Malformed("blocks", expected="at least one row each", actual="none in one")
        pledged = [b.collateral for b in self.blocks if b.collateral is not None]
        if len(set(pledged)) != len(pledged) or not set(pledged) <= set(range(1, self.assets)):
            raise Malformed(
                "blocks", expected=f"distinct assets from 1 to {self.assets - 1}", actual=pledged
            )

    @property
    def components(self) -> int:
        return self.assets + self.instruments

    @property
    def columns(self) -> tuple[tuple[int, ...], ...]:
        """For each block the components that its rows speak of, in the order of their entries."""
        found: list[tuple[int, ...]] = []
        start = self.assets
        for block in self.blocks:
            own = range(start, start + block.instruments)
            found.append((*own, *([] if block.collateral is None else [block.collateral])))
            start += block.instruments
        return tuple(found)

    @property
    def widths(self) -> tuple[Width, ...]:
        """The width of each component of a portfolio."""
        return (CASH, *[COLLATERAL] * (self.assets - 1), *[POSITION] * self.instruments)

    @property
    def traded(self) -> tuple[int, ...]:
        """The components that an order may move: cash, and every instrument."""
        return (0, *range(self.assets, self.components))

    def vector(self, amounts: Mapping[int, int]) -> tuple[int, ...]:
        """A portfolio of these amounts by component, and of nothing else."""
        return tuple(amounts.get(index, 0) for index in range(self.components))

    @property
    def row_bits(self) -> int:
        """Bits that hold every row Σ M·v + b of a claim that the bounds allow: it cannot wrap."""
        largest = sum(MATRIX_ENTRY.magnitude * width.magnitude for width in self.widths)
        return (largest + CONSTANT.magnitude).bit_length()

    def __str__(self) -> str:
        return f"({self.assets}, {self.instruments}, {self.scenarios})"


SHAPES: Final[Mapping[str, Shape]] = MappingProxyType(
    {
        "tiny": Shape(2, 2, 4, (Block(2, 8, 1),)),
        "standard": Shape(4, 8, 16, (Block(6, 8, 2), Block(2, 8, 3))),
        "desk": Shape(4, 28, 32, (Block(15, 12, 2), Block(13, 12, 3))),
        "large": Shape(
            8,
            92,
            64,
            (
                Block(42, 10, 2),
                Block(22, 10, 3),
                Block(12, 10, 4),
                Block(12, 10, 5),
                Block(2, 10, 6),
                Block(2, 10, 7),
            ),
        ),
    }
)
