"""A key of a small circuit, its statements, and objects that skip their own checks."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import Any, TypeVar, cast

from tests.zk.circuits_for_tests import Ratio
from zk.circuit import CompiledCircuit, compile_circuit
from zk.field import SCALAR_MODULUS
from zk.groth16 import Blinding, ProvingKey, Trapdoor, insecure_dev_setup, prove
from zk.groth16.batch import Statement
from zk.randomness import insecure_seeded_randomness

Checked = TypeVar("Checked")


def ratio_circuit() -> CompiledCircuit:
    """Two public inputs, numerator and ratio; a private denominator and its inverse."""
    return compile_circuit(Ratio())


@cache
def ratio_key() -> ProvingKey:
    """A development key of that circuit, always the same."""
    trapdoor = Trapdoor.draw(insecure_seeded_randomness(b"ratio"))
    return insecure_dev_setup(ratio_circuit().r1cs, trapdoor)


@cache
def ratio_statement(denominator: int = 7, ratio: int = 5) -> Statement:
    """The public inputs (denominator·ratio, ratio), and a proof of them."""
    witness = ratio_circuit().solve(*Ratio().honest(denominator, ratio))
    blinding = Blinding.draw(insecure_seeded_randomness(denominator))
    public = (denominator * ratio % SCALAR_MODULUS, ratio)
    return public, prove(ratio_key(), witness, blinding)


def unchecked_replace(original: Checked, **changes: object) -> Checked:
    """A copy of a dataclass with other fields, made as an attacker's own code would make it."""
    copy = object.__new__(type(original))
    for field in fields(cast(Any, original)):
        value = changes.get(field.name, getattr(original, field.name))
        object.__setattr__(copy, field.name, value)
    return copy
