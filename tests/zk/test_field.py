"""The prime fields."""

from __future__ import annotations

from itertools import islice
from math import isqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import MANY, SOME, elements
from zk.errors import Malformed
from zk.field import (
    BASE_MODULUS,
    SCALAR_MODULUS,
    SUBGROUP_ORDER,
    batch_inverse,
    canonical,
    decode,
    encode,
    inverse,
    is_canonical,
    is_square,
    signed,
    square_root,
)

MODULI = pytest.mark.parametrize(
    "p", [BASE_MODULUS, SCALAR_MODULUS, SUBGROUP_ORDER], ids=["q", "r", "l"]
)
SMALL = 10069


def witnesses() -> list[int]:
    """The first forty primes, as bases of Miller and Rabin."""
    primes = (n for n in range(2, 1000) if all(n % d for d in range(2, n)))
    return list(islice(primes, 40))


def is_probable_prime(p: int) -> bool:
    """Miller and Rabin."""
    odd, twos = p - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for base in witnesses():
        chain = [pow(base, odd << i, p) for i in range(twos)]
        if chain[0] != 1 and p - 1 not in chain:
            return False
    return True


@MODULI
def test_the_moduli_are_primes(p: int) -> None:
    """All three moduli are primes, so that everything but zero has an inverse."""
    assert is_probable_prime(p)


def test_the_moduli_are_those_of_the_curves() -> None:
    """The moduli are the ones that EIP-197 and EIP-2494 print."""
    assert BASE_MODULUS == 0x30644E72E131A029B85045B68181585D97816A916871CA8D3C208C16D87CFD47
    assert SCALAR_MODULUS == 0x30644E72E131A029B85045B68181585D2833E84879B9709143E1F593F0000001
    # Hasse: a curve over F_r has r + 1 points, give or take 2√r; Baby Jubjub has 8·l.
    assert abs(8 * SUBGROUP_ORDER - SCALAR_MODULUS - 1) <= 2 * isqrt(SCALAR_MODULUS)


@MODULI
@MANY
@given(data=st.data())
def test_an_element_times_its_inverse_is_one(p: int, data: st.DataObject) -> None:
    """x·(1/x) = 1 for every x that is not zero."""
    x = data.draw(elements(p).filter(bool))
    assert x * inverse(x, p) % p == 1


@MODULI
def test_zero_has_no_inverse(p: int) -> None:
    """Asking for the inverse of zero, under any of its names, is malformed and gives no number."""
    for zero in (0, p, -p):
        with pytest.raises(Malformed):
            inverse(zero, p)


@MODULI
@SOME
@given(data=st.data())
def test_a_batch_inverts_each_and_passes_over_zeros(p: int, data: st.DataObject) -> None:
    """A batch gives each element's own inverse, and 0 where the element is 0."""
    xs = data.draw(st.lists(elements(p)))
    assert batch_inverse(xs, p) == [inverse(x, p) if x else 0 for x in xs]


@MODULI
@MANY
@given(data=st.data())
def test_the_root_of_a_square_is_the_smaller_one(p: int, data: st.DataObject) -> None:
    """The root of x² is x or −x, whichever is smaller, so that everyone computes the same."""
    x = data.draw(elements(p))
    root = square_root(x * x, p)
    assert root is not None
    assert root == min(x, -x % p)
    assert is_square(x * x % p, p)


@MODULI
@SOME
@given(data=st.data())
def test_what_is_no_square_has_no_root(p: int, data: st.DataObject) -> None:
    """A square times a non-residue has no root, and None says so."""
    x = data.draw(elements(p).filter(bool))
    residue = next(z for z in range(2, 100) if pow(z, (p - 1) // 2, p) == p - 1)
    assert square_root(residue * x * x, p) is None
    assert not is_square(residue * x * x % p, p)


def test_roots_are_right_for_every_element_of_a_small_field() -> None:
    """In a field small enough to try everything, roots agree with the table of squares."""
    squares = {x * x % SMALL for x in range(SMALL)}
    for x in range(SMALL):
        root = square_root(x, SMALL)
        assert (root is not None) == (x in squares)
        assert root is None or (root * root % SMALL == x and root <= SMALL // 2)


@MODULI
@MANY
@given(data=st.data())
def test_the_signed_representative_is_the_shortest(p: int, data: st.DataObject) -> None:
    """`signed` stays in its class and in (−p/2, p/2]."""
    x = data.draw(st.integers(-p * 3, p * 3))
    assert (signed(x, p) - x) % p == 0
    assert -p < 2 * signed(x, p) <= p


@MODULI
@MANY
@given(data=st.data())
def test_encoding_then_decoding_is_the_identity(p: int, data: st.DataObject) -> None:
    """Every element comes back from its 32 bytes."""
    x = data.draw(elements(p))
    assert decode(encode(x), p, "element") == x


@MODULI
@MANY
@given(data=st.binary(min_size=32, max_size=32))
def test_non_canonical_encoding_of_a_number_is_refused(p: int, data: bytes) -> None:
    """Any 32 bytes decode to the number that encodes to them, or they are refused."""
    try:
        assert encode(decode(data, p, "element")) == data
    except Malformed:
        assert int.from_bytes(data, "little") >= p


@MODULI
def test_numbers_at_and_past_the_modulus_are_refused(p: int) -> None:
    """p, p + 1 and 2²⁵⁶ − 1 are no other names for small numbers, and p − 1 is in order."""
    assert decode(encode(p - 1), p, "element") == p - 1
    for x in (p, p + 1, (1 << 256) - 1):
        with pytest.raises(Malformed):
            decode(encode(x), p, "element")


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_number_of_another_length_is_refused(size: int) -> None:
    """Exactly 32 bytes are an element, even where the rest would be zeros."""
    with pytest.raises(Malformed):
        decode(bytes(size), SCALAR_MODULUS, "element")


@pytest.mark.parametrize("x", [True, False, 1.0, "1", None, b"\1"], ids=repr)
def test_what_is_not_an_integer_is_not_an_element(x: object) -> None:
    """Booleans, floats and strings are no elements, though Python would calculate with some."""
    assert not is_canonical(x, SCALAR_MODULUS)


def test_a_refusal_says_what_was_expected_and_what_came() -> None:
    """The error carries the subject, what was expected and the value itself."""
    with pytest.raises(Malformed) as caught:
        canonical(-1, SMALL, "a number")
    assert (caught.value.subject, caught.value.actual) == ("a number", -1)
    assert str(SMALL) in str(caught.value)
