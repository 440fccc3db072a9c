"""The Fiat–Shamir transcript: whatever is said changes every challenge that follows."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import MANY, SOME, points
from zk.babyjubjub import Point
from zk.field import SUBGROUP_ORDER
from zk.transcript import Transcript

Item = tuple[str, bytes]
BOUND = 1 << 256

items = st.lists(st.tuples(st.text(max_size=4), st.binary(max_size=4)), max_size=5)

#: Our own vector, made by this implementation and frozen.
FROZEN = 1362693479181705592134939706889253601384927091998598685114846761803347583210


def challenge_after(said: list[Item], protocol: str = "test") -> int:
    transcript = Transcript(protocol)
    for label, data in said:
        transcript.absorb(label, data)
    return transcript.challenge("c", BOUND)


@MANY
@given(one=items, two=items)
def test_weak_fiat_shamir_no_two_different_conversations_share_a_challenge(
    one: list[Item], two: list[Item]
) -> None:
    """Challenges agree exactly where everything that was said agrees."""
    assert (challenge_after(one) == challenge_after(two)) == (one == two)


def test_weak_fiat_shamir_every_cut_of_the_same_bytes_is_another_conversation() -> None:
    """The same bytes, cut differently into labels and items, give different challenges."""
    text = b"abcdef"
    conversations = [
        [(text[:i].decode(), text[i:j]), ("", text[j:])]
        for i, j in combinations(range(len(text) + 1), 2)
    ]
    conversations += [[(text.decode(), b"")], [("", text)], [("", b""), (text.decode(), b"")]]
    assert len({challenge_after(said) for said in conversations}) == len(conversations)


def test_weak_fiat_shamir_the_order_counts() -> None:
    """The same items in another order give another challenge."""
    a, b = ("a", b"1"), ("b", b"2")
    assert challenge_after([a, b]) != challenge_after([b, a])


def test_weak_fiat_shamir_nothing_is_not_an_empty_item() -> None:
    """Absorbing an empty item is saying something."""
    assert len({challenge_after([("", b"")] * n) for n in range(4)}) == 4


def test_protocols_are_kept_apart() -> None:
    """The same conversation in another protocol gives another challenge."""
    said = [("a", b"1")]
    assert challenge_after(said, "span") != challenge_after(said, "equality")


def test_a_challenge_enters_what_follows() -> None:
    """A second challenge differs from the first, and depends on the first having been drawn."""
    transcript = Transcript("test")
    first, second = transcript.challenge("c", BOUND), transcript.challenge("c", BOUND)
    other = Transcript("test").absorb("challenge", b"c")
    assert first != second
    assert other.challenge("c", BOUND) not in (first, second)


def test_a_challenges_label_counts() -> None:
    """Challenges under different labels differ."""
    assert Transcript("t").challenge("a", BOUND) != Transcript("t").challenge("b", BOUND)


@SOME
@given(p=points(), q=points())
def test_weak_fiat_shamir_points_are_bound_with_their_number_and_place(p: Point, q: Point) -> None:
    """Which points, how many of them, in which order and under which call: all of it counts."""

    def challenge(*groups: tuple[Point, ...]) -> int:
        transcript = Transcript("test")
        for group in groups:
            transcript.absorb_points("points", *group)
        return transcript.challenge("c", BOUND)

    said = [((p, q),), ((p,), (q,)), ((p, q), ()), ((p, q, Point.IDENTITY),), ((p,),), ((),)]
    said += [((q, p),)] if p != q else []
    assert len({challenge(*groups) for groups in said}) == len(said)


def test_a_point_and_its_negative_are_told_apart() -> None:
    """The sign of a point is bound."""
    drawn = {
        Transcript("t").absorb_points("p", point).challenge("c", BOUND)
        for point in (Point.BASE8, -Point.BASE8)
    }
    assert len(drawn) == 2


@pytest.mark.parametrize("bound", [1, 2, 3, SUBGROUP_ORDER, 1 << 256])
def test_challenges_are_below_their_bound(bound: int) -> None:
    """A challenge lies in [0, bound)."""
    transcript = Transcript("test")
    assert all(0 <= transcript.challenge("c", bound) < bound for _ in range(50))


def test_challenges_fill_their_range() -> None:
    """A challenge below 3 takes each value about a third of the time."""
    transcript, draws = Transcript("test"), 3000
    drawn = [transcript.challenge("c", 3) for _ in range(draws)]
    # Six standard deviations: √(3000·⅓·⅔) is 26.
    assert all(abs(drawn.count(value) - draws // 3) < 156 for value in range(3))


def test_the_challenge_is_frozen() -> None:
    """The transcript never changes, since old proofs have to verify: our own vector."""
    transcript = Transcript("frozen").absorb("item", b"data").absorb_points("p", Point.BASE8)
    assert transcript.challenge("c", SUBGROUP_ORDER) == FROZEN
