"""The command: mounts the packages' subcommands, and turns every error into one line."""

from __future__ import annotations

import sys

import typer
from typer._click.exceptions import NoArgsIsHelpError, UsageError

from benchmarks.auditing.command import bench_audit
from benchmarks.margins.command import bench_margins
from benchmarks.proving.command import bench
from benchmarks.settling.command import bench_ledger
from benchmarks.sizes.clearing_command import bench_clearing_house
from benchmarks.sizes.command import bench_sizes, bench_synthetic
from circuits.command import app as circuits_app
from ledger.command import app as ledger_app
from ledger.command import market_app
from ledger.cover_command import cover
from prover.command import prove
from prover.demonstration.command import demo
from prover.founding import endow, init, publish
from prover.keys_command import app as keys_app
from prover.matcher.command import app as matcher_app
from prover.wallet.command import app as wallet_app
from verifier.audit_command import audit
from verifier.command import verify
from zk.console import print_refusal
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
app.command()(audit)
bench_app = typer.Typer(invoke_without_command=True)
bench_app.callback()(bench)
bench_app.command("ledger")(bench_ledger)
bench_app.command("audit")(bench_audit)
bench_app.command("sizes")(bench_sizes)
bench_app.command("synthetic")(bench_synthetic)
bench_app.command("clearing-house")(bench_clearing_house)
bench_app.command("margins")(bench_margins)
app.add_typer(bench_app, name="bench")
app.add_typer(circuits_app, name="circuits")
app.add_typer(keys_app, name="keys")
ledger_app.command()(init)
ledger_app.command()(endow)
app.add_typer(ledger_app, name="ledger")
market_app.command()(publish)
market_app.command()(cover)
app.add_typer(market_app, name="market")
app.add_typer(matcher_app, name="matcher")
app.add_typer(wallet_app, name="wallet")


def main() -> None:
    """Run the command; what is refused is one line on standard error, and the exit status is not 0.

    It is 1 for what was looked at and refused, and 2 for what could not even be read as a command.
    """
    try:
        sys.exit(app(standalone_mode=False))
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
