"""What is put in escrow can be taken out again, by whom it is meant for and by nobody else."""

from __future__ import annotations

from random import Random
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits.escrow import (
    SECRET_BITS,
    WORD_BITS,
    decrypt,
    encrypt,
    mask,
    pack,
    unmask,
    unpack,
    word_count,
    word_layout,
)
from circuits.fill import fill_notice, traded_widths
from circuits.gadgets.coordinates import coordinates
from circuits.gadgets.fixed_base import signed_number
from circuits.margin import escrowed_widths
from circuits.samples import sample_fill, sample_solvency
from circuits.shape import BLINDING, RESERVED, SHAPES, Shape, Width
from circuits.solvency import read_message, solvency_message
from tests.strategies import SOME, elements
from zk.babyjubjub import Point
from zk.errors import Malformed
from zk.field import SCALAR_MODULUS, SUBGROUP_ORDER
from zk.pedersen import Commitment, Opening
from zk.randomness import insecure_seeded_randomness

EVERY_SHAPE: Final = pytest.mark.parametrize("shape", SHAPES.values(), ids=list(SHAPES))
TINY: Final = SHAPES["tiny"]
CONTEXT: Final = 42
MESSAGE: Final = (1, 2, 3)


def portfolio(widths: tuple[Width, ...], random: Random) -> tuple[int, ...]:
    """Values anywhere in their widths, often at an end."""
    return tuple(
        random.choice((w.minimum, w.maximum, random.randint(w.minimum, w.maximum))) for w in widths
    )


@EVERY_SHAPE
def test_what_is_packed_unpacks(shape: Shape) -> None:
    """Values at the ends of their widths and anywhere between survive packing, in every shape."""
    random = Random(str(shape))
    for widths in (escrowed_widths(shape), traded_widths(shape)):
        for _ in range(50):
            values, blinding = portfolio(widths, random), random.randrange(SUBGROUP_ORDER)
            words = pack(values, blinding, widths)
            assert len(words) == word_count(widths)
            assert all(0 <= word < SCALAR_MODULUS for word in words)
            assert unpack(words, widths) == Opening(values, blinding)


@EVERY_SHAPE
def test_the_layout_uses_every_component_once_and_no_word_in_vain(shape: Shape) -> None:
    """Components keep their order, words stay within 253 bits, and none could move up a word."""
    for widths in (escrowed_widths(shape), traded_widths(shape)):
        layout = word_layout(widths)
        assert [index for word in layout for index in word] == list(range(len(widths)))
        sizes = [sum(widths[index].bits for index in word) for word in layout]
        assert max(sizes) <= WORD_BITS
        for size, following in zip(sizes, layout[1:], strict=False):
            assert size + widths[following[0]].bits > WORD_BITS


def test_the_number_of_words_is_what_verifiers_expect() -> None:
    """The words of each shape, blinding included: a change of it changes every escrow."""
    counts = {name: word_count(escrowed_widths(shape)) for name, shape in SHAPES.items()}
    assert counts == {"tiny": 3, "standard": 4, "desk": 8, "large": 22}
    traded = {name: word_count(traded_widths(shape)) for name, shape in SHAPES.items()}
    assert traded == {"tiny": 2, "standard": 3, "desk": 7, "large": 20}


@EVERY_SHAPE
def test_junk_does_not_unpack(shape: Shape) -> None:
    """A word with a bit beyond its components, or one word more or less, is no message."""
    widths = escrowed_widths(shape)
    words = pack((0,) * len(widths), 0, widths)
    for index, indices in enumerate(word_layout(widths)):
        beyond = 1 << sum(widths[i].bits for i in indices)
        for junk in (words[index] + beyond, SCALAR_MODULUS - 1):
            with pytest.raises(Malformed, match="escrow word"):
                unpack((*words[:index], junk, *words[index + 1 :]), widths)
    for wrong in (words[:-1], (*words, 0), ()):
        with pytest.raises(Malformed, match="escrow"):
            unpack(wrong, widths)


@SOME
@given(p=st.integers(1, SUBGROUP_ORDER - 1), secret=st.integers(0, (1 << SECRET_BITS) - 1))
def test_who_knows_the_key_reads_the_message(p: int, secret: int) -> None:
    """p·E is the point that the sender has as e·P, and it takes the keystream away."""
    escrow = encrypt(Point.BASE8 * p, secret, CONTEXT, MESSAGE)
    ephemeral = Point(escrow.ephemeral.x, escrow.ephemeral.y)
    assert decrypt(escrow, ephemeral * p, CONTEXT) == MESSAGE
    assert ephemeral == Point.BASE8 * signed_number(SECRET_BITS, secret)


@SOME
@given(key=st.lists(elements(SCALAR_MODULUS), min_size=1, max_size=4), message=st.data())
def test_unmask_is_the_inverse_of_mask(key: list[int], message: st.DataObject) -> None:
    """Whatever the key and the message are, words past r do not occur and nothing is lost."""
    words = tuple(message.draw(st.lists(elements(SCALAR_MODULUS), max_size=20)))
    masked = mask(words, key)
    assert all(0 <= word < SCALAR_MODULUS for word in masked)
    assert unmask(masked, key) == words


def test_another_key_or_context_reads_nothing() -> None:
    """A wrong p, a neighbouring context, a mirrored point: each word comes out as another."""
    p = 0x1234_5678_9ABC
    escrow = encrypt(Point.BASE8 * p, 5, CONTEXT, MESSAGE)
    shared = Point(escrow.ephemeral.x, escrow.ephemeral.y) * p
    wrong = [
        *((shared + Point.BASE8 * difference, CONTEXT) for difference in (1, 2, 5)),
        *((shared, context) for context in (CONTEXT - 1, CONTEXT + 1, 0)),
        (-shared, CONTEXT),
        (Point.IDENTITY, CONTEXT),
    ]
    for point, context in wrong:
        read = decrypt(escrow, point, context)
        assert all(a != b for a, b in zip(read, MESSAGE, strict=True))


def test_the_guardians_read_what_a_solvency_puts_in_escrow() -> None:
    """The escrow of a sample gives back an opening of the sample's commitment."""
    randomness = insecure_seeded_randomness(b"escrow")
    public, private = sample_solvency(TINY, randomness)
    shared = Point(public.escrow.key.x, public.escrow.key.y) * signed_number(
        SECRET_BITS, private.secret
    )
    words = decrypt(public.escrow, shared, public.margin.context)
    held = Commitment(Point(public.margin.commitment.x, public.margin.commitment.y))
    held.check_opening(read_message(TINY, words))


@EVERY_SHAPE
def test_a_reserve_is_part_of_what_is_escrowed(shape: Shape) -> None:
    """n has 60 bits of its own behind the values, at both of its ends; an account has none."""
    values = tuple(width.inner.maximum for width in shape.widths)
    for reserved in (0, 1, RESERVED.maximum):
        words = solvency_message(shape, values, reserved, 77)
        assert unpack(words, escrowed_widths(shape)) == Opening((*values, reserved), 77)
        if not reserved:
            assert read_message(shape, words) == Opening(values, 77)
            continue
        with pytest.raises(Malformed, match="no reserve"):
            read_message(shape, words)


@pytest.mark.parametrize("alias", [1, 2])
def test_a_blinding_is_read_modulo_the_order(alias: int) -> None:
    """r + l and r + 2l open the same commitment, and come out of the escrow as r."""
    values, blinding = (5, 6, 7, -8), 0x1234
    larger = blinding + alias * SUBGROUP_ORDER
    assert larger in BLINDING
    escrow = encrypt(Point.BASE8 * 3, 9, CONTEXT, pack(values, larger, TINY.widths))
    shared = Point(escrow.ephemeral.x, escrow.ephemeral.y) * 3
    words = decrypt(escrow, shared, CONTEXT)
    assert words[-1] == larger
    assert unpack(words, TINY.widths) == Opening(values, blinding)


def test_an_owner_reads_a_notice_with_the_orders_blinding_alone() -> None:
    """The public log and the order's r give back what was filled; another blinding does not."""
    public, private = sample_fill(TINY, insecure_seeded_randomness(b"notice"))
    widths = traded_widths(TINY)
    key = (private.order.blinding, public.fill.x, public.context)
    expected = Opening(private.fill.values, private.fill.blinding)
    assert unpack(unmask(public.notice, key), widths) == expected
    with pytest.raises(Malformed):
        unpack(unmask(public.notice, (private.order.blinding + 1, *key[1:])), widths)


@pytest.mark.parametrize("alias", [0, 1, 2])
def test_an_owner_tries_the_aliases_of_the_orders_blinding(alias: int) -> None:
    """A matcher may prove with r + l or r + 2l, which open the order as well.

    The notice is then keyed by that number: an owner who knows r below l has three to try, and
    the packed words say which one it is.
    """
    widths, blinding = traded_widths(TINY), 0xABCDEF
    values = (-1000, 10, -20)
    fill = coordinates(Point.BASE8 * 77)
    notice = fill_notice(blinding + alias * SUBGROUP_ORDER, fill, CONTEXT, pack(values, 5, widths))
    found = []
    for candidate in (blinding + i * SUBGROUP_ORDER for i in range(3)):
        assert candidate in BLINDING
        try:
            found.append(unpack(unmask(notice, (candidate, fill.x, CONTEXT)), widths))
        except Malformed:
            continue
    assert found == [Opening(values, 5)]
    assert 3 * SUBGROUP_ORDER not in BLINDING, "there is no fourth"


def test_a_retry_with_the_same_secret_leaks_the_difference_of_two_messages() -> None:
    """Why e must be new for every message, and not only for every context.

    Somebody proves, the market moves, and the proof is made again for another portfolio under the
    same context. With the same e the keystream is the same, and anybody who sees both escrows
    subtracts them: the words differ by exactly what the portfolios differ by.
    """
    key, widths = Point.BASE8 * 31, TINY.widths
    before, after = (1000, 0, 10, 0), (1250, 0, 9, 0)
    blinding = 0x5EED

    def escrowed(values: tuple[int, ...], secret: int) -> tuple[int, ...]:
        return encrypt(key, secret, CONTEXT, pack(values, blinding, widths)).words

    def difference(a: tuple[int, ...], b: tuple[int, ...]) -> list[int]:
        return [(y - x) % SCALAR_MODULUS for x, y in zip(a, b, strict=True)]

    first, retried = escrowed(before, 7), escrowed(after, 7)
    weights = (1, 1 << 63, 1 << 117, 1 << 165)
    told = sum(w * (b - a) for w, a, b in zip(weights, before, after, strict=True))
    assert difference(first, retried) == [told % SCALAR_MODULUS, 0]
    fresh = escrowed(after, 8)
    assert told % SCALAR_MODULUS not in difference(first, fresh)
    assert 0 not in difference(first, fresh)
