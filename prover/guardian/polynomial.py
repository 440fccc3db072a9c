"""Sharing a scalar: a polynomial over Z_l, and what is public of it.

| symbol  | is                                                                       |
| ------- | ------------------------------------------------------------------------ |
| f       | f(x) = a₀ + a₁·x + … + a_{t−1}·x^{t−1}; the secret is a₀                  |
| x_j     | j + 1, the place of guardian j: zero is where the secret is               |
| s_j     | f(x_j), the share (Shamir, "How to share a secret", 1979)                 |
| A_k     | a_k·B; s_j·B = Σ x_jᵏ·A_k (Feldman, "A practical scheme for non-interactive |
|         | verifiable secret sharing", 1987, section 4)                             |
| λ_j     | Π_{m≠j} x_m/(x_m − x_j), so that f(0) = Σ λ_j·s_j for any t shares         |
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from zk.babyjubjub import Point, combine
from zk.errors import Malformed
from zk.field import SUBGROUP_ORDER, inverse
from zk.randomness import Randomness, system_randomness


@dataclass(frozen=True, slots=True, repr=False)
class Polynomial:
    """A secret and t − 1 random coefficients; it never prints itself."""

    coefficients: tuple[int, ...]

    @classmethod
    def draw(cls, secret: int, threshold: int, randomness: Randomness = system_randomness) -> Self:
        """One of the polynomials that share `secret` among any `threshold` places."""
        rest = (randomness(SUBGROUP_ORDER) for _ in range(threshold - 1))
        return cls((secret, *rest))

    def at(self, x: int) -> int:
        """f(x)."""
        value = 0
        for a in reversed(self.coefficients):
            value = (value * x + a) % SUBGROUP_ORDER
        return value

    def commit(self) -> tuple[Point, ...]:
        """A₀ … A_{t−1}."""
        return tuple(Point.BASE8 * a for a in self.coefficients)

    def __repr__(self) -> str:
        return f"Polynomial(<degree {len(self.coefficients) - 1}, redacted>)"


def place_of(guardian: int) -> int:
    """x_j."""
    return guardian + 1


def commitment_at(commitments: Sequence[Point], x: int) -> Point:
    """f(x)·B, from A₀ … A_{t−1}."""
    return combine(commitments, [x**k % SUBGROUP_ORDER for k in range(len(commitments))])


def weights(xs: Sequence[int], at: int = 0) -> tuple[int, ...]:
    """λ_j for these places, which must be distinct; `at` is where f is wanted."""
    if len({x % SUBGROUP_ORDER for x in xs}) != len(xs):
        raise Malformed("places", expected="distinct ones", actual=list(xs))
    result = []
    for x in xs:
        over = under = 1
        for other in xs:
            if other != x:
                over = over * (other - at) % SUBGROUP_ORDER
                under = under * (other - x) % SUBGROUP_ORDER
        result.append(over * inverse(under, SUBGROUP_ORDER) % SUBGROUP_ORDER)
    return tuple(result)
