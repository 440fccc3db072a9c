"""Escrow: an opening encrypted, inside the circuit, to the ledger's escrow key.

| symbol | is                                                       |
| ------ | -------------------------------------------------------- |
| P      | the key: P = p·B for a p that the guardians share         |
| e      | an odd number of 249 bits and a sign: 2u − (2²⁴⁹ − 1)       |
| E, S   | E = e·B is published, S = e·P = p·E is shared             |
| words  | message + Poseidon keystream of (S, context)              |

The message packs the values, each less its minimum, into words of at most 253 bits; the
blinding has a word of its own. 2²⁴⁹ < l/2, so no partial sum of e·B wraps around l.

The keystream hides the message only once: e must be new for every message, also when the
context is the same (a retry). A blinding is read modulo l, where several numbers below 2²⁵²
name the same one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from circuits.gadgets.bits import enforce_bits, weighted
from circuits.gadgets.coordinates import Coordinates, coordinates
from circuits.gadgets.edwards import enforce_same_point
from circuits.gadgets.fixed_base import accumulate_windows, signed_number
from circuits.gadgets.montgomery import to_edwards
from circuits.gadgets.poseidon import keystream as enforce_keystream
from circuits.gadgets.variable_base import multiply
from circuits.shape import WINDOW_BITS, Width
from zk.babyjubjub import Point
from zk.circuit import Linear, System
from zk.errors import Malformed
from zk.field import SCALAR_MODULUS, SUBGROUP_ORDER
from zk.pedersen import Opening
from zk.poseidon import keystream

F = TypeVar("F")

SECRET_BITS: Final = 83 * WINDOW_BITS
WORD_BITS: Final = 253


@dataclass(frozen=True, slots=True)
class EscrowPublic(Generic[F]):
    """What everybody sees."""

    key: Coordinates[F]
    ephemeral: Coordinates[F]
    words: tuple[F, ...]

    def points(self) -> tuple[Coordinates[F], ...]:
        return (self.key, self.ephemeral)


def encrypt(key: Point, secret: int, context: int, message: Sequence[int]) -> EscrowPublic[int]:
    """The escrow of a message under the number u = `secret`."""
    e = signed_number(SECRET_BITS, secret)
    shared = key * e
    words = mask(message, (shared.x, shared.y, context))
    return EscrowPublic(coordinates(key), coordinates(Point.BASE8 * e), words)


def decrypt(escrow: EscrowPublic[int], shared: Point, context: int) -> tuple[int, ...]:
    """The message, for whoever knows S."""
    return unmask(escrow.words, (shared.x, shared.y, context))


def mask(message: Sequence[int], key: Sequence[int]) -> tuple[int, ...]:
    """Message + keystream of `key`."""
    stream = keystream(key, len(message))
    return tuple((m + k) % SCALAR_MODULUS for m, k in zip(message, stream, strict=True))


def unmask(words: Sequence[int], key: Sequence[int]) -> tuple[int, ...]:
    """The inverse of `mask`."""
    stream = keystream(key, len(words))
    return tuple((w - k) % SCALAR_MODULUS for w, k in zip(words, stream, strict=True))


def word_layout(widths: Sequence[Width]) -> tuple[tuple[int, ...], ...]:
    """Which components share a word: as many as fit, in order."""
    layout: list[list[int]] = []
    room = 0
    for index, width in enumerate(widths):
        if width.bits > room:
            layout.append([])
            room = WORD_BITS
        layout[-1].append(index)
        room -= width.bits
    return tuple(tuple(word) for word in layout)


def word_count(widths: Sequence[Width]) -> int:
    """The words of a message: the packed values and the blinding."""
    return len(word_layout(widths)) + 1


def pack(values: Sequence[int], blinding: int, widths: Sequence[Width]) -> tuple[int, ...]:
    """The message of an opening."""
    words = []
    for indices in word_layout(widths):
        word = shift = 0
        for index in indices:
            word |= (values[index] - widths[index].minimum) << shift
            shift += widths[index].bits
        words.append(word)
    return (*words, blinding)


def unpack(words: Sequence[int], widths: Sequence[Width]) -> Opening:
    """The inverse of `pack`; the blinding is reduced modulo l."""
    if len(words) != word_count(widths):
        raise Malformed("escrow", expected=f"{word_count(widths)} words", actual=len(words))
    values = []
    for word, indices in zip(words, word_layout(widths), strict=False):
        rest = word
        for index in indices:
            bits = widths[index].bits
            values.append((rest & (1 << bits) - 1) + widths[index].minimum)
            rest >>= bits
        if rest:
            raise Malformed("escrow word", expected="a packed message", actual="another number")
    return Opening(tuple(values), words[-1] % SUBGROUP_ORDER)


def enforce_escrow(
    cs: System,
    escrow: EscrowPublic[Linear],
    secret: Linear,
    context: Linear,
    message: Sequence[Linear],
) -> None:
    """The words encrypt `message` to the key, and E carries what decrypts them."""
    with cs.scope("secret"):
        bits = enforce_bits(cs, secret, SECRET_BITS)
    with cs.scope("ephemeral"):
        sent = to_edwards(cs, accumulate_windows(cs, None, bits, Point.BASE8))
        enforce_same_point(cs, sent, escrow.ephemeral)
    with cs.scope("shared"):
        shared = multiply(cs, bits, escrow.key)
    with cs.scope("words"):
        enforce_masked(cs, escrow.words, message, (shared.x, shared.y, context))


def enforce_masked(
    cs: System, words: Sequence[Linear], message: Sequence[Linear], key: Sequence[Linear]
) -> None:
    """words = message + keystream of `key`."""
    stream = enforce_keystream(cs, key, len(words))
    for word, part, mask in zip(words, message, stream, strict=True):
        cs.enforce_equal(word, part + mask)


def message_words(
    components: Sequence[Sequence[Linear]], blinding: Sequence[Linear], widths: Sequence[Width]
) -> list[Linear]:
    """`pack`, from the bits that the range proof has constrained."""
    words = [
        weighted([bit for index in indices for bit in components[index]])
        for indices in word_layout(widths)
    ]
    return [*words, weighted(blinding)]
