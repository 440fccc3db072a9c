"""Poseidon: circomlibjs's hashes and constants, and the keystream on the same permutation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import load_vectors
from tests.strategies import FEW, SOME, elements
from zk.errors import Malformed
from zk.field import SCALAR_MODULUS
from zk.poseidon import (
    FULL_ROUNDS,
    MAX_WIDTH,
    MIN_WIDTH,
    PARTIAL_ROUNDS,
    hash_elements,
    keystream,
    keystream_capacity,
    keystream_width,
    parameters,
    permute,
)

WIDTHS = range(MIN_WIDTH, MAX_WIDTH + 1)
#: SHA-256 over constants and matrix per width: made by this implementation and frozen here.
#: That they are circomlib's is shown by the hashes and by the test of the constants below.
DIGESTS = {
    2: "9edb3db6904c1f71da56f2d2ff947964dfee79d3cc3cfbea8c0ea9a6ad6ff47d",
    3: "e4b7f120fccdc21a73dd32fb210837a733555cb831173a0210d606f1a7705975",
    4: "344b8bc92499814d9a6ac5a82134273a26784c9ee9e50a8a39a8a5c7a737ffe1",
    5: "a4c50aa3f1be9146e2b33e194060a9eb1f572e633a90508651fb522b9a5c9cfc",
    6: "51ccbda8c3a46b0b214c9ad507fb0f5028340eb8efbf9b64aa772dbc862d7cdd",
    7: "5d0da85bd2d2f4b919c75506b2ab4679a1631971e495f50a1c0b7b31cb6d05d8",
    8: "5cc23ffddda79e04bacb46073d3ba9a5a8309e3f3124a1c744e2e33a9d26d9f0",
    9: "2c0276d3e575ebd92397c89f47188e569fafc8662b519568dc4fdf1fdacfa23d",
    10: "3fed567df001d5ba3b23d92733a9b616cbcb34411d4a8949e6edfe6292e4908e",
    11: "704d9c8e7243ad2059aef5b5ecf3ee9d579af026b108a4e13542b19668999967",
    12: "da424ec2d795675d7fa6a91efe452cde4f66d85d91129a3d75c2fd53cd3364ea",
    13: "76d827ff48cc5e991f63707c3e67009a6613d7444a8c7efa05848b9d09f8055d",
    14: "d183f5b83bd480bfea29986e4e80660748567461aa6c2afe211e23232540788f",
    15: "c32f5880333cd1aa132e7c36b2c0880237c474677ad579874d9f29d97ec0802b",
    16: "3478bec897df74b916560be1f19e4d1015252f1916e27a4297466e54629728d3",
    17: "530a1fbfc59d19784eb9bfbb0982d477186fbdd3618771c81e5edf49f27262e7",
}
#: The first words under (1, 2, 3), made by this implementation: a change loses every escrow.
FROZEN_KEYSTREAM = (
    1077387427879736670921664605821789671578774886957350798005498031692145992989,
    1293958216700786620303473048853774808385327904015738872612584077399157962344,
    14938019471269588003755704880107290115251313053171266404356276592527123763235,
    9008544530362768947484406246504370714154922018959590793668560572553622347625,
)


def test_hashes_agree_with_every_vector() -> None:
    """All of circomlibjs's hashes, three for each of 1 to 16 inputs, are ours."""
    cases = load_vectors("babyjubjub_poseidon.json")["poseidon"]
    assert {len(case["in"]) for case in cases} == set(range(1, 17))
    for case in cases:
        assert hash_elements([int(x) for x in case["in"]]) == int(case["out"])


@pytest.mark.parametrize("width", WIDTHS)
def test_the_constants_are_pinned(width: int) -> None:
    """The constants and the matrix of each width have the digest that is frozen here."""
    assert parameters(width).digest() == DIGESTS[width]


def test_the_constants_are_circomlibs(node_modules: Path) -> None:
    """Constants and matrices are, number by number, those that circomlibjs ships."""
    path = node_modules / "circomlibjs" / "src" / "poseidon_constants.json"
    theirs = json.loads(path.read_text())
    for index, width in enumerate(WIDTHS):
        ours = parameters(width)
        assert [x for row in ours.constants for x in row] == [int(x, 0) for x in theirs["C"][index]]
        matrix = tuple(tuple(int(x, 0) for x in row) for row in theirs["M"][index])
        assert ours.matrix == matrix


@pytest.mark.parametrize("width", WIDTHS)
def test_the_rounds_are_the_published_ones(width: int) -> None:
    """Four full rounds stand at either end, and the partial ones of the table between them."""
    chosen = parameters(width)
    kinds = [chosen.is_full(i) for i in range(len(chosen.constants))]
    half, partial = FULL_ROUNDS // 2, PARTIAL_ROUNDS[width - MIN_WIDTH]
    assert kinds == [True] * half + [False] * partial + [True] * half


@FEW
@given(state=st.lists(elements(), min_size=3, max_size=3), place=st.integers(0, 2))
def test_every_element_of_the_state_moves_every_other(state: list[int], place: int) -> None:
    """Moving one element by one changes the whole state."""
    other = list(state)
    other[place] = (other[place] + 1) % SCALAR_MODULUS
    assert all(a != b for a, b in zip(permute(state), permute(other), strict=True))


def test_hashes_of_different_lengths_differ() -> None:
    """A zero at the end is not nothing: each number of inputs has a permutation of its own."""
    assert len({hash_elements([5] + [0] * n) for n in range(16)}) == 16


@pytest.mark.parametrize("count", [0, 17, 40])
def test_hash_of_too_few_or_too_many_inputs_is_refused(count: int) -> None:
    """circomlib hashes 1 to 16 elements, and so do we."""
    with pytest.raises(Malformed):
        hash_elements([1] * count)


@pytest.mark.parametrize("alias", [SCALAR_MODULUS, SCALAR_MODULUS + 1, -1, (1 << 256) - 1])
def test_alias_of_an_input_is_refused(alias: int) -> None:
    """x + r and x − r are no inputs of a hash nor of a keystream: they would be second names."""
    with pytest.raises(Malformed, match="Poseidon input"):
        hash_elements([1, alias])
    with pytest.raises(Malformed, match="keystream input"):
        keystream([1, alias], 3)


@SOME
@given(inputs=st.lists(elements(), min_size=1, max_size=16), count=st.integers(0, 40))
def test_a_keystream_is_determined_and_has_its_length(inputs: list[int], count: int) -> None:
    """The same inputs give the same words, as many as were asked for, all of them canonical."""
    words = keystream(inputs, count)
    assert words == keystream(tuple(inputs), count)
    assert len(words) == count
    assert len(set(words)) == count
    assert all(0 <= word < SCALAR_MODULUS for word in words)


def test_the_keystream_is_frozen() -> None:
    """The words under (1, 2, 3) never change: our own vector, frozen here."""
    assert keystream([1, 2, 3], len(FROZEN_KEYSTREAM)) == FROZEN_KEYSTREAM


@SOME
@given(data=st.data(), inputs=st.lists(elements(), min_size=1, max_size=16))
def test_a_keystream_changes_with_each_of_its_inputs(
    data: st.DataObject, inputs: list[int]
) -> None:
    """Moving any one input by one changes every word."""
    place = data.draw(st.integers(0, len(inputs) - 1))
    moved = list(inputs)
    moved[place] = (moved[place] + 1) % SCALAR_MODULUS
    assert not set(keystream(inputs, 20)) & set(keystream(moved, 20))


def test_a_keystream_changes_with_its_count() -> None:
    """Streams of different lengths share no word, so a short one gives no start of a long one."""
    seen: set[int] = set()
    for count in range(1, 40):
        words = set(keystream([7, 8], count))
        assert not words & seen
        seen |= words


def test_a_keystream_changes_with_the_number_of_its_inputs() -> None:
    """A zero more at the end of the inputs gives another stream, at equal widths as well."""
    streams = [set(keystream([7] + [0] * n, 16)) for n in range(16)]
    assert keystream_width(1, 16) == keystream_width(16, 16) == MAX_WIDTH
    assert len(set.union(*streams)) == 16 * 16


def test_no_hash_shows_a_word_of_a_keystream() -> None:
    """The words of a keystream are no hash of the same inputs, and no state after it either."""
    for n in range(1, 17):
        inputs = list(range(1, n + 1))
        shown = set(permute([0, *inputs]))
        assert hash_elements(inputs) in shown
        assert not shown & set(keystream(inputs, n))


def test_the_capacity_names_the_use() -> None:
    """The capacity's first value is below r, is not the hash's zero, and is unlike any other's."""
    capacities = [keystream_capacity(n, count) for n in range(1, 17) for count in (0, 1, 16, 65535)]
    assert len(set(capacities)) == len(capacities)
    assert all(0 < capacity < SCALAR_MODULUS for capacity in capacities)


@pytest.mark.parametrize(
    ("inputs", "count", "width"),
    [(1, 0, 2), (1, 1, 2), (3, 1, 4), (3, 9, 10), (3, 16, 17), (3, 17, 17), (16, 1, 17)],
)
def test_the_narrowest_width_that_does_is_taken(inputs: int, count: int, width: int) -> None:
    """Absorbing takes one permutation always, and squeezing takes one wherever it can."""
    assert keystream_width(inputs, count) == width


def test_a_long_keystream_goes_on_past_one_permutation() -> None:
    """Words past the sixteenth come from a second permutation of the whole state."""
    count = 3 * (MAX_WIDTH - 1) + 1
    words = keystream([1, 2], count)
    state = permute([keystream_capacity(2, count), 1, 2] + [0] * (MAX_WIDTH - 3))
    assert words[:16] == tuple(state[1:])
    assert words[16:32] == tuple(permute(state)[1:])
    assert len(set(words)) == count


@pytest.mark.parametrize("count", [17, 18, 100])
def test_a_keystream_of_more_than_sixteen_inputs_is_refused(count: int) -> None:
    """Inputs that one permutation cannot absorb are refused, and none is dropped."""
    with pytest.raises(Malformed, match="inputs"):
        keystream([1] * count, 1)


@pytest.mark.parametrize("count", [-1, 1 << 16, (1 << 16) + 16])
def test_a_keystream_whose_count_would_run_into_the_number_of_inputs_is_refused(count: int) -> None:
    """The capacity has sixteen bits for the count: past them two uses would share one stream."""
    with pytest.raises(Malformed, match="words"):
        keystream([1], count)
