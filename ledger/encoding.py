"""One canonical encoding for everything that is hashed, signed or stored: compact JSON.

Fields in the order in which their model declares them, no spaces, integers as numbers, byte
strings as lowercase hexadecimal. Anybody can read it with any tool, and there is only one
way to write a value: bytes that do not come back when they are decoded and encoded again are
refused, so duplicate keys, escapes, leading zeros and reordered fields all are.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any, Final, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
)

from ledger.errors import MalformedTransition
from zk.babyjubjub import Point
from zk.errors import Malformed, ZkError
from zk.field import SCALAR_MODULUS, SUBGROUP_ORDER, decode, encode
from zk.formats.mistakes import first_mistake, shown

#: Times, nonces and other counts stay below this, so that every reader of JSON gets them right.
BOUND: Final = 1 << 53
#: More than the largest transition of any shape; longer input is not looked at.
MAX_BYTES: Final = 4 << 20

M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class Decoding:
    """How points are decoded: the reference's way, or a backend's."""

    point: Callable[[bytes], Point] = Point.decode


def _hex_bytes(length: int) -> Any:
    def parse(value: object) -> bytes:
        data = value if isinstance(value, bytes) else _unhex(value)
        if len(data) != length:
            raise ValueError(f"expected {length} bytes, got {len(data)}")
        return data

    return Annotated[bytes, PlainValidator(parse), PlainSerializer(bytes.hex, return_type=str)]


def _unhex(value: object) -> bytes:
    if not isinstance(value, str):
        raise ValueError(f"expected a hexadecimal string, got {shown(value)}")
    try:
        return bytes.fromhex(value)
    except ValueError:
        raise ValueError(f"expected hexadecimal digits, got {shown(value)}") from None


def _without_place(error: ZkError) -> ValueError:
    """The model says better where in a document it is."""
    return ValueError(f"expected {error.expected}, got {error.actual}")


def _parse_point(value: object, info: ValidationInfo) -> Point:
    if isinstance(value, Point):
        return value
    decoding = info.context if isinstance(info.context, Decoding) else Decoding()
    try:
        return decoding.point(_unhex(value))
    except ZkError as error:
        raise _without_place(error) from None


def _number(modulus: int, subject: str) -> Any:
    def parse(value: object) -> int:
        if isinstance(value, int) and not isinstance(value, bool):
            value = encode(value).hex() if 0 <= value < modulus else ""
        try:
            return decode(_unhex(value), modulus, subject)
        except ZkError as error:
            raise _without_place(error) from None

    return Annotated[
        int, PlainValidator(parse), PlainSerializer(lambda x: encode(x).hex(), return_type=str)
    ]


def _parse_hex(value: object) -> bytes:
    return value if isinstance(value, bytes) else _unhex(value)


def _parse_span(value: object) -> bytes:
    data = value if isinstance(value, bytes) else _unhex(value)
    if len(data) < 64 or len(data) % 32 or len(data) > 64 * 128:
        raise ValueError(f"expected a point and responses of 32 bytes each, got {len(data)} bytes")
    return data


HexBytes = Annotated[bytes, PlainValidator(_parse_hex), PlainSerializer(bytes.hex, return_type=str)]
Digest = _hex_bytes(32)
PublicKey = _hex_bytes(32)
SignatureBytes = _hex_bytes(64)
ProofBytes = _hex_bytes(256)
#: A representation proof: T and one response per base.
SpanBytes = Annotated[
    bytes, PlainValidator(_parse_span), PlainSerializer(bytes.hex, return_type=str)
]
PointHex = Annotated[
    Point,
    PlainValidator(_parse_point),
    PlainSerializer(lambda point: point.encode().hex(), return_type=str),
]
#: An element of F_r, 32 bytes little-endian.
Element = _number(SCALAR_MODULUS, "field element")
#: A number modulo l, 32 bytes little-endian.
Scalar = _number(SUBGROUP_ORDER, "scalar")
Count = Annotated[int, Field(ge=0, lt=BOUND)]
#: An amount of an asset in its smallest unit.
Amount = Annotated[int, Field(ge=1, lt=1 << 62)]
#: Likewise, or none of it.
AnyAmount = Annotated[int, Field(ge=0, lt=1 << 62)]
#: A quantity with a sign that fits every width of a portfolio.
Quantity = Annotated[int, Field(ge=-(1 << 63), lt=1 << 63)]

#: A sum of any number of quantities that a ledger will ever see: no record can grow out of it.
Total = Annotated[int, Field(ge=-(1 << 127), lt=1 << 127)]


class Model(BaseModel):
    """Frozen, strict, with no field that was not declared."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    def encode(self) -> bytes:
        """The canonical bytes."""
        return self.model_dump_json().encode()

    @classmethod
    def decode(cls, data: bytes, decoding: Decoding | None = None) -> Self:
        """Canonical only; anything else is `MalformedTransition`."""
        return parse_canonical(TypeAdapter(cls), data, decoding)

    def digest(self) -> bytes:
        """SHA-256 of the canonical bytes."""
        return hashlib.sha256(self.encode()).digest()


def parse_canonical(adapter: TypeAdapter[M], data: bytes, decoding: Decoding | None = None) -> M:
    """The value of canonical bytes; anything else is `MalformedTransition`, in one line."""
    if len(data) > MAX_BYTES:
        raise MalformedTransition(
            "bytes", expected=f"at most {MAX_BYTES}", actual=f"{len(data)} bytes"
        )
    with one_line():
        value = adapter.validate_json(data, context=decoding)
    again = adapter.dump_json(value)
    if again != data:
        raise MalformedTransition(
            "encoding", expected="the canonical bytes", actual="another spelling of them"
        )
    return value


@contextmanager
def one_line() -> Iterator[None]:
    """The first thing that a model finds wrong is `MalformedTransition`, in one line.

    For what comes from outside, as bytes or typed; of a mistake of ours, the trace says more.
    """
    try:
        yield
    except ValidationError as error:
        mistake = first_mistake(error)
        raise MalformedTransition(
            mistake.where or "document", expected=mistake.expected, actual=mistake.actual
        ) from None


def parse_hex(text: str, length: int, subject: str) -> bytes:
    """So many bytes that somebody typed; the error quotes them, so it is not for secrets."""
    try:
        data = bytes.fromhex(text)
    except ValueError:
        data = b""
    if len(data) != length or len(text) != 2 * length:
        expected = f"{2 * length} hexadecimal digits"
        raise Malformed(subject, expected=expected, actual=repr(text)[:80])
    return data


def parse_count(text: str, subject: str) -> int:
    """A count that somebody typed; plain digits, and not so many that they are none."""
    if not re.fullmatch("[0-9]{1,16}", text) or int(text) >= BOUND:
        raise Malformed(subject, expected=f"a number below {BOUND}", actual=repr(text)[:80])
    return int(text)
