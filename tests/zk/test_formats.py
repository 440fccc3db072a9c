"""The binary files: what is read is what was written, and what is damaged is refused."""

from __future__ import annotations

import random
import struct
import time
from contextlib import suppress

import pytest

from tests.zk.formats_for_tests import (
    FORMATS,
    PROMPTLY,
    append,
    boundaries,
    honest_witness,
    put,
    remove,
    sections_of,
    spoilt,
)
from zk.errors import Malformed, MalformedFile, ZkError
from zk.field import BASE_MODULUS, SCALAR_MODULUS, encode
from zk.formats.container import build_container, prime, u32
from zk.formats.wtns import decode_wtns, encode_wtns

HUGE = (1 << 32) - 1
each_format = pytest.mark.parametrize("name", FORMATS)


def test_witnesses_come_back() -> None:
    """A witness is what its file says."""
    assert decode_wtns(encode_wtns(honest_witness())) == honest_witness()
    assert decode_wtns(encode_wtns([1])) == [1]


@each_format
def test_truncation_is_refused_at_every_boundary(name: str) -> None:
    """A file that is cut anywhere, at the boundaries of its sections above all, is malformed."""
    data = FORMATS[name].make()
    random_cuts = random.Random(name).sample(range(len(data)), 50)
    for cut in {*boundaries(data), *random_cuts} - {len(data)}:
        with pytest.raises(MalformedFile):
            FORMATS[name].decode(data[:cut])


@each_format
@pytest.mark.parametrize("tail", [b"\0", b"\n", bytes(12), bytes(100)], ids=len)
def test_trailing_bytes_are_refused(name: str, tail: bytes) -> None:
    """No byte of a file lies outside its sections, and none of a section outside its contents."""
    with pytest.raises(MalformedFile):
        FORMATS[name].decode(FORMATS[name].make() + tail)
    for number in sections_of(FORMATS[name].make(), FORMATS[name].kind):
        if (name, number) != ("zkey", 10):  # the ceremony's section is kept as it came
            with pytest.raises(MalformedFile):
                FORMATS[name].decode(spoilt(name, append(number, tail)))


@each_format
def test_missing_section_is_refused(name: str) -> None:
    """Every section that is written has to be there."""
    for number in sections_of(FORMATS[name].make(), FORMATS[name].kind):
        with pytest.raises(MalformedFile, match=f"a section {number}"):
            FORMATS[name].decode(spoilt(name, remove(number)))


@each_format
def test_duplicate_section_is_refused(name: str) -> None:
    """A section that is there twice has two meanings, and no reader may choose one."""
    chosen = FORMATS[name]
    sections = list(sections_of(chosen.make(), chosen.kind).items())
    for number, body in sections:
        data = build_container(chosen.kind, chosen.version, [*sections, (number, body)])
        with pytest.raises(MalformedFile, match=f"one section {number}"):
            chosen.decode(data)


@each_format
def test_another_kind_of_file_is_refused(name: str) -> None:
    """Magic and version have to be the format's own."""
    data = FORMATS[name].make()
    for head in (b"ptau", b"\0\0\0\0", b"R1CS", name.upper().encode()):
        with pytest.raises(MalformedFile, match="magic"):
            FORMATS[name].decode(head + data[4:])
    for version in (0, 3, HUGE):
        with pytest.raises(MalformedFile, match="version"):
            FORMATS[name].decode(data[:4] + u32(version) + data[8:])


@each_format
@pytest.mark.parametrize("count", [1 << 31, HUGE])
def test_huge_counts_are_refused_promptly(name: str, count: int) -> None:
    """No count or length is believed: each is held against the bytes that are there.

    Every aligned word of the file's header, of section headers and of the sections that hold
    counts is set to a number no file could keep.
    """
    data = FORMATS[name].make()
    counted = {"r1cs": (1, 2), "wtns": (1,), "zkey": (1, 2)}[name]
    sections = sections_of(data, FORMATS[name].kind)
    files = [data[:8] + u32(count) + data[12:]]
    for number in counted:
        places = range(0, len(sections[number]) - 3, 4)
        files += [spoilt(name, put(number, place, u32(count))) for place in places]
    for place in boundaries(data):
        files.append(data[:place] + struct.pack("<Q", count << 32 | count) + data[place + 8 :])
    for file in files:
        start = time.process_time()
        with suppress(ZkError):
            FORMATS[name].decode(file)
        assert time.process_time() - start < PROMPTLY


@each_format
def test_bit_flips_are_refused_or_decode(name: str) -> None:
    """Whatever bit is flipped, the decoder answers with an object or one of our own errors."""
    data, chance = FORMATS[name].make(), random.Random(name)
    for _ in range(80):
        flipped = bytearray(data)
        for _ in range(chance.randint(1, 3)):
            flipped[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        with suppress(ZkError):
            FORMATS[name].decode(bytes(flipped))


@each_format
def test_random_bytes_are_refused(name: str) -> None:
    """Noise is no file, not even under the right magic and version."""
    chance = random.Random(name)
    for size in range(0, 400, 7):
        noise = chance.randbytes(size)
        for data in (noise, FORMATS[name].make()[:8] + noise):
            with pytest.raises(MalformedFile):
                FORMATS[name].decode(data)


@pytest.mark.parametrize(
    ("name", "section", "offset"), [("r1cs", 1, 0), ("wtns", 1, 0), ("zkey", 2, 0), ("zkey", 2, 36)]
)
def test_another_field_is_refused(name: str, section: int, offset: int) -> None:
    """Files over another prime, or with elements of another width, are not read as ours."""
    for field in (prime(BASE_MODULUS - 2), prime((1 << 255) - 19), u32(31), u32(HUGE)):
        with pytest.raises(MalformedFile, match=r"BN254 modulus|a field of 32 bytes"):
            FORMATS[name].decode(spoilt(name, put(section, offset, field)))


@pytest.mark.parametrize("alias", [SCALAR_MODULUS, SCALAR_MODULUS + 1, (1 << 256) - 1])
def test_non_canonical_number_is_refused(alias: int) -> None:
    """A number at or past the modulus is refused in each of the files that hold numbers."""
    word = encode(alias)
    for name, change in (
        ("r1cs", put(2, 4 + 4, word)),
        ("wtns", put(2, 32, word)),
        ("wtns", put(2, 0, word)),
        ("zkey", put(4, 4 + 12, word)),
    ):
        with pytest.raises(Malformed):
            FORMATS[name].decode(spoilt(name, change))
