"""Constraint systems and their files."""

from __future__ import annotations

import pytest

from tests.zk.circuits_for_tests import Below, CubeRoot, Ratio, SumOfSquares
from tests.zk.formats_for_tests import FORMATS, honest_witness, put, sections_of, spoilt
from tests.zk.keys_for_tests import ratio_circuit
from zk.circuit import compile_circuit
from zk.errors import Conflict, Malformed, MalformedFile, Unsatisfied
from zk.field import SCALAR_MODULUS, encode
from zk.formats.container import build_container, u32
from zk.formats.r1cs import decode_r1cs, encode_r1cs
from zk.r1cs import R1CS, Constraint, Row

HUGE = (1 << 32) - 1


def system(row: Row, wires: int = 4, public: int = 1, private: int = 1) -> R1CS:
    """Row · 1 = 0."""
    return R1CS(wires, public, private, (Constraint(row, ((0, 1),), ()),))


def file_with(terms: list[tuple[int, int]]) -> bytes:
    """A file with one constraint, whose A has the terms as they are given."""
    row = u32(len(terms)) + b"".join(u32(wire) + encode(value) for wire, value in terms)
    sections = sections_of(encode_r1cs(system(())), b"r1cs")
    sections[2] = row + u32(1) + u32(0) + encode(1) + u32(0)
    return build_container(b"r1cs", 1, list(sections.items()))


def test_constraint_systems_come_back() -> None:
    """A constraint system is what its file says, and its file is the same every time."""
    for circuit in (CubeRoot(), Below(8), SumOfSquares(2, 4), Ratio()):
        r1cs = compile_circuit(circuit).r1cs
        assert decode_r1cs(encode_r1cs(r1cs)) == r1cs
        assert encode_r1cs(decode_r1cs(encode_r1cs(r1cs))) == encode_r1cs(r1cs)


def test_more_wires_than_labels_are_refused() -> None:
    """A small `.r1cs` that names 2³² − 1 wires is refused, since each wire has its label.

    A regression: a setup would have allocated a column for each.
    """
    with pytest.raises(MalformedFile, match="section 3"):
        decode_r1cs(spoilt("r1cs", put(1, 36, u32(HUGE))))


def test_terms_in_any_order_are_read_and_zeros_are_dropped() -> None:
    """Other compilers write terms in their own order and with zeros: the row is the same."""
    assert decode_r1cs(file_with([(3, 5), (0, 0), (1, 7)])) == system(((1, 7), (3, 5)))


@pytest.mark.parametrize(
    "terms",
    [[(1, 2), (1, 3)], [(4, 1)], [(HUGE, 1)], [(1, SCALAR_MODULUS)], [(1, SCALAR_MODULUS + 2)]],
    ids=["wire twice", "wire past the last", "huge wire", "coefficient r", "coefficient r + 2"],
)
def test_a_row_that_is_no_row_is_refused(terms: list[tuple[int, int]]) -> None:
    """A wire occurs once in a row and is there, and coefficients are canonical."""
    with pytest.raises(Malformed):
        decode_r1cs(file_with(terms))


@pytest.mark.parametrize("number", [4, 5])
def test_custom_gates_are_refused(number: int) -> None:
    """A system with custom gates means more than its rows say, so it is not read as if not."""
    with pytest.raises(MalformedFile, match="custom gates"):
        decode_r1cs(spoilt("r1cs", lambda sections: sections.update({number: b""})))


def test_outputs_count_as_public_inputs() -> None:
    """circom's outputs are public: a file with one output more has one public input more."""
    honest = ratio_circuit().r1cs
    changed = decode_r1cs(spoilt("r1cs", put(1, 36 + 4, u32(1) + u32(honest.public - 1))))
    assert changed.public == honest.public


@pytest.mark.parametrize(
    "row",
    [((1, 0),), ((1, SCALAR_MODULUS),), ((1, -1),), ((2, 1), (1, 1)), ((1, 1), (1, 1)), ((4, 1),)],
    ids=["zero", "r", "negative", "descending", "repeated", "past the last"],
)
def test_a_row_that_is_not_canonical_is_refused(row: Row) -> None:
    """Rows ascend by wire, with coefficients in [1, r): a system has one form and one digest."""
    with pytest.raises(Malformed):
        system(row)


@pytest.mark.parametrize(("public", "private"), [(4, 0), (2, 2), (-1, 0), (0, 4)])
def test_more_inputs_than_wires_are_refused(public: int, private: int) -> None:
    """The constant, the public and the private inputs are all wires."""
    with pytest.raises(Malformed):
        system((), public=public, private=private)


def test_a_witness_is_held_against_every_row() -> None:
    """The honest witness passes, and each private wire moved by one breaks a row by number."""
    r1cs, witness = ratio_circuit().r1cs, honest_witness()
    r1cs.check(witness)
    for wire in range(1, r1cs.wires):
        moved = list(witness)
        moved[wire] += 1
        with pytest.raises(Unsatisfied) as caught:
            r1cs.check(moved)
        assert int(caught.value.scope) < len(r1cs.constraints)


def test_a_witness_of_another_form_is_refused() -> None:
    """A witness has the system's wires, a constant of 1 and canonical elements."""
    r1cs, witness = ratio_circuit().r1cs, honest_witness()
    for length in (0, len(witness) - 1, len(witness) + 1):
        with pytest.raises(Conflict):
            r1cs.check([*witness, 0][:length])
    for place, value in (
        (0, 0),
        (0, 2),
        (1, SCALAR_MODULUS),
        (1, -1),
        (1, witness[1] + SCALAR_MODULUS),
    ):
        aliased = [value if i == place else x for i, x in enumerate(witness)]
        with pytest.raises(Malformed):
            r1cs.check(aliased)
        if value >= 0:
            with pytest.raises(Malformed):
                FORMATS["wtns"].decode(spoilt("wtns", put(2, 32 * place, encode(value))))
