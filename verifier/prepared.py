"""The market's part of the public inputs, which is the same for every margin proof of an epoch.

Where a market occurs often enough, its part of the public sum is computed once: the key that comes
of it is asked about what is left of the public inputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from circuits.claim import ClaimPublic
from circuits.margin import MarginPublic
from circuits.solvency import SolvencyPublic
from zk.circuit import field_elements
from zk.groth16 import VerifyingKey, fix_inputs

#: The public inputs before the market: the two coordinates of the commitment.
_COMMITMENT: Final = 2
#: How many markets are kept prepared: an epoch has one for each thing that margin is asked for.
PREPARED: Final = 16


@dataclass(frozen=True, slots=True)
class Market:
    """The rows of a claim, or a schedule of margin, as the public inputs that they are."""

    inputs: tuple[int, ...]

    def fixed_in(self, key: VerifyingKey) -> VerifyingKey:
        """The key with this market filled in."""
        return fix_inputs(key, _COMMITMENT, self.inputs)

    def left_of(self, public: Sequence[int]) -> tuple[int, ...]:
        """The public inputs that such a key still needs."""
        return (*public[:_COMMITMENT], *public[_COMMITMENT + len(self.inputs) :])


def market_of(public: object) -> Market | None:
    """The market that a public part contains; None where the statement has none."""
    match public:
        case SolvencyPublic():
            return market_of(public.margin)
        case MarginPublic():
            return Market(field_elements(public.schedule))
        case ClaimPublic():
            return Market(field_elements((public.constants, public.matrix)))
    return None
