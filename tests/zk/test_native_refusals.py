"""What is damaged is refused by both backends alike, and misuse of the crate never escapes it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import cache
from random import Random
from typing import Any

import pytest

from tests.conftest import ROOT, load_vectors
from tests.zk.curves_for_tests import small_order_twist_point, twist_point
from tests.zk.formats_for_tests import (
    Change,
    Sections,
    append,
    boundaries,
    honest_witness,
    honest_zkey,
    put,
    remove,
    sections_of,
    spoilt,
)
from tests.zk.keys_for_tests import ratio_key, ratio_statement, unchecked_replace
from zk.backends import Backend, Prover
from zk.bn254 import G1Point, G2Point
from zk.errors import (
    Conflict,
    Malformed,
    MalformedFile,
    MalformedPoint,
    ProofRejected,
    UnsafeKey,
    ZkError,
)
from zk.field import BASE_MODULUS, SCALAR_MODULUS, encode
from zk.formats.container import build_container, u32
from zk.formats.zkey import encode_zkey
from zk.groth16 import Blinding, Proof

try:
    from zk import _native
    from zk.backends.native import Elements
except ImportError:
    pytest.skip("the native backend is not installed", allow_module_level=True)

Q, R = BASE_MODULUS, SCALAR_MODULUS
BLINDING = Blinding(5, 7)
ENTRY = 44
#: Where section 2 has its wires, public inputs and domain, and its first point of each group.
WIRES, PUBLIC, DOMAIN, ALPHA_1, BETA_2 = 72, 76, 80, 84, 84 + 128
HUGE = (1 << 32) - 1


def refusal(backend: Backend, zkey: bytes) -> type[ZkError] | None:
    """The class with which a key is refused, or None where it is loaded."""
    try:
        backend.load_prover(zkey)
    except ZkError as error:
        return type(error)
    return None


def assert_both_refuse(
    reference: Backend, native: Backend, zkey: bytes, expected: type[ZkError]
) -> None:
    assert refusal(reference, zkey) is expected
    assert refusal(native, zkey) is expected


@pytest.mark.parametrize("part", range(4))
def test_a_truncated_key_is_malformed(reference: Backend, native: Backend, part: int) -> None:
    """Cut off at and around every boundary of every section."""
    honest = honest_zkey()
    for end in sorted({*boundaries(honest)})[part::4]:
        if end < len(honest):
            assert_both_refuse(reference, native, honest[:end], MalformedFile)


@pytest.mark.parametrize("part", range(4))
def test_a_flipped_bit_is_judged_alike(reference: Backend, native: Backend, part: int) -> None:
    """Whatever a flipped bit does to a key, both backends call it by the same name."""
    rng, honest = Random(f"flips {part}"), honest_zkey()
    refused = 0
    for _ in range(60):
        position, bit = rng.randrange(len(honest)), 1 << rng.randrange(8)
        flipped = bytearray(honest)
        flipped[position] ^= bit
        expected = refusal(reference, bytes(flipped))
        assert refusal(native, bytes(flipped)) is expected, (position, bit)
        refused += expected is not None
    assert refused > 30


def test_every_bit_of_the_numbers_is_judged_alike(reference: Backend, native: Backend) -> None:
    """The same for each byte of magic, version, sizes, counts and indices."""
    honest = honest_zkey()
    for position in number_positions(honest):
        for flip in (1, 0x80):
            flipped = bytearray(honest)
            flipped[position] ^= flip
            expected = refusal(reference, bytes(flipped))
            assert refusal(native, bytes(flipped)) is expected, (position, flip)


@pytest.mark.parametrize("number", range(1, 11))
def test_a_missing_or_repeated_section_is_malformed(
    reference: Backend, native: Backend, number: int
) -> None:
    """Each section is there once: not missing, not twice, be the second one equal or empty."""
    assert_both_refuse(reference, native, spoilt("zkey", remove(number)), MalformedFile)
    sections = list(sections_of(honest_zkey(), b"zkey").items())
    body = dict(sections)[number]
    for again in (body, b""):
        twice = build_container(b"zkey", 1, [*sections, (number, again)])
        assert_both_refuse(reference, native, twice, MalformedFile)


@pytest.mark.parametrize("number", range(1, 10))
def test_a_section_of_another_length_is_malformed(
    reference: Backend, native: Backend, number: int
) -> None:
    """One byte more, one element more, one byte less, nothing at all."""
    changes: list[Change] = [
        append(number, b"\0"),
        append(number, bytes(64)),
        append(number, bytes(128)),
        lambda sections: sections.update({number: sections[number][:-1]}),
        lambda sections: sections.update({number: b""}),
    ]
    for change in changes:
        assert_both_refuse(reference, native, spoilt("zkey", change), MalformedFile)


def test_bytes_after_the_last_section_are_malformed(reference: Backend, native: Backend) -> None:
    """Nothing may follow the sections, and their number may not be other than announced."""
    honest = honest_zkey()
    for tail in (b"\0", bytes(12), honest):
        assert_both_refuse(reference, native, honest + tail, MalformedFile)
    for count in (0, 1, 9, 11, HUGE):
        recounted = honest[:8] + u32(count) + honest[12:]
        assert_both_refuse(reference, native, recounted, MalformedFile)


def test_the_order_of_sections_does_not_matter(reference: Backend, native: Backend) -> None:
    """Sections in any order, and of numbers that nobody knows, are the same key to both."""
    sections = list(sections_of(honest_zkey(), b"zkey").items())
    turned = build_container(b"zkey", 1, [(77, b"?"), *reversed(sections)])
    proofs = {
        backend.load_prover(turned).unchecked_prove(honest_witness(), BLINDING)
        for backend in (reference, native)
    }
    assert len(proofs) == 1


@pytest.mark.parametrize(
    "size", [0, 1, 1 << 31, HUGE, (1 << 63) - 1, 1 << 63, (1 << 64) - 1, (1 << 64) - 12]
)
def test_a_section_of_absurd_size_is_malformed(
    reference: Backend, native: Backend, size: int
) -> None:
    """A section's size is held against the file before it is believed."""
    honest = honest_zkey()
    resized = honest[:16] + size.to_bytes(8, "little") + honest[24:]
    assert_both_refuse(reference, native, resized, MalformedFile)


def test_counts_that_no_bytes_stand_behind_are_malformed(
    reference: Backend, native: Backend
) -> None:
    """Wires, public inputs, domain and entries far past what the file holds."""
    changes: list[Change] = [
        put(2, WIRES, u32(HUGE)),
        put(2, WIRES, u32(0)),
        put(2, WIRES, u32(4)),
        put(2, PUBLIC, u32(4)),
        put(2, PUBLIC, u32(1)),
        put(2, PUBLIC, u32(HUGE)),
        put(2, DOMAIN, u32(1 << 27)),
        put(2, DOMAIN, u32(4)),
        put(2, DOMAIN, u32(16)),
        put(4, 0, u32(HUGE)),
        put(4, 0, u32(0)),
        both(put(2, WIRES, u32(HUGE)), put(2, PUBLIC, u32(HUGE - 1))),
        both(put(2, WIRES, u32(1)), put(2, PUBLIC, u32(0))),
    ]
    for change in changes:
        assert_both_refuse(reference, native, spoilt("zkey", change), MalformedFile)


def test_absurd_counts_take_no_memory() -> None:
    """Four billion public wires in a file of a kilobyte are refused in little memory.

    A regression: the crate asked for a set of all of them, and the process was gone.
    """
    change = both(put(2, WIRES, u32(HUGE)), put(2, PUBLIC, u32(HUGE - 1)))
    script = f"""
import resource, sys
from zk import _native
from zk.errors import MalformedFile
resource.setrlimit(resource.RLIMIT_AS, ({4 << 30}, {4 << 30}))
try:
    _native.ProvingKey(bytes.fromhex({spoilt("zkey", change).hex()!r}), 0)
except MalformedFile:
    sys.exit(7)
"""
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, timeout=60, check=False
    )
    assert result.returncode == 7, result.stderr


@pytest.mark.parametrize("size", [0, 3, 6, 12, (1 << 28) - 1, 1 << 28, 1 << 31, HUGE])
def test_a_domain_that_is_no_power_of_two_is_malformed(
    reference: Backend, native: Backend, size: int
) -> None:
    """Powers of two below 2²⁸ are domains; nothing else is."""
    assert_both_refuse(reference, native, spoilt("zkey", put(2, DOMAIN, u32(size))), MalformedFile)


@pytest.mark.parametrize("offset", [4, 36 + 4], ids=["q", "r"])
def test_another_field_is_malformed(reference: Backend, native: Backend, offset: int) -> None:
    """Another prime, each prime in the other's place, and another size of elements."""
    for modulus in (Q, R, Q + 1, R + 2, 0, 1, (1 << 256) - 1):
        if modulus != (Q if offset == 4 else R):
            data = spoilt("zkey", put(2, offset, encode(modulus)))
            assert_both_refuse(reference, native, data, MalformedFile)
    for size in (0, 31, 33, 64, HUGE):
        data = spoilt("zkey", put(2, offset - 4, u32(size)))
        assert_both_refuse(reference, native, data, MalformedFile)


def test_another_kind_of_file_is_malformed(reference: Backend, native: Backend) -> None:
    """Magic, version and protocol are what they have to be."""
    honest = honest_zkey()
    for data in (b"", b"zkey", b"wtns" + honest[4:], honest[:4] + u32(2) + honest[8:]):
        assert_both_refuse(reference, native, data, MalformedFile)
    for protocol in (0, 2, 10, HUGE):
        data = spoilt("zkey", put(1, 0, u32(protocol)))
        assert_both_refuse(reference, native, data, MalformedFile)


@pytest.mark.parametrize("section", [2, 3, 5, 6, 7, 8, 9])
def test_coordinates_and_curves_are_checked_alike(
    reference: Backend, native: Backend, section: int
) -> None:
    """In each section a coordinate at or past q is malformed, a point off its curve no point."""
    offset = ALPHA_1 if section == 2 else 0
    for value in (Q, Q + 1, (1 << 256) - 1):
        data = spoilt("zkey", put(section, offset, encode(value)))
        assert_both_refuse(reference, native, data, MalformedFile)
    for x, y in ((1, 2), (0, 1), (1, 0)):
        data = spoilt("zkey", put(section, offset, encode(x) + encode(y)))
        assert_both_refuse(reference, native, data, MalformedPoint)


@pytest.mark.parametrize("offset", [BETA_2, BETA_2 + 128, BETA_2 + 128 + 64 + 128])
def test_points_of_the_twist_in_the_header_are_checked_alike(
    reference: Backend, native: Backend, offset: int
) -> None:
    """β₂, γ₂ and δ₂: past q, off the twist, and with their real and imaginary parts swapped."""
    body = sections_of(honest_zkey(), b"zkey")[2][offset : offset + 128]
    swapped = body[32:64] + body[:32] + body[96:] + body[64:96]
    for data, expected in (
        (encode(Q), MalformedFile),
        (encode(1) * 4, MalformedPoint),
        (swapped, MalformedPoint),
    ):
        assert_both_refuse(reference, native, spoilt("zkey", put(2, offset, data)), expected)


@pytest.mark.parametrize("place", ["beta_2", "gamma_2", "delta_2", "first", "last"])
@pytest.mark.parametrize("kind", ["of order 10069", "off by order 10069", "of the whole twist"])
def test_points_outside_the_subgroup_are_refused_alike(
    reference: Backend, native: Backend, place: str, kind: str
) -> None:
    """A point of the twist that is not of order r, wherever a key has a point of G2."""
    key = ratio_key()
    bad = {
        "of order 10069": small_order_twist_point(),
        "off by order 10069": G2Point.GENERATOR + small_order_twist_point(),
        "of the whole twist": twist_point(),
    }[kind]
    if place == "first":
        spoiled = unchecked_replace(key, b2_query=(bad, *key.b2_query[1:]))
    elif place == "last":
        spoiled = unchecked_replace(key, b2_query=(*key.b2_query[:-1], bad))
    else:
        vk = unchecked_replace(key.verifying_key, **{place: bad})
        spoiled = unchecked_replace(key, verifying_key=vk)
    assert_both_refuse(reference, native, encode_zkey(spoiled), MalformedPoint)


@pytest.mark.parametrize("wire", [0, 1, 2])
def test_a_key_without_its_public_rows_is_unsafe(
    reference: Backend, native: Backend, wire: int
) -> None:
    """Groth16 without the rows that make public columns independent: refused by both.

    A regression: a row whose only coefficient is zero was a row of its own to the crate.
    """
    key = ratio_key()
    row = next(i for i, terms in enumerate(key.a) if terms == ((wire, 1),) and not key.b[i])

    def with_row(a: tuple[tuple[int, int], ...], b: tuple[tuple[int, int], ...]) -> bytes:
        changed = unchecked_replace(
            key,
            a=(*key.a[:row], a, *key.a[row + 1 :]),
            b=(*key.b[:row], b, *key.b[row + 1 :]),
        )
        return encode_zkey(changed)

    alone, other = ((wire, 1),), (key.wires - 1, 1)
    for a, b in (
        ((), ()),
        (((wire, 0),), ()),
        ((*alone, other), ()),
        ((*alone, (key.wires - 1, 0)), ()),
        (alone, (other,)),
        (alone, ((0, 0),)),
        ((other,), ()),
    ):
        assert_both_refuse(reference, native, with_row(a, b), UnsafeKey)
    for scale in (2, R - 1):
        assert refusal(reference, with_row(((wire, scale),), ())) is None
        assert refusal(native, with_row(((wire, scale),), ())) is None


def test_entries_of_the_matrices_are_checked_alike(reference: Backend, native: Backend) -> None:
    """Each entry once, of A or B, in the domain, of a wire that there is, below r.

    A regression: a value past r was malformed to the crate and a malformed file to Python.
    """
    first = sections_of(honest_zkey(), b"zkey")[4][4 : 4 + ENTRY]
    second = 4 + ENTRY
    changes = [
        put(4, second, u32(2)),
        put(4, second, u32(HUGE)),
        put(4, second + 4, u32(8)),
        put(4, second + 4, u32(HUGE)),
        put(4, second + 8, u32(5)),
        put(4, second + 8, u32(HUGE)),
        put(4, second + 12, encode(R)),
        put(4, second + 12, encode((1 << 256) - 1)),
        put(4, second, first),
        put(4, second, first[:12]),
    ]
    for change in changes:
        assert_both_refuse(reference, native, spoilt("zkey", change), MalformedFile)


@pytest.mark.parametrize(
    "change",
    [
        put(2, BETA_2 + 128, bytes(128)),
        put(2, ALPHA_1, bytes(64)),
        put(2, BETA_2 + 256, bytes(64)),
        put(3, 64, bytes(64)),
        lambda sections: put(3, 64, sections[3][:64])(sections),
        lambda sections: put(3, 0, sections[2][ALPHA_1 : ALPHA_1 + 64])(sections),
        lambda s: put(2, BETA_2 + 128, s[2][BETA_2 : BETA_2 + 128])(s),
    ],
    ids=[
        "gamma infinite",
        "alpha infinite",
        "delta infinite in G1: no proof would be blinded",
        "IC infinite",
        "IC twice",
        "alpha = IC",
        "beta = gamma",
    ],
)
def test_an_unsafe_key_is_unsafe_to_both(
    reference: Backend, native: Backend, change: Change
) -> None:
    """Points of a verifying key that are each in order, and together let forgeries through."""
    assert_both_refuse(reference, native, spoilt("zkey", change), UnsafeKey)


WITNESSES: dict[str, tuple[Callable[[list[int]], Sequence[Any]], type[Exception]]] = {
    "one short": (lambda w: w[:-1], Conflict),
    "one long": (lambda w: [*w, 0], Conflict),
    "empty": (lambda _: [], Conflict),
    "twice": (lambda w: [*w, *w], Conflict),
    "wire 0 is 0": (lambda w: [0, *w[1:]], Malformed),
    "wire 0 is 2": (lambda w: [2, *w[1:]], Malformed),
    "alias": (lambda w: [*w[:-1], w[-1] + R], Malformed),
    "r": (lambda w: [*w[:-1], R], Malformed),
    "negative": (lambda w: [*w[:-1], -1], Malformed),
    "past 256 bits": (lambda w: [*w[:-1], 1 << 256], Malformed),
    "2^256 - 1": (lambda w: [*w[:-1], (1 << 256) - 1], Malformed),
    "a truth value": (lambda w: [*w[:-1], True], Malformed),
    "a float": (lambda w: [*w[:-1], 1.0], Malformed),
    "a string": (lambda w: [*w[:-1], "1"], Malformed),
    "nothing": (lambda w: [*w[:-1], None], Malformed),
}


@pytest.mark.parametrize("name", WITNESSES)
def test_a_witness_of_another_form_is_refused_alike(
    reference: Backend, native: Backend, name: str
) -> None:
    """As many canonical elements as the key has wires, the first of them 1."""
    change, expected = WITNESSES[name]
    values = change(honest_witness())
    for prover in provers(reference, native):
        for attempt in (prover.prove, prover.unchecked_prove):
            with pytest.raises(expected):
                attempt(values, BLINDING)


def test_a_buffer_of_elements_is_no_way_around(native: Backend) -> None:
    """What the native backend takes without a look at each element, the crate looks at.

    A regression: wire 0 of a buffer could be anything.
    """
    honest, prover = Elements.of(honest_witness()), native.load_prover(honest_zkey())
    prover.prove(honest, BLINDING)
    changed = {
        encode(0) + honest.buffer[32:]: Malformed,
        encode(2) + honest.buffer[32:]: Malformed,
        honest.buffer[:-32] + encode(R): Malformed,
        honest.buffer[:-32] + b"\xff" * 32: Malformed,
        honest.buffer[:-32]: Conflict,
        honest.buffer[:-1]: Conflict,
        honest.buffer + b"\0": Conflict,
        b"": Conflict,
    }
    for buffer, expected in changed.items():
        with pytest.raises(expected):
            prover.prove(Elements(buffer), BLINDING)


@pytest.mark.parametrize(
    ("public", "expected"),
    [
        ((), Conflict),
        ((35,), Conflict),
        ((35, 5, 0), Conflict),
        ((35 + R, 5), Malformed),
        ((35, R), Malformed),
        ((35, -1), Malformed),
        ((35, (1 << 256) - 1), Malformed),
        ((35, 1 << 256), Malformed),
        ((35, True), Malformed),
    ],
)
def test_public_inputs_of_another_form_are_refused_alike(
    reference: Backend, native: Backend, public: tuple[int, ...], expected: type[Exception]
) -> None:
    """Threats: wrong number of public inputs, alias x + r; alone and in a batch."""
    good, proof = ratio_statement()
    for backend in (reference, native):
        verifier = backend.verifier(ratio_key().verifying_key)
        with pytest.raises(expected):
            verifier.verify(public, proof)
        with pytest.raises(expected):
            verifier.verify_batch([(good, proof), (public, proof)])


def bad_g1_points() -> dict[str, bytes]:
    """64 bytes each that are no point of G1."""
    good = G1Point.GENERATOR * 5
    return {
        "off the curve": number(1) + number(1),
        "x = 0": number(0) + number(1),
        "y = 0": number(1) + number(0),
        "negated wrongly": number(good.x) + number(good.y - 1),
        "swapped": number(good.y) + number(good.x),
        "x + q": number(good.x + Q) + number(good.y),
        "y + q": number(good.x) + number(good.y + Q),
        "q as zero": number(Q) + number(Q),
        "all ones": b"\xff" * 64,
    }


def bad_g2_points() -> dict[str, bytes]:
    """128 bytes each that are no point of G2."""
    good = (G2Point.GENERATOR * 5).encode()
    parts = [good[i : i + 32] for i in range(0, 128, 32)]
    values = [int.from_bytes(part, "big") for part in parts]
    small = small_order_twist_point()
    bad = {
        "off the twist": number(1) * 4,
        "x = 0": bytes(64) + good[64:],
        "y = 0": good[:64] + bytes(64),
        "real and imaginary swapped": parts[1] + parts[0] + parts[3] + parts[2],
        "x and y swapped": good[64:] + good[:64],
        "of order 10069": small.encode(),
        "off by order 10069": (G2Point.GENERATOR * 5 + small).encode(),
        "of the whole twist": twist_point().encode(),
        "q as zero": number(Q) * 4,
        "all ones": b"\xff" * 128,
    }
    for i, value in enumerate(values):
        aliased = [*parts[:i], number(value + Q), *parts[i + 1 :]]
        bad[f"coordinate {i} + q"] = b"".join(aliased)
    return bad


def test_bad_points_of_g1_are_refused_by_every_decoder() -> None:
    """Off the curve or past q: no key, no proof and no batch may hold such a point."""
    points = key_points()
    for bad in bad_g1_points().values():
        with pytest.raises(MalformedPoint):
            G1Point.decode(bad)
        for offset in (0, 448, len(points) - 64):
            with pytest.raises(MalformedPoint):
                _native.VerifyingKey(replaced(points, offset, bad))
        for offset in (0, 192):
            assert_no_proof(replaced(proof(), offset, bad))


def test_bad_points_of_g2_are_refused_by_every_decoder() -> None:
    """The same for the twist, and for points of it that are outside of the subgroup."""
    for bad in bad_g2_points().values():
        with pytest.raises(MalformedPoint):
            G2Point.decode(bad)
        for offset in (64, 192, 320):
            with pytest.raises(MalformedPoint):
                _native.VerifyingKey(replaced(key_points(), offset, bad))
        assert_no_proof(replaced(proof(), 64, bad))


def test_points_of_the_precompile_cases_are_accepted() -> None:
    """Every point of go-ethereum's pairing cases is a point to the crate; its proof is false."""
    seen = 0
    for case in load_vectors("bn256Pairing.json"):
        data = bytes.fromhex(case["Input"])
        for start in range(0, len(data), 192):
            pair = data[start : start + 192]
            with pytest.raises(ProofRejected):
                verify(inputs(), pair + pair[:64])
            seen += 1
    assert seen > 10


def key_points() -> bytes:
    return b"".join(point.encode() for point in ratio_key().verifying_key.points())


@cache
def native_verifying_key() -> _native.VerifyingKey:
    return _native.VerifyingKey(key_points())


#: inputs, registers, constants, instructions, wires, constraints; then x ↦ x².
PROGRAM = b"".join(map(u32, (1, 3, 1, 1, 1, 0))) + encode(1)
PROGRAM += b"".join(map(u32, (0, 1, 1, 1, 0, 1, 1, 0, 2)))
ONE = encode(1)


@cache
def witness() -> bytes:
    return b"".join(map(encode, honest_witness()))


def proof() -> bytes:
    return ratio_statement()[1].encode()


def inputs() -> bytes:
    return b"".join(map(encode, ratio_statement()[0]))


def prove(witness: bytes, r: bytes = ONE, s: bytes = ONE) -> bytes:
    return _native.ProvingKey(honest_zkey(), 0).prove(witness, r, s)


def verify(public: bytes, proof: bytes) -> None:
    native_verifying_key().verify(public, proof)


def verify_batch(publics: bytes, proofs: bytes, rho: bytes) -> None:
    native_verifying_key().verify_batch(publics, proofs, rho)


def run(encoded: bytes, inputs: bytes) -> bytes:
    return _native.Program(encoded).run(inputs)


MISUSES: dict[str, Callable[[], object]] = {
    "key of nothing": lambda: _native.ProvingKey(b"", 0),
    "key with a byte more": lambda: _native.ProvingKey(honest_zkey() + b"\0", 1 << 20),
    "no witness": lambda: prove(b""),
    "ragged witness": lambda: prove(witness()[:-1]),
    "witness one byte long": lambda: prove(witness() + b"\0"),
    "witness past r": lambda: prove(witness()[:-32] + encode(R)),
    "no r": lambda: prove(witness(), r=b""),
    "ragged r": lambda: prove(witness(), r=ONE[:-1]),
    "two r": lambda: prove(witness(), r=ONE * 2),
    "r past r": lambda: prove(witness(), r=encode(R)),
    "no s": lambda: prove(witness(), s=b""),
    "ragged s": lambda: prove(witness(), s=ONE + b"\0"),
    "s past r": lambda: prove(witness(), s=b"\xff" * 32),
    "profile of nothing": lambda: _native.ProvingKey(honest_zkey(), 0).profile(b""),
    "verifying key of nothing": lambda: _native.VerifyingKey(b""),
    "verifying key without IC": lambda: _native.VerifyingKey(bytes(448)),
    "ragged verifying key": lambda: _native.VerifyingKey(bytes(448 + 63)),
    "no inputs": lambda: verify(b"", proof()),
    "ragged inputs": lambda: verify(inputs()[:-1], proof()),
    "an input more": lambda: verify(inputs() + ONE, proof()),
    "input past r": lambda: verify(inputs()[:32] + encode(R), proof()),
    "no proof": lambda: verify(inputs(), b""),
    "two proofs": lambda: verify(inputs(), proof() * 2),
    "ragged proof": lambda: verify(inputs(), proof()[:-1]),
    "proof with a byte more": lambda: verify(inputs(), proof() + b"\0"),
    "batch without inputs": lambda: verify_batch(b"", proof(), ONE),
    "batch without rho": lambda: verify_batch(inputs(), proof(), b""),
    "batch of other lengths": lambda: verify_batch(inputs(), proof() * 2, ONE),
    "batch of nothing but rho": lambda: verify_batch(b"", b"", ONE),
    "ragged batch": lambda: verify_batch(inputs(), proof()[:-1], ONE),
    "rho past r": lambda: verify_batch(inputs(), proof(), encode(R)),
    "program of nothing": lambda: _native.Program(b""),
    "ragged program": lambda: _native.Program(PROGRAM[:-1]),
    "program with a byte more": lambda: _native.Program(PROGRAM + b"\0"),
    "program of absurd counts": lambda: _native.Program(b"\xff" * 24),
    "program of all ones": lambda: _native.Program(b"\xff" * 1000),
    "too few inputs": lambda: run(PROGRAM, b""),
    "ragged program inputs": lambda: run(PROGRAM, ONE + b"\0"),
    "program input past r": lambda: _native.Program(PROGRAM).solve(encode(R)),
    "too many program inputs": lambda: _native.Program(PROGRAM).solve(ONE * 2),
    "ragged multiples": lambda: _native.multiples_g1(b"\0"),
    "multiples past r": lambda: _native.multiples_g1(encode(R)),
    "ragged multiples of G2": lambda: _native.multiples_g2(ONE + b"\0"),
    "ragged points to sum": lambda: _native.combine_g1(bytes(63), ONE),
    "half a point of G2 to sum": lambda: _native.combine_g2(bytes(64), ONE),
    "a point off the curve to sum": lambda: _native.combine_g1(b"\1" * 64, ONE),
    "a point off the twist to sum": lambda: _native.combine_g2(b"\1" * 128, ONE),
    "a coordinate past q to sum": lambda: _native.combine_g1(b"\xff" * 64, ONE),
    "a scalar too few to sum": lambda: _native.combine_g1(bytes(64), b""),
    "a scalar too many to sum": lambda: _native.combine_g2(b"", ONE),
    "a scalar past r to sum": lambda: _native.combine_g1(bytes(64), encode(R)),
    "ragged points": lambda: _native.combine(bytes(63), ONE),
    "half a point": lambda: _native.combine(ONE, ONE),
    "coordinates past r": lambda: _native.combine(b"\xff" * 64, ONE),
    "a scalar too few": lambda: _native.combine(bytes(64), b""),
    "a scalar too many": lambda: _native.combine(b"", ONE),
    "ragged scalars": lambda: _native.combine(bytes(64), ONE[:-1]),
    "half a point to add": lambda: _native.add_all(ONE),
    "ragged points to add": lambda: _native.add_all(bytes(65)),
    "point of nothing": lambda: _native.decode_point(b""),
    "ragged point": lambda: _native.decode_point(ONE + b"\0"),
    "half a point to check": lambda: _native.first_outside(ONE),
    "ragged points to check": lambda: _native.first_outside(bytes(65)),
    "points past r to check": lambda: _native.first_outside(encode(R) * 2),
    "proof of nothing to check": lambda: _native.check_proof(b""),
    "two proofs to check": lambda: _native.check_proof(proof() * 2),
    "ragged proof to check": lambda: _native.check_proof(proof() + b"\0"),
}


@pytest.mark.parametrize("name", MISUSES)
def test_misuse_of_the_crate_is_an_error_of_ours(name: str) -> None:
    """Bytes of any length or content: an exception of `zk.errors`, never a panic."""
    with pytest.raises(ZkError):
        MISUSES[name]()


def test_nothing_is_no_misuse() -> None:
    """Sums and multiples of nothing, and a batch of nothing, are what mathematics says."""
    zero = encode(0) + encode(1)
    assert _native.combine(b"", b"") == _native.add_all(b"") == zero
    assert _native.first_outside(b"") is None
    assert _native.multiples_g1(b"") == _native.multiples_g2(b"") == b""
    assert _native.multiples_g1(encode(0)) == bytes(64)
    native_verifying_key().verify_batch(b"", b"", b"")


def test_other_types_are_type_errors() -> None:
    """Only `bytes` cross the border: a buffer that could change meanwhile does not."""
    calls: list[Callable[[Any], object]] = [
        lambda data: _native.ProvingKey(data, 0),
        _native.VerifyingKey,
        _native.Program,
        _native.multiples_g1,
        _native.add_all,
        _native.decode_point,
        _native.first_outside,
        _native.check_proof,
    ]
    for call in calls:
        for other in (bytearray(64), memoryview(bytes(64)), "text", None, 7, [1, 2]):
            with pytest.raises(TypeError):
                call(other)
    for budget in (-1, 1 << 64):
        with pytest.raises(OverflowError):
            _native.ProvingKey(honest_zkey(), budget)


def test_a_program_with_any_byte_changed_is_refused_or_runs() -> None:
    """Indices past the registers, counts past the bytes, unknown operations: no panic."""
    refused = 0
    for position in range(len(PROGRAM)):
        for flip in (1, 0x80, 0xFF):
            changed = bytearray(PROGRAM)
            changed[position] ^= flip
            try:
                program = _native.Program(bytes(changed))
                program.run(ONE)
                program.solve(ONE)
            except ZkError:
                refused += 1
    assert refused > len(PROGRAM)


@pytest.mark.parametrize("outputs", [0, 256, HUGE])
def test_bits_of_absurd_number_are_refused(outputs: int) -> None:
    """One short instruction cannot ask for four billion registers."""
    words = (0, 1 + outputs, 0, 1, 0, 0, 2, outputs, 0)
    with pytest.raises(Malformed):
        _native.Program(b"".join(u32(word & HUGE) for word in words))


def assert_no_proof(data: bytes) -> None:
    """Neither alone nor in a batch, here and there."""
    with pytest.raises(MalformedPoint):
        Proof.decode(data)
    with pytest.raises(MalformedPoint):
        verify(inputs(), data)
    with pytest.raises(MalformedPoint):
        verify_batch(inputs() * 2, proof() + data, ONE * 2)


def provers(*backends: Backend) -> list[Prover]:
    """The honest key, loaded by each."""
    return [backend.load_prover(honest_zkey()) for backend in backends]


def both(*changes: Change) -> Change:
    def change(sections: Sections) -> None:
        for each in changes:
            each(sections)

    return change


def number(value: int) -> bytes:
    """A coordinate as EIP-196 has it."""
    return value.to_bytes(32, "big")


def replaced(data: bytes, offset: int, part: bytes) -> bytes:
    assert offset + len(part) <= len(data)
    return data[:offset] + part + data[offset + len(part) :]


def number_positions(data: bytes) -> list[int]:
    """Where a key has numbers that are no coordinates and no coefficients."""
    positions, start = [*range(12)], 12
    for _ in range(int.from_bytes(data[8:12], "little")):
        kind, size = (
            int.from_bytes(data[start + a : start + b], "little") for a, b in ((0, 4), (4, 12))
        )
        positions += range(start, start + 12)
        body = start + 12
        if kind == 1:
            positions += range(body, body + 4)
        elif kind == 2:
            positions += [*range(body, body + 4), *range(body + 36, body + 40)]
            positions += range(body + WIRES, body + ALPHA_1)
        elif kind == 4:
            positions += range(body, body + 4)
            for entry in range(body + 4, body + size, ENTRY):
                positions += range(entry, entry + 12)
        start = body + size
    return positions
