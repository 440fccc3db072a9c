"""What follows from a seed: the same numbers as ever, or no wallet finds its openings again."""

from __future__ import annotations

import hashlib
import hmac

from circuits.escrow import SECRET_BITS
from prover.prf import derived_blinding, derived_secret
from zk.field import SUBGROUP_ORDER

SEED = bytes(range(32))


def test_numbers_are_those_of_the_formula() -> None:
    """HMAC-SHA512 over a label, a purpose and data, as it was first written down."""
    tag = hmac.new(SEED, b"tacit/v1/fill/" + b"data", hashlib.sha512).digest()
    number = int.from_bytes(tag, "big")
    assert derived_secret(SEED, b"fill", b"data") == number >> (512 - SECRET_BITS)
    assert derived_blinding(SEED, b"fill", b"data") == number % SUBGROUP_ORDER


def test_seed_purpose_and_data_each_make_another() -> None:
    """Nothing is shared between two purposes."""
    numbers = {
        derived_blinding(SEED, b"a", b"b"),
        derived_blinding(bytes(32), b"a", b"b"),
        derived_blinding(SEED, b"c", b"b"),
        derived_blinding(SEED, b"a", b"c"),
        derived_blinding(SEED, b"ab", b""),
    }
    assert len(numbers) == 5
