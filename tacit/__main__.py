"""The command: finds the module of the word that was typed, and turns every error into one line."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Annotated, Final

import typer

from tacit.nouns import Nouns
from tacit.refusal import print_refusal
from zk.errors import ZkError
from zk.formats.mistakes import Invalid, first_mistake

_INTERRUPTED: Final = 130

app = typer.Typer(
    cls=Nouns,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"tacit {import_module('tacit.version').version()}")
        raise typer.Exit


@app.callback()
def tacit(
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    """Private settlement of derivatives trades: prove margin, verify, audit."""


def main() -> None:
    """Run the command; what is refused is one line on standard error, and the exit status is not 0.

    It is 1 for what was looked at and refused, and 2 for what could not even be read as a command.
    """
    try:
        status = app(prog_name="tacit", standalone_mode=False)
        if status == _INTERRUPTED:  # typer makes this of a KeyboardInterrupt, and says nothing
            raise KeyboardInterrupt
        sys.exit(status)
    except ZkError as error:
        print_refusal(error)
        sys.exit(1)
    except typer.TyperException as error:
        if isinstance(error.__cause__, Invalid):  # a value that is none of its option's
            mistake = first_mistake(error.__cause__)
            error.message = f"expected {mistake.expected}, got {mistake.actual}"
        context = getattr(error, "ctx", None)
        command = "tacit" if context is None else context.command_path
        print_refusal(f"{command}: {error.format_message()}")
        sys.exit(error.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        print_refusal("interrupted")
        sys.exit(_INTERRUPTED)


if __name__ == "__main__":
    main()
