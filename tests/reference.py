"""docs/reference.md: every command and option, from the commands' own help.

`python -m tests.reference docs/reference.md` writes it; a test holds the page to the commands.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin

from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.main import get_command

from tacit.__main__ import app
from tacit.nouns import NOUNS, Nouns
from zk.formats.files import write_files

_HEADER: Final = """\
# Reference

Every command of `tacit` and every option, from the commands' own help; `tacit COMMAND --help` says
the same. Results go to standard output; the backend, warnings and errors to standard error. What is
refused is one line that begins with `error:`, and the exit status is 1; a command line that cannot
be read gives 2.

On the command line and in JSON, amounts of cash are whole cents, prices are cents per lot, and
times are seconds since 1970. Tables and sentences are for people: they show dollars with two
decimals, and times as dates in UTC.

Every command that takes a `LEDGER` takes it from the variable `TACIT_LEDGER` where it has one
argument fewer than it wants: `tacit wallet deposit alice.wallet USD 500` is about the ledger of the
variable. A ledger that is named goes before it. A number below zero is a value wherever one is
wanted.

`tacit --install-completion` has bash, zsh or fish complete words and options.

"""
_EXAMPLE: Final = re.compile(r"^Example: (.*)\Z", re.MULTILINE | re.DOTALL)
#: What a value is called where the option gives it no name of its own.
_PLACEHOLDERS: Final[dict[object, str]] = {int: "N", float: "X", str: "TEXT", Path: "FILE"}

Parameter = TyperArgument | TyperOption


@dataclass(frozen=True)
class Documented:
    """A command, by the words that call it."""

    words: tuple[str, ...]
    command: TyperCommand | TyperGroup

    @property
    def name(self) -> str:
        return " ".join(self.words)

    @property
    def explanation(self) -> str:
        """Its help without the example."""
        return _EXAMPLE.sub("", self.command.help or "").strip()

    @property
    def example(self) -> str | None:
        """What its help shows to type, in one line."""
        found = _EXAMPLE.search(self.command.help or "")
        return None if found is None else " ".join(found[1].split())

    @property
    def parameters(self) -> list[Parameter]:
        """What it takes, arguments first; nothing that its help hides."""
        shown = [x for x in self.command.params if isinstance(x, Parameter) and not x.hidden]
        return sorted(shown, key=lambda each: isinstance(each, TyperOption))


def commands(command: Any = None, words: tuple[str, ...] = ("tacit",)) -> Iterator[Documented]:
    """Every command in the order of the help, each group before what it holds."""
    found: Any = get_command(app) if command is None else command
    yield Documented(words, found)
    for name, each in getattr(found, "commands", {}).items():
        loaded = NOUNS[name].load() if isinstance(found, Nouns) else each
        yield from commands(loaded, (*words, name))


def reference() -> str:
    """The whole page."""
    _, *below = commands()
    return _HEADER + _contents(below) + "".join(map(_section, below))


def _contents(below: list[Documented]) -> str:
    """A line for each command and group right below the top, with a link to it."""
    lines = [
        f"| [`{each.name}`](#{each.name.replace(' ', '-')}) | {_first_sentence(each)} |\n"
        for each in below
        if len(each.words) == 2
    ]
    return "| command | does |\n| --- | --- |\n" + "".join(lines)


def _section(documented: Documented) -> str:
    level = "#" * min(len(documented.words), 4)
    parts = [f"\n{level} {documented.name}\n", f"\n{documented.explanation}\n"]
    if documented.parameters:
        parts += [f"\n```text\n{_usage(documented)}\n```\n", f"\n{_table(documented)}"]
    if documented.example is not None:
        parts.append(f"\nExample: `{documented.example}`\n")
    return "".join(parts)


def _first_sentence(documented: Documented) -> str:
    return " ".join(documented.explanation.split("\n\n")[0].split())


def _usage(documented: Documented) -> str:
    """What has to be given, and which arguments may be; the other options are in the table."""
    named = [
        each for each in documented.parameters if each.required or isinstance(each, TyperArgument)
    ]
    rest = [] if len(named) == len(documented.parameters) else ["[OPTIONS]"]
    return " ".join([documented.name, *map(_name, named), *rest])


def _table(documented: Documented) -> str:
    rows = [
        f"| `{_name(each)}` | {_meaning(each)} | {_default(each)} |\n"
        for each in documented.parameters
    ]
    return "| argument or option | means | default |\n| --- | --- | --- |\n" + "".join(rows)


def _name(parameter: Parameter) -> str:
    if isinstance(parameter, TyperArgument):
        bare = _placeholder(parameter).strip("[]")
        return bare if parameter.required else f"[{bare}]"
    name = ", ".join((*parameter.opts, *parameter.secondary_opts))
    return name if parameter.is_flag else f"{name} {_placeholder(parameter)}"


def _placeholder(parameter: Parameter) -> str:
    if parameter.metavar is not None:
        return parameter.metavar
    if isinstance(parameter, TyperArgument):
        return parameter.opts[0].upper()
    kind = _kind(parameter)
    return _PLACEHOLDERS.get(kind, "CHOICE")


def _kind(parameter: Parameter) -> Any:
    """The type of one value, whether it may be absent or come several times."""
    kind: Any = parameter.type_descriptor.annotation
    while (origin := get_origin(kind)) is not None and origin is not Literal:
        kind = next(each for each in get_args(kind) if each is not type(None))
    return kind


def _meaning(parameter: Parameter) -> str:
    notes = [(parameter.help or "").replace("|", r"\|")]
    choices = _choices(_kind(parameter))
    if choices and not all(choice in notes[0] for choice in choices):
        notes.append(f"One of {', '.join(choices)}.")
    if parameter.min is not None or parameter.max is not None:
        notes.append(_range(parameter.min, parameter.max))
    if parameter.envvar is not None:
        notes.append(f"Else it is that of `{parameter.envvar}`.")
    if parameter.multiple:
        notes.append("May be given several times.")
    return " ".join(filter(None, notes))


def _choices(kind: Any) -> list[str]:
    if get_origin(kind) is Literal:
        return [str(each) for each in get_args(kind)]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return [str(each.value) for each in kind]
    return []


def _range(low: float | None, high: float | None) -> str:
    if high is None:
        return f"At least {low}."
    return f"At most {high}." if low is None else f"{low} to {high}."


def _default(parameter: Parameter) -> str:
    if parameter.required:
        return "required"
    if isinstance(parameter.show_default, str):
        return parameter.show_default
    value = parameter.default
    if value is None or value is False:
        return ""
    return str(value.value if isinstance(value, Enum) else value)


if __name__ == "__main__":
    for path in map(Path, sys.argv[1:]):
        write_files({path: reference().encode()})
