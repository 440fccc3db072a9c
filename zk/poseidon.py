"""Poseidon over F_r with circomlib's parameters: x⁵, widths 2 to 17.

Grassi, Khovratovich, Rechberger, Roy, Schofnegger: "Poseidon: A New Hash Function for
Zero-Knowledge Proof Systems" (2019/458). R_F = 8 full rounds; the partial rounds per
width are circomlib's. Round constants and matrices are not stored: the Grain register of
the paper's appendix makes them, once per width, and a test pins their digests.

`hash_elements` is circomlib's hash. `keystream` is a sponge over the same permutation
whose capacity starts from a tag of its own, so that no hash shows a word of a keystream.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import compress
from typing import Final

from zk.errors import Malformed
from zk.field import SCALAR_MODULUS, canonical, encode, inverse

FULL_ROUNDS: Final = 8
PARTIAL_ROUNDS: Final = (56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68)
MIN_WIDTH: Final = 2
MAX_WIDTH: Final = 17
KEYSTREAM_TAG: Final = int.from_bytes(hashlib.sha256(b"tacit/v1/keystream").digest()[:26], "big")

_P: Final = SCALAR_MODULUS
_ELEMENT_BITS: Final = 254
_MAX_WORDS: Final = 1 << 16


@dataclass(frozen=True)
class Parameters:
    """The permutation of one width: constants per round, and the matrix by rows."""

    width: int
    partial_rounds: int
    constants: tuple[tuple[int, ...], ...]
    matrix: tuple[tuple[int, ...], ...]

    def is_full(self, index: int) -> bool:
        """True where every element of the state passes the S-box in round `index`."""
        half = FULL_ROUNDS // 2
        return not half <= index < half + self.partial_rounds

    def digest(self) -> str:
        """SHA-256 over all constants, then the matrix, row by row."""
        rows = (*self.constants, *self.matrix)
        return hashlib.sha256(b"".join(encode(x) for row in rows for x in row)).hexdigest()


@cache
def parameters(width: int) -> Parameters:
    """The parameters of that width."""
    if not MIN_WIDTH <= width <= MAX_WIDTH:
        raise Malformed("Poseidon width", expected=f"{MIN_WIDTH} to {MAX_WIDTH}", actual=width)
    partial = PARTIAL_ROUNDS[width - MIN_WIDTH]
    rounds = FULL_ROUNDS + partial
    words = _grain_words(width, partial)
    flat = [next(w for w in words if w < _P) for _ in range(rounds * width)]
    constants = tuple(tuple(flat[i * width : (i + 1) * width]) for i in range(rounds))
    return Parameters(width, partial, constants, _cauchy_matrix(words, width))


def permute(state: Sequence[int]) -> list[int]:
    """The permutation, on as many elements as `state` has."""
    chosen = parameters(len(state))
    for index, constants in enumerate(chosen.constants):
        state = [(x + c) % _P for x, c in zip(state, constants, strict=True)]
        passing = len(state) if chosen.is_full(index) else 1
        state = [pow(x, 5, _P) if i < passing else x for i, x in enumerate(state)]
        state = [sum(m * x for m, x in zip(row, state, strict=True)) % _P for row in chosen.matrix]
    return list(state)


def hash_elements(elements: Sequence[int]) -> int:
    """circomlib's Poseidon of 1 to 16 elements."""
    return permute([0, *(canonical(x, _P, "Poseidon input") for x in elements)])[0]


def keystream(elements: Sequence[int], count: int) -> tuple[int, ...]:
    """`count` field elements that nobody who lacks one of `elements` can predict.

    A sponge: absorb `elements` once, squeeze everything but the capacity, permute, squeeze.
    The elements' number and the count are bound by the capacity's first value.
    """
    width = keystream_width(len(elements), count)
    inputs = (canonical(x, _P, "keystream input") for x in elements)
    state = [keystream_capacity(len(elements), count), *inputs]
    state += [0] * (width - len(state))
    words: list[int] = []
    while len(words) < count:
        state = permute(state)
        words += state[1:]
    return tuple(words[:count])


def keystream_width(inputs: int, count: int) -> int:
    """The narrowest permutation that absorbs at once and squeezes at once if it can."""
    if inputs >= MAX_WIDTH:
        raise Malformed("keystream", expected=f"fewer than {MAX_WIDTH} inputs", actual=inputs)
    if not 0 <= count < _MAX_WORDS:  # a longer count would run into the number of inputs
        raise Malformed("keystream", expected=f"fewer than {_MAX_WORDS} words", actual=count)
    return max(MIN_WIDTH, min(MAX_WIDTH, 1 + max(inputs, count)))


def keystream_capacity(inputs: int, count: int) -> int:
    """The tag of the keystream's use: label, number of inputs, number of words."""
    return (KEYSTREAM_TAG << 32) + (inputs << 16) + count


def _cauchy_matrix(words: Iterator[int], width: int) -> tuple[tuple[int, ...], ...]:
    """M[i][j] = 1/(xᵢ + yⱼ), with x and y the register's next words (not sampled again)."""
    points = [next(words) % _P for _ in range(2 * width)]
    xs, ys = points[:width], points[width:]
    return tuple(tuple(inverse(x + y, _P) for y in ys) for x in xs)


def _grain_words(width: int, partial_rounds: int) -> Iterator[int]:
    """254-bit words of the shrunk register, each with its first bit highest."""
    bits = _grain_bits(width, partial_rounds)
    while True:
        word = 0
        for bit in next(bits):
            word = word << 1 | bit
        yield word


def _grain_bits(width: int, partial_rounds: int) -> Iterator[list[int]]:
    """The register's output after 160 idle steps, self-shrunk, 254 bits at a time.

    Of each pair the second bit counts where the first is 1.
    """
    fields = (
        (1, 2),  # a prime field
        (0, 4),  # the S-box x^a
        (_ELEMENT_BITS, 12),
        (width, 12),
        (FULL_ROUNDS, 10),
        (partial_rounds, 10),
        ((1 << 30) - 1, 30),
    )
    seed = "".join(f"{value:0{size}b}" for value, size in fields)
    rest: list[int] = []
    for block in _register(seed):
        rest += compress(block[1::2], block[0::2])
        while len(rest) >= _ELEMENT_BITS:
            yield rest[:_ELEMENT_BITS]
            rest = rest[_ELEMENT_BITS:]


def _register(seed: str) -> Iterator[list[int]]:
    """The linear register s[n+80] = s[n+62]+s[n+51]+s[n+38]+s[n+23]+s[n+13]+s[n], in blocks.

    Over GF(2) the recurrence holds as well with every distance times a power of two, so
    long blocks come from a few operations on long integers.
    """
    stream, length, idle = int(seed[::-1], 2), 80, 80 + 160
    emitted = idle
    while True:
        scale = 1 << ((length // 80).bit_length() - 1)
        start, size = length - 80 * scale, 18 * scale
        block = 0
        for tap in (62, 51, 38, 23, 13, 0):
            block ^= stream >> (start + tap * scale)
        stream |= (block & (1 << size) - 1) << length
        length += size
        whole = (length - emitted) // 2 * 2
        if whole > 0:
            window = stream >> emitted & (1 << whole) - 1
            yield [int(b) for b in f"{window:0{whole}b}"[::-1]]
            emitted += whole
