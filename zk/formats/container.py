"""The container that iden3's binary files share: magic, version, numbered sections.

Everything is little-endian. A reader trusts no length: each is held against the bytes
that are really there before anything is allocated or believed.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from mmap import mmap
from typing import Final

from zk.errors import MalformedFile
from zk.field import ELEMENT_BYTES, SCALAR_MODULUS

_HEADER: Final = struct.Struct("<4sII")
_SECTION: Final = struct.Struct("<IQ")


@dataclass
class Reader:
    """Reads one section front to back and never past its end."""

    data: memoryview
    subject: str
    position: int = field(default=0)

    @property
    def remaining(self) -> int:
        return len(self.data) - self.position

    def take(self, size: int) -> bytes:
        """The next `size` bytes."""
        if size > self.remaining:
            raise MalformedFile(
                self.subject, expected=f"{size} more bytes", actual=f"{self.remaining} bytes"
            )
        self.position += size
        return bytes(self.data[self.position - size : self.position])

    def u32(self) -> int:
        """An unsigned number of 32 bits."""
        return int.from_bytes(self.take(4), "little")

    def u64(self) -> int:
        """An unsigned number of 64 bits."""
        return int.from_bytes(self.take(8), "little")

    def integer(self, size: int = ELEMENT_BYTES) -> int:
        """An unsigned number of `size` bytes."""
        return int.from_bytes(self.take(size), "little")

    def count(self, number: int, each: int) -> int:
        """`number` itself, once so many items of at least `each` bytes can still follow."""
        if number * each > self.remaining:
            raise MalformedFile(
                self.subject,
                expected=f"{number} items of {each} bytes",
                actual=f"{self.remaining} bytes",
            )
        return number

    def prime(self, expected: int = SCALAR_MODULUS) -> None:
        """A field's description: its size in bytes and its modulus."""
        size = self.u32()
        if size != ELEMENT_BYTES:
            raise MalformedFile(
                self.subject, expected=f"a field of {ELEMENT_BYTES} bytes", actual=f"{size} bytes"
            )
        modulus = self.integer()
        if modulus != expected:
            raise MalformedFile(
                self.subject, expected=f"the BN254 modulus {expected}", actual=modulus
            )

    def finish(self) -> None:
        """Raises where bytes are left over."""
        if self.remaining:
            raise MalformedFile(
                self.subject, expected="the section's end", actual=f"{self.remaining} more bytes"
            )


def parse_container(data: bytes | mmap, kind: bytes, versions: Sequence[int]) -> dict[int, Reader]:
    """The sections by number; each number once, and no byte outside of them."""
    name = kind.decode()
    whole = Reader(memoryview(data), f".{name} file")
    magic, version, count = _HEADER.unpack(whole.take(_HEADER.size))
    if magic != kind:
        raise MalformedFile(whole.subject, expected=f"magic {name}", actual="another kind of file")
    if version not in versions:
        raise MalformedFile(whole.subject, expected=f"version {list(versions)}", actual=version)
    sections: dict[int, Reader] = {}
    for _ in range(whole.count(count, _SECTION.size)):
        number, size = _SECTION.unpack(whole.take(_SECTION.size))
        if number in sections:
            raise MalformedFile(whole.subject, expected=f"one section {number}", actual="two")
        start = whole.position
        whole.position += whole.count(size, 1)
        sections[number] = Reader(whole.data[start : whole.position], f".{name} section {number}")
    whole.finish()
    return sections


def section(sections: Mapping[int, Reader], number: int, kind: str) -> Reader:
    """A section that has to be there."""
    if number not in sections:
        raise MalformedFile(f".{kind} file", expected=f"a section {number}", actual="none")
    return sections[number]


def build_container(kind: bytes, version: int, sections: Sequence[tuple[int, bytes]]) -> bytes:
    """The inverse of `parse_container`."""
    parts = [_HEADER.pack(kind, version, len(sections))]
    for number, body in sections:
        parts += [_SECTION.pack(number, len(body)), body]
    return b"".join(parts)


def u32(value: int) -> bytes:
    """An unsigned number of 32 bits."""
    return value.to_bytes(4, "little")


def prime(modulus: int = SCALAR_MODULUS) -> bytes:
    """A field's description."""
    return u32(ELEMENT_BYTES) + modulus.to_bytes(ELEMENT_BYTES, "little")
