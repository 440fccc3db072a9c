"""Baby Jubjub: circomlibjs's vectors and the group's arithmetic."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import load_vectors
from tests.strategies import SOME, points, scalars
from tests.zk.curves_for_tests import (
    GENERATOR,
    IDENTITY,
    Affine,
    edwards_add,
    edwards_multiply,
    torsion_points,
)
from zk.babyjubjub import (
    COFACTOR,
    A,
    D,
    Point,
    add_all,
    clear_cofactor,
    combine,
    is_in_subgroup,
)
from zk.backends import Backend
from zk.errors import Malformed, MalformedPoint
from zk.field import SCALAR_MODULUS, SUBGROUP_ORDER

TORSION = torsion_points()
P = SCALAR_MODULUS


def vectors() -> Any:
    return load_vectors("babyjubjub_poseidon.json")


def affine(pair: list[str]) -> Affine:
    return int(pair[0]), int(pair[1])


def test_the_parameters_are_those_of_eip_2494() -> None:
    """Curve, order, cofactor and base point are what circomlibjs has."""
    params = vectors()["params"]
    assert [int(params[name]) for name in ("a", "d", "cofactor")] == [A, D, COFACTOR]
    assert [int(params[name]) for name in ("r", "subgroup_order")] == [P, SUBGROUP_ORDER]
    assert affine(params["base8"]) == (Point.BASE8.x, Point.BASE8.y)
    assert affine(params["generator"]) == GENERATOR
    assert clear_cofactor(*GENERATOR) == Point.BASE8


def test_the_addition_law_is_complete() -> None:
    """a is a square and d is not, so no two points of the curve make a denominator zero."""
    assert pow(A, (P - 1) // 2, P) == 1
    assert pow(D, (P - 1) // 2, P) == P - 1


def test_multiplication_agrees_with_every_vector_of_the_base_point() -> None:
    """All multiples of Base8 that circomlibjs computed, scalars past l among them, are ours."""
    cases = [case for case in vectors()["mul"] if case["base"] == "base8"]
    assert len(cases) == 100
    for case in cases:
        assert Point.BASE8 * int(case["k"]) == Point(*affine(case["out"])), case["k"]


def test_multiples_of_the_whole_curves_generator_are_kept_out_and_agree_once_cleared() -> None:
    """k·generator is refused as a `Point` unless 8 | k, and clearing it gives k·Base8.

    The plain arithmetic that the tests compare with has to give the very vector.
    """
    cases = [case for case in vectors()["mul"] if case["base"] == "generator"]
    assert len(cases) == 8
    for case in cases:
        k, out = int(case["k"]), affine(case["out"])
        assert edwards_multiply(GENERATOR, k) == out
        assert clear_cofactor(*out) == Point.BASE8 * k
        assert is_in_subgroup(*out) == (k % COFACTOR == 0)
        if k % COFACTOR:
            with pytest.raises(MalformedPoint, match="order l"):
                Point(*out)


def test_addition_agrees_with_every_vector() -> None:
    """All hundred sums of circomlibjs are ours; operands outside the subgroup are refused."""
    for case in vectors()["add"]:
        p, q, out = (affine(case[name]) for name in ("p", "q", "out"))
        assert edwards_add(p, q) == out
        assert clear_cofactor(*p) + clear_cofactor(*q) == clear_cofactor(*out)
        if is_in_subgroup(*p) and is_in_subgroup(*q):
            assert Point(*p) + Point(*q) == Point(*out)


def test_encoding_agrees_with_every_vector() -> None:
    """All fifty points pack to circomlibjs's bytes, but for the sign that the file has lost.

    circomlibjs's `unpackPoint` clears the sign in the very buffer that it is given, and the
    file was written after unpacking: half of its points are packed as their negatives. The
    small-order points of the same file still have their signs, and the next test asks
    circomlibjs itself.
    """
    for case in vectors()["pack"]:
        point, recorded = Point(*affine(case["pt"])), bytes.fromhex(case["packed"])
        is_negative = point.x > P // 2
        assert recorded[31] >> 7 == 0
        assert point.encode()[:31] == recorded[:31]
        assert point.encode()[31] == recorded[31] | is_negative << 7
        assert Point.decode(recorded) == (-point if is_negative else point)


def test_encoding_agrees_with_circomlibjs_itself(node_modules: Path) -> None:
    """The points of the file, packed anew by circomlibjs, have the bytes that we give them."""
    pairs = [case["pt"] for case in vectors()["pack"]]
    program = """
        const { buildBabyjub } = require("circomlibjs");
        buildBabyjub().then((curve) => {
            const pack = (pair) => curve.packPoint(pair.map((c) => curve.F.e(BigInt(c))));
            const packed = JSON.parse(process.argv[1]).map((pair) => pack(pair));
            console.log(JSON.stringify(packed.map((bytes) => Buffer.from(bytes).toString("hex"))));
            process.exit(0);
        });
    """
    command = ["node", "-e", program, json.dumps(pairs)]
    done = subprocess.run(
        command, cwd=node_modules.parent, capture_output=True, check=True, timeout=60
    )
    assert json.loads(done.stdout) == [Point(*affine(pair)).encode().hex() for pair in pairs]


@SOME
@given(p=points(), q=points(), k=scalars(), m=scalars())
def test_the_subgroup_is_a_group_of_order_l(p: Point, q: Point, k: int, m: int) -> None:
    """Multiples add like their scalars modulo l, sums commute, and negatives cancel."""
    assert p * k + p * m == p * (k + m)
    assert p * (k + SUBGROUP_ORDER) == p * k
    assert p + q == q + p
    assert p - p == Point.IDENTITY
    assert (p + q) - q == p


@SOME
@given(p=points(), q=points())
def test_addition_agrees_with_the_plain_law(p: Point, q: Point) -> None:
    """Extended coordinates give what the affine formula of EIP-2494 gives, doubling included."""
    for left, right in ((p, q), (p, p), (p, -p), (p, Point.IDENTITY)):
        total = left + right
        assert (total.x, total.y) == edwards_add((left.x, left.y), (right.x, right.y))


@SOME
@given(terms=st.lists(st.tuples(points(), scalars()), max_size=5))
def test_combinations_agree_with_sums_of_plain_multiples(
    terms: list[tuple[Point, int]], backend: Backend
) -> None:
    """Σ k·P by shared doublings is the sum of the multiples one by one, on every backend."""
    expected = IDENTITY
    for point, k in terms:
        multiple = edwards_multiply((point.x, point.y), k % SUBGROUP_ORDER)
        expected = edwards_add(expected, multiple)
    bases, ks = [point for point, _ in terms], [k for _, k in terms]
    for actual in (combine(bases, ks), backend.combine(bases, ks)):
        assert (actual.x, actual.y) == expected


@SOME
@given(some=st.lists(points(), max_size=6))
def test_adding_all_agrees_with_adding_one_by_one(some: list[Point], backend: Backend) -> None:
    """Σ P in one go is the sum in any order, on every backend."""
    expected = Point.IDENTITY
    for point in some:
        expected = expected + point
    assert add_all(some) == add_all(reversed(some)) == backend.add_all(some) == expected


def test_a_combination_needs_a_scalar_for_each_point() -> None:
    """A list of scalars that is cut short or too long is malformed, and no term is dropped."""
    for ks in ([], [1], [1, 2, 3]):
        with pytest.raises(Malformed, match="scalars"):
            combine([Point.BASE8, Point.BASE8], ks)
