"""What a clearing house would need, worked out from what was measured.

Nothing here was run at that size: every row is a measured figure times how often it occurs, and
says which. Three things are assumed besides: that the accounts are of the shape that was measured,
that its costs stay the same all year, and that work which several cores can share is shared evenly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from circuits.shape import SHAPES
from zk.backends import Choice
from zk.errors import Conflict

Document = Mapping[str, Any]

#: The results that are read, by their names.
SOURCES: Final = ("standard", "ledger", "audit", "sizes")
DAY: Final = 86_400
#: What proves margin, and what may stand for it.
_STATEMENTS: Final = ("margin", "solvency")
#: What a ledger can leave to other cores while it applies one transition after the other.
_SHARED: Final = ("parse", "signatures", "balance", "proofs")
_IN_ORDER: Final = ("judge", "apply", "store")


@dataclass(frozen=True, slots=True)
class ClearingHouse:
    """How much there is to do."""

    accounts: int = 100_000
    epochs_a_day: int = 24
    legs_a_day: int = 10
    #: Within how many seconds all proofs of an epoch arrive, if everybody waits to the end.
    rush: int = 300

    @property
    def epoch(self) -> float:
        """Seconds between two markets."""
        return DAY / self.epochs_a_day

    @property
    def proofs_a_day(self) -> int:
        """One proof of margin for each account and epoch."""
        return self.accounts * self.epochs_a_day

    @property
    def all_legs(self) -> int:
        """Settled legs of all accounts in a day."""
        return self.accounts * self.legs_a_day


@dataclass(frozen=True, slots=True)
class Need:
    """One row: a number of this unit, and what it was worked out from."""

    who: str
    what: str
    value: float
    unit: str
    basis: str


def needs(house: ClearingHouse, results: Mapping[str, Document]) -> list[dict[str, Any]]:
    """All rows, as JSON."""
    for name in SOURCES:
        if name not in results:
            raise Conflict("results", expected=f"{', '.join(SOURCES)}", actual=f"no {name}.json")
    parts = (_owners, _ledger, _log, _audit, _state, _epoch, _large)
    return [asdict(need) for part in parts for need in part(house, results)]


def _owners(house: ClearingHouse, results: Mapping[str, Document]) -> Iterator[Need]:
    figures, threads = _figures(results["standard"])
    each = figures["whole_verified"]["median"] * threads
    basis = f"{figures['circuit']}, witness and verification included; threads: {threads}"
    yield Need("owners", "one proof of margin", each, "CPU seconds", basis)
    basis = "one each; nobody waits for anybody else"
    yield Need("owners", "all of an epoch", house.accounts * each, "CPU seconds", basis)
    cores = house.accounts * each / house.epoch
    yield Need("owners", "if one machine made them all", cores, "cores", "within the epoch")


def _ledger(house: ClearingHouse, results: Mapping[str, Document]) -> Iterator[Need]:
    margin, signed = (_accepted(results["ledger"], kind) for kind in ("margin", "signed"))
    rate = margin["legs_per_second"]
    basis = f"{rate:,.0f} a second on one core, from bytes to disk"
    cores = house.accounts / rate / house.epoch
    yield Need("ledger", "proofs of margin, spread over the epoch", cores, "cores", basis)
    basis = f"all within the last {house.rush:,} s"
    yield Need("ledger", "the same in a rush", house.accounts / rate / house.rush, "cores", basis)
    in_order = house.accounts * sum(margin["steps"][name] for name in _IN_ORDER)
    basis = f"{', '.join(_IN_ORDER)}: one after the other on any number of cores"
    yield Need("ledger", "of that in order", in_order, "seconds", basis)
    shared = house.accounts * sum(margin["steps"][name] for name in _SHARED) / house.rush
    basis = f"{', '.join(_SHARED)}: could be shared; the ledger of today does not"
    yield Need("ledger", "of that on other cores, in a rush", shared, "cores", basis)
    figures, threads = _figures(results["standard"])
    count, batch = _largest_batch(figures)
    each = batch["median"] * threads / count
    basis = f"{1 / each:,.0f} a second on one core, {count:,} of {figures['circuit']} at a time"
    seconds = house.accounts * each
    yield Need("ledger", "the proofs alone, in batches", seconds, "seconds", basis)
    cores = house.all_legs / signed["legs_per_second"] / DAY
    basis = f"{house.legs_a_day} signed legs per account and day, {signed['legs']} to a settlement"
    yield Need("ledger", "trades", cores, "cores", basis)


def _log(house: ClearingHouse, results: Mapping[str, Document]) -> Iterator[Need]:
    audit = results["audit"]
    proof, leg = _file_bytes(audit, "margin"), _file_bytes(audit, "signed") / _legs(audit)
    market = _file_bytes(audit, "epochs")
    basis = f"{proof:,.0f} bytes of the file for a proof of margin"
    an_epoch = house.accounts * proof
    yield Need("log", "proofs of margin of an epoch", an_epoch, "bytes", basis)
    basis = f"{leg:,.0f} bytes a leg"
    yield Need("log", "trades of a day", house.all_legs * leg, "bytes", basis)
    day = house.proofs_a_day * proof + house.all_legs * leg + house.epochs_a_day * market
    yield Need("log", "a day", day, "bytes", "proofs, trades, markets")
    yield Need("log", "a year", 365 * day, "bytes", "nothing is ever removed from the log")


def _audit(house: ClearingHouse, results: Mapping[str, Document]) -> Iterator[Need]:
    audit = results["audit"]
    proof = _seconds(audit, "margin")
    leg = _seconds(audit, "signed") / _legs(audit)
    market = _seconds(audit, "epochs")
    day = house.proofs_a_day * proof + house.all_legs * leg + house.epochs_a_day * market
    basis = f"{1 / proof:,.0f} proofs of margin and {1 / leg:,.0f} legs a second, one core"
    yield Need("audit", "a day of the log", day, "seconds", basis)
    yield Need("audit", "to keep up with the ledger", day / DAY, "cores", "the same, all day")
    memory = house.accounts * _marginal(audit, "accounts")["memory_each"]
    basis = "by the growth with accounts, extrapolated; the log is not held"
    yield Need("audit", "memory for the accounts", memory, "bytes", basis)


def _state(house: ClearingHouse, results: Mapping[str, Document]) -> Iterator[Need]:
    largest = max(results["ledger"]["growth"], key=lambda entry: int(entry["accounts"]))
    measured = largest["accounts"]
    share = house.accounts / measured
    how = "measured" if share == 1 else "extrapolated"
    basis = f"{how}: a file of {measured:,} fresh accounts without a log"
    yield Need("state", "on disk", largest["file_bytes"] * share, "bytes", basis)
    basis = f"measured at {measured:,} accounts: they are read when they are needed"
    yield Need("state", "memory of the ledger", largest["peak_memory"], "bytes", basis)


def _epoch(house: ClearingHouse, results: Mapping[str, Document]) -> Iterator[Need]:
    publishing, audit = results["ledger"]["publishing"], results["audit"]
    oracle = publishing["write"]["median"]
    yield Need("epoch", "its matrices", oracle, "seconds", "the oracles' work, on one core")
    submit = publishing["submit"]["median"]
    yield Need("epoch", "its entry", submit, "seconds", "the ledger's work, on one core")
    basis = "transition; owners download it to prove"
    yield Need("epoch", "its size", publishing["transition_bytes"], "bytes", basis)
    whole = house.accounts * publishing["transition_bytes"]
    yield Need("epoch", "sent to every account", whole, "bytes", "one download each")
    margin = _standard_margin(results["sizes"])
    basis = "its part of the public inputs, summed once by whoever verifies; at most, of one coin"
    yield Need("epoch", "preparing verification", margin["prepare"], "seconds", basis)
    again = _seconds(audit, "epochs")
    yield Need("epoch", "its audit", again, "seconds", "matrices computed again, one core")


def _large(_house: ClearingHouse, results: Mapping[str, Document]) -> Iterator[Need]:
    margins = [size for size in results["sizes"]["sizes"] if size["circuit"] == "margin"]
    if not margins:
        raise Conflict("sizes.json", expected="margins", actual="none")
    size = max(margins, key=lambda entry: int(entry["constraints"]))
    threads = results["sizes"]["machine"]["threads"]
    who = f"margin {size['shape']}"
    proof = (size["witness"]["median"] + size["prove"]["median"]) * threads
    basis = f"{size['constraints']:,} constraints, {size['public']:,} public inputs"
    yield Need(who, "one proof of margin", proof, "CPU seconds", f"{basis}; at most")
    yield Need(who, "its key", size["key_bytes"], "bytes", "once per owner")
    prepared = size["verify_prepared"]["median"]
    basis = "with the market's part prepared"
    yield Need(who, "one verification", prepared, "seconds", basis)
    yield Need(who, "preparing verification", size["prepare"], "seconds", "once per epoch")


def _figures(document: Document) -> tuple[Document, int]:
    """The native figures on the fewest threads, and how many those are.

    Of a margin; of solvency, which has an escrow besides, where no margin was measured.
    """
    known = [
        (_STATEMENTS.index(figures["circuit"]), int(figures["threads"]), index)
        for index, figures in enumerate(document["figures"])
        if figures["circuit"] in _STATEMENTS
        and (figures["shape"], figures["backend"]) == ("standard", Choice.NATIVE)
    ]
    if not known:
        expected = "margin or solvency (standard) on the native backend"
        raise Conflict("standard.json", expected=expected, actual="none")
    _, threads, index = min(known)
    return document["figures"][index], threads


def _largest_batch(figures: Document) -> tuple[int, Document]:
    """The most proofs that were verified together, and the timing of all of them."""
    known = {int(count): timing for count, timing in figures["batch_verify"].items() if timing}
    return max(known), known[max(known)]


def _standard_margin(sizes: Document) -> Document:
    """The margin of the sizes that has as many components and scenarios as the standard shape.

    Of one coin it has all rows over all instruments, so that its market is the larger one.
    """
    wanted = SHAPES["standard"]
    for size in sizes["sizes"]:
        if (size["circuit"], size["shape"]) == ("margin", str(wanted)):
            return dict(size)
    raise Conflict("sizes.json", expected=f"a margin of shape {wanted}", actual="none")


def _accepted(ledger: Document, kind: str) -> Document:
    for entry in ledger["settling"]:
        if entry["kind"] == kind:
            return dict(entry)
    raise Conflict("ledger.json", expected=f"transitions of kind {kind}", actual="none")


def _marginal(audit: Document, kind: str) -> Document:
    for entry in audit["marginal"]:
        if (entry["kind"], entry["cores"]) == (kind, "one"):
            return dict(entry)
    raise Conflict("audit.json", expected=f"{kind} on one core", actual="none")


def _seconds(audit: Document, kind: str) -> float:
    seconds = _marginal(audit, kind)["seconds_each"]
    if seconds is None:
        raise Conflict("audit.json", expected=f"a time of {kind}", actual="one lost in noise")
    return float(seconds)


def _file_bytes(audit: Document, kind: str) -> int:
    return int(_marginal(audit, kind)["file_bytes_each"])


def _legs(audit: Document) -> int:
    """Legs of one settlement, by its proofs."""
    signed = [entry for entry in audit["audits"] if entry["kind"] == "signed"]
    return int(signed[-1]["proofs"] // signed[-1]["count"])
