"""`tacit market`: what a ledger margins against, and whether that covers it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from circuits.shape import SHAPES
from development.files import read_offices
from ledger.ledger import Ledger
from ledger.market.columns import block_grids
from ledger.market.data import ONE_BPS, SCALE, Observation
from ledger.market.presets import preset
from tacit.clock import ledger_time
from tacit.console import BackendOption, JsonOption, announced, out, print_json
from tacit.cover import cover
from tacit.options import LedgerArgument, TimeOption
from zk.backends import Choice, select
from zk.errors import Conflict

app = typer.Typer(
    add_completion=False, help="The market that a ledger margins against.", no_args_is_help=True
)
app.command()(cover)


@app.command("show")
def show_market(ledger: LedgerArgument, as_json: JsonOption = False) -> None:
    """Show the current epoch: prices, and what one unit of everything gains or loses in each row.

    Example: tacit market show demo.ledger
    """
    with _open(ledger) as opened:
        market, risk = opened.state.current_market, opened.state.parameters.risk
    if as_json:
        print_json(market.model_dump(mode="json"))
        return
    listing = opened.genesis.listing
    prices = Table("underlying", "spot", "vol", "funding", title=f"epoch {market.epoch}")
    seen = market.observation
    for name, spot, vol, funding in zip(
        listing.underlyings, seen.spots, seen.vols, seen.funding, strict=True
    ):
        prices.add_row(name, f"{spot:,}", f"{vol / 1e6:.1%}", f"{funding / 1e6:,.2f}")
    out.print(prices)
    shape, table = opened.genesis.shape.shape, market.table
    worths = Table("of one unit", "mark", "charge, long", "charge, short", title="cash")
    charges = zip(table.long_charges, table.short_charges, strict=True)
    none = [(0, 0)] * shape.assets
    for label, mark, (long, short) in zip(
        listing.labels, table.mark, [*none, *charges], strict=True
    ):
        worths.add_row(label, *(f"{entry / 1e6:,.2f}" for entry in (mark, long, short)))
    out.print(worths)
    grids = zip(shape.columns, table.moves, block_grids(shape, listing, risk), strict=True)
    for columns, rows, grid in grids:
        labels = [listing.labels[column] for column in columns]
        moves = Table("price", "vol", *labels, title="moves of one unit")
        for place, row in zip(grid.rows, rows, strict=True):
            entries = (f"{entry / 1e6:,.2f}" for entry in row)
            part = "" if place.cover_bps == ONE_BPS else f" × {place.cover_bps / ONE_BPS:g}"
            price = _percent(place.price_bps) + part
            moves.add_row(price, _percent(place.vol_bps), *entries)
        out.print(moves)
    if market.is_locked:
        out.print("locked: prices moved further than an update may carry")


@app.command()
def publish(
    ledger: LedgerArgument,
    spot: Annotated[
        list[str] | None, typer.Option(help="UNDERLYING=PRICE, in cash units (cents).")
    ] = None,
    vol: Annotated[
        list[str] | None, typer.Option(help="UNDERLYING=VOL a year, 0.5 for half.")
    ] = None,
    funding: Annotated[
        list[str] | None,
        typer.Option(help="UNDERLYING=INDEX, accrued so far, in cash units per whole coin."),
    ] = None,
    basis: Annotated[
        list[str] | None,
        typer.Option(help="UNDERLYING=BASIS of its futures a year, 0.04 for 4 %."),
    ] = None,
    time: TimeOption = None,
    backend: BackendOption = Choice.AUTO,
    as_json: JsonOption = False,
) -> None:
    """Publish the market of a new epoch on a development ledger, as its oracles.

    What is not given stays as it was in the last epoch. A spot beyond its bound locks the market:
    the epoch moves by the bound, and trading waits until the prices are caught up with.

    Example: tacit market publish demo.ledger --spot BTC=6010000
    """
    chosen = announced(backend)
    with Ledger.open(ledger, chosen) as opened:
        offices, state = read_offices(ledger), opened.state
        market = state.market(state.pool.epoch)
        before = _preset_observation(opened) if market is None else market.observation
        names = state.charter.listing.underlyings
        seen = before.model_copy(
            update={
                "spots": _with(before.spots, names, spot or [], 1),
                "vols": _with(before.vols, names, vol or [], SCALE),
                "funding": _with(before.funding, names, funding or [], SCALE),
                "basis": _with(before.basis, names, basis or [], SCALE),
            }
        )
        seen = Observation.decode(seen.encode())
        now = ledger_time(opened, time)
        update = offices.update_market(opened.state_at(now), [seen, seen, seen], now)
        entry = opened.submit(update, now)
        published = opened.state.current_market
    locked = [
        name
        for name, said, kept in zip(names, seen.spots, published.observation.spots, strict=True)
        if said != kept
    ]
    document = {
        "epoch": published.epoch,
        "entry": entry.number,
        "time": now,
        "locked": locked,
        "governors": bool(update.governors),
    }
    if as_json:
        print_json(document)
        return
    typer.echo(f"epoch {published.epoch}, entry {entry.number}")
    if locked:
        typer.echo(f"locked: {', '.join(locked)} moved further than one update may carry")


def _preset_observation(opened: Ledger) -> Observation:
    """The first prices: those of the preset that has this listing."""
    for name in SHAPES:
        market = preset(name, opened.genesis.time)
        if market.listing == opened.genesis.listing:
            return market.observation
    raise Conflict("first market", expected="a listing of ours", actual="another")


def _with(
    before: tuple[int, ...], names: tuple[str, ...], changes: list[str], scale: int
) -> tuple[int, ...]:
    numbers, given = dict(zip(names, before, strict=True)), set[str]()
    for change in changes:
        name, _, text = change.partition("=")
        if name in given:
            raise Conflict(name, expected="one number", actual=", ".join(changes))
        given.add(name)
        if name not in numbers:
            raise Conflict("underlying", expected=f"one of {', '.join(names)}", actual=name)
        try:
            numbers[name] = round(float(text) * scale)
        except (ValueError, OverflowError):
            raise Conflict(name, expected="NAME=NUMBER", actual=change) from None
    return tuple(numbers.values())


def _percent(bps: int) -> str:
    return f"{bps / 100:+g} %" if bps else ""


def _open(path: Path) -> Ledger:
    return Ledger.open(path, select(), read_only=True)
