"""`.zkey`, version 1, Groth16 (iden3/snarkjs).

| section | holds                                                                      |
| ------- | -------------------------------------------------------------------------- |
| 1       | the protocol: 1 is Groth16                                                  |
| 2       | q, r, wires, public inputs, domain size, α₁ β₁ β₂ γ₂ δ₁ δ₂                   |
| 3       | IC                                                                         |
| 4       | the entries of A and B, public rows included: matrix, row, wire, value·R²    |
| 5–9     | A, B1, B2, C and H queries                                                  |
| 10      | hash of the circuit, then the contributions of the ceremony                 |

Points are in Montgomery form (`points`). Entries are multiplied by R = 2²⁵⁶ twice, so that a
Montgomery product with a plain witness is a Montgomery number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from zk.bn254 import G1Point, G2Point
from zk.errors import MalformedFile
from zk.field import BASE_MODULUS, ELEMENT_BYTES, SCALAR_MODULUS, encode, inverse
from zk.formats.container import Reader, build_container, parse_container, prime, section, u32
from zk.formats.points import encode_point, encode_points, read_g1, read_g2, read_points
from zk.groth16.domain import TWO_ADICITY, Domain
from zk.groth16.keys import CIRCUIT_HASH_BYTES, ProvingKey, VerifyingKey, is_insecure
from zk.groth16.qap import Matrix
from zk.progress import Progress, silent
from zk.subgroup import check_subgroup

_KIND: Final = b"zkey"
_GROTH16: Final = 1
_R: Final = 1 << 256
_ENTRY_FACTOR: Final = _R * _R % SCALAR_MODULUS
_ENTRY_FACTOR_INVERSE: Final = inverse(_ENTRY_FACTOR, SCALAR_MODULUS)
_ENTRY_BYTES: Final = 12 + ELEMENT_BYTES
_Point = TypeVar("_Point", G1Point, G2Point)


def decode_zkey(data: bytes, progress: Progress = silent) -> ProvingKey:
    """The proving key of a file, every point checked, every section used up."""
    sections = parse_container(data, _KIND, versions=(1,))
    header = _header(sections)

    def query(
        number: int, count: int, read: Callable[[Reader], _Point], size: int
    ) -> tuple[_Point, ...]:
        return read_points(section(sections, number, "zkey"), count, read, size)

    # First of all, because section 9 is what holds the domain's size against real bytes:
    # a few bytes of matrix entries could otherwise ask for 2²⁷ rows.
    h_query = query(9, header.domain.size, read_g1, G1Point.BYTES)
    a, b = _matrices(section(sections, 4, "zkey"), header.domain, header.wires)
    b2_query = query(7, header.wires, read_g2, G2Point.BYTES)
    check_subgroup([*header.points_2, *b2_query], progress)
    return ProvingKey(
        verifying_key=_verifying_key(sections, header),
        beta_1=header.points_1[1],
        delta_1=header.points_1[2],
        domain=header.domain,
        a=a,
        b=b,
        a_query=query(5, header.wires, read_g1, G1Point.BYTES),
        b1_query=query(6, header.wires, read_g1, G1Point.BYTES),
        b2_query=b2_query,
        c_query=query(8, header.wires - header.public - 1, read_g1, G1Point.BYTES),
        h_query=h_query,
        ceremony=_ceremony(section(sections, 10, "zkey")),
    )


@dataclass(frozen=True, slots=True)
class _Header:
    """Section 2; its points of G2 are on the curve, the subgroup is for the caller to check."""

    wires: int
    public: int
    domain: Domain
    points_1: tuple[G1Point, G1Point, G1Point]
    points_2: tuple[G2Point, G2Point, G2Point]


def _header(sections: Mapping[int, Reader]) -> _Header:
    protocol = section(sections, 1, "zkey")
    if (number := protocol.u32()) != _GROTH16:
        raise MalformedFile(".zkey protocol", expected="1 (Groth16)", actual=number)
    protocol.finish()
    body = section(sections, 2, "zkey")
    body.prime(BASE_MODULUS)
    body.prime(SCALAR_MODULUS)
    wires, public, domain_size = body.u32(), body.u32(), body.u32()
    domain = _domain(domain_size)
    if public >= wires:
        raise MalformedFile(".zkey", expected=f"fewer than {wires} public wires", actual=public)
    alpha_1, beta_1, beta_2 = read_g1(body), read_g1(body), read_g2(body)
    gamma_2, delta_1, delta_2 = read_g2(body), read_g1(body), read_g2(body)
    body.finish()
    return _Header(wires, public, domain, (alpha_1, beta_1, delta_1), (beta_2, gamma_2, delta_2))


def _verifying_key(sections: Mapping[int, Reader], header: _Header) -> VerifyingKey:
    body, ceremony = section(sections, 3, "zkey"), section(sections, 10, "zkey")
    ic = read_points(body, header.public + 1, read_g1, G1Point.BYTES)
    insecure = is_insecure(_ceremony(ceremony))
    return VerifyingKey(header.points_1[0], *header.points_2, ic, insecure=insecure)


def encode_zkey(key: ProvingKey) -> bytes:
    """The file of a proving key."""
    vk = key.verifying_key
    ends = (vk.alpha_1, key.beta_1, vk.beta_2, vk.gamma_2, key.delta_1, vk.delta_2)
    header = prime(BASE_MODULUS) + prime(SCALAR_MODULUS)
    header += u32(key.wires) + u32(key.public) + u32(key.domain.size)
    header += b"".join(encode_point(point) for point in ends)
    sections = [
        (1, u32(_GROTH16)),
        (2, header),
        (4, _encode_matrices(key.a, key.b)),
        (3, encode_points(vk.ic)),
        (9, encode_points(key.h_query)),
        (8, encode_points(key.c_query)),
        (5, encode_points(key.a_query)),
        (6, encode_points(key.b1_query)),
        (7, encode_points(key.b2_query)),
        (10, key.ceremony),
    ]
    return build_container(_KIND, 1, sections)


def _domain(size: int) -> Domain:
    log_size = size.bit_length() - 1
    if size < 1 or size != 1 << log_size or log_size >= TWO_ADICITY:
        raise MalformedFile(
            ".zkey domain", expected=f"a power of two below 2^{TWO_ADICITY}", actual=size
        )
    return Domain(log_size)


def _ceremony(body: Reader) -> bytes:
    if body.remaining < CIRCUIT_HASH_BYTES + 4:
        raise MalformedFile(
            body.subject, expected="a circuit hash", actual=f"{body.remaining} bytes"
        )
    return bytes(body.data)


def _matrices(body: Reader, domain: Domain, wires: int) -> tuple[Matrix, Matrix]:
    rows: tuple[dict[int, dict[int, int]], dict[int, dict[int, int]]] = ({}, {})
    for _ in range(body.count(body.u32(), _ENTRY_BYTES)):
        matrix, row, wire, value = body.u32(), body.u32(), body.u32(), body.integer()
        if matrix > 1 or row >= domain.size or wire >= wires or value >= SCALAR_MODULUS:
            raise MalformedFile(
                body.subject, expected="an entry of A or B", actual=(matrix, row, wire, value)
            )
        entries = rows[matrix].setdefault(row, {})
        if wire in entries:
            raise MalformedFile(
                body.subject, expected="each entry once", actual=(matrix, row, wire)
            )
        entries[wire] = value * _ENTRY_FACTOR_INVERSE % SCALAR_MODULUS
    body.finish()
    count = max((row + 1 for row in (*rows[0], *rows[1])), default=0)
    a, b = (
        tuple(tuple(sorted(entries.get(i, {}).items())) for i in range(count)) for entries in rows
    )
    return a, b


def _encode_matrices(a: Matrix, b: Matrix) -> bytes:
    count, body = 0, bytearray()
    for index in range(max(len(a), len(b))):
        for matrix, rows in enumerate((a, b)):
            for wire, value in rows[index] if index < len(rows) else ():
                body += u32(matrix) + u32(index) + u32(wire)
                body += encode(value * _ENTRY_FACTOR % SCALAR_MODULUS)
                count += 1
    return u32(count) + bytes(body)
