"""What a model finds wrong, in our own words: what was expected, and what came.

pydantic's sentences change with its versions and quote whatever came, bytes and all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Protocol, runtime_checkable

#: As much as is quoted of what came.
_QUOTED: Final = 80
_NAMED: Final = 200
_OURS: Final = re.compile(
    r"(?:(?P<subject>.*?): )?expected (?P<expected>.*?)(?:, got (?P<actual>.*))?"
)
#: What typer says of a value that is none of an option's.
_CHOICE: Final = re.compile(r"'.*' is not one of (?P<choices>.*?)\.?")


@dataclass(frozen=True, slots=True)
class Mistake:
    """The first of them; `where` is empty where it is the whole."""

    where: str
    expected: str
    actual: str


@runtime_checkable
class Invalid(Protocol):
    """What pydantic raises; to know it by its form costs no command the loading of pydantic."""

    def errors(self, *, include_url: bool) -> list[Any]: ...


def first_mistake(error: Invalid) -> Mistake:
    """What stands first in a document that is not of its form."""
    first: Any = error.errors(include_url=False)[0]
    where = ".".join(map(str, first["loc"]))[:_NAMED]
    context = first.get("ctx", {})
    if first["type"] == "value_error":
        return _of_ours(where, str(context["error"]), first.get("input"))
    describe = _EXPECTED.get(first["type"])
    expected = "another value" if describe is None else describe(context)
    return Mistake(where, expected, _ACTUAL.get(first["type"]) or shown(first.get("input")))


def shown(value: object) -> str:
    """A value as somebody typed it, or what it is; never the bytes of a file."""
    if isinstance(value, str):
        return repr(value) if len(value) <= _QUOTED else f"{value[:_QUOTED]!r}…"
    if isinstance(value, bytes | bytearray):
        return f"{len(value)} bytes"
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)[:_QUOTED]


def _of_ours(where: str, text: str, value: object) -> Mistake:
    """A check of our own says itself what it expected, and mostly what came."""
    if (choice := _CHOICE.fullmatch(text)) is not None:
        return Mistake(where, f"one of {choice['choices']}", shown(value))
    found = _OURS.fullmatch(text)
    if found is None:
        return Mistake(where, text, shown(value))
    subject = ".".join(filter(None, (where, found["subject"])))
    return Mistake(subject, found["expected"], found["actual"] or shown(value))


def _counted(one: str, key: str, words: str) -> Callable[[Mapping[str, Any]], str]:
    def describe(context: Mapping[str, Any]) -> str:
        count = context[key]
        return f"{words} {count} {one}{'' if count == 1 else 's'}"

    return describe


def _said(text: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda context: text.format_map(context)


_EXPECTED: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = MappingProxyType(
    {
        "missing": _said("a value"),
        "extra_forbidden": _said("no such field"),
        "json_invalid": _said("JSON"),
        "json_type": _said("JSON"),
        "int_type": _said("a whole number"),
        "int_parsing": _said("a whole number"),
        "int_from_float": _said("a whole number"),
        "int_parsing_size": _said("a whole number of fewer digits"),
        "float_type": _said("a number"),
        "float_parsing": _said("a number"),
        "finite_number": _said("a finite number"),
        "bool_type": _said("true or false"),
        "string_type": _said("text"),
        "list_type": _said("a list"),
        "tuple_type": _said("a list"),
        "dict_type": _said("an object"),
        "model_type": _said("an object"),
        "model_attributes_type": _said("an object"),
        "none_required": _said("null"),
        "literal_error": _said("{expected}"),
        "enum": _said("{expected}"),
        "union_tag_invalid": _said("a kind among {expected_tags}"),
        "union_tag_not_found": _said("a kind"),
        "greater_than": _said("more than {gt}"),
        "greater_than_equal": _said("at least {ge}"),
        "less_than": _said("less than {lt}"),
        "less_than_equal": _said("at most {le}"),
        "string_too_short": _counted("character", "min_length", "at least"),
        "string_too_long": _counted("character", "max_length", "at most"),
        "string_pattern_mismatch": _said("text of the form {pattern}"),
        "too_short": _counted("item", "min_length", "at least"),
        "too_long": _counted("item", "max_length", "at most"),
        "bytes_type": _said("bytes"),
    }
)
_ACTUAL: Final = MappingProxyType(
    {"missing": "none", "extra_forbidden": "one", "json_invalid": "another kind of file"}
)
