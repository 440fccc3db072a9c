"""What a public part says of itself: its points and its market, for every statement and shape."""

from __future__ import annotations

from typing import Any

import pytest

from circuits.catalogue import STATEMENTS
from circuits.margin import MarginPublic
from circuits.samples import SAMPLES
from circuits.shape import SHAPES
from tests.circuits.points_in_public import paths_to_points, point_at
from zk.circuit import field_elements
from zk.circuit.signals import names
from zk.randomness import insecure_seeded_randomness

EACH = pytest.mark.parametrize("statement", STATEMENTS)
SHAPE = pytest.mark.parametrize("shape", ["tiny", "standard"])


def public_of(statement: str, shape: str) -> Any:
    """A public part in which hardly any two numbers are the same."""
    public, _ = SAMPLES[statement](SHAPES[shape], insecure_seeded_randomness(b"public"))
    return public


@SHAPE
@EACH
def test_every_point_is_among_the_points(statement: str, shape: str) -> None:
    """`points()` has what reflection finds: nobody would look at a point that it forgets."""
    public = public_of(statement, shape)
    found = [point_at(public, path) for path in paths_to_points(public)]
    assert found
    assert sorted(public.points(), key=str) == sorted(found, key=str)


@SHAPE
@EACH
def test_a_market_stands_where_it_says(statement: str, shape: str) -> None:
    """Its inputs are those of M and b, or of the schedule, all of them and nothing else."""
    public = public_of(statement, shape)
    market, inputs, named = public.market(), field_elements(public), names(public)
    parts = {"claim": ("constants", "matrix"), "fill": ()}.get(statement, ("schedule",))
    places = [n for n, name in enumerate(named) if any(part in name for part in parts)]
    if not parts:
        assert market is None
        return
    assert [*range(market.start, market.start + len(market.inputs))] == places
    assert market.inputs == tuple(inputs[place] for place in places)
    left = tuple(value for place, value in enumerate(inputs) if place not in places)
    assert market.left_of(inputs) == left
    body = public if statement == "claim" else getattr(public, "margin", public)
    whole = body.schedule if isinstance(body, MarginPublic) else (body.constants, body.matrix)
    assert market.inputs == field_elements(whole)
