"""snarkjs's `verification_key.json`, `proof.json` and `public.json`.

Numbers are decimal strings, canonical only; points are projective with a last coordinate
of 1, infinity is (0, 1, 0). An element a + b·u of F_q² is [a, b]. A key of
`insecure_dev_setup` says so in a field of its own, which other tools pass over.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter, ValidationError

from zk.bn254 import G1Point, G2Point
from zk.errors import Conflict, MalformedFile
from zk.field import SCALAR_MODULUS, canonical
from zk.formats.mistakes import first_mistake
from zk.groth16.keys import Proof, VerifyingKey

Decimal = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,77})$")]
Pair = tuple[Decimal, Decimal]
G1Json = tuple[Decimal, Decimal, Decimal]
G2Json = tuple[Pair, Pair, Pair]

_Parsed = TypeVar("_Parsed")


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    protocol: Literal["groth16"] = "groth16"
    curve: Literal["bn128", "bn254"] = "bn128"


class _ProofJson(_Model):
    pi_a: G1Json
    pi_b: G2Json
    pi_c: G1Json


class _VerifyingKeyJson(_Model):
    nPublic: int  # noqa: N815 - snarkjs's name
    vk_alpha_1: G1Json
    vk_beta_2: G2Json
    vk_gamma_2: G2Json
    vk_delta_2: G2Json
    IC: tuple[G1Json, ...]
    insecure_dev_setup: bool = False


_PROOF = TypeAdapter(_ProofJson)
_KEY = TypeAdapter(_VerifyingKeyJson)
_PUBLIC = TypeAdapter(tuple[Decimal, ...])


def decode_proof(data: bytes) -> Proof:
    """The proof of a `proof.json`."""
    parsed = _parse(_PROOF, data, "proof.json")
    return Proof(_g1(parsed.pi_a), _g2(parsed.pi_b), _g1(parsed.pi_c))


def encode_proof(proof: Proof) -> bytes:
    """The inverse of `decode_proof`."""
    return _dump(
        {
            "pi_a": _g1_json(proof.a),
            "pi_b": _g2_json(proof.b),
            "pi_c": _g1_json(proof.c),
            "protocol": "groth16",
            "curve": "bn128",
        }
    )


def decode_verifying_key(data: bytes) -> VerifyingKey:
    """The key of a `verification_key.json`; an unsafe one is refused."""
    parsed = _parse(_KEY, data, "verification_key.json")
    if len(parsed.IC) != parsed.nPublic + 1:
        raise Conflict(
            "verification_key.json",
            expected=f"{parsed.nPublic + 1} IC points",
            actual=f"{len(parsed.IC)} IC points",
        )
    return VerifyingKey(
        _g1(parsed.vk_alpha_1),
        _g2(parsed.vk_beta_2),
        _g2(parsed.vk_gamma_2),
        _g2(parsed.vk_delta_2),
        tuple(_g1(point) for point in parsed.IC),
        insecure=parsed.insecure_dev_setup,
    )


def encode_verifying_key(key: VerifyingKey) -> bytes:
    """The inverse of `decode_verifying_key`."""
    document: dict[str, Any] = {
        "protocol": "groth16",
        "curve": "bn128",
        "nPublic": key.public,
        "vk_alpha_1": _g1_json(key.alpha_1),
        "vk_beta_2": _g2_json(key.beta_2),
        "vk_gamma_2": _g2_json(key.gamma_2),
        "vk_delta_2": _g2_json(key.delta_2),
        "IC": [_g1_json(point) for point in key.ic],
    }
    if key.insecure:
        document["insecure_dev_setup"] = True
    return _dump(document)


def decode_public(data: bytes) -> tuple[int, ...]:
    """The public inputs of a `public.json`, each in [0, r)."""
    parsed = _parse(_PUBLIC, data, "public.json")
    return tuple(
        canonical(int(value), SCALAR_MODULUS, f"public input {index}")
        for index, value in enumerate(parsed)
    )


def encode_public(public: tuple[int, ...]) -> bytes:
    """The inverse of `decode_public`."""
    return _dump([str(value) for value in public])


def _parse(adapter: TypeAdapter[_Parsed], data: bytes, subject: str) -> _Parsed:
    try:
        return adapter.validate_json(data, strict=True)
    except ValidationError as error:
        mistake = first_mistake(error)
        where = f"{subject}, {mistake.where}" if mistake.where else subject
        raise MalformedFile(where, expected=mistake.expected, actual=mistake.actual) from None


def _g1(point: G1Json) -> G1Point:
    if point == ("0", "1", "0"):
        return G1Point.INFINITY
    _require_affine(point[2] == "1" and point[:2] != ("0", "0"), point)
    return G1Point(int(point[0]), int(point[1]))


def _g2(point: G2Json) -> G2Point:
    if point == (("0", "0"), ("1", "0"), ("0", "0")):
        return G2Point.INFINITY
    (x0, x1), (y0, y1), z = point
    _require_affine(z == ("1", "0") and {x0, x1, y0, y1} != {"0"}, point)
    return G2Point((int(x0), int(x1)), (int(y0), int(y1)))


def _require_affine(is_affine: bool, point: object) -> None:
    """Infinity has the one form that is written: (0, 0, 1) is not another name for it."""
    if not is_affine:
        raise MalformedFile("point", expected="a last coordinate of 1", actual=point)


def _g1_json(point: G1Point) -> list[str]:
    return ["0", "1", "0"] if point.is_infinity else [str(point.x), str(point.y), "1"]


def _g2_json(point: G2Point) -> list[list[str]]:
    if point.is_infinity:
        return [["0", "0"], ["1", "0"], ["0", "0"]]
    return [[str(c) for c in point.x], [str(c) for c in point.y], ["1", "0"]]


def _dump(document: object) -> bytes:
    return json.dumps(document, indent=1).encode() + b"\n"
