"""Vector Pedersen commitments."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.strategies import SOME, openings, scalars
from tests.zk.curves_for_tests import IDENTITY, edwards_add, edwards_multiply
from zk.babyjubjub import Point
from zk.errors import Malformed, OpeningRejected
from zk.field import SUBGROUP_ORDER
from zk.generators import blinding_generator, value_generators
from zk.pedersen import Commitment, Opening
from zk.randomness import insecure_seeded_randomness


@SOME
@given(opening=openings(3))
def test_a_commitment_is_the_sum_that_it_says(opening: Opening) -> None:
    """C = Σ vₖ·Gₖ + r·H, by plain arithmetic."""
    bases = (*value_generators(3), blinding_generator())
    expected = IDENTITY
    for base, k in zip(bases, (*opening.values, opening.blinding), strict=True):
        multiple = edwards_multiply((base.x, base.y), k % SUBGROUP_ORDER)
        expected = edwards_add(expected, multiple)
    point = opening.commit().point
    assert (point.x, point.y) == expected


@SOME
@given(a=openings(3), b=openings(3), k=scalars())
def test_commitments_add_like_their_openings(a: Opening, b: Opening, k: int) -> None:
    """Sum, difference, negative and multiple of commitments are opened by those of openings."""
    (a.commit() + b.commit()).check_opening(a + b)
    (a.commit() - b.commit()).check_opening(a - b)
    (-a.commit()).check_opening(-a)
    (a.commit() * k).check_opening(a * k)
    assert (k * a).commit() == k * a.commit()


def test_what_is_added_and_taken_away_is_conserved() -> None:
    """+D on one account and −D on the other leave the sum of the commitments as it was."""
    draw = insecure_seeded_randomness(b"conserved")
    one, two, d = (Opening.of(values, draw) for values in ((5, -3), (1, 9), (-7, 2)))
    before = one.commit() + two.commit()
    assert (one + d).commit() + (two - d).commit() == before


@SOME
@given(opening=openings(2))
def test_wrong_opening_is_rejected(opening: Opening) -> None:
    """Each value and the blinding moved by one, the values swapped, everything negated: refused."""
    commitment = opening.commit()
    commitment.check_opening(opening)
    (a, b), r = opening.values, opening.blinding
    others = [Opening((a + i, b), r) for i in (-1, 1)] + [Opening((a, b + i), r) for i in (-1, 1)]
    others += [Opening((a, b), (r + i) % SUBGROUP_ORDER) for i in (-1, 1)]
    others += [Opening((b, a), r)] * (a != b) + [-opening] * any((a, b, r))
    for other in others:
        with pytest.raises(OpeningRejected) as caught:
            commitment.check_opening(other)
        assert caught.value.expected == commitment.point


def test_an_opening_of_fewer_values_opens_zeros_only() -> None:
    """Leaving values out says that they are zero: it opens that commitment and no other."""
    Opening((5, 0), 7).commit().check_opening(Opening((5,), 7))
    with pytest.raises(OpeningRejected):
        Opening((5, 1), 7).commit().check_opening(Opening((5,), 7))


def test_values_count_modulo_l_and_that_they_are_small_is_not_said_here() -> None:
    """v and v + l commit to the same point: the range is a circuit's business, as documented."""
    assert Opening((5 + SUBGROUP_ORDER,), 7).commit() == Opening((5,), 7).commit()


@pytest.mark.parametrize("blinding", [-1, SUBGROUP_ORDER, SUBGROUP_ORDER + 1, 1 << 256, True])
def test_a_blinding_that_is_not_canonical_is_refused(blinding: int) -> None:
    """A blinding has one name, in [0, l)."""
    with pytest.raises(Malformed):
        Opening((1,), blinding)


def test_openings_of_different_lengths_do_not_add() -> None:
    """Adding vectors of different lengths is malformed, and nothing is cut short."""
    with pytest.raises(Malformed, match="values"):
        Opening((1, 2), 3) + Opening((1,), 3)


def test_a_fresh_blinding_comes_from_the_given_randomness() -> None:
    """Blinding is one draw below l, so equal values are hidden by different points."""
    draw = insecure_seeded_randomness(1)
    one, two = Opening.of((4,), draw), Opening.of((4,), draw)
    assert one.blinding == insecure_seeded_randomness(1)(SUBGROUP_ORDER)
    assert one.commit() != two.commit()
    assert Opening.of((4,)) != Opening.of((4,))


def test_an_opening_prints_redacted() -> None:
    """Neither values nor blinding appear where an opening is printed, alone or inside others."""
    opening = Opening((123456789, -987654321), 555555555555)
    for text in (repr(opening), str(opening), f"{[opening]}"):
        assert "redacted" in text
        assert not any(secret in text for secret in ("123456789", "987654321", "555555555555"))


def test_a_zero_opening_commits_to_the_identity() -> None:
    """Nothing, blinded by nothing, is the identity: hiding rests on the blinding alone."""
    assert Opening((0, 0), 0).commit() == Commitment(Point.IDENTITY)


def test_a_refused_blinding_is_not_shown() -> None:
    """A secret that is out of range is refused without appearing in the message."""
    secret = SUBGROUP_ORDER + 123456789
    with pytest.raises(Malformed) as refusal:
        Opening((1,), secret)
    assert str(secret) not in str(refusal.value)
