"""The secret of an escrow is a function of seed, context and commitment, and of each of them.

Under one secret two messages would be encrypted with one pad: their difference would be public.
Without the seed in it anybody could open the escrow.
"""

from __future__ import annotations

from itertools import product
from typing import Any, Final

from circuits.escrow import SECRET_BITS
from prover.author import Author
from zk.field import SCALAR_MODULUS
from zk.pedersen import Opening
from zk.signatures import SigningKey

SEEDS: Final = [bytes([n]) * 32 for n in range(3)]
CONTEXTS: Final = [0, 1, SCALAR_MODULUS - 1]
COMMITMENTS: Final = [
    Opening(values, blinding).commit().point
    for values, blinding in (((1, 0), 5), ((2, 0), 5), ((1, 0), 6))
]


def secret(seed: bytes, context: int, commitment: Any) -> int:
    """As an author makes it who knows nothing else."""
    proving: Any = None
    return Author(SigningKey(bytes(32)), seed, proving).escrow_secret(context, commitment)


def test_another_seed_context_or_commitment_is_another_secret() -> None:
    """All combinations of three of each: no two have one secret, and each fits its width."""
    made = [secret(*each) for each in product(SEEDS, CONTEXTS, COMMITMENTS)]
    assert len(set(made)) == len(made) == 27
    assert all(0 < each < 1 << SECRET_BITS for each in made)
    assert max(made) >> (SECRET_BITS - 8)


def test_a_retry_has_the_same_secret() -> None:
    """Whoever restores a wallet, or signs the same terms again, shows nothing new."""
    for each in product(SEEDS, CONTEXTS, COMMITMENTS):
        assert secret(*each) == secret(*each)
