"""The public side: what the circuits take for granted is refused before a proof is looked at.

`SolvencyPublic` and the others are plain data, which anybody can fill with anything; the four
functions under test are where a verifier makes them. A schedule's bounds have a file of their own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pytest

from circuits.errors import OutOfBounds, WrongDimensions
from tests.circuits.public_parts import (
    ALL,
    TINY,
    Check,
    claim,
    fill,
    honest,
    margin,
    solvency,
)
from zk.babyjubjub import Point
from zk.circuit.signals import leaves
from zk.errors import Malformed
from zk.field import SCALAR_MODULUS
from zk.pedersen import Commitment

#: Not integers, however much they may look like one.
NO_INTEGERS: Final = [True, 1.0, "1", None, b"1"]


def changed_entry(rows: list[list[int]], row: int, column: int, entry: Any) -> list[list[Any]]:
    """The matrix with one entry replaced."""
    changed: list[list[Any]] = [list(r) for r in rows]
    changed[row][column] = entry
    return changed


@ALL
def test_an_empty_account_is_in_order(check: Check) -> None:
    """The identity is a commitment like any other: that of nothing, under a blinding of zero."""
    empty = Commitment(Point.IDENTITY)
    check(replace(honest(), commitment=empty, other=empty))


def test_what_is_in_order_is_passed_on_unchanged() -> None:
    """Everything comes out as it went in, lists as tuples, so that it is what was checked."""
    e = replace(
        honest(),
        matrix=[[10 * row + column for column in range(4)] for row in range(4)],
        constants=[-1, -2, -3, -4],
        notice=[5, 6],
    )
    words: Any = list(e.escrow.words)
    e = replace(e, escrow=replace(e.escrow, words=words))
    c, d = e.commitment.point, e.other.point
    rows = [-1, -2, -3, -4, *(10 * row + column for row in range(4) for column in range(4))]
    assert leaves(claim(e)) == [c.x, c.y, *rows, 9]
    assert leaves(margin(e)) == [c.x, c.y, *leaves(e.schedule), 9]
    assert leaves(solvency(e)) == [c.x, c.y, *leaves(e.schedule), 9, *leaves(honest().escrow)]
    assert leaves(fill(e)) == [c.x, c.y, d.x, d.y, *leaves(e.traded_escrow), 5, 6, 9]


@pytest.mark.parametrize("row", [0, TINY.scenarios - 1])
@pytest.mark.parametrize("column", [0, TINY.components - 1])
def test_matrix_entries_stop_at_their_bound(row: int, column: int) -> None:
    """An entry at either bound is accepted, one past it refused, in every corner of the matrix."""
    e = honest()
    for entry in (-(1 << 47), (1 << 47) - 1):
        claim(replace(e, matrix=changed_entry(e.matrix, row, column, entry)))
    for entry in (-(1 << 47) - 1, 1 << 47, SCALAR_MODULUS - 1, SCALAR_MODULUS):
        with pytest.raises(OutOfBounds, match=f"matrix row {row}, entry {column}"):
            claim(replace(e, matrix=changed_entry(e.matrix, row, column, entry)))


@pytest.mark.parametrize("index", [0, TINY.scenarios - 1])
def test_constants_stop_at_their_bound(index: int) -> None:
    """A constant at either bound is accepted, one past it refused."""
    e = honest()

    def constants(value: int) -> list[int]:
        return [value if i == index else 0 for i in range(TINY.scenarios)]

    for value in (-(1 << 111), (1 << 111) - 1):
        claim(replace(e, constants=constants(value)))
    for value in (-(1 << 111) - 1, 1 << 111, SCALAR_MODULUS - 1):
        with pytest.raises(OutOfBounds, match=f"constants, entry {index}"):
            claim(replace(e, constants=constants(value)))


@pytest.mark.parametrize("entry", NO_INTEGERS)
def test_only_integers_are_numbers(entry: Any) -> None:
    """A bool, a float or a string in a matrix, a constant, a context or a word is refused."""
    e = honest()
    with pytest.raises(OutOfBounds):
        claim(replace(e, matrix=changed_entry(e.matrix, 1, 1, entry)))
    with pytest.raises(OutOfBounds):
        claim(replace(e, constants=[0, entry, 0, 0]))
    for check in (claim, margin, solvency, fill):
        with pytest.raises(Malformed):
            check(replace(e, context=entry))
    with pytest.raises(Malformed):
        solvency(replace(e, escrow=replace(e.escrow, words=(*e.escrow.words[:-1], entry))))
    with pytest.raises(Malformed):
        fill(replace(e, notice=(*e.notice[:-1], entry)))


@pytest.mark.parametrize("rows", [0, TINY.scenarios - 1, TINY.scenarios + 1])
def test_a_matrix_has_as_many_rows_as_the_shape(rows: int) -> None:
    """A row too few or too many is refused, in the matrix and in the constants."""
    e = honest()
    with pytest.raises(WrongDimensions, match="matrix"):
        claim(replace(e, matrix=[[0] * TINY.components] * rows))
    with pytest.raises(WrongDimensions, match="constants"):
        claim(replace(e, constants=[0] * rows))


@pytest.mark.parametrize("columns", [0, TINY.components - 1, TINY.components + 1])
def test_each_row_has_as_many_entries_as_the_shape(columns: int) -> None:
    """One row that is shorter or longer than the others is refused, the last one too."""
    e = honest()
    for row in (0, TINY.scenarios - 1):
        matrix = [list(entries) for entries in e.matrix]
        matrix[row] = [0] * columns
        with pytest.raises(WrongDimensions, match=f"matrix row {row}"):
            claim(replace(e, matrix=matrix))


@ALL
@pytest.mark.parametrize("context", [-1, SCALAR_MODULUS, SCALAR_MODULUS + 9, 1 << 256])
def test_a_context_is_canonical(check: Check, context: int) -> None:
    """r + x is not another name of the context x."""
    with pytest.raises(Malformed, match="context"):
        check(replace(honest(), context=context))
    check(replace(honest(), context=SCALAR_MODULUS - 1))


@pytest.mark.parametrize("word", [-1, SCALAR_MODULUS, SCALAR_MODULUS + 1, 1 << 256])
def test_words_are_canonical(word: int) -> None:
    """A word past r, or below zero, is refused in the escrow and in the notice."""
    e = honest()
    for index in range(len(e.escrow.words)):
        words = (*e.escrow.words[:index], word, *e.escrow.words[index + 1 :])
        with pytest.raises(Malformed, match="escrow word"):
            solvency(replace(e, escrow=replace(e.escrow, words=words)))
    with pytest.raises(Malformed, match="word"):
        fill(replace(e, traded_escrow=replace(e.traded_escrow, words=(0, word))))
    with pytest.raises(Malformed, match="word"):
        fill(replace(e, notice=(0, word)))


@pytest.mark.parametrize("change", [-2, -1, 1])
def test_words_are_counted(change: int) -> None:
    """A message has as many words as its layout: one less or one more is refused."""
    e = honest()
    words = (0,) * (len(e.escrow.words) + change)
    with pytest.raises(WrongDimensions, match="words"):
        solvency(replace(e, escrow=replace(e.escrow, words=words)))
    words = (0,) * (len(e.notice) + change)
    with pytest.raises(WrongDimensions, match="words"):
        fill(replace(e, traded_escrow=replace(e.traded_escrow, words=words)))
    with pytest.raises(WrongDimensions, match="words"):
        fill(replace(e, notice=words))
