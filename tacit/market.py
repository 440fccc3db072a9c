"""`tacit market`: what a ledger margins against, and whether that covers it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.table import Table

from circuits.shape import SHAPES
from development.files import read_offices
from ledger.errors import MalformedTransition
from ledger.market.columns import block_grids
from ledger.market.data import ONE_BPS, SCALE, Observation
from ledger.market.presets import preset
from ledger.port import LedgerPort
from ledger.wording import money
from tacit.access import open_ledger
from tacit.clock import ledger_time
from tacit.console import BackendOption, JsonOption, announced, out, print_json
from tacit.cover import cover
from tacit.options import LedgerArgument, TimeOption
from tacit.typed import scaled, unscaled
from tacit.words import App
from zk.backends import Choice
from zk.errors import Conflict, Malformed

app = App(help="The market that a ledger margins against.")
app.command()(cover)


@app.command("show")
def show_market(ledger: LedgerArgument, as_json: JsonOption = False) -> None:
    """Show the current epoch: prices, and what one unit of everything gains or loses in each row.

    Example: tacit market show demo.ledger
    """
    with open_ledger(ledger, read_only=True) as opened:
        market, risk = opened.state.current_market, opened.state.parameters.risk
    if as_json:
        print_json(market.model_dump(mode="json"))
        return
    listing = opened.genesis.listing
    prices = Table(
        "underlying", "spot", "vol", "funding", title=f"epoch {market.epoch}, in dollars"
    )
    seen = market.observation
    for name, spot, vol, funding in zip(
        listing.underlyings, seen.spots, seen.vols, seen.funding, strict=True
    ):
        prices.add_row(name, money(spot), f"{vol / 1e6:.1%}", _dollars(funding))
    out.print(prices)
    shape, table = opened.genesis.shape.shape, market.table
    worths = Table(
        "of one unit",
        "mark",
        "charge, long",
        "charge, short",
        title="what one unit is worth, in dollars",
    )
    charges = zip(table.long_charges, table.short_charges, strict=True)
    none = [(0, 0)] * shape.assets
    for label, mark, (long, short) in zip(
        listing.labels, table.mark, [*none, *charges], strict=True
    ):
        worths.add_row(label, *map(_dollars, (mark, long, short)))
    out.print(worths)
    grids = zip(shape.columns, table.moves, block_grids(shape, listing, risk), strict=True)
    for columns, rows, grid in grids:
        labels = [listing.labels[column] for column in columns]
        moves = Table("price", "vol", *labels, title="moves of one unit, in dollars")
        for place, row in zip(grid.rows, rows, strict=True):
            part = "" if place.cover_bps == ONE_BPS else f" × {place.cover_bps / ONE_BPS:g}"
            price = _percent(place.price_bps) + part
            moves.add_row(price, _percent(place.vol_bps), *map(_dollars, row))
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
    with open_ledger(ledger, chosen) as opened:
        offices, state = read_offices(ledger), opened.state
        market = state.market(state.pool.epoch)
        before = _preset_observation(opened) if market is None else market.observation
        names = state.charter.listing.underlyings
        changes = {"spots": spot, "vols": vol, "funding": funding, "basis": basis}
        seen = _seen(before, names, {field: given or [] for field, given in changes.items()})
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


def _preset_observation(opened: LedgerPort) -> Observation:
    """The first prices: those of the preset that has this listing."""
    for name in SHAPES:
        market = preset(name, opened.genesis.time)
        if market.listing == opened.genesis.listing:
            return market.observation
    raise Conflict("first market", expected="a listing of ours", actual="another")


def _seen(
    before: Observation, names: tuple[str, ...], changes: Mapping[str, list[str]]
) -> Observation:
    """The last observation with what was typed in its place."""
    update = {
        field: _with(getattr(before, field), names, given, 1 if field == "spots" else SCALE)
        for field, given in changes.items()
    }
    with _as_typed(names, changes):
        return Observation.decode(before.model_copy(update=update).encode())


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
        numbers[name] = scaled(text, scale, name)
    return tuple(numbers.values())


@contextmanager
def _as_typed(names: tuple[str, ...], changes: Mapping[str, list[str]]) -> Iterator[None]:
    """What an observation refuses is told in the numbers of whoever typed it."""
    try:
        yield
    except MalformedTransition as refusal:
        field, _, place = refusal.subject.partition(".")
        if field not in changes or not place.isdecimal():
            raise
        scale, prefix = 1 if field == "spots" else SCALE, f"{names[int(place)]}="
        for change in changes[field]:
            if change.startswith(prefix):
                expected = re.sub(
                    "-?[0-9]+", lambda found: unscaled(int(found[0]), scale), str(refusal.expected)
                )
                raise Malformed(prefix[:-1], expected=expected, actual=change) from None
        raise


def _dollars(millionths: int) -> str:
    """Millionths of a cent; what one unit of a coin is worth is far below a cent."""
    number = millionths / SCALE / 100
    if abs(number) >= 0.01:
        return f"{number:,.2f}"
    whole, _, fraction = f"{number:.6f}".partition(".")
    return f"{whole}.{fraction[:2]}{fraction[2:].rstrip('0')}"


def _percent(bps: int) -> str:
    return f"{bps / 100:+g} %" if bps else ""
