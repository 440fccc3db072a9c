"""Every statement exists twice: over integers and as constraints. Both give the same verdict.

Cases come from a seeded generator, so that a failure repeats; its message says what was done.
"""

from __future__ import annotations

import os
from collections import Counter
from random import Random
from typing import Any, Final

import pytest

from circuits.claim import Claim, ClaimPublic, claim_public
from circuits.fill import FillPublic, fill_public
from circuits.gadgets.coordinates import Coordinates
from circuits.margin import MarginPublic, margin_public
from circuits.shape import BLINDING, SHAPES, Shape
from circuits.solvency import SolvencyPublic, solvency_public
from tests.circuits.breakages import BREAKING, Breaking
from tests.circuits.drafts import ClaimDraft, Draft, Statement
from tests.circuits.edges import EDGES, at_every_edge
from tests.circuits.fill_drafts import FillDraft
from tests.circuits.margin_drafts import MarginDraft, SolvencyDraft
from zk.babyjubjub import Point
from zk.circuit import Circuit, CompiledCircuit, compile_circuit
from zk.errors import Unsatisfied
from zk.pedersen import Commitment

DRAFTS: Final[dict[str, type[ClaimDraft | MarginDraft | FillDraft]]] = {
    "claim": ClaimDraft,
    "margin": MarginDraft,
    "solvency": SolvencyDraft,
    "fill": FillDraft,
}
CASES: Final = {"tiny": 200, "standard": 100}
#: `make soak` asks for eight.
TINY_CHUNKS: Final = int(os.environ.get("TACIT_AGREEMENT", "3"))
CHUNKS: Final = [("tiny", index) for index in range(TINY_CHUNKS)] + [("standard", 0)]
#: The constraint system itself costs as much again: every so many cases it is asked as well.
R1CS_EVERY: Final = 20


def integers_say(circuit: Circuit[Any, Any], statement: Statement) -> str | None:
    """The named check that fails over integers."""
    try:
        circuit.satisfaction(*statement)  # type: ignore[attr-defined]
    except Unsatisfied as violation:
        return violation.scope.split("/")[0]
    return None


def constraints_say(compiled: CompiledCircuit, registers: list[int]) -> str | None:
    """The named check that fails in the circuit."""
    violation = compiled.first_violation(registers)
    return violation.scope.split("/")[0] if violation else None


def require_agreement(draft: Draft, *, thoroughly: bool) -> str | None:
    """Asserts that both say the same of a draft's statement, and returns it.

    Where the statement is thoroughly looked at, its public part is within the bounds that a
    verifier checks, and the constraint system accepts the projected witness if the statement is
    true. If it is false the system refuses it, unless the public part is true of the opening that
    is left when inputs out of range are cut to their bits: then it is that one which is proven.
    """
    public, private = draft.statement()
    compiled = compile_circuit(draft.circuit)
    registers = compiled.program.run(compiled.inputs(public, private))
    verdict = integers_say(draft.circuit, (public, private))
    assert constraints_say(compiled, registers) == verdict
    if thoroughly:
        assert checked(draft.shape, public) == public
        violated = compiled.r1cs.first_violation(compiled.program.witness(registers))
        if verdict is None:
            assert violated is None
        elif integers_say(draft.circuit, (public, draft.proven(private))) is not None:
            assert violated is not None
    return verdict


def checked(shape: Shape, public: Any) -> object:
    """The public part as a verifier makes it."""
    match public:
        case ClaimPublic(commitment, constants, matrix, context):
            return claim_public(shape, _commitment(commitment), matrix, constants, context)
        case MarginPublic(commitment, schedule, context):
            return margin_public(shape, _commitment(commitment), schedule, context)
        case SolvencyPublic(MarginPublic(commitment, schedule, context), escrow):
            return solvency_public(shape, _commitment(commitment), schedule, context, escrow)
        case FillPublic(order, fill, escrow, notice, context):
            held, delta = _commitment(order), _commitment(fill)
            return fill_public(shape, held, delta, escrow, notice, context)
    raise AssertionError(f"no statement has a public part {type(public).__name__}")


def _commitment(point: Coordinates[int]) -> Commitment:
    return Commitment(Point.unchecked(point.x, point.y))


def mutated(name: str, shape: Shape, random: Random) -> tuple[Draft, str]:
    """A draft after up to three edges and, every other time, one to three ways to break it."""
    draft = DRAFTS[name].sample(shape, random)
    edges = random.choices(EDGES[name], k=random.randrange(4))
    for change in edges:
        change(draft, random)
    draft.settle(random)
    breaking: list[Breaking] = []
    if random.random() < 0.5:
        checks = random.choices(checks_of(name), k=random.choice((1, 1, 2, 3)))
        breaking = [random.choice([w for w in BREAKING[name] if w.check == c]) for c in checks]
    for way in breaking:
        way.change(draft, random)
    return draft, f"{[edge.__name__ for edge in edges]} {[str(way) for way in breaking]}"


def checks_of(name: str) -> list[str]:
    """Every named check that a statement can be broken in."""
    return sorted({way.check for way in BREAKING[name]})


@pytest.mark.parametrize(("shape", "chunk"), CHUNKS)
@pytest.mark.parametrize("name", DRAFTS)
def test_integers_and_constraints_agree(name: str, shape: str, chunk: int) -> None:
    """On true and false statements alike, the same named check fails first, or both accept."""
    random = Random(f"{name} {shape} {chunk}")
    verdicts: Counter[str | None] = Counter()
    for index in range(CASES[shape]):
        draft, done = mutated(name, SHAPES[shape], random)
        try:
            verdicts[require_agreement(draft, thoroughly=index % R1CS_EVERY == 0)] += 1
        except AssertionError as error:
            raise AssertionError(f"case {index}: {done}") from error
    assert 0.3 < verdicts[None] / verdicts.total() < 0.7
    if shape == "tiny":
        assert set(verdicts) == {None, *checks_of(name)}


@pytest.mark.parametrize(
    ("name", "way"),
    [pytest.param(name, way, id=f"{name}-{way}") for name in DRAFTS for way in BREAKING[name]],
)
def test_each_way_to_break_a_statement_is_noticed_by_its_check(name: str, way: Breaking) -> None:
    """One change to a true statement, and integers and constraints blame the check it is about."""
    random = Random(f"{name} {way}")
    for _ in range(3):
        draft = DRAFTS[name].sample(SHAPES["tiny"], random)
        way.change(draft, random)
        assert require_agreement(draft, thoroughly=True) == way.check


@pytest.mark.parametrize("name", DRAFTS)
def test_every_private_input_at_every_edge(name: str) -> None:
    """Each private value at its ends, past them, at −1, 0, 1, 2ⁿ and r − 1: both agree."""
    random = Random(f"{name} edges")
    verdicts: Counter[str | None] = Counter()
    for index, draft in enumerate(at_every_edge(DRAFTS[name], SHAPES["tiny"], random)):
        verdicts[require_agreement(draft, thoroughly=index % R1CS_EVERY == 0)] += 1
    assert min(verdicts[None], verdicts["range"]) > 10


def test_an_input_that_folding_removed_is_proven_by_its_bits() -> None:
    """A number past its range that no constraint mentions any more proves nothing about itself.

    A blinding of 2²⁵² + r is refused by name where the circuit is asked. The constraint system
    holds only its lowest 252 bits: with C committed to those, the witness is that of r.
    """
    random = Random("folded")
    draft = ClaimDraft.sample(SHAPES["tiny"], random)
    honest = compile_circuit(Claim(draft.shape)).solve(*draft.statement())
    draft.blinding, draft.cut = draft.blinding + BLINDING.maximum + 1, True
    assert require_agreement(draft, thoroughly=True) == "range"
    compiled = compile_circuit(draft.circuit)
    registers = compiled.program.run(compiled.inputs(*draft.statement()))
    assert compiled.program.witness(registers) == honest
