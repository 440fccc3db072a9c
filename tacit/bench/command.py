"""`tacit bench` and the words after it."""

from __future__ import annotations

from tacit.bench.audits import bench_audit
from tacit.bench.clearing_house import bench_clearing_house
from tacit.bench.ledgers import bench_ledger
from tacit.bench.margins import bench_margins
from tacit.bench.pairs import bench_pairs
from tacit.bench.proofs import bench
from tacit.bench.sizes import bench_sizes, bench_synthetic
from tacit.bench.start import bench_start
from tacit.words import App

app = App(invoke_without_command=True)
app.callback()(bench)
app.command("ledger")(bench_ledger)
app.command("audit")(bench_audit)
app.command("sizes")(bench_sizes)
app.command("synthetic")(bench_synthetic)
app.command("clearing-house")(bench_clearing_house)
app.command("margins")(bench_margins)
app.command("pairs")(bench_pairs)
app.command("start")(bench_start)
