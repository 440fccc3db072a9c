"""Where scalars come from."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import MANY
from zk.errors import Malformed
from zk.field import SUBGROUP_ORDER
from zk.randomness import insecure_seeded_randomness, system_randomness

#: The first words of 32 bits under the seed b"tacit", made by this implementation.
FROZEN = [2135758868, 1559754027, 617094114, 815256134]


@MANY
@given(seed=st.one_of(st.binary(), st.integers()), bound=st.integers(1, 1 << 300))
def test_draws_are_below_their_bound(seed: bytes | int, bound: int) -> None:
    """Every draw lies in [0, bound), for bounds of one, of powers of two and of no bytes' width."""
    draw = insecure_seeded_randomness(seed)
    assert all(0 <= draw(bound) < bound for _ in range(3))


def test_the_same_seed_gives_the_same_numbers() -> None:
    """Two streams of one seed agree forever, which is what makes a run repeatable."""
    one, two = insecure_seeded_randomness(7), insecure_seeded_randomness(7)
    bounds = [SUBGROUP_ORDER, 2, 1, 1000, SUBGROUP_ORDER]
    assert [one(b) for b in bounds] == [two(b) for b in bounds]


def test_different_seeds_give_different_numbers() -> None:
    """No two of these seeds share their first scalar."""
    seeds: list[bytes | int] = [0, 1, -1, 1 << 64, b"", b"a", b"\0"]
    drawn = {insecure_seeded_randomness(seed)(SUBGROUP_ORDER) for seed in seeds}
    assert len(drawn) == len(seeds)


def test_a_stream_does_not_repeat_itself() -> None:
    """One stream gives a thousand different scalars."""
    draw = insecure_seeded_randomness(b"stream")
    assert len({draw(SUBGROUP_ORDER) for _ in range(1000)}) == 1000


def test_draws_below_a_bound_that_is_no_power_of_two_are_not_skewed() -> None:
    """Below 3 each number comes a third of the time; a remainder mod 3 of a byte would not."""
    draw, draws = insecure_seeded_randomness(b"three"), 30_000
    counts = Counter(draw(3) for _ in range(draws))
    # Five standard deviations: √(30000·⅓·⅔) is 82.
    assert all(abs(counts[value] - draws // 3) < 410 for value in range(3))


def test_the_stream_is_frozen() -> None:
    """A seed gives the same numbers in every version: our own vector, frozen here."""
    draw = insecure_seeded_randomness(b"tacit")
    assert [draw(1 << 32) for _ in FROZEN] == FROZEN


@pytest.mark.parametrize("bound", [0, -1, -(1 << 256)])
def test_a_bound_that_leaves_nothing_to_draw_is_refused(bound: int) -> None:
    """No number lies in [0, bound) for a bound below one: that is an error and no endless loop."""
    for draw in (insecure_seeded_randomness(0), system_randomness):
        with pytest.raises(ValueError, match=r"bound"):
            draw(bound)


def test_the_refusal_of_the_seeded_stream_is_one_of_ours() -> None:
    """A caller who catches this package's errors catches this one."""
    with pytest.raises(Malformed):
        insecure_seeded_randomness(0)(0)
