"""`tacit demo`: private trades to watch, on a ledger to keep."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import mkdtemp
from types import MappingProxyType
from typing import Annotated, Final

import typer

from ledger.storage.creation import check_free
from tacit.console import BackendOption, out
from tacit.demo.darkpool import darkpool
from tacit.demo.default import default
from tacit.demo.disclosure import disclosure
from tacit.demo.otc import otc
from tacit.demo.stage import SHAPE_FOR, Stage
from zk.backends import Choice, describe, select
from zk.errors import Conflict

Scenario = Callable[[Stage], None]
SCENARIOS: Final[Mapping[str, Scenario]] = MappingProxyType(
    {"otc": otc, "darkpool": darkpool, "default": default, "disclosure": disclosure}
)
#: What is played where nothing is asked for: a trade, and what happens when one goes wrong.
_TOUR: Final = ("otc", "default")


def demo(
    scenario: Annotated[
        str | None,
        typer.Argument(metavar="[SCENARIO]", help=f"One of {', '.join(SCENARIOS)}, or all."),
    ] = None,
    backend: BackendOption = Choice.AUTO,
    seed: Annotated[
        int | None, typer.Option(help="Repeat a run exactly; its secrets are then no secrets.")
    ] = None,
    ledger: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where the ledger goes.")
    ] = None,
) -> None:
    """Watch desks trade, default and disclose, without anybody seeing what they hold.

    Example: tacit demo otc --seed 7
    """
    chosen = select(backend)
    played = _played(scenario)
    out.print(f"backend: {describe(chosen)}", soft_wrap=True)
    shape = SHAPE_FOR[chosen.name]
    if shape == "tiny":
        out.print("shape tiny: the reference would need minutes for a larger one")
    path = ledger or Path(mkdtemp(prefix="tacit-")) / "demo.ledger"
    check_free(path)
    stage = Stage.set(out, path, chosen, seed)
    with stage.venue.ledger:
        for name in played:
            SCENARIOS[name](stage)
    stage.verdict(chosen)


def _played(scenario: str | None) -> tuple[str, ...]:
    if scenario is None:
        return _TOUR
    if scenario == "all":
        return tuple(SCENARIOS)
    if scenario not in SCENARIOS:
        raise Conflict("scenario", expected=f"one of {', '.join(SCENARIOS)}, all", actual=scenario)
    return (scenario,)
