"""Attacks on whole statements: their public parts, and numbers at and past every bound.

Each is a false statement, or a true one in another form, whose prover follows the program and
chooses every number; the R1CS judges, with the public inputs as they stand.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pytest

from circuits.bounds import checked_matrix
from circuits.errors import OutOfBounds
from circuits.escrow import SECRET_BITS
from circuits.gadgets.coordinates import Coordinates
from circuits.gadgets.fixed_base import signed_number
from circuits.shape import BLINDING, CONSTANT, MATRIX_ENTRY, SHAPES
from circuits.solvency import SolvencyPrivate, solvency_public
from tests.circuits.dishonest_prover import broken_scopes
from tests.circuits.public_parts import looked_at
from tests.circuits.statements import (
    CIRCUITS,
    TINY,
    Portfolio,
    about,
    largest_debt,
    largest_row,
    margin_widths,
    refused_by,
    statement_of,
)
from tests.zk.curves_for_tests import edwards_add, torsion_points
from zk.babyjubjub import Point
from zk.circuit import compile_circuit
from zk.errors import MalformedPoint
from zk.field import SCALAR_MODULUS, SUBGROUP_ORDER, inverse

ALL: Final = pytest.mark.parametrize("name", CIRCUITS)
PORTFOLIO: Final = Portfolio()


@ALL
def test_every_public_input_moved_by_one_is_refused(name: str) -> None:
    """Threat: unused public input. No proof is also one of a neighbouring statement."""
    compiled = compile_circuit(CIRCUITS[name])
    # No value is zero, and no long either: what is multiplied by zero may be anything.
    parts = statement_of(name) if name == "fill" else about(name, Portfolio(longs=(30, 1)))
    witness = compiled.solve(*parts)
    for index in range(1, 1 + compiled.r1cs.public):
        for step in (1, -1):
            moved = [*witness]
            moved[index] = (moved[index] + step) % SCALAR_MODULUS
            assert compiled.r1cs.first_violation(moved) is not None, index


@ALL
def test_no_other_prover_saves_a_moved_point_or_word(name: str) -> None:
    """Nor does a prover who computes everything anew for the neighbouring statement."""
    compiled, (public, private) = compile_circuit(CIRCUITS[name]), statement_of(name)
    inputs = compiled.inputs(public, private)
    for index, signal in enumerate(compiled.public_names):
        given = any(part in signal for part in ("matrix", "constants", "schedule"))
        if given or (signal == "context" and name in ("claim", "margin")):
            continue  # another market or context makes another statement, and as true a one
        moved = [*inputs]
        moved[index] = (moved[index] + 1) % SCALAR_MODULUS
        witness = compiled.program.witness(compiled.program.run(moved))
        assert broken_scopes(compiled, witness), signal


@ALL
def test_mirrored_and_swapped_points_are_refused(name: str) -> None:
    """(−x, y), (x, −y), (−x, −y) and (y, x) are other points, for C, O, D and E alike."""
    public, private = statement_of(name)
    for path in points_of(name):
        x, y = coordinates_at(public, path)
        for other in ((-x, y), (x, -y), (-x, -y), (y, x)):
            assert refused_by(name, with_point(public, path, *other), private), (path, other)


@ALL
def test_points_shifted_by_a_small_order_are_refused(name: str) -> None:
    """Threat: small-order points. All seven torsion points added to every public point.

    The public side refuses them; but for the key, the circuit does as well.
    """
    public, private = statement_of(name)
    for path in points_of(name):
        x, y = coordinates_at(public, path)
        for torsion in torsion_points()[1:]:
            shifted = edwards_add((x, y), torsion)
            with pytest.raises(MalformedPoint, match="order l"):
                Point(*shifted)
            assert refused_by(name, with_point(public, path, *shifted), private)


@pytest.mark.parametrize("which", ["key", "ephemeral"])
def test_a_key_or_ephemeral_of_small_order_is_refused_on_the_public_side(which: str) -> None:
    """The identity and the points of order 2, 4 and 8 hide nothing, as P or as E."""
    public, _ = PORTFOLIO.solvency()
    for x, y in torsion_points():
        escrow = with_point(public.escrow, (which,), x, y)
        with pytest.raises(MalformedPoint):
            looked_at(
                solvency_public(
                    TINY, PORTFOLIO.commitment(), PORTFOLIO.schedule, PORTFOLIO.context, escrow
                )
            )


def test_no_secret_makes_the_identity_and_no_two_make_the_same_point() -> None:
    """e is odd and below l/2 in size: E is never the identity, and E determines e, hence S."""
    largest = signed_number(SECRET_BITS, (1 << SECRET_BITS) - 1)
    assert largest == -signed_number(SECRET_BITS, 0) == (1 << SECRET_BITS) - 1
    assert 2 * largest < SUBGROUP_ORDER
    public, private = PORTFOLIO.solvency()
    identity = replace(public.escrow, ephemeral=Coordinates(0, 1))
    assert refused_by("solvency", replace(public, escrow=identity), private) == {"escrow/ephemeral"}


@pytest.mark.parametrize("name", ["claim", "margin", "solvency"])
def test_every_value_just_outside_of_its_range_is_refused(name: str) -> None:
    """Threat: comparison without a range. Collateral of −1, and the neighbours of every bound.

    The commitment is that of the value itself; the bits are those that fit, so that either the
    range or the opening must refuse.
    """
    for index, width in enumerate(TINY.widths if name == "claim" else margin_widths(TINY)):
        for value in (width.minimum - 1, width.maximum + 1):
            values = list(PORTFOLIO.values)
            values[index] = value
            honest = replace(PORTFOLIO, values=tuple(values)).commitment()
            public, private = about(name, PORTFOLIO, honest)
            assert refused_by(name, public, with_values(private, tuple(values)))


@pytest.mark.parametrize("name", CIRCUITS)
@pytest.mark.parametrize("excess", [-1, 0, 1])
def test_a_blinding_of_253_bits_is_refused(name: str, excess: int) -> None:
    """r ends at 2²⁵² − 1; the next is refused although it is a fine number modulo l."""
    blinding = (1 << BLINDING.bits) + excess
    public, private = statement_of(name, blinding=blinding)
    accepted = not refused_by(name, public, private)
    assert accepted == (excess < 0)


def test_rows_at_all_bounds_at_once_do_not_wrap() -> None:
    """M, b and v all at their limits: the largest row is accepted, the largest debt refused."""
    assert refused_by("claim", *largest_row().claim()) == set()
    assert refused_by("claim", *largest_debt().claim()) == {"rows/0"}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_no_row_of_any_shape_wraps(shape: Any) -> None:
    """Within the bounds a row fits its bits, and a debt is never a number of so few bits."""
    largest = sum(-MATRIX_ENTRY.minimum * width.magnitude for width in shape.widths)
    assert largest + CONSTANT.maximum < 1 << shape.row_bits
    assert SCALAR_MODULUS - largest + CONSTANT.minimum > 1 << shape.row_bits


@pytest.mark.parametrize("row", range(TINY.scenarios))
def test_a_debt_of_one_is_refused_and_zero_is_not(row: int) -> None:
    """The boundary of every row is between 0 and −1."""
    constants = [0] * TINY.scenarios
    for debt in (0, 1):
        constants[row] = -PORTFOLIO.values[0] - debt
        portfolio = replace(PORTFOLIO, constants=tuple(constants))
        refused = refused_by("claim", *portfolio.claim())
        assert refused == ({f"rows/{row}"} if debt else set())


def test_an_entry_past_its_bound_would_forge_a_row() -> None:
    """Threat: an unranged public price. The circuit alone believes M = 5/v; the verifier must not.

    An account that owes 1000 shows a row of 5 under an entry that is no 48-bit number.
    """
    public, private = replace(PORTFOLIO, values=(-1000, 0, 0, 0)).claim()
    forged = 5 * inverse(-1000, SCALAR_MODULUS) % SCALAR_MODULUS
    matrix = ((forged, 0, 0, 0),) * TINY.scenarios
    assert refused_by("claim", public, private)
    assert not refused_by("claim", replace(public, matrix=matrix), private)
    with pytest.raises(OutOfBounds):
        checked_matrix(TINY, matrix)


def points_of(name: str) -> tuple[tuple[str, ...], ...]:
    """The paths of a statement's public points, the key aside."""
    return {
        "claim": (("commitment",),),
        "margin": (("commitment",),),
        "solvency": (("margin", "commitment"), ("escrow", "ephemeral")),
        "fill": (("order",), ("fill",), ("escrow", "ephemeral")),
    }[name]


def coordinates_at(public: Any, path: tuple[str, ...]) -> tuple[int, int]:
    for step in path:
        public = getattr(public, step)
    return public.x, public.y


def with_point(public: Any, path: tuple[str, ...], x: int, y: int) -> Any:
    """The public part with that point in place of its own."""
    if not path:
        return Coordinates(x, y)
    return replace(public, **{path[0]: with_point(getattr(public, path[0]), path[1:], x, y)})


def with_values(private: Any, values: tuple[int, ...]) -> Any:
    if isinstance(private, SolvencyPrivate):
        return replace(private, margin=replace(private.margin, values=values))
    return replace(private, values=values)
