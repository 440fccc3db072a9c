"""`.zkey`: the key that comes back, the elements it may hold, the points it may not."""

from __future__ import annotations

import time

import pytest

from tests.zk.curves_for_tests import small_order_twist_point
from tests.zk.formats_for_tests import (
    PROMPTLY,
    Change,
    Sections,
    honest_zkey,
    put,
    sections_of,
    spoilt,
)
from tests.zk.keys_for_tests import ratio_key, unchecked_replace
from zk.errors import Malformed, MalformedFile, MalformedPoint, ZkError
from zk.field import BASE_MODULUS, encode
from zk.formats.container import u32
from zk.formats.zkey import decode_zkey, encode_zkey


def test_proving_keys_come_back() -> None:
    """A key is what its file says, points at infinity in its queries included."""
    key = ratio_key()
    assert any(point.is_infinity for point in key.b2_query)
    assert decode_zkey(honest_zkey()) == key
    assert encode_zkey(decode_zkey(honest_zkey())) == honest_zkey()


def test_extra_setup_elements_are_not_in_a_key() -> None:
    """A key has sections 1 to 10 and in them the elements of the paper, not one more.

    Zcash's BCTV14 key published elements that its proof did not need: they broke soundness.
    """
    key, sections = ratio_key(), sections_of(honest_zkey(), b"zkey")
    wires, public, size = key.wires, key.public, key.domain.size
    entries = sum(len(row) for matrix in (key.a, key.b) for row in matrix)
    assert {number: len(body) for number, body in sections.items()} == {
        1: 4,
        2: 2 * 36 + 12 + 3 * 64 + 3 * 128,
        3: 64 * (public + 1),
        4: 4 + entries * 44,
        5: 64 * wires,
        6: 64 * wires,
        7: 128 * wires,
        8: 64 * (wires - public - 1),
        9: 64 * size,
        10: 64 + 4,
    }


def test_a_domain_that_no_section_fills_is_refused_promptly() -> None:
    """A small `.zkey` that names 2²⁷ rows is refused before a row of it is built.

    A regression: the matrices were read before section 9 had to hold a point per row.
    """
    size = 1 << 27

    def change(sections: Sections) -> None:
        put(2, 2 * 36 + 8, u32(size))(sections)
        put(4, 4 + 4, u32(size - 1))(sections)

    start = time.process_time()
    with pytest.raises(MalformedFile, match="section 9"):
        decode_zkey(spoilt("zkey", change))
    assert time.process_time() - start < PROMPTLY


@pytest.mark.parametrize("section", [2, 3, 5, 6, 7, 8, 9])
def test_key_with_a_point_off_the_curve_or_past_q_is_refused(section: int) -> None:
    """Every point of every section is checked for range and curve."""
    offset = 2 * 36 + 12 if section == 2 else 0
    for data, reason in (
        (encode(1) + encode(2), "expected y² = x³"),
        (encode(BASE_MODULUS), r"coordinates in \[0, q\)"),
        (encode((1 << 256) - 1), r"coordinates in \[0, q\)"),
    ):
        with pytest.raises(Malformed, match=reason):
            decode_zkey(spoilt("zkey", put(section, offset, data)))


@pytest.mark.parametrize("place", ["beta_2", "gamma_2", "delta_2", "b2_query"])
def test_key_with_a_point_outside_the_subgroup_is_refused(place: str) -> None:
    """Every point of the twist is checked for its order, one that is off by order 10069 as well."""
    key, small = ratio_key(), small_order_twist_point()
    if place == "b2_query":
        points = (*key.b2_query[:-1], key.b2_query[-1] + small)
        bad = unchecked_replace(key, b2_query=points)
    else:
        moved = getattr(key.verifying_key, place) + small
        vk = unchecked_replace(key.verifying_key, **{place: moved})
        bad = unchecked_replace(key, verifying_key=vk)
    with pytest.raises(MalformedPoint, match="outside the subgroup"):
        decode_zkey(encode_zkey(bad))


@pytest.mark.parametrize(
    "change",
    [
        put(1, 0, u32(2)),
        put(2, 2 * 36 + 4, u32(5)),
        put(2, 2 * 36 + 8, u32(6)),
        put(2, 2 * 36 + 8, u32(0)),
        put(2, 2 * 36 + 8, u32(1 << 28)),
        put(4, 4, u32(2)),
        put(4, 8, u32(8)),
        put(4, 12, u32(5)),
        lambda sections: put(4, 4 + 44, sections[4][4 : 4 + 12])(sections),
        lambda sections: sections.update({10: bytes(67)}),
    ],
    ids=[
        "protocol",
        "public inputs",
        "domain of 6",
        "domain of 0",
        "domain of 2^28",
        "matrix",
        "row",
        "wire",
        "entry twice",
        "no circuit hash",
    ],
)
def test_a_key_that_contradicts_itself_is_refused(change: Change) -> None:
    """Protocol, sizes and entries of a key have to fit each other."""
    with pytest.raises(ZkError):
        decode_zkey(spoilt("zkey", change))
