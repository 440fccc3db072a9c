"""The generators G₀, G₁, … and H of the vector commitment.

Each is hashed to the curve from its own label, so that nobody knows a relation between
any two: SHA-256 of label and counter is read as an encoded point, the counter moves on
until it is one, and the cofactor is cleared. Everything is public, so trying and
incrementing leaks nothing, and a reader can redo it in ten lines of any language.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Final

from zk.babyjubjub import Point, clear_cofactor, recover_x
from zk.field import SCALAR_MODULUS

DOMAIN: Final = b"tacit/v1/generator"


def value_generator(index: int) -> Point:
    """G_index."""
    return hash_to_curve(f"G/{index}")


def value_generators(count: int) -> tuple[Point, ...]:
    """G₀ … G_{count−1}."""
    return tuple(value_generator(index) for index in range(count))


def blinding_generator() -> Point:
    """H."""
    return hash_to_curve("H")


def reserve_generator() -> Point:
    """F, on which an account holds what its open orders reserve."""
    return hash_to_curve("F")


@cache
def hash_to_curve(label: str) -> Point:
    """A generator of the subgroup whose discrete logarithm nobody knows."""
    for counter in range(256):
        digest = hashlib.sha256(DOMAIN + b"/" + label.encode() + b"/" + bytes([counter])).digest()
        word = int.from_bytes(digest, "little")
        y, negative = word & (1 << 254) - 1, bool(word >> 255)
        x = recover_x(y, negative=negative) if y < SCALAR_MODULUS else None
        if x is not None:
            point = clear_cofactor(x, y)
            if not point.is_identity:
                return point
    raise AssertionError(f"no point for {label!r} in 256 tries")  # probability 2⁻¹⁵⁰
