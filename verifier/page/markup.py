"""HTML from values: whatever is not `Html` already is text, and text is escaped.

A ledger's author chooses labels and names, and may hope that they become a script, an attribute or
a sentence that reads from right to left over its neighbours. So escaping is what happens when
nobody thinks of it, and characters that nobody sees are shown by their code points.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from html import escape
from typing import Final

#: Control, format, surrogate, line and paragraph separator: what moves text without being text.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
#: As many marks as a letter needs; a heap of them would cover the lines above.
_MARKS: Final = 4
#: More characters than this say nothing more to a person.
_LONGEST: Final = 400
_VOID: Final = frozenset({"br", "hr", "meta"})


class Html(str):
    """A piece of a page: made by the functions here, and by nothing else."""

    __slots__ = ()


def text(value: object) -> Html:
    """Any value, as text and nothing but text."""
    return Html(escape(_visible(str(value)), quote=True))


def element(name: str, /, *children: object, **attributes: object) -> Html:
    """One element. Attributes: a trailing underscore is dropped, others become hyphens.

    A value of None leaves the attribute out; True leaves its value out.
    """
    opening = name + "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _VOID:
        return Html(f"<{opening}>")
    return Html(f"<{opening}>{joined(children)}</{name}>")


def joined(children: Iterable[object], between: str = "") -> Html:
    """One after the other; what is not `Html` is escaped."""
    parts = (child if isinstance(child, Html) else text(child) for child in children)
    return Html(text(between).join(parts))


def said(value: str) -> Html:
    """The ledger author's words: kept apart from ours, in either direction of writing.

    What would push everything else off the page is cut, and the page says so.
    """
    if len(value) > _LONGEST:
        rest = len(value) - _LONGEST
        return element(
            "bdi",
            value[:_LONGEST],
            "…",
            element("i", f" ({rest:,} more characters)"),
            class_="said",
        )
    return element("bdi", value, class_="said")


def code(value: str, shown: int | None = None) -> Html:
    """A hash or a key; all of it is there for whoever points at it."""
    if shown is None or len(value) <= shown:
        return element("code", value)
    return element("code", value[:shown] + "…", title=value)


def _attribute(key: str, value: object) -> str:
    name = key.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{text(value)}"'


def _visible(value: str) -> str:
    if value.isascii() and value.isprintable():
        return value
    shown: list[str] = []
    marks = 0
    for character in value:
        category = unicodedata.category(character)
        marks = marks + 1 if category.startswith("M") else 0
        if character in "\n\t\r":
            shown.append(" ")
        elif category in _UNSEEN:
            shown.append(f"⟨U+{ord(character):04X}⟩")
        elif marks <= _MARKS:
            shown.append(character)
    return "".join(shown)
