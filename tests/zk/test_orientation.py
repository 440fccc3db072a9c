"""Turning factors: what it may change and what it may not."""

from __future__ import annotations

from dataclasses import dataclass

from tests.zk.circuits_for_tests import CubeRoot, CubeRootPrivate, CubeRootPublic
from zk.circuit import Linear, NamedConstraint, System, compile_circuit
from zk.circuit.orientation import orient

ONE, X, Y, Z = (Linear.register(index) for index in range(4))


@dataclass(frozen=True)
class Named(CubeRoot):
    """The same statement by way of a sum that has a register of its own."""

    def define(
        self, cs: System, public: CubeRootPublic[Linear], private: CubeRootPrivate[Linear]
    ) -> None:
        with cs.scope("cube"):
            shifted = cs.named(cs.square(private.root) + private.root)
            cs.enforce_product(shifted - private.root, private.root, public.cube)


def wires_of_b(constraints: list[NamedConstraint]) -> set[int]:
    return {index for constraint in constraints for index in constraint.b.terms}


def test_only_factors_are_exchanged() -> None:
    """Every constraint keeps its place, its scope, its product and its two factors."""
    system = System(3)
    with system.scope("all"):
        system.square(X)
        system.product(X, Y + Z)
        system.product(Y + Z, X)
        system.enforce_boolean(Z)
    turned = orient(system.constraints)
    for before, after in zip(system.constraints, turned, strict=True):
        assert (before.scope, before.c) == (after.scope, after.c)
        assert {id(before.a), id(before.b)} == {id(after.a), id(after.b)}


def test_b_has_what_is_in_both_factors_and_little_else() -> None:
    """A wire that is squared is in B anyway, so it is the B of its other products too."""
    system = System(3)
    with system.scope("all"):
        system.product(X, Y + Z)
        system.square(X)
    assert wires_of_b(system.constraints) == {1, 2, 3}
    assert wires_of_b(orient(system.constraints)) == {1}


def test_a_named_sum_costs_nothing() -> None:
    """A sum with a register of its own adds no constraint and no wire to what is proven."""
    plain, named = compile_circuit(CubeRoot()), compile_circuit(Named())
    assert named.r1cs.wires == plain.r1cs.wires
    assert len(named.r1cs.constraints) == len(plain.r1cs.constraints)
    named.r1cs.check(named.solve(*Named().honest()))
