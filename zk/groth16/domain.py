"""The evaluation domain: the 2ᵏ-th roots of unity of F_r, and the transforms on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from zk.errors import Malformed
from zk.field import SCALAR_MODULUS, batch_inverse, inverse

#: 5 is the smallest non-residue of F_r; snarkjs and arkworks take their roots from it.
NON_RESIDUE: Final = 5
TWO_ADICITY: Final = 28

_P: Final = SCALAR_MODULUS


@dataclass(frozen=True, slots=True)
class Domain:
    """{1, ω, …, ω^(n−1)} with n = 2^log_size."""

    log_size: int

    def __post_init__(self) -> None:
        if not 0 <= self.log_size < TWO_ADICITY:
            raise Malformed(
                "domain", expected=f"fewer than 2^{TWO_ADICITY} rows", actual=f"2^{self.log_size}"
            )

    @classmethod
    def covering(cls, rows: int) -> Self:
        """The smallest domain with room for so many rows."""
        return cls(max(rows - 1, 0).bit_length())

    @property
    def size(self) -> int:
        return 1 << self.log_size

    @property
    def root(self) -> int:
        """ω."""
        return root_of_unity(self.log_size)

    @property
    def coset_shift(self) -> int:
        """A 2n-th root of unity: its odd powers are the coset on which H is evaluated."""
        return root_of_unity(self.log_size + 1)

    def evaluate(self, coefficients: Sequence[int]) -> list[int]:
        """Coefficients to values on the domain."""
        return _transform(coefficients, self.root)

    def interpolate(self, values: Sequence[int]) -> list[int]:
        """Values on the domain to coefficients."""
        scale = inverse(self.size, _P)
        return [x * scale % _P for x in _transform(values, inverse(self.root, _P))]

    def move_to_coset(self, values: Sequence[int]) -> list[int]:
        """Values at ωⁱ to values at η·ωⁱ, η the coset's shift: two transforms."""
        shifted = zip(self.interpolate(values), powers(self.coset_shift, self.size), strict=True)
        return self.evaluate([c * power % _P for c, power in shifted])

    def lagrange_at(self, tau: int) -> list[int]:
        """L₀(τ) … L_{n−1}(τ), with Lᵢ(τ) = (τⁿ − 1)·ωⁱ / (n·(τ − ωⁱ)); τ off the domain."""
        points = powers(self.root, self.size)
        vanishing = (pow(tau, self.size, _P) - 1) % _P
        if not vanishing:
            raise Malformed("τ", expected="a point off the domain", actual="a root of unity")
        scale = vanishing * inverse(self.size, _P) % _P
        inverses = batch_inverse([(tau - point) % _P for point in points], _P)
        return [scale * point % _P * inv % _P for point, inv in zip(points, inverses, strict=True)]


def root_of_unity(log_order: int) -> int:
    """The primitive 2^log_order-th root that every implementation of this field uses."""
    generator = pow(NON_RESIDUE, (_P - 1) >> TWO_ADICITY, _P)
    return pow(generator, 1 << (TWO_ADICITY - log_order), _P)


def powers(base: int, count: int) -> list[int]:
    """1, base, base², …"""
    result, power = [], 1
    for _ in range(count):
        result.append(power)
        power = power * base % _P
    return result


def _transform(values: Sequence[int], root: int) -> list[int]:
    """Cooley and Tukey, in place after a bit reversal."""
    n = len(values)
    log_size = n.bit_length() - 1
    result = [values[_reverse(i, log_size)] for i in range(n)]
    twiddles = powers(root, max(n // 2, 1))
    half = 1
    while half < n:
        stride = twiddles[:: n // (2 * half)]
        for start in range(0, n, 2 * half):
            middle, end = start + half, start + 2 * half
            low = result[start:middle]
            high = [x * t % _P for x, t in zip(result[middle:end], stride, strict=True)]
            result[start:middle] = [(x + y) % _P for x, y in zip(low, high, strict=True)]
            result[middle:end] = [(x - y) % _P for x, y in zip(low, high, strict=True)]
        half *= 2
    return result


def _reverse(index: int, bits: int) -> int:
    return int(f"{index:0{bits}b}"[::-1], 2) if bits else 0
