"""Section 10 of a `.zkey`: what comes back, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.zk.ceremonies_for_tests import contributions, encode_ceremony, encode_contribution
from tests.zk.curves_for_tests import small_order_twist_point
from zk.bn254 import G1Point, G2Point
from zk.errors import Malformed
from zk.formats.container import u32
from zk.formats.contributions import Beacon, Contribution, Contributions, decode_contributions

HASH = bytes(range(64))
MADE = contributions(HASH, (3, 5))


def encoded(*made: Contribution) -> bytes:
    return encode_ceremony(HASH, made)


def test_contributions_come_back() -> None:
    """Names and beacon included."""
    closed = [*MADE, replace(contributions(HASH, (3, 5, 7))[2], beacon=Beacon("00ff", 10))]
    assert decode_contributions(encoded(*closed)) == Contributions(HASH, tuple(closed))


def test_a_name_is_shown_without_what_a_terminal_obeys() -> None:
    """Escape sequences and control characters are somebody else's words."""
    rude = replace(MADE[0], name="a\x1b[2Jb\n\u202ec")
    shown = decode_contributions(encoded(rude)).made[0].shown_name
    assert shown.isascii()
    assert shown.isprintable()
    assert replace(rude, name="").shown_name == "(no name)"


def test_a_name_need_not_be_text() -> None:
    """Bytes that are no UTF-8 are shown as such, and names may repeat."""
    garbled = encoded(replace(MADE[0], name="ab")).replace(b"\x01\x02ab", b"\x01\x02\xff\xfe")
    assert decode_contributions(garbled).made[0].shown_name == "\\ufffd\\ufffd"
    same = [replace(one, name="x") for one in MADE]
    decode_contributions(encoded(*same)).check(MADE[-1].delta_1)


WRONG: dict[str, Callable[[], bytes]] = {
    "no hash": lambda: b"",
    "half a hash": lambda: HASH[:40],
    "no count": lambda: HASH,
    "more than there are": lambda: HASH + u32(2) + encode_contribution(MADE[0]),
    "absurdly many": lambda: HASH + u32(0xFFFFFFFF),
    "bytes left over": lambda: encoded(*MADE) + b"\0",
    "a kind of its own": lambda: encoded(MADE[0]).replace(
        MADE[0].transcript + u32(0), MADE[0].transcript + u32(2)
    ),
    "a beacon without a value": lambda: encoded(MADE[0]).replace(
        MADE[0].transcript + u32(0), MADE[0].transcript + u32(1)
    ),
    "a beacon of no bytes": lambda: encoded(replace(MADE[0], beacon=Beacon("", 10))),
    "a beacon that nobody can hash": lambda: encoded(replace(MADE[0], beacon=Beacon("00", 64))),
    "parameters out of order": lambda: (
        encoded(replace(MADE[0], name=""))[:-4] + u32(4) + bytes([2, 1, 1, 0])
    ),
    "a parameter of its own": lambda: (
        encoded(replace(MADE[0], name=""))[:-4] + u32(2) + bytes([4, 0])
    ),
    "a parameter cut short": lambda: (
        encoded(replace(MADE[0], name=""))[:-4] + u32(2) + bytes([1, 9])
    ),
    "infinity": lambda: encoded(replace(MADE[0], s=G1Point.INFINITY)),
    "infinity in G2": lambda: encoded(replace(MADE[0], spx=G2Point.INFINITY)),
    "a point off the curve": lambda: encoded(replace(MADE[0], s=G1Point.unchecked(1, 1))),
    "a point outside the subgroup": lambda: encoded(
        replace(MADE[0], spx=small_order_twist_point())
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_not_of_the_form_is_refused(name: str) -> None:
    """Bytes of any kind give an error of ours."""
    with pytest.raises(Malformed):
        decode_contributions(WRONG[name]())
