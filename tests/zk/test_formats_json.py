"""snarkjs's JSON: canonical numbers, checked points, and nothing that another reader reads."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import FEW, SOME, elements, g1_points, g2_points
from tests.zk.curves_for_tests import small_order_twist_point
from tests.zk.keys_for_tests import ratio_key, ratio_statement, unchecked_replace
from zk.bn254 import G1Point, G2Point
from zk.errors import Conflict, Malformed, MalformedFile, MalformedPoint, ZkError
from zk.field import BASE_MODULUS, SCALAR_MODULUS
from zk.formats.json import (
    decode_proof,
    decode_public,
    decode_verifying_key,
    encode_proof,
    encode_public,
    encode_verifying_key,
)
from zk.groth16 import Proof

Document = dict[str, Any]
KEY_POINTS = {"vk_alpha_1": 1, "vk_beta_2": 2, "vk_gamma_2": 2, "vk_delta_2": 2, "IC": 1}
PROOF_POINTS = {"pi_a": 1, "pi_b": 2, "pi_c": 1}
DECODERS: dict[str, Callable[[bytes], object]] = {
    "proof": decode_proof,
    "key": decode_verifying_key,
    "public": decode_public,
}


def proof_document() -> Document:
    document: Document = json.loads(encode_proof(ratio_statement()[1]))
    return document


def key_document() -> Document:
    document: Document = json.loads(encode_verifying_key(ratio_key().verifying_key))
    return document


def dump(document: object) -> bytes:
    return json.dumps(document).encode()


def honest(kind: str) -> bytes:
    public = encode_public(ratio_statement()[0])
    return {"proof": dump(proof_document()), "key": dump(key_document()), "public": public}[kind]


@FEW
@given(a=g1_points(), b=g2_points(), c=g1_points())
def test_proofs_come_back(a: G1Point, b: G2Point, c: G1Point) -> None:
    """A proof is what its JSON says, points at infinity included."""
    proof = Proof(a, b, c)
    assert decode_proof(encode_proof(proof)) == proof
    assert encode_proof(decode_proof(encode_proof(proof))) == encode_proof(proof)


def test_keys_come_back() -> None:
    """A verifying key is what its JSON says, with its mark."""
    key = ratio_key().verifying_key
    again = decode_verifying_key(encode_verifying_key(key))
    assert again == key
    assert again.insecure


@SOME
@given(public=st.lists(elements(), max_size=5).map(tuple))
def test_public_inputs_come_back(public: tuple[int, ...]) -> None:
    """Public inputs are what their JSON says."""
    assert decode_public(encode_public(public)) == public


#: One as it is not spelt, and numbers that are longer than any modulus.
MISSPELT = ["", " 1", "1 ", "1\n", "+1", "-1", "-0", "00", "01", "1.0", "1e0", "0x1", "1_0", "١"]
MISSPELT += ["x", "9" * 79, "9" * 100_000]


@pytest.mark.parametrize("text", MISSPELT, ids=range(len(MISSPELT)))
def test_non_canonical_decimal_is_refused(text: str) -> None:
    """A number has one spelling: decimal digits without sign, blank or leading zero."""
    with pytest.raises(MalformedFile):
        decode_public(dump([text]))
    with pytest.raises(MalformedFile):
        decode_proof(dump(proof_document() | {"pi_a": [text, "2", "1"]}))


@pytest.mark.parametrize(
    "number", [SCALAR_MODULUS, SCALAR_MODULUS + 5, (1 << 256) - 1, 10**78 - 1], ids=hex
)
def test_public_input_alias_is_refused_by_the_decoder(number: int) -> None:
    """A public input is below r: r, x + r and 2²⁵⁶ − 1 are no other names."""
    with pytest.raises(Malformed, match="public input 1"):
        decode_public(dump(["1", str(number)]))


@pytest.mark.parametrize("value", [1, 1.5, None, True, ["1"], {"0": "1"}], ids=repr)
def test_a_value_of_another_type_is_refused(value: object) -> None:
    """Numbers are strings and lists are lists; nothing is converted that other tools would not."""
    with pytest.raises(MalformedFile):
        decode_public(dump([value]))
    with pytest.raises(MalformedFile):
        decode_proof(dump(proof_document() | {"pi_a": value}))
    with pytest.raises(MalformedFile):
        decode_verifying_key(dump(key_document() | {"vk_beta_2": [["1", "2"], value, ["1", "0"]]}))


@pytest.mark.parametrize("value", ["2", 2.0, True, None, [2], -3, 10**400, 1e400])
def test_a_number_of_inputs_that_is_none_is_refused(value: object) -> None:
    """`nPublic` is an integer and no string, float, boolean, infinity nor thousand digits."""
    with pytest.raises((MalformedFile, Conflict)):
        decode_verifying_key(dump(key_document() | {"nPublic": value}))


@pytest.mark.parametrize("count", [0, 1, 3, 1 << 64])
def test_a_number_of_inputs_that_ic_denies_is_refused(count: int) -> None:
    """`nPublic` is one less than the number of IC points: two counts may not disagree."""
    with pytest.raises(Conflict, match="IC points"):
        decode_verifying_key(dump(key_document() | {"nPublic": count}))


@pytest.mark.parametrize(
    "text",
    [b"", b"null", b"{}", b"[", b'["1",]', b'["1"] x', b"[NaN]", b"[Infinity]", b"['1']",
     b'\xef\xbb\xbf["1"]', b'["\xff"]', b'["\\ud800"]', '["1"]'.encode("utf-16"), b"[1e999]",
     b"[" + b"9" * 10000 + b"]", b"[" * 100_000, b"[" * 100_000 + b"]" * 100_000],
    ids=range(17),
)  # fmt: skip
def test_text_that_is_no_json_of_ours_is_refused(text: bytes) -> None:
    """Broken, foreign, huge or deeply nested text is malformed, and no other exception."""
    for decode in DECODERS.values():
        with pytest.raises(MalformedFile):
            decode(text)


@pytest.mark.parametrize("kind", ["proof", "key"])
def test_a_missing_point_is_refused(kind: str) -> None:
    """Every point has to be there."""
    whole = json.loads(honest(kind))
    for name in whole.keys() & {*KEY_POINTS, *PROOF_POINTS, "nPublic"}:
        with pytest.raises(MalformedFile):
            DECODERS[kind](dump({n: value for n, value in whole.items() if n != name}))


@pytest.mark.parametrize("kind", ["proof", "key"])
def test_extra_fields_are_passed_over_however_deep(kind: str) -> None:
    """snarkjs's key has a field that follows from the others: unknown fields mean nothing.

    One that is nested too deep to read is refused all the same.
    """
    whole = honest(kind)
    extra = json.loads(whole) | {"vk_alphabeta_12": [[["1"]]], "NaN": None}
    assert DECODERS[kind](dump(extra)) == DECODERS[kind](whole)
    deep = whole.rstrip()[:-1] + b',"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    with pytest.raises(MalformedFile):
        DECODERS[kind](deep)


def test_of_duplicate_keys_the_last_one_counts() -> None:
    """A field that is there twice is read as JavaScript reads it, so that both see one proof."""
    proof = ratio_statement()[1]
    twice = b'{"pi_a":["1","2","1"],' + dump(proof_document())[1:]
    assert decode_proof(twice) == proof
    twice = dump(proof_document())[:-1] + b',"pi_a":["1","2","1"]}'
    assert decode_proof(twice) == unchecked_replace(proof, a=G1Point.GENERATOR)


@pytest.mark.parametrize(
    ("field", "value"), [("protocol", "plonk"), ("protocol", 1), ("curve", "bls12381")]
)
def test_another_protocol_or_curve_is_refused(field: str, value: object) -> None:
    """What calls itself something else is not read as Groth16 over BN254."""
    for kind in ("proof", "key"):
        with pytest.raises(MalformedFile):
            DECODERS[kind](dump(json.loads(honest(kind)) | {field: value}))


def bad_points(group: int) -> dict[str, list[Any]]:
    """Points of snarkjs's form that are none, or not in the form that is written."""
    if group == 1:
        return {
            "off the curve": ["1", "1", "1"],
            "x + q": [str(1 + BASE_MODULUS), "2", "1"],
            "y + q": ["1", str(2 + BASE_MODULUS), "1"],
            "not affine": ["1", "2", "2"],
            "z = 0": ["1", "2", "0"],
            "another infinity": ["0", "0", "1"],
            "zeros": ["0", "0", "0"],
            "two coordinates": ["1", "2"],
            "four coordinates": ["1", "2", "1", "0"],
        }
    g = G2Point.GENERATOR
    outside = g + small_order_twist_point()
    x, y, one = [str(c) for c in g.x], [str(c) for c in g.y], ["1", "0"]
    return {
        "off the curve": [y, x, one],
        "outside the subgroup": [[str(c) for c in outside.x], [str(c) for c in outside.y], one],
        "x + q": [[str(g.x[0] + BASE_MODULUS), x[1]], y, one],
        "y + q": [x, [y[0], str(g.y[1] + BASE_MODULUS)], one],
        "not affine": [x, y, ["2", "0"]],
        "imaginary z": [x, y, ["0", "1"]],
        "z = 0": [x, y, ["0", "0"]],
        "another infinity": [["0", "0"], ["0", "0"], one],
        "zeros": [["0", "0"]] * 3,
        "swapped parts": [x[::-1], y[::-1], one],
        "three parts": [[*x, "0"], y, one],
    }


@pytest.mark.parametrize("field", [*PROOF_POINTS, *KEY_POINTS])
def test_point_off_curve_outside_the_subgroup_or_past_q_is_refused(field: str) -> None:
    """Each point of a proof and of a key is checked for form, range, curve and subgroup."""
    is_proof = field in PROOF_POINTS
    document, decode = (
        (proof_document(), decode_proof) if is_proof else (key_document(), decode_verifying_key)
    )
    for kind, point in bad_points({**PROOF_POINTS, **KEY_POINTS}[field]).items():
        value = [*document["IC"][:-1], point] if field == "IC" else point
        with pytest.raises((MalformedPoint, MalformedFile)):
            assert not decode(dump(document | {field: value})), f"{kind} was accepted"


def test_infinity_has_one_form() -> None:
    """Infinity is (0, 1, 0); a regression: (0, 0, 1) was another name for it."""
    zero = proof_document() | {"pi_a": ["0", "1", "0"]}
    assert decode_proof(dump(zero)).a.is_infinity
    for other in (["0", "0", "1"], ["0", "0", "0"], ["0", "2", "0"], ["1", "1", "0"]):
        with pytest.raises(MalformedFile, match="last coordinate"):
            decode_proof(dump(zero | {"pi_a": other}))


@pytest.mark.parametrize("kind", DECODERS)
def test_damaged_json_is_refused_or_decodes(kind: str) -> None:
    """Whatever is cut off, put in or flipped, the answer is an object or one of our own errors."""
    data, chance = honest(kind), random.Random(kind)
    for _ in range(100):
        damaged = bytearray(data)
        place = chance.randrange(len(data))
        match chance.randrange(3):
            case 0:
                damaged[place] ^= 1 << chance.randrange(8)
            case 1:
                del damaged[place : place + chance.randint(1, 9)]
            case _:
                damaged[place:place] = chance.choice([b"9", b'"', b"[", b"}", b",", b"\0", b"-"])
        with suppress(ZkError):
            DECODERS[kind](bytes(damaged))
    for cut in range(0, len(data.rstrip()), max(1, len(data) // 60)):
        with pytest.raises(MalformedFile):
            DECODERS[kind](data[:cut])
