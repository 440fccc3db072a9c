"""Linear combinations of signals, the expressions of the circuit language.

A signal lives in a numbered register; register 0 holds the constant 1. Adding, negating
and scaling are free; a product of two signals is a constraint and is asked for by name
(`System.product`), so that a reader sees every constraint that is paid for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from zk.field import SCALAR_MODULUS

ONE: Final = 0


class Linear:
    """Σ coefficient·register, immutable, no coefficient zero."""

    __slots__ = ("_terms",)

    def __init__(self, terms: Mapping[int, int]) -> None:
        self._terms = {i: c for i, value in terms.items() if (c := value % SCALAR_MODULUS)}

    @classmethod
    def register(cls, index: int) -> Linear:
        """The signal in that register."""
        return _from_clean({index: 1})

    @classmethod
    def constant(cls, value: int) -> Linear:
        """A number that everybody knows."""
        return cls({ONE: value})

    @property
    def terms(self) -> Mapping[int, int]:
        return MappingProxyType(self._terms)

    @property
    def constant_value(self) -> int | None:
        """The number, where no signal occurs; otherwise None."""
        if not self._terms:
            return 0
        return self._terms[ONE] if len(self._terms) == 1 and ONE in self._terms else None

    def __add__(self, other: Linear | int) -> Linear:
        return combination(((1, self), (1, other)))

    __radd__ = __add__

    def __sub__(self, other: Linear | int) -> Linear:
        return combination(((1, self), (-1, other)))

    def __rsub__(self, other: int) -> Linear:
        return combination(((-1, self), (1, other)))

    def __neg__(self) -> Linear:
        return self * -1

    def __mul__(self, scale: int) -> Linear:
        if not isinstance(scale, int):
            raise TypeError("a product of two signals is a constraint: use System.product")
        if scale == 1:
            return self
        scale %= SCALAR_MODULUS
        if not scale:
            return _from_clean({})
        return _from_clean({i: c * scale % SCALAR_MODULUS for i, c in self._terms.items()})

    __rmul__ = __mul__

    def __repr__(self) -> str:
        return f"Linear({self._terms})"


def combination(parts: Iterable[tuple[int, Linear | int]]) -> Linear:
    """Σ scale·part in one pass; what a long sum should be written with."""
    total: dict[int, int] = {}
    for scale, part in parts:
        if isinstance(part, int):
            total[ONE] = total.get(ONE, 0) + scale * part
        elif scale:
            for i, c in part._terms.items():
                total[i] = total.get(i, 0) + scale * c
    return Linear(total)


def total(parts: Iterable[Linear | int]) -> Linear:
    """Σ parts."""
    return combination((1, part) for part in parts)


def _from_clean(terms: dict[int, int]) -> Linear:
    linear = object.__new__(Linear)
    linear._terms = terms
    return linear
