"""Numbers with a point, as somebody types them: kept exactly, or refused as they were typed."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Final

from zk.errors import Malformed

_NUMBER: Final = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")


def scaled(text: str, scale: int, subject: str) -> int:
    """The number times the scale, a power of ten, without losing a digit of it."""
    if not _NUMBER.fullmatch(text):
        raise Malformed(subject, expected="a number", actual=repr(text)[:80])
    number = Fraction(text) * scale
    if number.denominator != 1:
        places = len(str(scale)) - 1
        expected = f"at most {places} digits after the point" if places else "a whole number"
        raise Malformed(subject, expected=expected, actual=text)
    return number.numerator


def unscaled(number: int, scale: int) -> str:
    """The inverse, as somebody would type it."""
    text = f"{Decimal(number) / scale:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
