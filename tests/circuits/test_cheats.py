"""Threat: under-constrained circuit. For each named check a cheat that nothing else catches.

Each cheat proves a false statement whose public part is within every bound that a verifier
looks at. The full circuit refuses the witness; the same circuit without the rows of that one
scope accepts the same witness: the check alone stands between the cheat and a valid proof.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import pytest

from circuits.claim import claim_public
from circuits.escrow import decrypt
from circuits.fill import fill_public
from circuits.margin import margin_public
from circuits.solvency import read_message, solvency_public
from tests.circuits import cheats
from tests.circuits.cheats import Cheat
from tests.circuits.dishonest_prover import assert_caught_only_by, broken_rows, is_under
from tests.circuits.statements import CIRCUITS, KEY_SECRET, TINY, margin_of
from zk.babyjubjub import Point
from zk.circuit import compile_circuit
from zk.errors import Malformed, Unsatisfied
from zk.pedersen import Commitment

#: What each check is called, the cheat, and the first check that plain integers fail.
CASES: Final[list[tuple[str, str, Callable[[], Cheat], str]]] = [
    *(
        (name, scope, partial(make, name), native)
        for name in ("claim", "margin", "solvency")
        for scope, make, native in (
            ("range", cheats.cash_from_bent_bits, "opening"),
            ("range", cheats.blinding_from_bent_bits, "opening"),
            ("opening", cheats.foreign_commitment, "opening"),
            ("opening", cheats.subtracted_window, "opening"),
        )
    ),
    *(
        ("claim", f"rows/{row}", partial(cheats.negative_row, row), "rows")
        for row in range(TINY.scenarios)
    ),
    *(
        (name, scope, partial(make, name), native)
        for name in ("margin", "solvency")
        for scope, make, native in (
            ("reserved", cheats.reserve_from_bent_bits, "reserved"),
            ("opening", cheats.hidden_reserve, "opening"),
            ("losses/0", cheats.gain_instead_of_a_loss, "losses"),
            ("charges", cheats.long_left_out, "charges"),
            ("charges", cheats.long_below_zero, "charges"),
            ("charges", cheats.gross_left_out, "charges"),
            ("total", cheats.margin_wanting, "total"),
            ("paid", cheats.paid_with_a_pledge, "paid"),
            ("concentration", cheats.past_the_cap, "concentration"),
        )
    ),
    *(
        (name, "losses/0", partial(cheats.no_loss, name, row), "losses")
        for name in ("margin", "solvency")
        for row in range(TINY.blocks[0].rows)
    ),
    *((name, "context", partial(cheats.moved_context, name), "") for name in ("claim", "margin")),
    *(
        (name, f"escrow/{scope}", partial(make, name), "escrow")
        for name in ("solvency", "fill")
        for scope, make in (
            ("secret", cheats.bent_secret),
            ("ephemeral", cheats.foreign_ephemeral),
            ("shared", cheats.chosen_shared),
            ("words", cheats.foreign_words),
        )
    ),
    ("fill", "range", cheats.fill_from_bent_bits, "opening"),
    ("fill", "opening", cheats.foreign_fill, "opening"),
    ("fill", "opening", cheats.foreign_order, "opening"),
    *(
        ("fill", scope, partial(cheats.filled, q, R, fill), scope)
        for scope, q, R, fill in (
            ("quantity", 0, 2, (0, 0, 0)),  # used up by nothing
            ("quantity", 2, 1, (-2000, 20, -40)),  # twice the order
            ("quantity", 1, -1, (1000, -10, 20)),  # the buyer sells
            ("quantity", -1, -2, (-500, 5, -10)),  # a half, by two numbers below zero
            ("fraction", 1, 2, (-500, 7, -10)),  # seven of ten are no half
            ("fraction", 1, 2, (-500, 5, -11)),
            ("fraction", 1, 2, (-500, 0, 0)),  # the cash without the goods
            ("price", 1, 2, (-501, 5, -10)),  # one below the limit
        )
    ),
    ("fill", "notice", cheats.notice_of_something_else, "notice"),
    ("fill", "notice", cheats.notice_under_another_blinding, "notice"),
]
NAMED: Final = pytest.mark.parametrize(
    ("name", "scope", "make", "native"),
    CASES,
    ids=[
        f"{name}-{scope}-{getattr(make, 'func', make).__name__}" for name, scope, make, _ in CASES
    ],
)


@NAMED
def test_only_this_check_catches_the_cheat(
    name: str, scope: str, make: Callable[[], Cheat], native: str
) -> None:
    """The circuit refuses the cheat in rows of this scope alone, and without them accepts it."""
    cheat = make()
    assert_caught_only_by(cheat.compiled, cheat.witness(), scope)


@NAMED
def test_a_cheat_is_nothing_that_the_public_side_would_refuse(
    name: str, scope: str, make: Callable[[], Cheat], native: str
) -> None:
    """The cheat's public part is within all bounds, so that only the proof can refuse it."""
    public = make().public
    assert checked(name, public) == public


@NAMED
def test_a_cheat_is_false_for_plain_integers(
    name: str, scope: str, make: Callable[[], Cheat], native: str
) -> None:
    """The statement that the cheat proves does not hold for the private part that it names.

    But for a context: it says nothing of the portfolio, and every context is as true.
    """
    cheat = make()
    if not native:
        CIRCUITS[name].satisfaction(cheat.public, cheat.private)
        return
    with pytest.raises(Unsatisfied) as refused:
        CIRCUITS[name].satisfaction(cheat.public, cheat.private)
    assert refused.value.scope == native


@pytest.mark.parametrize("name", CIRCUITS)
def test_every_scope_has_a_cheat(name: str) -> None:
    """No constraint of any statement stands under a scope without a cheat of its own."""
    covered = {scope for statement, scope, *_ in CASES if statement == name}
    for scope in set(compile_circuit(CIRCUITS[name]).scopes):
        assert any(is_under(scope, mine) for mine in covered), scope


@pytest.mark.parametrize("name", ["claim", "margin", "solvency"])
def test_one_slope_is_enough_for_a_cheat(name: str) -> None:
    """Every single slope counts: one that lies opens to another value, and breaks one row."""
    cheat = cheats.subtracted_window(name)
    (row,) = broken_rows(cheat.compiled.r1cs, cheat.witness())
    assert cheat.compiled.scopes[row] == "opening"


@pytest.mark.parametrize(
    "make", [cheats.bent_secret, cheats.chosen_shared, cheats.foreign_ephemeral]
)
def test_the_escrow_cheats_leave_nothing_to_decrypt(make: Callable[[str], Cheat]) -> None:
    """Whoever holds the escrow key reads no opening of the commitment from these words."""
    public = make("solvency").public
    E = Point(public.escrow.ephemeral.x, public.escrow.ephemeral.y)
    words = decrypt(public.escrow, E * KEY_SECRET, public.margin.context)
    with pytest.raises(Malformed):
        read_message(TINY, words)


def checked(name: str, public: Any) -> Any:
    """The public part, rebuilt as a verifier does from its own state."""
    if name == "fill":
        order, fill = (Commitment(Point(p.x, p.y)) for p in (public.order, public.fill))
        return fill_public(TINY, order, fill, public.escrow, public.notice, public.context)
    opened = margin_of(public)
    P = Commitment(Point(opened.commitment.x, opened.commitment.y))
    if name == "claim":
        return claim_public(TINY, P, opened.matrix, opened.constants, opened.context)
    if name == "margin":
        return margin_public(TINY, P, opened.schedule, opened.context)
    return solvency_public(TINY, P, opened.schedule, opened.context, public.escrow)
