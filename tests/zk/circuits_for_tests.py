"""Small circuits for the tests of the language, the proof system and the file formats.

Each comes with a satisfying pair of parts, `honest`, beside its parameters. `F` is an
integer in a statement and a signal in a circuit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from zk.circuit import Circuit, CompiledCircuit, Linear, System, combination, compile_circuit, total
from zk.r1cs import R1CS, Constraint

F = TypeVar("F")
Definition = Callable[[System, tuple[Linear, ...], tuple[Linear, ...]], None]


@dataclass(frozen=True)
class CubeRootPublic(Generic[F]):
    """The number whose root is known."""

    cube: F


@dataclass(frozen=True)
class CubeRootPrivate(Generic[F]):
    """The root."""

    root: F


@dataclass(frozen=True)
class CubeRoot(Circuit[CubeRootPublic[Linear], CubeRootPrivate[Linear]]):
    """root³ = cube: two constraints, one public input, no hint."""

    def example(self) -> tuple[Any, Any]:
        return CubeRootPublic(0), CubeRootPrivate(0)

    def honest(self, root: int = 3) -> tuple[CubeRootPublic[int], CubeRootPrivate[int]]:
        """The parts for that root."""
        return CubeRootPublic(root**3), CubeRootPrivate(root)

    def define(
        self, cs: System, public: CubeRootPublic[Linear], private: CubeRootPrivate[Linear]
    ) -> None:
        with cs.scope("cube"):
            square = cs.square(private.root)
            cs.enforce_product(square, private.root, public.cube)


@dataclass(frozen=True)
class BelowPublic(Generic[F]):
    """A bound, inclusive."""

    ceiling: F


@dataclass(frozen=True)
class BelowPrivate(Generic[F]):
    """A number under the bound."""

    value: F


@dataclass(frozen=True)
class Below(Circuit[BelowPublic[Linear], BelowPrivate[Linear]]):
    """0 ≤ value ≤ ceiling, by the bits of both differences: hints, and sums that fold."""

    width: int

    def example(self) -> tuple[Any, Any]:
        return BelowPublic(0), BelowPrivate(0)

    def honest(self) -> tuple[BelowPublic[int], BelowPrivate[int]]:
        """The parts for two numbers well inside the range."""
        bound = 1 << self.width
        return BelowPublic(bound - 2), BelowPrivate(bound // 3)

    def define(
        self, cs: System, public: BelowPublic[Linear], private: BelowPrivate[Linear]
    ) -> None:
        with cs.scope("floor"):
            enforce_bits(cs, private.value, self.width)
        with cs.scope("ceiling"):
            enforce_bits(cs, public.ceiling - private.value, self.width)


@dataclass(frozen=True)
class SumOfSquaresPublic(Generic[F]):
    """The sum."""

    sum: F


@dataclass(frozen=True)
class SumOfSquaresPrivate(Generic[F]):
    """What is squared and summed."""

    values: tuple[F, ...]


@dataclass(frozen=True)
class SumOfSquares(Circuit[SumOfSquaresPublic[Linear], SumOfSquaresPrivate[Linear]]):
    """Σ value² = sum with every value in range: count·(width + 1) constraints after folding.

    Nearly all of its witness is bits, as with the circuits that are proven in earnest.
    """

    count: int
    width: int

    def example(self) -> tuple[Any, Any]:
        return SumOfSquaresPublic(0), SumOfSquaresPrivate((0,) * self.count)

    def honest(self) -> tuple[SumOfSquaresPublic[int], SumOfSquaresPrivate[int]]:
        """The parts for values spread over the range."""
        step, bound = 0x9E3779B97F4A7C15, 1 << self.width
        values = tuple(step * (i + 1) % bound for i in range(self.count))
        return SumOfSquaresPublic(sum(v * v for v in values)), SumOfSquaresPrivate(values)

    def define(
        self, cs: System, public: SumOfSquaresPublic[Linear], private: SumOfSquaresPrivate[Linear]
    ) -> None:
        for value in private.values:
            with cs.scope("range"):
                enforce_bits(cs, value, self.width)
        with cs.scope("sum"):
            cs.enforce_equal(total(cs.square(value) for value in private.values), public.sum)


@dataclass(frozen=True)
class RatioPublic(Generic[F]):
    """A fraction's value and what it is a fraction of."""

    numerator: F
    ratio: F


@dataclass(frozen=True)
class RatioPrivate(Generic[F]):
    """The denominator."""

    denominator: F


@dataclass(frozen=True)
class Ratio(Circuit[RatioPublic[Linear], RatioPrivate[Linear]]):
    """numerator / denominator = ratio with a denominator other than zero: two quotient hints."""

    def example(self) -> tuple[Any, Any]:
        return RatioPublic(0, 0), RatioPrivate(0)

    def honest(
        self, denominator: int = 7, ratio: int = 5
    ) -> tuple[RatioPublic[int], RatioPrivate[int]]:
        """The parts for that denominator and ratio."""
        return RatioPublic(denominator * ratio, ratio), RatioPrivate(denominator)

    def define(
        self, cs: System, public: RatioPublic[Linear], private: RatioPrivate[Linear]
    ) -> None:
        with cs.scope("nonzero"):
            inverse = cs.assign_quotient(1, private.denominator)
            cs.enforce_product(inverse, private.denominator, 1)
        with cs.scope("ratio"):
            quotient = cs.assign_quotient(public.numerator, private.denominator)
            cs.enforce_product(quotient, private.denominator, public.numerator)
            cs.enforce_equal(quotient, public.ratio)


@dataclass(frozen=True)
class Inline(Circuit[tuple[Linear, ...], tuple[Linear, ...]]):
    """A circuit of so many public and private signals that a test states in place."""

    public: int
    private: int
    definition: Definition

    def example(self) -> tuple[Any, Any]:
        return (0,) * self.public, (0,) * self.private

    def define(self, cs: System, public: tuple[Linear, ...], private: tuple[Linear, ...]) -> None:
        with cs.scope("inline"):
            self.definition(cs, public, private)


def inline(public: int, private: int) -> Callable[[Definition], CompiledCircuit]:
    """Compiles the function below it as a circuit."""
    return lambda definition: compile_circuit(Inline(public, private, definition))


def enforce_bits(cs: System, value: Linear, width: int) -> list[Linear]:
    """value ∈ [0, 2^width): its bits, under the scopes `bits` and `recomposition`."""
    bits = cs.assign_bits(value, width)
    with cs.scope("bits"):
        for bit in bits:
            cs.enforce_boolean(bit)
    with cs.scope("recomposition"):
        cs.enforce_equal(combination((1 << i, bit) for i, bit in enumerate(bits)), value)
    return bits


def cheat(
    compiled: CompiledCircuit, public: object, private: object, lies: Mapping[int, int]
) -> list[int]:
    """All registers of a prover whose hints are replaced by `lies`, by register."""
    return compiled.program.run(compiled.inputs(public, private), lies)


#: a·x = product over the wires (1, a, unused, product, x): a public input that no constraint
#: mentions. The language refuses to state this; a file of another tool may hold it.
UNUSED_INPUT = R1CS(
    wires=5,
    public=3,
    private_inputs=1,
    constraints=(Constraint(((1, 1),), ((4, 1),), ((3, 1),)),),
)
UNUSED_INPUT_WITNESS = [1, 3, 9, 12, 4]
