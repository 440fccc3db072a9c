"""The parts of a statement as trees: dataclasses and tuples with signals as leaves.

The same type holds integers where a statement is evaluated and signals where it becomes
a circuit. The order of the leaves, depth first as declared, is the order of the inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar, cast

from zk.circuit.linear import Linear
from zk.errors import Conflict
from zk.field import SCALAR_MODULUS

Tree = TypeVar("Tree")


def leaves(tree: object) -> list[Any]:
    """The leaves in order."""
    return [leaf for _, leaf in _walk("", tree)]


def names(tree: object) -> tuple[str, ...]:
    """The leaves' names in order: `commitment.x`, `matrix[2][0]`, …"""
    return tuple(name for name, _ in _walk("", tree))


def field_elements(tree: object) -> tuple[int, ...]:
    """The leaves of a tree of integers as elements of F_r, signed ones wrapped around."""
    return tuple(leaf % SCALAR_MODULUS for leaf in leaves(tree))


def replace_leaves(tree: Tree, replace: Callable[[Any], Any]) -> Tree:
    """The same tree with other leaves."""
    if is_dataclass(tree) and not isinstance(tree, type):
        copy = object.__new__(type(tree))
        for field in fields(tree):
            value = replace_leaves(getattr(tree, field.name), replace)
            object.__setattr__(copy, field.name, value)
        return copy
    if isinstance(tree, tuple):
        return cast(Tree, tuple(replace_leaves(item, replace) for item in tree))
    replaced: Tree = replace(tree)
    return replaced


def check_same_structure(expected: object, actual: object, subject: str) -> None:
    """Raises `Conflict` unless both trees have the same leaves by name."""
    wanted, found = names(expected), names(actual)
    if wanted != found:
        differing = next(
            (b for a, b in zip(wanted, found, strict=False) if a != b), "another number"
        )
        raise Conflict(
            subject, expected=f"{len(wanted)} signals", actual=f"{len(found)}: {differing}"
        )


def _walk(path: str, tree: object) -> Iterator[tuple[str, object]]:
    if is_dataclass(tree) and not isinstance(tree, type):
        for field in fields(tree):
            inner = f"{path}.{field.name}" if path else field.name
            yield from _walk(inner, getattr(tree, field.name))
    elif isinstance(tree, tuple):
        for index, item in enumerate(tree):
            yield from _walk(f"{path}[{index}]", item)
    elif isinstance(tree, (int, Linear)):
        yield path, tree
    else:
        raise Conflict(
            path or "signals", expected="integers and tuples", actual=type(tree).__name__
        )
