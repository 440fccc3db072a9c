"""The named checks over integers, for the `satisfaction` of every statement.

A private value arrives as a field element; `as_integer` reads it as the circuit does, in
(−r/2, r/2], so that −1 and r − 1 are the same value to both.
"""

from __future__ import annotations

from collections.abc import Sequence

from circuits.escrow import SECRET_BITS, EscrowPublic, encrypt
from circuits.gadgets.coordinates import Coordinates, coordinates
from circuits.shape import BLINDING, Width
from zk.babyjubjub import Point, combine
from zk.errors import Unsatisfied
from zk.field import SCALAR_MODULUS, signed
from zk.generators import blinding_generator


def as_integer(value: int) -> int:
    """The integer that a field element stands for."""
    return signed(value, SCALAR_MODULUS)


def require(scope: str, condition: bool, *, expected: object, actual: object) -> None:
    """Raises `Unsatisfied` under that name."""
    if not condition:
        raise Unsatisfied(scope, expected=expected, actual=actual)


def require_range(values: Sequence[int], widths: Sequence[Width], blinding: int) -> None:
    """`range`: every value within its width, and the blinding too."""
    for index, (value, width) in enumerate(zip(values, widths, strict=True)):
        require("range", value in width, expected=f"v[{index}] in {width}", actual=value)
    require("range", blinding in BLINDING, expected=f"r in {BLINDING}", actual=blinding)


def require_opening(
    commitment: Coordinates[int],
    generators: Sequence[Point],
    values: Sequence[int],
    blinding: int,
) -> None:
    """`opening`: the commitment is Σ vₖ·Gₖ + r·H over these generators."""
    bases = [*generators, blinding_generator()]
    actual = coordinates(combine(bases, [*values, blinding]))
    require("opening", actual == commitment, expected=commitment, actual=actual)


def require_escrow(
    escrow: EscrowPublic[int],
    secret: int,
    context: int,
    message: Sequence[int],
) -> None:
    """`escrow`: E and the words are those of this secret, key, context and message."""
    require("escrow", 0 <= secret < 1 << SECRET_BITS, expected=f"{SECRET_BITS} bits", actual=secret)
    key = Point.unchecked(escrow.key.x, escrow.key.y)
    actual = encrypt(key, secret, context, message)
    require("escrow", actual == escrow, expected=escrow, actual=actual)
