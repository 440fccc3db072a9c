"""Whether many points of the twist are all in the subgroup, for the price of a few.

The twist has r·h points and the smallest prime factor of h is 10069. Weigh the points with
independent coefficients below 2¹³ < 10069: if any point has a part outside the subgroup,
the weighted sum stays outside except with probability 2⁻¹³. Five sums leave 2⁻⁶⁵.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from zk import curve
from zk.bn254 import G2Point
from zk.errors import MalformedPoint
from zk.field import SCALAR_MODULUS
from zk.msm import multi_scalar_multiplication
from zk.parallel import run_jobs, workers_for
from zk.progress import Progress, silent
from zk.randomness import Randomness, system_randomness

_COEFFICIENT_BOUND: Final = 1 << 13
_SUMS: Final = 5


def check_subgroup(
    points: Sequence[G2Point],
    progress: Progress = silent,
    randomness: Randomness = system_randomness,
) -> None:
    """Raises `MalformedPoint` unless all points, known to be on the curve, have order r."""
    jobs = [
        (_is_sum_in_subgroup, (points, [randomness(_COEFFICIENT_BOUND) for _ in points]))
        for _ in range(_SUMS)
    ]
    workers = workers_for(2 * _SUMS * len(points))
    if not all(run_jobs(jobs, workers=workers, stage="subgroup", progress=progress)):
        raise MalformedPoint(
            "G2 points", expected="points of order r", actual="a point outside the subgroup"
        )


def _is_sum_in_subgroup(points: Sequence[G2Point], coefficients: Sequence[int]) -> bool:
    weighted = multi_scalar_multiplication(points, coefficients, curve.Z2)
    return bool(curve.is_inf(curve.multiply(weighted, SCALAR_MODULUS)))
