"""Prepared markets: whichever are kept, a proof holds under its own market and under no other.

Markets differ in one number here, so that a cache whose key leaves anything out answers for the
wrong one. Each is prepared when it is first met, unless a test says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from circuits import prepared
from circuits.prepared import MOST_KEPT, PREPARE_AFTER, PreparedKey
from ledger.evidence import ClaimedProof, Evidence
from ledger.judge import Judge
from tests.ledger.neighbours import WITH_MARKET, few, judge_on, proven, with_proof_of
from zk.backends import Backend
from zk.errors import ProofRejected

STEPS = 60
STATEMENTS = pytest.mark.parametrize("statement", WITH_MARKET)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A market is prepared when it is first met."""
    monkeypatch.setattr(prepared, "PREPARE_AFTER", 0)


def holds(judge: Judge, claimed: ClaimedProof) -> bool:
    """As a ledger asks."""
    try:
        judge.check(Evidence(proofs=[claimed]))
    except ProofRejected:
        return False
    return True


def walks(count: int) -> Iterator[tuple[str, list[int]]]:
    """Orders in which markets are met: each evicts what the next ones want, or comes back to it."""
    random = Random(3)
    forth = list(range(count))
    yield "round and round", (forth * 4)[:STEPS]
    yield "there and back", (forth + forth[::-1])[:STEPS]
    yield "one kept, others passing", [n for m in forth[1:] for n in (0, m)][:STEPS]
    yield "any", [random.randrange(count) for _ in range(STEPS)]


@STATEMENTS
@pytest.mark.parametrize("after", [0, 2])
def test_a_proof_holds_under_its_own_market_alone(
    native: Backend, monkeypatch: pytest.MonkeyPatch, statement: str, after: int
) -> None:
    """At once, in every order, with more markets than are kept: true proofs hold, others do not."""
    monkeypatch.setattr(prepared, "PREPARE_AFTER", after)
    monkeypatch.setattr(prepared, "MOST_KEPT", min(MOST_KEPT, len(proven(statement)) // 2))
    made, random = proven(statement), Random(4)
    assert len(made) > prepared.MOST_KEPT
    judge = judge_on(native)
    for name, walk in walks(len(made)):
        met = walk[0]
        for place in walk:
            assert holds(judge, made[place]), (name, place)
            others = {met, random.randrange(len(made))} - {place}
            for other in others:
                lie = with_proof_of(made[place], made[other])
                assert not holds(judge, lie), (name, place, other)
            met = place


@STATEMENTS
def test_every_proof_is_refused_under_every_other_market(
    native: Backend, at_once: None, statement: str
) -> None:
    """Each against each, in the market that was prepared last."""
    made, judge = proven(statement), judge_on(native)
    for claimed in made:
        held = [holds(judge, with_proof_of(claimed, other)) for other in made]
        assert held == [other is claimed for other in made]


@STATEMENTS
@pytest.mark.parametrize("after", [0, 1, PREPARE_AFTER])
def test_a_batch_over_many_markets(
    native: Backend, monkeypatch: pytest.MonkeyPatch, statement: str, after: int
) -> None:
    """Exactly the proofs of other markets are named, in whatever order the batch has them."""
    monkeypatch.setattr(prepared, "PREPARE_AFTER", after)
    made, judge, random = proven(statement), judge_on(native), Random(5)
    for shift in (1, len(made) // 2, len(made) - 1):
        lies = [(one, False) for one in _shifted(made, shift)[:8]]
        batch = [*((one, True) for one in made), *lies]
        random.shuffle(batch)
        verdicts = judge.judge([one for one, _ in batch])
        named = [failure.place for failure in verdicts.failures]
        assert named == [place for place, (_, is_true) in enumerate(batch) if not is_true]
        assert not verdicts.unjudged


def test_on_the_reference(reference: Backend, at_once: None) -> None:
    """The same there, of M and b and of two schedules, in batches and at once."""
    judge = judge_on(reference)
    for statement in WITH_MARKET:
        made = few(statement)
        made = made if statement == "claim" else (made[0], made[-1])
        assert not judge.judge(made).failures
        lies = _shifted(made, 1)
        assert [failure.place for failure in judge.judge(lies).failures] == [*range(len(lies))]
    assert not holds(judge, with_proof_of(made[-1], made[0]))


def test_a_market_is_prepared_when_it_is_worth_it() -> None:
    """After so many uses, in a batch or one by one; one that was forgotten starts anew."""

    class Counting:
        made = 0

        def verifier(self, _key: object) -> object:
            self.made += 1
            return object()

    class Named:
        """Stands for a market; nothing is filled in."""

        def fixed_in(self, key: Any) -> Any:
            return key

    backend: Any = Counting()
    key: Any = None
    markets: list[Any] = [Named() for _ in range(MOST_KEPT + 1)]
    kept = PreparedKey(key, backend)
    assert all(kept.with_market(markets[0]) is None for _ in range(PREPARE_AFTER))
    first = kept.with_market(markets[0])
    assert first is not None
    assert kept.with_market(markets[1], PREPARE_AFTER) is None
    assert kept.with_market(markets[2], PREPARE_AFTER + 1) not in (None, first)
    assert kept.with_market(markets[0]) is first
    assert backend.made == 3  # the whole key, and two markets
    for market in markets[1:]:
        kept.with_market(market)
    assert kept.with_market(markets[0]) is None


def _shifted(made: tuple[ClaimedProof, ...], by: int) -> list[ClaimedProof]:
    """Each statement with the proof of another market."""
    others = (*made[by:], *made[:by])
    return [with_proof_of(one, other) for one, other in zip(made, others, strict=True)]
