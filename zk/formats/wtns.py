"""`.wtns`, version 2 (iden3/snarkjs): the field, then every wire's value in order."""

from __future__ import annotations

from collections.abc import Sequence

from zk.field import ELEMENT_BYTES, encode
from zk.formats.container import build_container, parse_container, prime, section, u32
from zk.r1cs import check_elements

_KIND = b"wtns"


def decode_wtns(data: bytes) -> list[int]:
    """The witness of a file: canonical elements, the first of them 1."""
    sections = parse_container(data, _KIND, versions=(1, 2))
    header = section(sections, 1, "wtns")
    header.prime()
    count = header.u32()
    header.finish()
    body = section(sections, 2, "wtns")
    witness = [body.integer() for _ in range(body.count(count, ELEMENT_BYTES))]
    body.finish()
    check_elements(witness)
    return witness


def encode_wtns(witness: Sequence[int]) -> bytes:
    """The inverse of `decode_wtns`."""
    body = b"".join(encode(value) for value in witness)
    return build_container(_KIND, 2, [(1, prime() + u32(len(witness))), (2, body)])
