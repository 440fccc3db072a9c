"""What the commands about a ledger share: which one, and at what time."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tacit.words import LEDGER_VARIABLE

LedgerArgument = Annotated[
    Path, typer.Argument(metavar="LEDGER", help="The ledger's file.", envvar=LEDGER_VARIABLE)
]
TimeOption = Annotated[
    int | None, typer.Option("--time", help="The ledger's time in seconds; now, if not given.")
]
