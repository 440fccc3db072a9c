"""The points of a public part as reflection finds them, and a public part with another one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

from circuits.gadgets.coordinates import Coordinates


def paths_to_points(tree: Any, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Where they lie, in the order of the public inputs; none of them lies in a tuple."""
    if isinstance(tree, Coordinates):
        yield before
    elif isinstance(tree, tuple):
        assert not any(paths_to_points(item) for item in tree if is_dataclass(item))
    elif is_dataclass(tree):
        for field in fields(tree):
            yield from paths_to_points(getattr(tree, field.name), (*before, field.name))


def point_at(tree: Any, path: tuple[str, ...]) -> Any:
    """The point at the end of that path."""
    for name in path:
        tree = getattr(tree, name)
    return tree


def with_point(tree: Any, path: tuple[str, ...], x: Any, y: Any) -> Any:
    """The same public part, with another point at the end of that path."""
    if not path:
        return Coordinates(x, y)
    name, *rest = path
    return replace(tree, **{name: with_point(getattr(tree, name), tuple(rest), x, y)})
