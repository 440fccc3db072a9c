"""Declared circuits: traced once, judged by name, nothing left unconstrained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from tests.zk.circuits_for_tests import (
    Below,
    BelowPrivate,
    BelowPublic,
    CubeRoot,
    CubeRootPrivate,
    CubeRootPublic,
    Ratio,
    RatioPrivate,
    RatioPublic,
    SumOfSquares,
    SumOfSquaresPrivate,
    SumOfSquaresPublic,
    cheat,
    inline,
)
from zk.circuit import (
    Circuit,
    CompiledCircuit,
    Linear,
    System,
    combination,
    compile_circuit,
)
from zk.circuit.signals import leaves, names, replace_leaves
from zk.errors import CircuitError, Conflict, Unconstrained, Unsatisfied
from zk.field import SCALAR_MODULUS

#: Frozen from this code, so that a change of numbering or folding is a decision and not an
#: accident: keys made for one digest do not fit another.
CUBE_ROOT_DIGEST = "ffb81e7e4d718b4262b2187801ebbf97dcf7a3744a7a8137b7eb5eaf32975865"
BELOW_8_DIGEST = "34557e74f6476f6070b61c908fcfe87963618b373801643579c58bfe39216893"


@dataclass(frozen=True)
class Counted(Circuit[tuple[Linear, ...], tuple[Linear, ...]]):
    """A circuit that counts how often it is traced."""

    parameter: int
    traces: ClassVar[list[int]] = []

    def example(self) -> tuple[Any, Any]:
        return (0,), (0,)

    def define(self, cs: System, public: tuple[Linear, ...], private: tuple[Linear, ...]) -> None:
        self.traces.append(self.parameter)
        with cs.scope("square"):
            cs.enforce_product(private[0], private[0] + self.parameter, public[0])


def trace_again(circuit: Circuit[Any, Any]) -> CompiledCircuit:
    """Compiles without the cache."""
    return compile_circuit.__wrapped__(circuit)


def test_a_circuit_is_traced_once() -> None:
    """Equal circuits share one trace, solving traces nothing, other parameters trace anew."""
    Counted.traces.clear()
    first = compile_circuit(Counted(7))
    assert compile_circuit(Counted(7)) is first
    assert first.solve((18,), (2,)) == [1, 18, 2]
    assert Counted.traces == [7]
    assert compile_circuit(Counted(8)) is not first
    assert Counted.traces == [7, 8]


def test_scopes_nest_and_end() -> None:
    """A constraint's name is the path of the scopes that were open, also after an error."""
    cs = System(1)
    signal = Linear.register(1)
    with cs.scope("outer"):
        with cs.scope("inner"):
            cs.enforce_boolean(signal)
        with pytest.raises(RuntimeError), cs.scope("broken"):
            raise RuntimeError
        cs.enforce_boolean(signal)
    assert [c.scope for c in cs.constraints] == ["outer/inner", "outer"]


def test_constraints_are_counted_by_outermost_scope() -> None:
    """The counts per check cover exactly the constraints that folding left."""
    compiled = compile_circuit(Below(8))
    assert compiled.constraints_by_scope == {"floor": 8, "ceiling": 8}
    assert compiled.constraints_by_scope.total() == len(compiled.r1cs.constraints)
    assert set(compiled.scopes) == {"floor/bits", "ceiling/bits"}


def test_a_constraint_without_a_scope_is_refused() -> None:
    """Every constraint has a name: one that is stated outside of all scopes is refused."""
    with pytest.raises(CircuitError, match="open scope"):
        System(1).enforce_boolean(Linear.register(1))


def test_an_honest_witness_satisfies_the_circuit_and_its_r1cs() -> None:
    """What `solve` returns satisfies the R1CS and starts with 1 and the public part."""
    for circuit in (CubeRoot(), Below(8), SumOfSquares(3, 4), Ratio()):
        compiled = compile_circuit(circuit)
        public, private = circuit.honest()
        witness = compiled.solve(public, private)
        compiled.r1cs.check(witness)
        assert witness[: 1 + compiled.r1cs.public] == [1, *leaves(public)]


def test_the_first_violation_names_scope_and_values() -> None:
    """A mistake is reported with the check's name, the product and what it should equal."""
    compiled = compile_circuit(CubeRoot())
    with pytest.raises(Unsatisfied) as caught:
        compiled.solve(CubeRootPublic(28), CubeRootPrivate(3))
    assert caught.value.scope == "cube"
    assert caught.value.expected == "9·3"
    assert caught.value.actual == 28
    registers = compiled.program.run([27, 3])
    assert compiled.first_violation(registers) is None


@pytest.mark.parametrize(
    ("circuit", "public", "private", "scope"),
    [
        (Below(8), BelowPublic(300), BelowPrivate(256), "floor/recomposition"),
        (Below(8), BelowPublic(5), BelowPrivate(6), "ceiling/recomposition"),
        (
            SumOfSquares(2, 4),
            SumOfSquaresPublic(6),
            SumOfSquaresPrivate((1, 2)),
            "sum",
        ),
        (Ratio(), RatioPublic(35, 6), RatioPrivate(7), "ratio"),
    ],
)
def test_a_folded_constraint_is_still_named(
    circuit: Circuit[Any, Any], public: object, private: object, scope: str
) -> None:
    """A linear constraint that folding removed is the one that `solve` reports when broken."""
    compiled = compile_circuit(circuit)
    linear = {t.scope for t in compiled.traced if t.a.constant_value or t.b.constant_value}
    assert scope in linear
    with pytest.raises(Unsatisfied) as caught:
        compiled.solve(public, private)
    assert caught.value.scope == scope


def test_what_solve_refuses_the_r1cs_refuses() -> None:
    """Broken folded constraints are broken in the R1CS too: folding hides no mistake."""
    compiled = compile_circuit(Below(8))
    registers = cheat(compiled, BelowPublic(5), BelowPrivate(6), {})
    with pytest.raises(Unsatisfied):
        compiled.r1cs.check(compiled.program.witness(registers))


def test_an_unconstrained_private_input_is_refused() -> None:
    """A private input in no constraint is refused by its name."""
    with pytest.raises(Unconstrained, match=r"^\[1\]: expected a constraint"):

        @inline(0, 2)
        def _(cs: System, _: tuple[Linear, ...], private: tuple[Linear, ...]) -> None:
            cs.enforce_boolean(private[0])


def test_an_unconstrained_public_input_is_refused() -> None:
    """A public input in no constraint is refused: it could be swapped under a proof."""

    @dataclass(frozen=True)
    class Careless(Circuit[RatioPublic[Linear], RatioPrivate[Linear]]):
        def example(self) -> tuple[Any, Any]:
            return RatioPublic(0, 0), RatioPrivate(0)

        def define(
            self, cs: System, public: RatioPublic[Linear], private: RatioPrivate[Linear]
        ) -> None:
            with cs.scope("ratio"):
                cs.enforce_product(private.denominator, private.denominator, public.numerator)

    with pytest.raises(Unconstrained) as caught:
        compile_circuit(Careless())
    assert caught.value.subject == "ratio"


def test_an_unconstrained_hint_is_refused() -> None:
    """A hint that no constraint mentions is refused by its register."""
    with pytest.raises(Unconstrained, match="register 2"):

        @inline(0, 1)
        def _(cs: System, _: tuple[Linear, ...], private: tuple[Linear, ...]) -> None:
            cs.enforce_boolean(private[0])
            cs.assign_quotient(1, private[0])


def test_a_public_input_that_folding_would_leave_dangling_is_refused() -> None:
    """Public x = private y, and y used nowhere else, says nothing of x: refused."""
    with pytest.raises(Unconstrained, match=r"^\[0\]"):

        @inline(1, 2)
        def _(cs: System, public: tuple[Linear, ...], private: tuple[Linear, ...]) -> None:
            cs.enforce_equal(public[0], private[0])
            cs.enforce_boolean(private[1])


def test_a_constraint_that_says_nothing_does_not_count() -> None:
    """x·0 = 0 mentions x without binding it: refused, for a public and a private signal."""
    for public_count in (0, 1):
        with pytest.raises(Unconstrained, match=r"^\[0\]"):

            @inline(public_count, 2 - public_count)
            def _(cs: System, public: tuple[Linear, ...], private: tuple[Linear, ...]) -> None:
                first, second = (*public, *private)
                cs.enforce_product(first, 0, 0)
                cs.enforce_boolean(second)


def test_bits_without_boolean_constraints_are_refused() -> None:
    """Bits that only recompose are free to choose: one folds, and the rest are refused.

    Before folding each of them occurs in a constraint, so only the check after it sees the
    most common mistake there is: a decomposition that forgets its booleans.
    """
    with pytest.raises(Unconstrained, match="register"):

        @inline(1, 1)
        def _(cs: System, public: tuple[Linear, ...], private: tuple[Linear, ...]) -> None:
            bits = cs.assign_bits(private[0], 4)
            cs.enforce_equal(combination((1 << i, b) for i, b in enumerate(bits)), private[0])
            cs.enforce_product(private[0], private[0], public[0])


def test_the_digest_is_stable() -> None:
    """Another trace gives the same file to the byte, and the frozen digests still hold."""
    for circuit, digest in ((CubeRoot(), CUBE_ROOT_DIGEST), (Below(8), BELOW_8_DIGEST)):
        again = trace_again(circuit)
        assert again is not compile_circuit(circuit)
        assert again.digest == compile_circuit(circuit).digest == digest


def test_a_change_of_the_circuit_changes_the_digest() -> None:
    """A parameter, and a coefficient that no count shows, give other digests."""
    digests = {
        compile_circuit(circuit).digest
        for circuit in (Below(8), Below(9), Counted(1), Counted(2), CubeRoot(), Ratio())
    }
    assert len(digests) == 6


def test_negative_inputs_become_field_elements() -> None:
    """A statement holds signed integers; −x enters the circuit as r − x."""
    compiled = compile_circuit(CubeRoot())
    assert compiled.inputs(*CubeRoot().honest(-3)) == [SCALAR_MODULUS - 27, SCALAR_MODULUS - 3]
    witness = compiled.solve(*CubeRoot().honest(-3))
    assert witness[1:3] == [SCALAR_MODULUS - 27, SCALAR_MODULUS - 3]
    compiled.r1cs.check(witness)


@pytest.mark.parametrize("value", [-1, 256, 257, SCALAR_MODULUS - 1, SCALAR_MODULUS])
def test_a_value_outside_of_its_range_is_refused(value: int) -> None:
    """Threat: comparison without a range. −1, 2ⁿ, 2ⁿ + 1 and r − 1 are out, and r is 0."""
    compiled = compile_circuit(Below(8))
    public, private = BelowPublic(255), BelowPrivate(value)
    if value == SCALAR_MODULUS:
        assert compiled.solve(public, private) == compiled.solve(public, BelowPrivate(0))
        return
    with pytest.raises(Unsatisfied, match="floor/recomposition"):
        compiled.solve(public, private)
    with pytest.raises(Unsatisfied):
        compiled.r1cs.check(compiled.program.witness(cheat(compiled, public, private, {})))


@pytest.mark.parametrize(
    ("public", "private", "found"),
    [
        (SumOfSquaresPublic(0), SumOfSquaresPrivate((1,)), "another number"),
        (SumOfSquaresPublic(0), SumOfSquaresPrivate((1, 2, 3)), "another number"),
        (SumOfSquaresPublic(0), SumOfSquaresPublic(0), "sum"),
        ((0,), SumOfSquaresPrivate((1, 2)), r"\[0\]"),
        (SumOfSquaresPublic(0), SumOfSquaresPrivate([1, 2]), "list"),  # type: ignore[arg-type]
        (SumOfSquaresPublic(0.0), SumOfSquaresPrivate((1, 2)), "float"),
        (SumOfSquaresPublic("0"), SumOfSquaresPrivate((1, 2)), "str"),
    ],
)
def test_parts_of_another_form_are_refused(public: object, private: object, found: str) -> None:
    """A part with other signals than the circuit's, or other leaves than integers, conflicts."""
    with pytest.raises(Conflict, match=found):
        compile_circuit(SumOfSquares(2, 4)).inputs(public, private)


def test_signals_have_the_names_of_their_place() -> None:
    """A leaf is named by its path, and leaves stand in the order of their declaration."""
    tree = RatioPublic(numerator=(1, (2, 3)), ratio=CubeRootPublic(4))
    assert names(tree) == ("numerator[0]", "numerator[1][0]", "numerator[1][1]", "ratio.cube")
    assert leaves(tree) == [1, 2, 3, 4]
    doubled = replace_leaves(tree, lambda leaf: 2 * leaf)
    assert doubled == RatioPublic(numerator=(2, (4, 6)), ratio=CubeRootPublic(8))
    assert compile_circuit(Ratio()).public_names == ("numerator", "ratio")
    assert compile_circuit(SumOfSquares(2, 4)).private_names == ("values[0]", "values[1]")


@pytest.mark.parametrize("count", [-1, 0, 256, 1 << 32])
def test_a_number_of_bits_that_no_backend_gives_is_refused(count: int) -> None:
    """An instruction gives 1 to 255 bits, and a circuit cannot ask for another number.

    A regression: the reference gave any number, and the native backend refused the program.
    """
    with pytest.raises(CircuitError, match="1 to 255"):
        System(1).assign_bits(Linear.register(1), count)
