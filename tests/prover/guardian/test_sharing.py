"""Any t shares are the key, and any t − 1 are nothing."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prover.guardian import combine_partials
from prover.guardian.errors import MalformedCeremony, ShareRejected, TooFewGuardians
from prover.guardian.partials import unchecked_combination, unchecked_partial
from prover.guardian.polynomial import Polynomial, commitment_at, place_of, weights
from prover.guardian.shares import KeyShare
from tests.prover.guardian.circle import LEDGER, found_at, trusted
from tests.strategies import SOME, elements
from zk.babyjubjub import Point
from zk.errors import Malformed
from zk.field import SUBGROUP_ORDER
from zk.randomness import insecure_seeded_randomness

L = SUBGROUP_ORDER
SIZES = [(n, t) for n in range(1, 6) for t in range(1, n + 1)]


@pytest.mark.parametrize(("n", "t"), SIZES)
def test_every_subset_of_t_decrypts(n: int, t: int) -> None:
    """Whichever t guardians help, S is p·E; t − 1 of them are refused."""
    secret, shares = trusted(n, t)
    found = found_at(shares[0].shared.key)
    partials = [unchecked_partial(share, LEDGER, found) for share in shares]
    expected = found.ephemeral * secret
    for chosen in combinations(range(n), t):
        points = [partials[i].point for i in chosen]
        assert unchecked_combination(chosen, points) == expected
    assert combine_partials(shares[0].shared, LEDGER, found, partials[n - t :]) == expected
    with pytest.raises(TooFewGuardians):
        combine_partials(shares[0].shared, LEDGER, found, partials[: t - 1])


@SOME
@given(
    size=st.sampled_from([(n, t) for n, t in SIZES if t > 1]),
    target=elements(L),
    seed=st.integers(0, 1 << 32),
    data=st.data(),
)
def test_fewer_than_t_shares_fit_every_secret(
    size: tuple[int, int], target: int, seed: int, data: st.DataObject
) -> None:
    """For any p* there is one polynomial through p* and the t − 1 shares: they say nothing of S."""
    n, t = size
    _, shares = trusted(n, t, seed)
    known = data.draw(st.permutations(shares))[: t - 1]
    xs, ys = [0], [target]
    for share in known:
        xs.append(place_of(share.guardian))
        ys.append(share.secret)

    def consistent(x: int) -> int:
        return sum(w * y for w, y in zip(weights(xs, at=x), ys, strict=True)) % L

    assert consistent(0) == target
    assert all(consistent(place_of(share.guardian)) == share.secret for share in known)
    # The other guardians' shares under that polynomial complete the t − 1 to p*·E.
    E = Point.BASE8 * 999
    other = next(j for j in range(n) if j not in [share.guardian for share in known])
    guardians = [*(share.guardian for share in known), other]
    points = [E * share.secret for share in known] + [E * consistent(place_of(other))]
    assert unchecked_combination(guardians, points) == E * target


@SOME
@given(coefficients=st.lists(elements(L), min_size=1, max_size=5), x=st.integers(0, 64))
def test_commitments_know_every_share(coefficients: list[int], x: int) -> None:
    """Σ xᵏ·A_k = f(x)·B."""
    polynomial = Polynomial(tuple(coefficients))
    assert commitment_at(polynomial.commit(), x) == Point.BASE8 * polynomial.at(x)


def test_one_place_twice_is_refused() -> None:
    """Two shares of one place are not two shares."""
    with pytest.raises(Malformed, match="places"):
        weights((1, 2, 1))
    with pytest.raises(Malformed, match="places"):
        weights((1, 1 + L))


def test_public_shares_that_are_on_no_polynomial_are_refused() -> None:
    """P and every Y_j are checked against one another; the identity is no key."""
    _, shares = trusted(4, 2)
    shared = shares[0].shared
    shared.check()
    moved = (*shared.shares[:3], shared.shares[3] + Point.BASE8)
    for wrong in ({"shares": moved}, {"key": shared.key + Point.BASE8}, {"threshold": 5}):
        with pytest.raises(MalformedCeremony, match="shared key"):
            shared.model_copy(update=wrong).check()
    nothing = {"key": Point.IDENTITY, "shares": (Point.IDENTITY,) * 4}
    with pytest.raises(MalformedCeremony, match="shared key"):
        shared.model_copy(update=nothing).check()


def test_a_share_that_is_not_ours_is_refused() -> None:
    """A share is checked against the public one of its guardian."""
    _, shares = trusted(3, 2)
    wrong = KeyShare(guardian=1, secret=shares[0].secret, shared=shares[0].shared)
    with pytest.raises(ShareRejected, match="guardian 1"):
        wrong.check()


def test_secrets_do_not_print_themselves() -> None:
    """Neither a share nor a polynomial shows its numbers, in whatever way it is printed."""
    _, shares = trusted(3, 2)
    polynomial = Polynomial.draw(77, 2, insecure_seeded_randomness(1))
    for text in (repr(shares[0]), str(shares[0]), f"{shares[0]}", repr([shares[0]])):
        assert "redacted" in text
        assert str(shares[0].secret) not in text
    assert "77" not in repr(polynomial)
