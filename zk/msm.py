"""Multi-scalar multiplication: Σ kᵢ·Pᵢ with buckets over signed windows (Pippenger).

Scalars are taken to (−r/2, r/2] and cut into signed digits, so half as many buckets do.
Digits that are zero cost nothing: a scalar of 0 is free, and a 1, a −1 or any short scalar
costs no more than its own few digits. Most wires of a circuit are bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from zk import curve
from zk.bn254 import GroupPoint, Projective
from zk.field import SCALAR_MODULUS, signed

_MAX_WINDOW: Final = 14


def multi_scalar_multiplication(
    points: Sequence[GroupPoint], scalars: Sequence[int], zero: Projective
) -> Projective:
    """Σ scalar·point; `zero` is the group's identity."""
    terms = []
    for point, scalar in zip(points, scalars, strict=True):
        k = signed(scalar, SCALAR_MODULUS)
        if k and not point.is_infinity:
            terms.append((point.projective(), k))
    if not terms:
        return zero
    window = best_window([abs(k).bit_length() for _, k in terms])
    total = zero
    for buckets in reversed(_fill_buckets(terms, window)):
        for _ in range(window):
            total = curve.double(total)
        total = curve.add(total, _weighted_sum(buckets, zero))
    return total


def best_window(bit_lengths: Sequence[int]) -> int:
    """The window width with the fewest additions."""
    longest = max(bit_lengths)

    def additions(window: int) -> int:
        filling = sum(bits // window + 1 for bits in bit_lengths)
        return filling + (longest // window + 1) * (1 << window)

    return min(range(2, _MAX_WINDOW + 1), key=additions)


def signed_digits(k: int, window: int) -> list[int]:
    """Digits in [−2^(w−1), 2^(w−1)), lowest first, with Σ digit·2^(w·i) = k ≥ 0."""
    digits, base, half = [], 1 << window, 1 << (window - 1)
    while k:
        digit = (k + half) % base - half
        digits.append(digit)
        k = (k - digit) >> window
    return digits


def _fill_buckets(
    terms: Sequence[tuple[Projective, int]], window: int
) -> list[list[Projective | None]]:
    """Per window, the sum of the points for each digit; bucket d − 1 is for ±d."""
    size = 1 << (window - 1)
    rows: list[list[Projective | None]] = []
    for point, k in terms:
        opposite = curve.neg(point)
        if k < 0:
            point, opposite, k = opposite, point, -k
        for index, digit in enumerate(signed_digits(k, window)):
            if index == len(rows):
                rows.append([None] * size)
            if digit:
                row, slot = rows[index], abs(digit) - 1
                addend, present = point if digit > 0 else opposite, row[slot]
                row[slot] = addend if present is None else curve.add(present, addend)
    return rows


def _weighted_sum(buckets: Sequence[Projective | None], zero: Projective) -> Projective:
    """Σ (i + 1)·bucketᵢ, as a sum of running sums from the top."""
    running = total = zero
    for bucket in reversed(buckets):
        if bucket is not None:
            running = curve.add(running, bucket)
        if running is not zero:
            total = curve.add(total, running)
    return total
