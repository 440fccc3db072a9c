"""Hypothesis strategies that the tests share, and how many examples each kind of test pays for.

Scalars lean towards the values at which arithmetic goes wrong: 0, ±1, powers of two, the
neighbourhood of the modulus. Points are multiples of the generators, so that they are in
their groups by construction and not because the code under test says so.
"""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from zk.babyjubjub import Point
from zk.bn254 import G1Point, G2Point
from zk.field import SCALAR_MODULUS, SUBGROUP_ORDER
from zk.pedersen import Opening

#: No deadline anywhere: two cores that are busy with something else are no defect.
MANY = settings(deadline=None, max_examples=100)
SOME = settings(deadline=None, max_examples=25)
FEW = settings(deadline=None, max_examples=8)

#: The widest value that a commitment of a ledger holds.
_VALUE_BOUND = 1 << 64


def elements(modulus: int = SCALAR_MODULUS) -> SearchStrategy[int]:
    """Canonical elements, often from the edges."""
    bits = modulus.bit_length()
    edges = {0, 1, 2, modulus // 2, modulus // 2 + 1, modulus - 2, modulus - 1}
    edges |= {1 << i for i in range(0, bits - 1, 31)} | {(1 << i) - 1 for i in range(2, bits, 31)}
    return st.one_of(st.sampled_from(sorted(edges)), st.integers(0, modulus - 1))


def scalars(modulus: int = SUBGROUP_ORDER) -> SearchStrategy[int]:
    """Any integers that a multiplication takes: negative and past the modulus as well."""
    return st.one_of(elements(modulus), st.integers(-(1 << 260), 1 << 260))


def nonzero(modulus: int = SUBGROUP_ORDER) -> SearchStrategy[int]:
    """Canonical elements other than zero."""
    return elements(modulus).filter(bool)


def points() -> SearchStrategy[Point]:
    """Points of Baby Jubjub's subgroup, the identity among them."""
    return elements(SUBGROUP_ORDER).map(lambda k: Point.BASE8 * k)


def bases() -> SearchStrategy[Point]:
    """Points of the subgroup that can be a base: any but the identity."""
    return nonzero(SUBGROUP_ORDER).map(lambda k: Point.BASE8 * k)


def values() -> SearchStrategy[int]:
    """Signed values of a commitment."""
    return st.integers(-_VALUE_BOUND, _VALUE_BOUND)


def openings(count: int) -> SearchStrategy[Opening]:
    """Openings of so many values."""
    vectors = st.lists(values(), min_size=count, max_size=count).map(tuple)
    return st.builds(Opening, vectors, elements(SUBGROUP_ORDER))


def g1_points() -> SearchStrategy[G1Point]:
    """Points of G1, infinity among them."""
    return elements().map(lambda k: G1Point.GENERATOR * k)


def g2_points() -> SearchStrategy[G2Point]:
    """Points of G2, infinity among them."""
    return elements().map(lambda k: G2Point.GENERATOR * k)
