"""The market's part of the public inputs, which is the same for every margin proof of an epoch.

Where a market occurs often enough, its part of the public sum is computed once: the key that comes
of it is asked about what is left of the public inputs.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from circuits.claim import ClaimPublic
from circuits.solvency import SolvencyPublic
from zk.circuit import field_elements
from zk.groth16 import VerifyingKey, fix_inputs

#: The constants and the matrix of a claim.
Market = tuple[object, object]

#: The public inputs before the market: the two coordinates of the commitment.
_COMMITMENT: Final = 2
#: How many markets are kept prepared.
PREPARED: Final = 8


def market_of(public: object) -> Market | None:
    """The market that a public part contains; None where the statement has none."""
    claim = public.claim if isinstance(public, SolvencyPublic) else public
    return (claim.constants, claim.matrix) if isinstance(claim, ClaimPublic) else None


def without_market(public: object) -> tuple[int, ...]:
    """The public inputs that a key with its market filled in still needs."""
    claim = public.claim if isinstance(public, SolvencyPublic) else public
    assert isinstance(claim, ClaimPublic)  # it has a market
    rest: ClaimPublic[int] = replace(claim, constants=(), matrix=())
    return field_elements(
        replace(public, claim=rest) if isinstance(public, SolvencyPublic) else rest
    )


def fix_market(key: VerifyingKey, market: Market) -> VerifyingKey:
    """The key with that market filled in."""
    return fix_inputs(key, _COMMITMENT, field_elements(market))
