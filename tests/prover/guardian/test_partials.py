"""A partial decryption proves itself, and belongs to one escrow of one ledger."""

from __future__ import annotations

import pytest

from prover.guardian import Partial, check_partial, combine_partials
from prover.guardian.errors import MalformedCeremony, PartialRejected, TooFewGuardians
from prover.guardian.partials import unchecked_partial
from tests.prover.guardian.circle import LEDGER, found_at, trusted
from zk.babyjubjub import Point
from zk.errors import Conflict
from zk.randomness import insecure_seeded_randomness

SECRET, SHARES = trusted(3, 2)
SHARED = SHARES[0].shared
FOUND = found_at(SHARED.key)
PARTIALS = [
    unchecked_partial(share, LEDGER, FOUND, insecure_seeded_randomness(5)) for share in SHARES
]


def test_a_wrong_partial_is_named() -> None:
    """S_i moved by a point: the proof does not hold, and the guardian is named."""
    wrong = PARTIALS[1].model_copy(update={"point": PARTIALS[1].point + Point.BASE8})
    with pytest.raises(PartialRejected, match="guardian 1") as error:
        combine_partials(SHARED, LEDGER, FOUND, [PARTIALS[0], wrong, PARTIALS[2]])
    assert error.value.guardian == 1


def test_a_proof_with_another_share_is_refused() -> None:
    """A correct proof about another scalar than the public share's logarithm."""
    shares = trusted(3, 2, seed=4)[1]
    liar = shares[0].model_copy(update={"shared": SHARED})
    moved = {"shared": SHARED.model_copy(update={"shares": shares[0].shared.shares})}
    forged = unchecked_partial(liar.model_copy(update=moved), LEDGER, FOUND)
    with pytest.raises(PartialRejected, match="guardian 0"):
        check_partial(SHARED, LEDGER, FOUND, forged)


def test_swapped_partials_are_refused() -> None:
    """One guardian's partial under the other's name."""
    swapped = [
        PARTIALS[0].model_copy(update={"guardian": 1}),
        PARTIALS[1].model_copy(update={"guardian": 0}),
    ]
    with pytest.raises(PartialRejected, match="guardian 1"):
        combine_partials(SHARED, LEDGER, FOUND, swapped)
    points = [
        PARTIALS[0].model_copy(update={"point": PARTIALS[1].point}),
        PARTIALS[1].model_copy(update={"point": PARTIALS[0].point}),
    ]
    with pytest.raises(PartialRejected, match="guardian 0"):
        combine_partials(SHARED, LEDGER, FOUND, points)


@pytest.mark.parametrize("change", ["e", "entry", "leg", "account"])
def test_a_partial_replayed_for_another_escrow_is_refused(change: str) -> None:
    """Another E; and the same E in another entry, leg or account."""
    other = found_at(SHARED.key, **{change: 7})
    renamed = PARTIALS[0].model_copy(update={"entry": other.sealed.entry, "leg": other.sealed.leg})
    with pytest.raises(PartialRejected, match="guardian 0"):
        check_partial(SHARED, LEDGER, other, renamed)
    if change in ("entry", "leg"):
        with pytest.raises(PartialRejected, match="guardian 0"):
            check_partial(SHARED, LEDGER, other, PARTIALS[0])


def test_a_partial_of_another_ledger_is_refused() -> None:
    """The context holds the ledger's name."""
    with pytest.raises(PartialRejected, match="guardian 0"):
        check_partial(SHARED, bytes(32), FOUND, PARTIALS[0])


def test_an_escrow_under_another_key_is_refused() -> None:
    """The key in force is the ledger's to say, not the guardians'."""
    other = found_at(SHARED.key + Point.BASE8)
    with pytest.raises(Conflict, match="escrow"):
        check_partial(SHARED, LEDGER, other, PARTIALS[0])


def test_one_guardian_twice_is_one_guardian() -> None:
    """t partials are those of t guardians."""
    with pytest.raises(TooFewGuardians, match="2 of use"):
        combine_partials(SHARED, LEDGER, FOUND, [PARTIALS[0], PARTIALS[0]])


def test_a_guardian_that_does_not_exist_is_refused() -> None:
    """Nor is any index past the last one."""
    ghost = PARTIALS[0].model_copy(update={"guardian": 3})
    with pytest.raises((PartialRejected, MalformedCeremony), match="guardian"):
        check_partial(SHARED, LEDGER, FOUND, ghost)


def test_any_partial_may_be_absent() -> None:
    """Each pair gives S."""
    for absent in range(3):
        present = [one for one in PARTIALS if one.guardian != absent]
        point = combine_partials(SHARED, LEDGER, FOUND, present)
        assert point == FOUND.ephemeral * SECRET


def test_a_partial_comes_back_from_its_bytes() -> None:
    """One canonical encoding."""
    assert Partial.decode(PARTIALS[0].encode()) == PARTIALS[0]
