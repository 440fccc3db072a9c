"""The judge looks at public points itself, whatever they were made from.

The backend of these tests believes every proof, so that nothing but that look can refuse.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from circuits.catalogue import STATEMENTS
from circuits.samples import SAMPLES
from circuits.shape import SHAPES
from ledger.evidence import ClaimedProof, Evidence
from ledger.judge import Judge
from tests.circuits.points_in_public import paths_to_points, point_at, with_point
from tests.zk.curves_for_tests import edwards_add, torsion_points
from zk.backends import Backend, Verifier
from zk.bn254 import G1Point, G2Point
from zk.errors import ProofRejected
from zk.field import SCALAR_MODULUS
from zk.groth16 import Proof
from zk.randomness import insecure_seeded_randomness

PROOF = Proof(G1Point.GENERATOR, G2Point.GENERATOR, G1Point.GENERATOR).encode()


class Credulous(Verifier):
    """Believes everything."""

    def verify(self, public: object, proof: object) -> None: ...

    def verify_batch(self, statements: object) -> None: ...


@pytest.fixture
def judge(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> Judge:
    """Of every statement, whose proofs it all believes."""
    monkeypatch.setattr(type(backend), "verifier", lambda *_: Credulous())
    keys: Any = dict.fromkeys(STATEMENTS)
    return Judge(keys, backend)


def honest(statement: str) -> ClaimedProof:
    """A public part of good points."""
    randomness = insecure_seeded_randomness(b"points")
    public, _ = SAMPLES[statement](SHAPES["tiny"], randomness)
    return ClaimedProof(statement, statement, public, PROOF)


def bad(statement: str) -> list[ClaimedProof]:
    """Each point in turn off the curve, outside the subgroup, of small order, not canonical."""
    made, good = [], honest(statement)
    torsion = torsion_points()[1:]
    for path in paths_to_points(good.public):
        point = point_at(good.public, path)
        x, y = point.x, point.y
        moved = [edwards_add((x, y), one) for one in torsion]
        aliases = [(x + SCALAR_MODULUS, y), (x, y + SCALAR_MODULUS), (x - SCALAR_MODULUS, y)]
        outside = [*moved, *torsion, *aliases, (x, y + 1), (y, x), (0, 0), (x, None)]
        made += [replace(good, public=with_point(good.public, path, *pair)) for pair in outside]
    return made


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_bad_point_is_refused_at_once(judge: Judge, statement: str) -> None:
    """By a ledger, with every point of every statement."""
    judge.check(Evidence(proofs=[honest(statement)]))
    for claimed in bad(statement):
        with pytest.raises(ProofRejected, match="point"):
            judge.check(Evidence(proofs=[claimed]))


@pytest.mark.parametrize("statement", STATEMENTS)
def test_bad_points_are_named_in_a_batch(judge: Judge, statement: str) -> None:
    """By an audit: those, and none of the good ones around them."""
    spoilt, good = bad(statement), honest(statement)
    batch = [one for each in spoilt for one in (good, each)]
    named = [failure.place for failure in judge.judge(batch).failures]
    assert named == [*range(1, len(batch), 2)]
