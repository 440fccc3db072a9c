"""The stage of a demonstration: a ledger in a file, desks with names, and what to show of them.

What a desk knows stands on the left, what everybody sees of it on the right. Each step says in
words what is proven, and how long it took.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Final

from rich.columns import Columns
from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from development.genesis import development_genesis
from development.guardians import Guardians
from development.offices import InsecureOffices
from development.venue import Venue
from ledger.log import Entry
from ledger.market.data import Observation
from ledger.market.instrument import Instrument
from ledger.market.presets import Preset, preset
from ledger.market.risk import RiskEngine
from prover.author import Author
from prover.keys import KeyFiles, cache_folder
from prover.unprovable import headline
from prover.wallet.exposure import exposure
from tacit.access import found_ledger
from tacit.audit_summary import show
from tacit.console import progress_bar
from verifier import audit
from zk.backends import Backend, Choice
from zk.errors import Unsatisfied, ZkError
from zk.randomness import Randomness, insecure_seeded_randomness, system_randomness

#: Of the insurance fund, in cents: a demonstration's is a million dollars.
_CAPITAL: Final = 100_000_000
#: Whom the native backend serves; the reference needs minutes for a larger shape.
SHAPE_FOR: Final[Mapping[str, str]] = {Choice.NATIVE: "standard", Choice.PY_ECC: "tiny"}


@dataclass
class Stage:
    """One demonstration."""

    console: Console
    venue: Venue
    path: Path
    guardians: Guardians
    names: dict[int, str] = field(default_factory=dict)

    # Setting it up.

    @classmethod
    def set(cls, console: Console, path: Path, backend: Backend, seed: int | None) -> Stage:
        """A development ledger with its first market; the same one for the same seed."""
        market = preset(SHAPE_FOR[backend.name])
        start = perf_counter()
        with progress_bar() as progress:
            provers = KeyFiles(cache_folder(), backend, progress).insecure_development(
                market.shape, _randomness(seed, "proofs")
            )
        _timed(console, perf_counter() - start, "development keys (insecure: anyone can make them)")
        offices = InsecureOffices.of(_randomness(seed, "offices")(1 << 256).to_bytes(32, "big"))
        start = perf_counter()
        guardians = Guardians.met(offices.guardians, _randomness(seed, "guardians"))
        genesis = development_genesis(
            market, offices, provers.statement_keys(), "demonstration", guardians.escrow_key()
        )
        _timed(console, perf_counter() - start, "three guardians make an escrow key that two share")
        ledger = found_ledger(path, genesis, backend)
        randomness = _randomness(seed, "desks")
        venue = Venue(ledger, offices, market, provers, randomness, market.time)
        stage = cls(console, venue, path, guardians)
        venue.publish()
        venue.submit(offices.endow(venue.state, _CAPITAL))
        return stage

    def desk(self, name: str, cash: int) -> Author:
        """A new account with a deposit; everybody sees the deposit and nothing after it."""
        author = self.venue.join(cash)
        self.names[author.account] = name
        return author

    # Playing.

    def title(self, text: str) -> None:
        """The head of a scenario."""
        self.console.rule(f"[bold]{text}[/]")

    def say(self, text: str) -> None:
        """A sentence to the audience."""
        self.console.print(text)

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        """Something that is done, and how long it took."""
        start = perf_counter()
        with progress_bar():
            yield
        _timed(self.console, perf_counter() - start, text)

    def refused(self, text: str, attempt: Callable[[], object]) -> None:
        """Something that must not succeed, and the reason that was given."""
        try:
            attempt()
        except ZkError as refusal:
            self.console.print(f"          [red]refused[/]  {text}")
            self.console.print(Text(f"                   {_reason(refusal)}", style="dim"))
        else:
            raise AssertionError(f"{text}: that should have been refused")

    def pass_time(self, seconds: int) -> None:
        """The ledger's clock moves on."""
        self.venue.now += seconds

    def publish(self, seen: Observation) -> Entry:
        """The oracles sign what they saw."""
        return self.venue.publish(seen)

    def reveal(self, author: Author) -> Entry:
        """Two of three guardians open an overdue account."""
        return self.venue.submit(self.guardians.reveal(self.venue.ledger, author.account))

    def verdict(self, backend: Backend) -> None:
        """What an auditor says who has the file and nothing else."""
        self.title("the auditor, who has the file and nothing else")
        start = perf_counter()
        report = audit(self.path, backend=backend)
        _timed(self.console, perf_counter() - start, "everything replayed and verified again")
        show(report, self.console)
        self.console.print(f"ledger: {self.path}", soft_wrap=True)

    # Looking.

    def sides(self, author: Author) -> None:
        """What a desk knows, beside what the ledger and everybody else sees."""
        known = self._portfolio(author.known.values)
        self._pair(
            f"{self.names[author.account]} knows", known, "everybody sees", self._seen(author)
        )

    def facing(self, left: Author, right: Author) -> None:
        """What two desks know, each of itself alone."""
        panels = [
            (f"{self.names[one.account]} knows", self._portfolio(one.known.values))
            for one in (left, right)
        ]
        self._pair(*panels[0], *panels[1])

    def margin(self, author: Author) -> None:
        """What every row of every coin does to a portfolio: for its owner's eyes."""
        seen = exposure(self.venue.state, author.known.values)
        table = Table(title=f"margin, as {self.names[author.account]} computes it", box=None)
        table.add_column("one coin moves")
        table.add_column("profit or loss", justify="right")
        table.add_column("")
        most = max(1, max(abs(row.profit) for row in seen.rows))
        for row in seen.rows:
            bar = "█" * round(20 * abs(row.profit) / most)
            style = "red" if row.profit < 0 else "green"
            table.add_row(row.label, _money(row.profit), Text(bar, style=style))
        self.console.print(table)
        lost = " ".join(
            f"Of {coin.name} at most {_money(coin.loss)} is lost, and {_money(coin.charges)} is "
            "charged for what no row shows."
            for coin in seen.coins
        )
        self.console.print(
            f"{lost} Equity {_money(seen.equity)}, initial margin {_money(seen.initial)}, "
            f"maintenance {_money(seen.maintenance)}."
        )

    @property
    def market(self) -> Preset:
        return self.venue.market

    @property
    def observation(self) -> Observation:
        """The prices of the current epoch."""
        return self.venue.state.current_market.observation

    @property
    def engine(self) -> RiskEngine:
        return self.market.engine()

    def slot(self, kind: str, right: str | None = None) -> int:
        """The first listed instrument of a kind."""
        for index, one in enumerate(self.market.listing.instruments):
            if _is(one, kind, right):
                return index
        raise LookupError(f"no {kind} is listed")

    def mark(self, slot: int) -> int:
        """What one lot is worth at the mark, in cents."""
        return round(self.venue.state.current_market.table.mark[self.venue.lot(slot)] / 1e6)

    def _portfolio(self, values: Sequence[int]) -> Table:
        table = Table(show_header=False, box=None, padding=(0, 1))
        table.add_column()
        table.add_column(justify="right")
        for label, value in zip(self.market.listing.labels, values, strict=True):
            if value:
                shown = _money(value) if label == self.market.listing.labels[0] else f"{value:+,}"
                table.add_row(label, shown)
        return table

    def _seen(self, author: Author) -> Table:
        account = self.venue.state.account(author.account)
        table = Table(show_header=False, box=None, padding=(0, 1))
        table.add_row("account", str(account.id))
        table.add_row("C", account.commitment.encode().hex()[:24] + "…")
        table.add_row("proofs", "none owed" if account.exempt else f"epoch {account.standing}")
        table.add_row("status", account.status)
        return table

    def _pair(self, left: str, one: Table, right: str, other: Table) -> None:
        width = min(self.console.width, 120) // 2 - 1
        panels = [
            Panel(one, title=left, title_align="left", width=width),
            Panel(other, title=right, title_align="left", width=width),
        ]
        self.console.print(Columns(panels, padding=0))


def lower(seen: Observation, bps: Sequence[int]) -> Observation:
    """Prices that fell by so much."""
    spots = tuple(spot - spot * fall // 10_000 for spot, fall in zip(seen.spots, bps, strict=True))
    return seen.model_copy(update={"spots": spots})


def _is(instrument: Instrument, kind: str, right: str | None) -> bool:
    own = instrument.model_dump()
    return own["kind"] == kind and (right is None or own.get("right") == right)


def _money(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}${abs(cents) / 100:,.0f}"


def _reason(refusal: ZkError) -> str:
    """Of a false statement the check that fails; the numbers in it are the prover's own."""
    if isinstance(refusal, Unsatisfied):
        return headline(refusal)
    line = str(refusal)
    return line if len(line) < 160 else line[:159] + "…"


def _timed(console: Console, seconds: float, text: str) -> None:
    console.print(f"[cyan]{seconds:7.2f} s[/]  {text}")


def _randomness(seed: int | None, purpose: str) -> Randomness:
    if seed is None:
        return system_randomness
    return insecure_seeded_randomness(f"tacit demo {purpose} {seed}".encode())
