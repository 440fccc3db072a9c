"""Honest files of each binary format, and ways to damage them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from tests.zk.circuits_for_tests import Ratio
from tests.zk.keys_for_tests import ratio_circuit, ratio_key
from zk.formats.container import build_container, parse_container
from zk.formats.r1cs import decode_r1cs, encode_r1cs
from zk.formats.wtns import decode_wtns, encode_wtns
from zk.formats.zkey import decode_zkey, encode_zkey

Sections = dict[int, bytes]
Change = Callable[[Sections], None]
#: Seconds of the processor, more than any damaged file of a kilobyte may take; an honest
#: key takes a tenth of it.
PROMPTLY = 2.0


@dataclass(frozen=True)
class Format:
    """A kind of file, an honest file of it, and its decoder."""

    kind: bytes
    version: int
    make: Callable[[], bytes]
    decode: Callable[[bytes], object]


def honest_witness() -> list[int]:
    return ratio_circuit().solve(*Ratio().honest())


@cache
def honest_zkey() -> bytes:
    return encode_zkey(ratio_key())


FORMATS = {
    "r1cs": Format(b"r1cs", 1, lambda: encode_r1cs(ratio_circuit().r1cs), decode_r1cs),
    "wtns": Format(b"wtns", 2, lambda: encode_wtns(honest_witness()), decode_wtns),
    "zkey": Format(b"zkey", 1, honest_zkey, decode_zkey),
}


def sections_of(data: bytes, kind: bytes) -> Sections:
    parsed = parse_container(data, kind, versions=(1, 2))
    return {number: bytes(reader.data) for number, reader in parsed.items()}


def spoilt(name: str, change: Change) -> bytes:
    """An honest file with its sections changed, and the container in order."""
    chosen = FORMATS[name]
    sections = sections_of(chosen.make(), chosen.kind)
    change(sections)
    return build_container(chosen.kind, chosen.version, list(sections.items()))


def put(number: int, offset: int, data: bytes) -> Change:
    def change(sections: Sections) -> None:
        body = sections[number]
        assert offset + len(data) <= len(body)
        sections[number] = body[:offset] + data + body[offset + len(data) :]

    return change


def append(number: int, tail: bytes) -> Change:
    return lambda sections: sections.update({number: sections[number] + tail})


def remove(number: int) -> Change:
    def change(sections: Sections) -> None:
        del sections[number]

    return change


def boundaries(data: bytes) -> Iterator[int]:
    """The file's start, where each section's header and body start, and what lies around."""
    position, count = 12, int.from_bytes(data[8:12], "little")
    yield from (0, 4, 8, 12)
    for _ in range(count):
        size = int.from_bytes(data[position + 4 : position + 12], "little")
        yield from (position + 4, position + 12, position + 13, position + 12 + size - 1)
        position += 12 + size
        yield position
