"""Evaluation domains against galois's polynomials over F_r."""

from __future__ import annotations

from functools import cache
from typing import Any

import galois
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import SOME, elements
from zk.errors import Malformed
from zk.field import SCALAR_MODULUS
from zk.groth16.domain import NON_RESIDUE, TWO_ADICITY, Domain, powers, root_of_unity
from zk.randomness import insecure_seeded_randomness

R = SCALAR_MODULUS
SIZES = pytest.mark.parametrize(
    "domain", [Domain(0), Domain(1), Domain(2), Domain(6)], ids=lambda domain: f"size {domain.size}"
)


@cache
def field() -> Any:
    """F_r in galois; 5 generates it, and naming it spares galois the factors of r − 1."""
    return galois.GF(R, primitive_element=5, verify=False)


def polynomial(coefficients: list[int]) -> Any:
    """galois wants the highest coefficient first."""
    return galois.Poly(field()(coefficients[::-1]))


def values_at(coefficients: list[int], points: list[int]) -> list[int]:
    return [int(value) for value in polynomial(coefficients)(field()(points))]


def coefficients_for(domain: Domain, seed: int = 0) -> list[int]:
    draw = insecure_seeded_randomness(seed)
    return [draw(R) for _ in range(domain.size)]


@SIZES
def test_the_root_is_primitive(domain: Domain) -> None:
    """ω has exactly the domain's order, and the coset's shift exactly twice that."""
    n = domain.size
    assert len(set(powers(domain.root, n))) == n
    assert pow(domain.root, n, R) == 1
    assert pow(domain.coset_shift, n, R) == R - 1
    assert pow(domain.coset_shift, 2, R) == domain.root


def test_the_roots_are_those_of_every_implementation() -> None:
    """5 is the smallest non-residue, 2²⁸ divides r − 1 exactly, and the roots are 5's powers."""
    assert [z for z in range(1, NON_RESIDUE + 1) if pow(z, R // 2, R) == R - 1] == [NON_RESIDUE]
    assert (R - 1) % (1 << TWO_ADICITY) == 0
    assert (R - 1) % (1 << (TWO_ADICITY + 1)) != 0
    assert root_of_unity(TWO_ADICITY) == pow(5, (R - 1) >> 28, R)
    assert root_of_unity(1) == R - 1
    assert root_of_unity(0) == 1


@SIZES
def test_evaluation_agrees_with_galois(domain: Domain) -> None:
    """The transform gives the polynomial's values at 1, ω, ω², …"""
    coefficients = coefficients_for(domain)
    points = powers(domain.root, domain.size)
    assert domain.evaluate(coefficients) == values_at(coefficients, points)


@SIZES
def test_interpolation_agrees_with_galois(domain: Domain) -> None:
    """The coefficients that come back belong to the polynomial with these values."""
    values = coefficients_for(domain, seed=1)
    points = powers(domain.root, domain.size)
    assert values_at(domain.interpolate(values), points) == values


@SOME
@given(data=st.data(), log_size=st.integers(0, 5))
def test_interpolation_inverts_evaluation(data: st.DataObject, log_size: int) -> None:
    """Both transforms undo each other, in either order."""
    domain = Domain(log_size)
    values = data.draw(st.lists(elements(), min_size=domain.size, max_size=domain.size))
    assert domain.interpolate(domain.evaluate(values)) == values
    assert domain.evaluate(domain.interpolate(values)) == values


@SIZES
def test_moving_to_the_coset_agrees_with_galois(domain: Domain) -> None:
    """Values on the domain become the values of the same polynomial on the coset."""
    coefficients = coefficients_for(domain, seed=2)
    coset = [domain.coset_shift * point % R for point in powers(domain.root, domain.size)]
    moved = domain.move_to_coset(domain.evaluate(coefficients))
    assert moved == values_at(coefficients, coset)


@SIZES
def test_the_coset_is_the_odd_powers(domain: Domain) -> None:
    """The coset's points are the odd powers of a 2n-th root, none of them on the domain."""
    domain_points = powers(domain.root, domain.size)
    coset = {domain.coset_shift * point % R for point in domain_points}
    assert coset == set(powers(domain.coset_shift, 2 * domain.size)[1::2])
    assert not coset & set(domain_points)


@SIZES
@SOME
@given(tau=elements())
def test_lagrange_weights_evaluate_any_polynomial(domain: Domain, tau: int) -> None:
    """Σ value·Lᵢ(τ) is the polynomial's value at τ, by galois, for every τ off the domain."""
    if pow(tau, domain.size, R) == 1:
        tau = 5  # it generates the whole group, so it is on no domain
    coefficients = coefficients_for(domain, seed=3)
    values = domain.evaluate(coefficients)
    weights = domain.lagrange_at(tau)
    total = sum(x * y for x, y in zip(values, weights, strict=True)) % R
    assert total == values_at(coefficients, [tau])[0]
    assert sum(weights) % R == 1


@SIZES
def test_a_tau_on_the_domain_is_refused(domain: Domain) -> None:
    """A root of unity makes a key whose rows can be told apart, so the setup must not have it."""
    for tau in {1, domain.root, R - 1 if domain.size > 1 else 1, 1 + R}:
        with pytest.raises(Malformed, match="root of unity"):
            domain.lagrange_at(tau)


@pytest.mark.parametrize(
    ("rows", "size"), [(0, 1), (1, 1), (2, 2), (3, 4), (4, 4), (5, 8), (8192, 8192), (8193, 16384)]
)
def test_a_domain_covers_its_rows(rows: int, size: int) -> None:
    """The smallest power of two with room for the rows is taken."""
    assert Domain.covering(rows).size == size


@pytest.mark.parametrize("log_size", [-1, TWO_ADICITY, TWO_ADICITY + 1, 64])
def test_a_domain_that_the_field_does_not_have_is_refused(log_size: int) -> None:
    """The field has roots for 2²⁸, one factor of which is the coset's."""
    with pytest.raises(Malformed):
        Domain(log_size)
    assert Domain(TWO_ADICITY - 1).coset_shift == root_of_unity(TWO_ADICITY)
