"""How a command reads what is typed after its name, where typer alone would not do.

A number below zero is a value and no option: none of ours begins with a digit. And `LEDGER` may be
left out where TACIT_LEDGER says which: with one argument fewer than a command takes, the ledger
is the variable's.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, Final

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

LEDGER_VARIABLE: Final = "TACIT_LEDGER"
_LEDGER: Final = "ledger"
_END: Final = "--"


class Command(TyperCommand):
    """One command of ours."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, args if ctx.resilient_parsing else self._read(ctx, args))

    def _read(self, ctx: Any, args: list[str]) -> list[str]:
        """The same command line, in the form that typer reads as we do."""
        with_value = self._with_value()
        options, values = _split(args, with_value)
        filled = self._with_ledger(values)
        if filled == values and not any(map(_is_number, values)):
            return args
        if args and args[-1] in with_value:
            ctx.fail(f"Option {args[-1]!r} requires an argument.")
        return [*options, _END, *filled]

    def _with_value(self) -> set[str]:
        """The options after which a value comes."""
        options = [each for each in self.params if isinstance(each, TyperOption)]
        return {name for each in options if not each.is_flag for name in each.opts}

    def _with_ledger(self, values: list[str]) -> list[str]:
        """The arguments; where just the ledger is missing, with the one of the environment."""
        names = [each.name for each in self.params if isinstance(each, TyperArgument)]
        ledger = os.environ.get(LEDGER_VARIABLE)
        if not ledger or _LEDGER not in names or len(values) != len(names) - 1:
            return values
        place = names.index(_LEDGER)
        return [*values[:place], ledger, *values[place:]]


class Group(TyperGroup):
    """A word with words after it: alone it explains itself, and is no success."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args and not self.invoke_without_command and not ctx.resilient_parsing:
            typer.echo(ctx.get_help(), nl=False)  # with colours it is on the screen already
            raise typer.Exit(2)
        return super().parse_args(ctx, args)


class App(typer.Typer):
    """A group of our commands; completion is the whole command's affair."""

    def __init__(self, **settings: Any) -> None:
        ours: dict[str, Any] = {"cls": Group, "add_completion": False}
        super().__init__(**ours | settings)

    def command(self, name: str | None = None, **settings: Any) -> Callable[..., Any]:
        ours: dict[str, Any] = {"cls": Command}
        return super().command(name, **ours | settings)


def _split(args: Sequence[str], with_value: set[str]) -> tuple[list[str], list[str]]:
    """Options with their values, and the arguments between them, both in their order."""
    options: list[str] = []
    values: list[str] = []
    rest = iter(args)
    for each in rest:
        if each == _END:
            values += rest
        elif each.startswith("-") and each != "-" and not _is_number(each):
            options.append(each)
            if each in with_value:
                options += [value for value in [next(rest, None)] if value is not None]
        else:
            values.append(each)
    return options, values


def _is_number(text: str) -> bool:
    return text[:1] == "-" and text[1:2].isdigit()
