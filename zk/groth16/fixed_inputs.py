"""Verification with part of the public inputs known in advance.

Σ aᵢ·ICᵢ is linear, so the inputs that stay the same for many proofs (the market of an epoch) can
be summed once. The result is a verifying key for the inputs that remain: a proof holds under it
for those exactly if it holds under the whole key for all of them.
"""

from __future__ import annotations

from dataclasses import replace

from zk.errors import Conflict
from zk.field import SCALAR_MODULUS, canonical
from zk.groth16.keys import VerifyingKey
from zk.groth16.verify import public_sum


def fix_inputs(key: VerifyingKey, start: int, values: tuple[int, ...]) -> VerifyingKey:
    """The key in which the public inputs from `start` on have these values, and are gone."""
    end = start + len(values)
    if not 0 <= start <= end <= key.public:
        raise Conflict(
            "fixed inputs", expected=f"a range within {key.public} inputs", actual=(start, end)
        )
    for index, value in enumerate(values, start):
        canonical(value, SCALAR_MODULUS, f"public input {index}")
    weights = [1, *[0] * start, *values, *[0] * (key.public - end)]
    constant = public_sum(key, weights)
    return replace(key, ic=(constant, *key.ic[1 : start + 1], *key.ic[end + 1 :]))
