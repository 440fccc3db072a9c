"""Poseidon and Baby Jubjub against circomlibjs, on random inputs of every run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.interop.peers import Peers
from zk.babyjubjub import COFACTOR, Point, check_curve, clear_cofactor, is_in_subgroup
from zk.field import SCALAR_MODULUS, SUBGROUP_ORDER
from zk.poseidon import MAX_WIDTH, hash_elements
from zk.randomness import insecure_seeded_randomness, system_randomness

CASES = 12
EDGES = (0, 1, 2, SUBGROUP_ORDER - 1, SUBGROUP_ORDER, SUBGROUP_ORDER + 1)


@dataclass(frozen=True)
class Asked:
    """The inputs that both sides are given."""

    seed: int
    hashes: list[list[int]]
    points: list[Point]
    scalars: list[int]
    generated: list[int]


@pytest.fixture(scope="session")
def asked() -> Asked:
    """Random inputs; the seed is part of what a failure shows."""
    seed = system_randomness(1 << 64)
    draw = insecure_seeded_randomness(seed)
    hashes = [[draw(SCALAR_MODULUS) for _ in range(n)] for n in range(1, MAX_WIDTH)]
    hashes += [[edge] * n for n in (1, 2, 16) for edge in (0, SCALAR_MODULUS - 1)]
    scalars = [draw(SUBGROUP_ORDER) for _ in range(CASES)]
    return Asked(
        seed=seed,
        hashes=hashes,
        points=[Point.BASE8 * draw(SUBGROUP_ORDER) for _ in range(CASES)] + [Point.IDENTITY],
        scalars=[*scalars, *EDGES],
        generated=[*scalars, *(COFACTOR * k for k in scalars), SUBGROUP_ORDER, *range(1, 9)],
    )


@pytest.fixture(scope="session")
def answers(peers: Peers, asked: Asked) -> Any:
    """What circomlibjs makes of them, in one process."""

    def pair(point: Point) -> list[str]:
        return [str(point.x), str(point.y)]

    points = asked.points
    return peers.script(
        "curves.mjs",
        {
            "hashes": [[str(x) for x in inputs] for inputs in asked.hashes],
            "sums": [[pair(p), pair(q)] for p in points[-3:] for q in points],
            "multiples": [[pair(p), str(k)] for p, k in zip(points, asked.scalars, strict=False)],
            "generated": [str(k) for k in asked.generated],
            "base8": [str(k) for k in asked.scalars],
            "packed": [pair(p) for p in points],
        },
    )


def as_point(pair: list[str]) -> Point:
    return Point(int(pair[0]), int(pair[1]))


def test_poseidon_of_every_width(asked: Asked, answers: Any) -> None:
    """The hash of 1 to 16 elements is circomlibjs's reference's."""
    assert {len(inputs) for inputs in asked.hashes} == set(range(1, 17))
    for inputs, answer in zip(asked.hashes, answers["hashes"], strict=True):
        assert hash_elements(inputs) == int(answer), asked.seed


def test_sums_of_points(asked: Asked, answers: Any) -> None:
    """Addition is circomlibjs's, doublings and the identity among the cases."""
    pairs = [(p, q) for p in asked.points[-3:] for q in asked.points]
    for (p, q), answer in zip(pairs, answers["sums"], strict=True):
        assert p + q == as_point(answer), asked.seed


def test_multiples_of_points(asked: Asked, answers: Any) -> None:
    """Multiplication of any point of the subgroup is circomlibjs's."""
    pairs = zip(asked.points, asked.scalars, strict=False)
    for (p, k), answer in zip(pairs, answers["multiples"], strict=True):
        assert p * k == as_point(answer), asked.seed


def test_multiples_of_the_base_point(asked: Asked, answers: Any) -> None:
    """Multiples of Base8 are circomlibjs's, around 0 and around its order as well."""
    assert answers["order"] == str(SUBGROUP_ORDER)
    for k, answer in zip(asked.scalars, answers["base8"], strict=True):
        assert Point.BASE8 * k == as_point(answer), asked.seed


def test_encodings_of_points(asked: Asked, answers: Any) -> None:
    """Our encoding of a point is `packPoint`'s, and decodes to the point."""
    for point, answer in zip(asked.points, answers["packed"], strict=True):
        assert point.encode().hex() == answer, asked.seed
        assert Point.decode(bytes.fromhex(answer)) == point


def test_membership_of_the_subgroup(asked: Asked, answers: Any) -> None:
    """Of points of the whole curve, those that we let into the subgroup are circomlibjs's.

    Multiples of the generator of order 8·l are in it exactly where 8 divides the scalar.
    """
    generator = clear_cofactor(*(int(c) for c in answers["generator"]))
    verdicts = zip(asked.generated, answers["generated"], answers["members"], strict=True)
    for k, pair, member in verdicts:
        x, y = (int(c) for c in pair)
        check_curve(x, y)
        assert is_in_subgroup(x, y) == member == (k % COFACTOR == 0), asked.seed
        assert clear_cofactor(x, y) == generator * k
