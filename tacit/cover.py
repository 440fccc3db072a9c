"""`tacit market cover`: does the margin of a preset market cover what its market may do?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Annotated, Any

import typer
from rich.table import Table

from ledger.market.cover import TOLD_FOR, Cover, Found, Move
from ledger.market.cover import cover as find_cover
from ledger.market.data import ONE_BPS, SCALE
from ledger.market.offsets import Offsets, offsets
from ledger.market.presets import Preset, preset
from ledger.market.residuals import Shortfall
from ledger.wording import money
from tacit.console import JsonOption, err, out, print_json, progress_bar
from zk.errors import Rejected

_LOCKED = (
    "Beyond the bounds of an update a market is locked, and that no margin covers: "
    "the fund carries it, and then winners do."
)


def cover(
    shape: Annotated[str, typer.Option(help="The preset whose market is attacked.")] = "standard",
    moves: Annotated[
        int, typer.Option(min=0, help="Moves of each coin, beside those of the fixed list.")
    ] = 500,
    seed: Annotated[int, typer.Option(help="Draws the same moves again.")] = 0,
    zero_charges: Annotated[
        bool, typer.Option("--zero-charges", help="Attack the rows alone: what charges are for.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Look for a book that loses more in one move than maintenance margin asks of it.

    The exit status is 1 where there is one and charges count.

    Example: tacit market cover --shape standard --moves 5000 --seed 7
    """
    market = preset(shape)
    with progress_bar() as progress:
        found = find_cover(
            market.engine(),
            market.observation,
            market.time,
            moves=moves,
            seed=seed,
            charged=not zero_charges,
            progress=progress,
        )
    offset = offsets(market.engine(), market.observation, market.time)
    if as_json:
        print_json(_document(market, found, offset))
    else:
        _print(market, found, offset)
    if not found.holds and not zero_charges:
        raise Rejected(
            "cover", expected="no book that loses more than its margin", actual=_verdict(found)
        )


def _document(market: Preset, found: Cover, offset: Offsets) -> dict[str, Any]:
    shown = found.free or found.worst
    return {
        "worst": found.ratio,
        "unbounded": found.unbounded,
        "moves": found.moves,
        "portfolio": {} if shown is None else shown.holdings,
        "move": None if shown is None else asdict(shown.move),
        "charges": [asdict(line) for line in _lines(market)],
        "leverages": dict(offset.leverages),
        "calendar_spreads": dict(offset.calendar_spreads),
        "straddles": {label: asdict(each) for label, each in offset.straddles.items()},
    }


@dataclass(frozen=True, slots=True)
class _Side:
    """What a side of a lot is charged and was short of, in basis points of its notional."""

    charge_bps: float
    shortfall_bps: float
    made_by: Shortfall


@dataclass(frozen=True, slots=True)
class _Line:
    """Both sides of one instrument."""

    instrument: str
    long: _Side
    short: _Side


def _lines(market: Preset) -> Iterator[_Line]:
    engine = market.engine()
    table = engine.table(market.observation, market.time)
    residuals = engine.residuals(market.observation, market.time)
    labels = market.listing.labels[market.shape.assets :]
    for slot, instrument in enumerate(market.listing.instruments):
        weight = instrument.weight(market.observation)
        long, short = residuals[slot].long, residuals[slot].short
        yield _Line(
            labels[slot],
            _side(table.long_charges[slot], long, weight),
            _side(table.short_charges[slot], short, weight),
        )


def _side(charge: int, shortfall: Shortfall, weight: int) -> _Side:
    per_bps = weight / ONE_BPS
    return _Side(charge / per_bps, shortfall.amount * SCALE / per_bps, shortfall)


def _print(market: Preset, found: Cover, offset: Offsets) -> None:
    charges = Table(
        *("instrument", "side", "charge", "short of", "in the move"),
        title="what a side of a lot is charged, in basis points of its notional",
    )
    for line in _lines(market):
        charges.add_row(line.instrument, "long", *_cells(line.long))
        charges.add_row("", "short", *_cells(line.short))
    out.print(charges)
    books = Table("book", "initial margin", title="what books are asked for")
    for label, leverage in offset.leverages.items():
        books.add_row(label, f"{leverage:.2f} times levered at most")
    for label, share in offset.calendar_spreads.items():
        books.add_row(f"{label} against its perpetual", f"{share:.1%} of both outright")
    for label, straddle in offset.straddles.items():
        text = f"{straddle.long:.0%} of its legs long, {straddle.short:.0%} short"
        books.add_row(f"{label}, its put, delta hedged", text)
    out.print(books)
    typer.echo(f"{found.moves:,} moves: {_verdict(found)}")
    shown = found.free or found.worst
    if shown is not None:
        asked = "no margin" if shown is found.free else f"margin of ${money(TOLD_FOR)}"
        typer.echo(f"with {asked}: {_told(shown)}")
    err.print(_LOCKED, soft_wrap=True)


def _cells(side: _Side) -> tuple[str, str, str]:
    made = side.made_by
    move = f"{made.price_bps / 100:+.1f} %, vol {made.vol_bps / 100:+.0f} %, {made.seconds:,} s"
    shown = move if side.shortfall_bps else ""
    return f"{side.charge_bps:.1f}", f"{side.shortfall_bps:.1f}", shown


def _verdict(found: Cover) -> str:
    if found.unbounded:
        return f"in {found.unbounded:,} of them a book loses of which nothing is asked"
    return f"a book loses at most {found.ratio:.4f} of its maintenance margin"


def _told(found: Found) -> str:
    held = ", ".join(f"{lots:+,} {label}" for label, lots in found.holdings.items())
    return f"{held or 'nothing that is a whole lot'}; {_move(found.move)}"


def _move(move: Move) -> str:
    return (
        f"{move.underlying} {move.price_bps / 100:+.2f} %, vol {move.vol_bps / 100:+.1f} %, "
        f"after {move.seconds:,} s, rate {move.rate:+.2%}, funding {move.funding:+,.0f}, "
        f"basis {move.basis:+.2%}, slope {move.slope:+.2%}"
    )
