"""The public side: what a verifier must know of its own inputs before it trusts a proof.

A circuit ranges what is private. That rows cannot wrap around the field rests as well on M and b,
which are public: these functions are where they are held to their bounds. That points are on the
curve and of order l is looked at by whoever verifies, for all points of a batch at once.
"""

from __future__ import annotations

from collections.abc import Sequence

from circuits.errors import OutOfBounds, WrongDimensions
from circuits.shape import CONSTANT, MATRIX_ENTRY, Shape, Width
from zk.babyjubjub import Point
from zk.errors import MalformedPoint
from zk.field import SCALAR_MODULUS, canonical

Matrix = Sequence[Sequence[int]]


def checked_matrix(shape: Shape, matrix: Matrix) -> tuple[tuple[int, ...], ...]:
    """M with S rows of K entries, each within 48 signed bits."""
    check_length("matrix", "rows", shape.scenarios, matrix)
    for index, row in enumerate(matrix):
        check_length(f"matrix row {index}", "entries", shape.components, row)
        check_entries(f"matrix row {index}", row, MATRIX_ENTRY)
    return tuple(tuple(row) for row in matrix)


def checked_constants(shape: Shape, constants: Sequence[int]) -> tuple[int, ...]:
    """b with S entries, each within 112 signed bits."""
    check_length("constants", "entries", shape.scenarios, constants)
    check_entries("constants", constants, CONSTANT)
    return tuple(constants)


def checked_context(context: int) -> int:
    """A canonical element of F_r."""
    return canonical(context, SCALAR_MODULUS, "context")


def checked_key(point: Point) -> Point:
    """Not the identity: an escrow key under which nothing is hidden is refused."""
    if point.is_identity:
        raise MalformedPoint("escrow key", expected="a point of order l", actual="the identity")
    return point


def checked_words(words: Sequence[int], count: int) -> tuple[int, ...]:
    """As many canonical elements of F_r as the message has words."""
    check_length("escrow", "words", count, words)
    return tuple(canonical(word, SCALAR_MODULUS, "escrow word") for word in words)


def check_length(subject: str, what: str, expected: int, items: Sequence[object]) -> None:
    """Raises `WrongDimensions`."""
    if len(items) != expected:
        raise WrongDimensions(subject, expected=f"{expected} {what}", actual=f"{len(items)} {what}")


def check_entries(subject: str, entries: Sequence[int], width: Width) -> None:
    """Raises `OutOfBounds` for the first entry outside the width."""
    low, high = width.minimum, width.maximum
    for index, entry in enumerate(entries):
        if type(entry) is not int or not low <= entry <= high:
            raise OutOfBounds(f"{subject}, entry {index}", expected=str(width), actual=entry)
