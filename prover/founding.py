"""`tacit ledger init`, `tacit ledger endow`, `tacit market publish`: what needs keys of offices.

All are for development ledgers, whose offices all follow from one seed in a file beside the ledger
that says so. A production ledger is founded from a genesis that its founders wrote and signed off.
"""

from __future__ import annotations

import json
import time as clock
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

import typer

from circuits.shape import SHAPES
from ledger.encoding import one_line
from ledger.genesis import Endowment, Genesis
from ledger.ledger import Ledger
from ledger.market.data import SCALE, Observation
from ledger.market.presets import preset
from ledger.options import LedgerArgument, TimeOption
from prover.development import development_genesis
from prover.keys import KeyFiles, cache_folder
from prover.offices import InsecureOffices
from verifier.auditing.books import InsecureEscrowKey
from verifier.auditing.pins import pinned
from zk.backends import Backend, Choice
from zk.console import BackendOption, JsonOption, announced, err, print_json, progress_bar
from zk.errors import Conflict, Malformed, MalformedFile
from zk.formats.files import MAX_JSON_BYTES, read_bytes, write_secret_files
from zk.randomness import system_randomness
from zk.signatures import SigningKey

_SEED: Final = "insecure_seed"
_SHAPE: Final = "tiny"
_NAME: Final = "development"


def init(
    ledger: LedgerArgument,
    shape: Annotated[
        str | None, typer.Option(help=f"One of {', '.join(SHAPES)}.", show_default=_SHAPE)
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="What the ledger calls itself.", show_default=_NAME)
    ] = None,
    seed: Annotated[
        str | None, typer.Option(help="Repeat the offices exactly; they are then no secrets.")
    ] = None,
    genesis: Annotated[
        Path | None,
        typer.Option(help="Found a ledger from this genesis; it says what those and --time would."),
    ] = None,
    pin: Annotated[
        list[str] | None,
        typer.Option(
            help="With --genesis: STATEMENT=DIGEST of a verifying key; production needs all four."
        ),
    ] = None,
    keys: Annotated[
        Path | None,
        typer.Option(help="With --genesis: the same from the file that `tacit keys import` wrote."),
    ] = None,
    time: TimeOption = None,
    backend: BackendOption = Choice.AUTO,
    as_json: JsonOption = False,
) -> None:
    """Create a ledger: a development one with keys and offices made on the spot, or from a genesis.

    Example: tacit ledger init demo.ledger --shape tiny
    """
    chosen = announced(backend)
    if genesis is not None:
        _refuse_besides_genesis({"shape": shape, "name": name, "seed": seed, "time": time})
        founded = Genesis.decode(read_bytes(genesis, MAX_JSON_BYTES).strip())
        pins = pinned(pin or [], keys)
        if founded.mode == "production" or pins:
            founded.check_pins(pins)
        opened = Ledger.found(ledger, founded, chosen)
    elif pin or keys:
        expected = "--genesis, whose keys are compared with them"
        raise Conflict("--pin and --keys", expected=expected, actual="none")
    else:
        shape, name = _SHAPE if shape is None else shape, _NAME if name is None else name
        opened = _found_development(ledger, shape, name, seed, time, chosen)
    with opened:
        document = {
            "ledger": opened.id.hex(),
            "file": str(ledger),
            "mode": opened.genesis.mode,
            "root": opened.head.root.hex(),
            "keys": {key: value.key_digest for key, value in opened.genesis.statements},
        }
    if as_json:
        print_json(document)
    else:
        typer.echo(f"{ledger}: {opened.genesis.mode} ledger {opened.id.hex()[:16]}…")


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


def endow(
    ledger: LedgerArgument,
    amount: Annotated[int, typer.Argument(metavar="AMOUNT", min=1, help="In cents.")],
    time: TimeOption = None,
    backend: BackendOption = Choice.AUTO,
    as_json: JsonOption = False,
) -> None:
    """Pay cash into the insurance fund of a development ledger, as its custodian.

    Example: tacit ledger endow demo.ledger 100000000
    """
    with Ledger.open(ledger, announced(backend)) as opened:
        offices, now = read_offices(ledger), ledger_time(opened, time)
        entry = opened.submit(offices.endow(opened.state_at(now), amount), now)
        fund = opened.state.pool.fund.values[0]
    if as_json:
        print_json({"entry": entry.number, "time": entry.time, "fund": fund})
    else:
        typer.echo(f"endow: entry {entry.number}, fund {fund:,} in cash")


def read_offices(ledger: Path) -> InsecureOffices:
    """The offices of a development ledger, from the file beside it."""
    path = offices_path(ledger)
    try:
        seed = json.loads(read_bytes(path, MAX_JSON_BYTES))[_SEED]
        return InsecureOffices.of(bytes.fromhex(seed))
    except (ValueError, KeyError, TypeError):
        raise MalformedFile(
            str(path), expected=f"a JSON object with {_SEED}", actual="something else"
        ) from None


def offices_path(ledger: Path) -> Path:
    """Where the seed of a development ledger's offices lies."""
    return ledger.with_name(ledger.name + ".offices.insecure.json")


def endowed(genesis: Genesis, amount: int, custodian: SigningKey) -> Genesis:
    """The genesis with capital for the insurance fund, which its custodian has received.

    The signature covers all of the genesis, so it comes last.
    """
    blank = Endowment(amount=amount, signature=bytes(64))
    terms = genesis.model_copy(update={"endowment": blank})
    signed = blank.model_copy(update={"signature": custodian.sign(terms.endowment_message())})
    return terms.model_copy(update={"endowment": signed})


def ledger_time(opened: Ledger, time: int | None) -> int:
    """The time of the next entry: what was asked for, or now, but never before the last entry."""
    if time is not None:
        return time
    now = int(clock.time())
    _warn_of_clock(opened, now)
    return max(opened.head.time, now)


def _warn_of_clock(opened: Ledger, now: int) -> None:
    """Whoever runs a ledger sets its clock: who uses it has one of their own."""
    ahead = opened.head.time - now
    if abs(ahead) > opened.state.parameters.max_gap:
        where = "ahead of" if ahead > 0 else "behind"
        err.print(f"clock: the ledger's is {abs(ahead):,} s {where} this machine's")


def _refuse_besides_genesis(options: Mapping[str, object]) -> None:
    given = [f"--{option}" for option, value in options.items() if value is not None]
    if given:
        expected = "nothing that the genesis says itself"
        raise Conflict("--genesis", expected=expected, actual=", ".join(given))


def _found_development(
    path: Path, shape: str, name: str, seed: str | None, time: int | None, backend: Backend
) -> Ledger:
    if shape not in SHAPES:
        raise Conflict("shape", expected=f"one of {', '.join(SHAPES)}", actual=shape)
    if seed == "":
        raise Malformed("seed", expected="some text", actual="none")
    drawn = system_randomness(1 << 256).to_bytes(32, "big")
    secret = drawn if seed is None else seed.encode(errors="surrogateescape")
    with progress_bar() as progress:
        files = KeyFiles(cache_folder(), backend, progress)
        provers = files.insecure_development(SHAPES[shape])
    offices = InsecureOffices.of(secret)
    with one_line():
        market = preset(shape, int(clock.time()) if time is None else time)
        genesis = development_genesis(market, offices, provers.statement_keys(), name)
    document = json.dumps({_SEED: secret.hex()})
    escrow = InsecureEscrowKey(insecure_escrow_secret=offices.escrow_secret)
    beside = {
        offices_path(path): document.encode() + b"\n",
        path.with_name(path.name + ".escrow.insecure.json"): escrow.encode() + b"\n",
    }
    # The ledger comes first: where its name is taken, the files of the one that is there stay.
    opened = Ledger.found(path, genesis, backend)
    try:
        write_secret_files(beside)
    except BaseException:
        opened.close()
        path.unlink(missing_ok=True)  # ours: founding fails where anything has that name
        raise
    return opened


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
