"""The command: mounts the packages' subcommands, and turns every error into one line."""

from __future__ import annotations

import sys

import typer

from benchmarks.command import bench
from circuits.command import app as circuits_app
from prover.command import prove
from prover.demonstration import demo
from verifier.command import verify
from zk.console import err
from zk.errors import ZkError

app = typer.Typer(
    help="Private settlement of derivatives trades: prove margin, verify, audit.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(demo)
app.command()(prove)
app.command()(verify)
app.command()(bench)
app.add_typer(circuits_app, name="circuits")


def main() -> None:
    """Run the command; what is refused is one line on standard error and exit status 1."""
    try:
        app()
    except ZkError as error:
        line = " ".join(str(error).split())
        err.print(f"error: {line}", markup=False, soft_wrap=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
