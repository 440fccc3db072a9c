"""Prepared markets, through a ledger and an audit: yesterday's proof, and that of another claim.

Every market is prepared when it is first met. Whoever lies here signs and binds everything as he
must; only the proof is of a market that is prepared already, and differs from the one in force.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from circuits import prepared
from circuits.schedule import losses
from circuits.shape import Shape
from ledger.evidence import Evidence, EvidenceChecker
from ledger.judge import Judge
from ledger.market.data import Rows
from prover.author import Author
from prover.owner import Proving, Written
from tests.ledger.world import World, real_world
from verifier import Code, ListedLog, Options, audit_log
from zk.backends import Backend, Choice
from zk.errors import ProofRejected

Bend = Callable[[Any], Any]
ROWS = Rows(matrix=((1, 2, 3, 4),) * 4, constants=(10**12,) * 4)
OTHER_B = Rows(matrix=ROWS.matrix, constants=(*ROWS.constants[:3], 10**12 + 1))
OTHER_M = Rows(matrix=(*ROWS.matrix[:3], (1, 2, 3, 5)), constants=ROWS.constants)


@dataclass(frozen=True)
class Bent:
    """Proves another statement than it was asked to: the market is bent."""

    proving: Proving
    shape: Shape
    bend: Bend

    def prove(self, statement: str, public: Any, private: Any) -> bytes:
        bent = self.bend(public)
        if statement == "margin":
            private = self._in(bent, private)
        if statement == "solvency":
            private = replace(private, margin=self._in(bent.margin, private.margin))
        return self.proving.prove(statement, bent, private)

    def _in(self, bent: Any, private: Any) -> Any:
        """What the same book loses in that market."""
        return replace(private, losses=losses(self.shape, bent.schedule, private.values))


@dataclass
class Scene:
    """A ledger, and what its checker is told to believe."""

    world: World
    author: Author
    holder: Author
    believes: bool
    #: The entries whose proofs are of another market.
    false: list[int]

    def honest(self, write: Callable[[Author], Written[Any]], author: Author) -> None:
        self.world.accept(author, write(author))

    def lie(self, write: Callable[[Author], Written[Any]], author: Author, bend: Bend) -> None:
        """Refused by a ledger that looks; where it believes, an entry for the audit to find."""
        written = write(replace(author, proving=Bent(author.proving, self.world.shape, bend)))
        if self.believes:
            self.false.append(self.world.accept(author, written).number)
            return
        with pytest.raises(ProofRejected):
            self.world.submit(written.transition)


class Believing:
    """A checker that asks for everything but proofs."""

    def __init__(self, checker: EvidenceChecker) -> None:
        self._checker = checker

    def check(self, evidence: Evidence) -> None:
        self._checker.check(replace(evidence, proofs=[]))


def scene(backend: Backend, *, believes: bool) -> Scene:
    """Two owners of positions, one of whom sold to the other, and the first market."""
    world = real_world(5)
    judge = Judge(world.ledger.genesis.statements.keys(), backend)
    ledger: Any = world.ledger
    ledger._checker = Believing(ledger._checker)
    world.publish()
    author, holder = world.join(10**7), world.join(10**7)
    world.trade(holder, author, {0: -6_000, world.lot(0): 1})
    if not believes:
        ledger._checker = judge
    return Scene(world, author, holder, believes, [])


def play(on: Scene, backend: Backend) -> None:
    """Two claims that share M, and all the rest where the backend is fast."""
    if backend.name == Choice.NATIVE:
        play_claims(on, OTHER_B, OTHER_M)
        play_margins(on)
    else:
        play_claims(on, OTHER_B)


def play_claims(on: Scene, *others: Rows) -> None:
    """Claims that share M or b."""
    world, author = on.world, on.author

    def claim(rows: Rows) -> Callable[[Author], Written[Any]]:
        return lambda who: who.publish_claim(world.state, "a claim", rows)

    def with_rows(rows: Rows) -> Bend:
        return lambda public: replace(public, matrix=rows.matrix, constants=rows.constants)

    on.honest(claim(ROWS), author)
    for other in others:
        on.lie(claim(other), author, with_rows(ROWS))
        on.honest(claim(other), author)
    on.lie(claim(ROWS), author, with_rows(others[-1]))


def play_margins(on: Scene) -> None:
    """A floor that is none, and the market of yesterday."""
    world, holder = on.world, on.holder

    def margin(who: Author) -> Written[Any]:
        return who.prove_margin(world.state)

    def escrowed(who: Author) -> Written[Any]:
        return who.prove_margin(world.state, escrowed=True)

    first, floor = world.state.demands(world.state.current_market), world.state.parameters.floor
    assert floor
    on.honest(margin, world.join(10**6))  # who never traded, and of whom no floor is asked
    on.honest(margin, holder)
    on.lie(margin, holder, lambda public: replace(public, schedule=first.maintenance(0)))
    world.next_epoch(_dearer(world))
    on.lie(margin, holder, lambda public: replace(public, schedule=first.maintenance(floor)))
    on.honest(margin, holder)
    on.honest(escrowed, holder)
    second = world.state.demands(world.state.current_market).maintenance(floor)
    world.next_epoch(_dearer(world))
    on.lie(
        escrowed,
        holder,
        lambda public: replace(public, margin=replace(public.margin, schedule=second)),
    )


def _dearer(world: World) -> Any:
    """A spot that is one unit higher."""
    seen = world.state.current_market.observation
    return seen.model_copy(update={"spots": (seen.spots[0] + 1, *seen.spots[1:])})


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "PREPARE_AFTER", 0)


def test_a_ledger_takes_no_proof_of_another_market(native: object, backend: Backend) -> None:
    """Each is refused while the market that it proves is the one that is kept."""
    play(scene(backend, believes=False), backend)


def test_an_audit_finds_every_proof_of_another_market(native: object, backend: Backend) -> None:
    """Those, and none of the honest ones between them, in one batch."""
    on = scene(backend, believes=True)
    play(on, backend)
    report = audit_log(ListedLog(list(on.world.ledger.entries())), Options(backend))
    found = [each.entry for each in report.findings if each.code is Code.PROOF]
    assert len(on.false) == (6 if backend.name == Choice.NATIVE else 2)
    assert found == on.false
    assert [each.code for each in report.findings if each.severity == "error"] == [
        Code.PROOF
    ] * len(found)
