"""The laws with their coefficients, as the measured sizes give them, and how far off they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from benchmarks.sizes.laws import LAWS, Entry, Law
from benchmarks.sizes.least_squares import least_squares


@dataclass(frozen=True, slots=True)
class Fitted:
    """A law whose multiples are known."""

    law: Law
    coefficients: Mapping[str, Fraction]

    @classmethod
    def to(cls, law: Law, entries: Sequence[Entry]) -> Fitted | None:
        """By least squares; None where there are too few different sizes to say.

        A quantity that no size has (an escrow, where there are claims alone) is left out.
        """
        rows = [law.row(entry) for entry in entries]
        there = [i for i in range(len(law.quantities)) if any(row[i] for row in rows)]
        if len(entries) < len(there) or not there:
            return None
        reduced = [[row[i] for i in there] for row in rows]
        found = least_squares(reduced, [law.value(entry) for entry in entries])
        if found is None:
            return None
        names = list(law.quantities)
        return cls(law, {names[i]: x for i, x in zip(there, found, strict=True)})

    @classmethod
    def of_document(cls, law: Law, document: Mapping[str, Any]) -> Fitted:
        """As `document` of an earlier model wrote it."""
        known = document["coefficients"].items()
        return cls(law, {name: Fraction(value) for name, value in known})

    def predict(self, entry: Entry) -> float:
        """What the law says of a size, measured or not."""
        quantities = self.law.quantities
        return float(sum(x * quantities[name](entry) for name, x in self.coefficients.items()))

    def error(self, entry: Entry) -> float:
        """How far that is from what was measured, in parts of it."""
        value = self.law.value(entry)
        return self.predict(entry) / value - 1


def model(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Every law that the sizes determine, as JSON.

    `errors` are of the sizes in their order, under the law of all; `left_out` are the same under
    the law of all the others, which has not seen the size that it predicts.
    """
    fitted = ((law, Fitted.to(law, entries)) for law in LAWS)
    return [_document(law, fit, entries) for law, fit in fitted if fit is not None]


def law_of(document: Mapping[str, Any], name: str) -> Fitted | None:
    """A law of a document of sizes, by its name."""
    laws = {law.name: law for law in LAWS}
    for entry in document["model"]:
        if entry["law"] == name:
            return Fitted.of_document(laws[name], entry)
    return None


def _document(law: Law, fit: Fitted, entries: Sequence[Entry]) -> dict[str, Any]:
    errors = [fit.error(entry) for entry in entries]
    left_out = [_without(law, entries, index) for index in range(len(entries))]
    return {
        "law": law.name,
        "unit": law.unit,
        "coefficients": {name: _number(x) for name, x in fit.coefficients.items()},
        "largest_error": _largest(errors),
        "largest_left_out": _largest(left_out),
        "errors": list(map(_rounded, errors)),
        "left_out": list(map(_rounded, left_out)),
    }


def _without(law: Law, entries: Sequence[Entry], index: int) -> float | None:
    fit = Fitted.to(law, [*entries[:index], *entries[index + 1 :]])
    if fit is None or fit.coefficients.keys() != {
        name for name, quantity in law.quantities.items() if any(map(quantity, entries))
    }:
        return None
    return fit.error(entries[index])


def _largest(errors: Sequence[float | None]) -> float | None:
    known = [abs(error) for error in errors if error is not None]
    return _rounded(max(known)) if known else None


def _rounded(error: float | None) -> float | None:
    return None if error is None else round(error, 5)


def _number(x: Fraction) -> int | float:
    return int(x) if x.denominator == 1 else float(x)
