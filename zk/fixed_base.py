"""Many multiples of one point, from a table of its windows.

table[j][d − 1] = d·2^(w·j)·P for 1 ≤ d ≤ 2^(w−1): a multiple is one addition per signed
digit. A setup needs tens of thousands of multiples of the two generators.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain
from typing import Final, Protocol

from zk import curve
from zk.bn254 import G1Point, G2Point, Projective, affine_g1, affine_g2
from zk.field import SCALAR_MODULUS, signed
from zk.msm import signed_digits
from zk.parallel import run_jobs, slices, workers_for
from zk.progress import Progress, silent

_WINDOW: Final = 8
_DIGITS: Final = SCALAR_MODULUS.bit_length() // _WINDOW + 1


class GeneratorMultiples(Protocol):
    """Makes many multiples of both generators."""

    def __call__(
        self, scalars_1: Iterable[int], scalars_2: Iterable[int], progress: Progress, /
    ) -> tuple[Sequence[G1Point], Sequence[G2Point]]: ...


def generator_multiples(
    scalars_1: Iterable[int], scalars_2: Iterable[int], progress: Progress = silent, /
) -> tuple[list[G1Point], list[G2Point]]:
    """k·G₁ and k·G₂ for all of the scalars, cut into jobs of similar cost over the cores."""
    all_1, all_2 = list(scalars_1), list(scalars_2)
    busy = sum(map(bool, all_1)) + sum(map(bool, all_2))
    workers = workers_for(busy * _DIGITS)
    parts = 1 if workers == 1 else 16
    jobs_2 = [(multiples_g2, (part,)) for part in slices(all_2, parts)]
    jobs_1 = [(multiples_g1, (part,)) for part in slices(all_1, parts)]
    made_2 = run_jobs(jobs_2, workers=workers, stage="setup: G2", progress=progress)
    made_1 = run_jobs(jobs_1, workers=workers, stage="setup: G1", progress=progress)
    return list(chain(*made_1)), list(chain(*made_2))


def multiples_g1(scalars: Sequence[int]) -> list[G1Point]:
    """k·G₁ for each k."""
    return affine_g1([_multiple(G1Point.GENERATOR, k, curve.Z1) for k in scalars])


def multiples_g2(scalars: Sequence[int]) -> list[G2Point]:
    """k·G₂ for each k."""
    return affine_g2([_multiple(G2Point.GENERATOR, k, curve.Z2) for k in scalars])


def _multiple(point: G1Point | G2Point, scalar: int, zero: Projective) -> Projective:
    k = signed(scalar, SCALAR_MODULUS)
    total = zero
    for row, digit in zip(_table(point), signed_digits(abs(k), _WINDOW), strict=False):
        if digit:
            entry = row[abs(digit) - 1]
            total = curve.add(total, entry if digit > 0 else curve.neg(entry))
    return curve.neg(total) if k < 0 else total


@cache
def _table(point: G1Point | G2Point) -> list[list[Projective]]:
    rows, base = [], point.projective()
    for _ in range(_DIGITS):
        row = [base]
        for _ in range((1 << (_WINDOW - 1)) - 1):
            row.append(curve.add(row[-1], base))
        rows.append(row)
        base = curve.double(row[-1])
    return rows
