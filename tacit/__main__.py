"""The command: finds the module of the word that was typed, and turns every error into one line."""

from __future__ import annotations

import sys
from importlib.metadata import version as version_of
from typing import Annotated

import typer
from typer._click.exceptions import NoArgsIsHelpError, UsageError

from tacit.nouns import Nouns
from tacit.refusal import print_refusal
from zk.errors import ZkError

app = typer.Typer(
    cls=Nouns,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"tacit {version_of('tacit')}")
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
        sys.exit(app(prog_name="tacit", standalone_mode=False))
    except ZkError as error:
        print_refusal(error)
        sys.exit(1)
    except NoArgsIsHelpError as help_wanted:
        help_wanted.show()
        sys.exit(help_wanted.exit_code)
    except UsageError as error:
        command = error.ctx.command_path if error.ctx is not None else "tacit"
        print_refusal(f"{command}: {error.format_message()}")
        sys.exit(error.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        print_refusal("interrupted")
        sys.exit(130)


if __name__ == "__main__":
    main()
