"""Section 10 of a `.zkey`: who contributed to a key, in snarkjs's form.

It begins with the hash of the key that phase one and the circuit give, which has δ = 1. Each
contribution then multiplies δ by a secret x and shows

| element    | is                                                                     |
| ---------- | ---------------------------------------------------------------------- |
| delta_1    | [δ]₁ after it                                                          |
| s, sx      | a random point of G1, and x times that                                 |
| spx        | x times the point of G2 that the transcript hashes to                  |
| transcript | BLAKE2b-512 over the circuit's hash, all earlier contributions, s and sx |

A beacon is a contribution whose secret follows from a public value that nobody could foresee.
Here the hashes are checked, and that the last δ is the key's. That each contributor knew x, that δ
was multiplied by that x and not exchanged, and that a beacon is the one it names, is for snarkjs to
verify: its hash to a point is its own. Until then anybody can end a chain with a δ that they know.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from zk.bn254 import G1Point, G2Point
from zk.errors import MalformedFile, UnsafeKey
from zk.formats.container import Reader
from zk.formats.points import read_g1, read_g2
from zk.groth16.keys import CIRCUIT_HASH_BYTES
from zk.subgroup import check_subgroup

_HASH_BYTES: Final = 64
_BEACON: Final = 1
#: As snarkjs has it.
_MAX_ITERATIONS_LOG: Final = 63
#: Two points, two more, and a hash; then the kind and the length of what follows.
_SMALLEST: Final = 3 * G1Point.BYTES + G2Point.BYTES + _HASH_BYTES + 8


@dataclass(frozen=True, slots=True)
class Beacon:
    """The public value, in hexadecimal, and how often it was hashed: 2 to this power."""

    value: str
    iterations_log: int


@dataclass(frozen=True, slots=True)
class Contribution:
    """One contribution, as it stands in the file; the name is its author's word."""

    delta_1: G1Point
    s: G1Point
    sx: G1Point
    spx: G2Point
    transcript: bytes
    name: str
    beacon: Beacon | None

    @property
    def shown_name(self) -> str:
        """The name for people to read: what a terminal would obey is escaped."""
        return ascii(self.name)[1:-1] or "(no name)"

    @property
    def hash(self) -> str:
        """What snarkjs shows its contributor, who may have published it."""
        return hashlib.blake2b(self.encoded()).hexdigest()

    def encoded(self) -> bytes:
        """The points as the transcript absorbs them."""
        points = (self.delta_1, self.s, self.sx, self.spx)
        return b"".join(point.encode() for point in points) + self.transcript


@dataclass(frozen=True, slots=True)
class Contributions:
    """The hash of the key before anybody contributed, and the contributions in order."""

    circuit_hash: bytes
    made: tuple[Contribution, ...]

    def check(self, delta_1: G1Point) -> None:
        """Raises `UnsafeKey` unless there are some, chained by their hashes, up to the key's δ."""
        if not self.made:
            raise UnsafeKey("contributions", expected="at least one", actual="none")
        absorbed = hashlib.blake2b(self.circuit_hash)
        before = G1Point.GENERATOR
        for number, one in enumerate(self.made, 1):
            transcript = absorbed.copy()
            transcript.update(one.s.encode() + one.sx.encode())
            if transcript.digest() != one.transcript:
                raise UnsafeKey(
                    f"contribution {number}",
                    expected="the hash of those before it",
                    actual=f"{one.transcript.hex()[:16]}…",
                )
            if one.delta_1.x == before.x or one.s.x == one.sx.x:
                raise UnsafeKey(
                    f"contribution {number}", expected="a δ other than before", actual="the same"
                )
            absorbed.update(one.encoded())
            before = one.delta_1
        if before != delta_1:
            raise UnsafeKey(
                "contributions", expected="the key's δ after the last", actual="another"
            )


def decode_contributions(ceremony: bytes) -> Contributions:
    """The parts of section 10, each point checked, nothing left over."""
    body = Reader(memoryview(ceremony), ".zkey section 10")
    circuit_hash = body.take(CIRCUIT_HASH_BYTES)
    made = tuple(_contribution(body) for _ in range(body.count(body.u32(), _SMALLEST)))
    body.finish()
    check_subgroup([one.spx for one in made])
    return Contributions(circuit_hash, made)


def _contribution(body: Reader) -> Contribution:
    delta_1, s, sx, spx = read_g1(body), read_g1(body), read_g1(body), read_g2(body)
    if any(point.is_infinity for point in (delta_1, s, sx, spx)):
        raise MalformedFile(body.subject, expected="no point at infinity", actual="one")
    transcript, kind = body.take(_HASH_BYTES), body.u32()
    parameters = dict(_parameters(Reader(memoryview(body.take(body.u32())), body.subject)))
    beacon = None
    if kind == _BEACON:
        iterations, value = parameters.get(2, b"\xff")[0], parameters.get(3, b"")
        if not value or iterations > _MAX_ITERATIONS_LOG:
            raise MalformedFile(
                body.subject,
                expected=f"a beacon's value, hashed at most 2^{_MAX_ITERATIONS_LOG} times",
                actual=f"{value.hex() or 'none'}, 2^{iterations}",
            )
        beacon = Beacon(value.hex(), iterations)
    elif kind:
        raise MalformedFile(body.subject, expected="a contribution or a beacon", actual=kind)
    name = parameters.get(1, b"").decode(errors="replace")
    return Contribution(delta_1, s, sx, spx, transcript, name, beacon)


def _parameters(body: Reader) -> Iterator[tuple[int, bytes]]:
    """1: a name; 2: the beacon's iterations; 3: its value. In this order, each at most once."""
    last = 0
    while body.remaining:
        number = body.integer(1)
        if not last < number <= 3:
            raise MalformedFile(body.subject, expected="parameters 1, 2, 3 in order", actual=number)
        yield number, body.take(1 if number == 2 else body.integer(1))
        last = number
