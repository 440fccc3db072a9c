"""`.r1cs`, version 1 (iden3/r1csfile).

| section | holds                                                                  |
| ------- | ---------------------------------------------------------------------- |
| 1       | field, wires, public outputs, public and private inputs, labels, constraints |
| 2       | per constraint A, B, C: a count, then (wire, coefficient) pairs          |
| 3       | a label per wire                                                        |

Coefficients are plain little-endian integers. Custom gates (sections 4 and 5) belong to
PLONK and are refused.
"""

from __future__ import annotations

from zk.errors import MalformedFile
from zk.field import ELEMENT_BYTES, encode
from zk.formats.container import Reader, build_container, parse_container, prime, section, u32
from zk.r1cs import R1CS, Constraint, Row

_KIND = b"r1cs"
_TERM_BYTES = 4 + ELEMENT_BYTES
_LABEL_BYTES = 8


def decode_r1cs(data: bytes) -> R1CS:
    """The constraint system of a file; outputs count as public inputs."""
    sections = parse_container(data, _KIND, versions=(1,))
    if 4 in sections or 5 in sections:
        raise MalformedFile(".r1cs file", expected="no custom gates", actual="sections 4 or 5")
    header = section(sections, 1, "r1cs")
    header.prime()
    wires, outputs, public, private = (header.u32() for _ in range(4))
    header.u64()  # labels: names for debuggers, nothing that is proven
    count = header.u32()
    header.finish()
    # Each wire has its label, which holds the number of wires against real bytes.
    labels = section(sections, 3, "r1cs")
    labels.take(wires * _LABEL_BYTES)
    labels.finish()
    body = section(sections, 2, "r1cs")
    body.count(count, 12)
    constraints = tuple(Constraint(_row(body), _row(body), _row(body)) for _ in range(count))
    body.finish()
    return R1CS(wires, outputs + public, private, constraints)


def encode_r1cs(r1cs: R1CS) -> bytes:
    """The file of a constraint system, byte for byte determined by it."""
    header = b"".join(
        (
            prime(),
            *(u32(n) for n in (r1cs.wires, 0, r1cs.public, r1cs.private_inputs)),
            r1cs.wires.to_bytes(8, "little"),
            u32(len(r1cs.constraints)),
        )
    )
    body = bytearray()
    for constraint in r1cs.constraints:
        for row in (constraint.a, constraint.b, constraint.c):
            body += u32(len(row))
            for wire, coefficient in row:
                body += u32(wire) + encode(coefficient)
    labels = b"".join(wire.to_bytes(_LABEL_BYTES, "little") for wire in range(r1cs.wires))
    return build_container(_KIND, 1, [(1, header), (2, bytes(body)), (3, labels)])


def _row(body: Reader) -> Row:
    count = body.count(body.u32(), _TERM_BYTES)
    terms = [(body.u32(), body.integer()) for _ in range(count)]
    return tuple(sorted(term for term in terms if term[1]))
