"""The prime fields, as plain integers.

| name              | letter | is                                                        |
| ----------------- | ------ | --------------------------------------------------------- |
| `BASE_MODULUS`    | q      | coordinates of BN254                                      |
| `SCALAR_MODULUS`  | r      | scalars of BN254, circuit signals, Baby Jubjub coordinates |
| `SUBGROUP_ORDER`  | l      | scalars of Baby Jubjub                                    |

Elements are `int` in [0, p): Python's own integers are the fastest arithmetic that
pure Python has. Nothing here runs in constant time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from zk.errors import Malformed

BASE_MODULUS: Final = 21888242871839275222246405745257275088696311157297823662689037894645226208583
SCALAR_MODULUS: Final = (
    21888242871839275222246405745257275088548364400416034343698204186575808495617
)
SUBGROUP_ORDER: Final = 2736030358979909402780800718157159386076813972158567259200215660948447373041
ELEMENT_BYTES: Final = 32


def inverse(x: int, p: int) -> int:
    """1/x mod p; zero has none and raises `Malformed`."""
    try:
        return pow(x, -1, p)
    except ValueError:
        raise Malformed("inverse", expected="a non-zero element", actual=x % p) from None


def batch_inverse(xs: Sequence[int], p: int) -> list[int]:
    """The inverses of all of `xs` for the price of one (Montgomery's trick); 0 ↦ 0."""
    prefix, product = [], 1
    for x in xs:
        prefix.append(product)
        if x:
            product = product * x % p
    suffix = pow(product, -1, p)
    inverses = [0] * len(xs)
    for i in range(len(xs) - 1, -1, -1):
        if xs[i]:
            inverses[i] = suffix * prefix[i] % p
            suffix = suffix * xs[i] % p
    return inverses


def is_square(x: int, p: int) -> bool:
    """Euler's criterion; zero is a square."""
    return pow(x, (p - 1) // 2, p) != p - 1


def square_root(x: int, p: int) -> int | None:
    """The smaller root of x (Tonelli–Shanks), or None where x is not a square."""
    x %= p
    if x == 0:
        return 0
    if not is_square(x, p):
        return None
    odd, twos = p - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    non_square = next(z for z in range(2, p) if not is_square(z, p))
    c, t, root = pow(non_square, odd, p), pow(x, odd, p), pow(x, (odd + 1) // 2, p)
    while t != 1:
        order, power = 0, t
        while power != 1:
            power, order = power * power % p, order + 1
        step = pow(c, 1 << (twos - order - 1), p)
        twos, c = order, step * step % p
        t, root = t * c % p, root * step % p
    return min(root, p - root)


def signed(x: int, p: int) -> int:
    """The representative of x in (−p/2, p/2]."""
    x %= p
    return x - p if x > p // 2 else x


def is_canonical(x: object, p: int) -> bool:
    """True for an `int` in [0, p): the one form in which an element may arrive."""
    return type(x) is int and 0 <= x < p


def canonical(x: int, p: int, subject: str) -> int:
    """x itself where it is canonical; otherwise `Malformed`."""
    if not is_canonical(x, p):
        raise Malformed(subject, expected=f"an integer in [0, {p})", actual=x)
    return x


def canonical_secret(x: int, p: int, subject: str) -> int:
    """As `canonical`, for a value that no message may show."""
    if not is_canonical(x, p):
        raise Malformed(subject, expected=f"an integer in [0, {p})", actual="another (redacted)")
    return x


def decode(data: bytes, p: int, subject: str) -> int:
    """A little-endian element of 32 bytes, canonical only."""
    if len(data) != ELEMENT_BYTES:
        raise Malformed(subject, expected=f"{ELEMENT_BYTES} bytes", actual=f"{len(data)} bytes")
    return canonical(int.from_bytes(data, "little"), p, subject)


def encode(x: int) -> bytes:
    """The inverse of `decode`."""
    return x.to_bytes(ELEMENT_BYTES, "little")
