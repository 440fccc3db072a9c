"""A point's Edwards coordinates, as integers or as signals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from zk.babyjubjub import Point

Field = TypeVar("Field")


@dataclass(frozen=True, slots=True)
class Coordinates(Generic[Field]):
    """(x, y)."""

    x: Field
    y: Field


def coordinates(point: Point) -> Coordinates[int]:
    """The coordinates of a known point."""
    return Coordinates(point.x, point.y)
