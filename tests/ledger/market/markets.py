"""Markets, portfolios and observations that the tests of this folder share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from pydantic import ValidationError

from circuits.shape import Shape
from ledger.market.data import Observation
from ledger.market.presets import preset

TINY = preset("tiny")
STANDARD = preset("standard")


@contextmanager
def one_error(matching: str) -> Iterator[None]:
    """A model refuses what it is given, with one error that says this."""
    with pytest.raises(ValidationError, match=matching) as caught:
        yield
    assert caught.value.error_count() == 1, caught.value


def portfolio(shape: Shape, **values: int) -> tuple[int, ...]:
    """Zero but for `a0=…` (an asset) and `i3=…` (an instrument)."""
    vector = [0] * shape.components
    for name, value in values.items():
        first = 0 if name[0] == "a" else shape.assets
        vector[first + int(name[1:])] = value
    return tuple(vector)


def portfolios(shape: Shape) -> SearchStrategy[tuple[int, ...]]:
    """Anything that an account can hold."""
    return st.tuples(*(st.integers(width.minimum, width.maximum) for width in shape.widths))


def observations(underlyings: int) -> SearchStrategy[Observation]:
    """Prices from cents to a million, vols from one to three hundred percent."""

    def each(low: int, high: int) -> SearchStrategy[tuple[int, ...]]:
        return st.tuples(*[st.integers(low, high)] * underlyings)

    return st.builds(
        Observation,
        spots=each(50, 10**8),
        vols=each(10_000, 3 * 10**6),
        rate=st.integers(-100_000, 300_000),
        funding=each(-(10**9), 10**9),
        basis=each(-200_000, 400_000),
        slopes=each(-100_000, 100_000),
    )
