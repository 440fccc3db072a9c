"""`tacit demo`: a private margin proof in a minute, and three cheats that fail.

A trader commits to a portfolio, the market publishes four scenarios, and the trader proves
that no scenario leaves the portfolio under water. The verifier never sees a position.
"""

from __future__ import annotations

from time import perf_counter
from typing import Annotated, Any, Final

import typer
from rich.columns import Columns
from rich.panel import Panel
from rich.table import Table

from circuits.claim import Claim, ClaimPrivate, ClaimPublic, claim_public
from circuits.shape import SHAPES
from prover.proving import StatementProver
from verifier.proofs import StatementVerifier
from zk.backends import Backend, Choice, describe, select
from zk.circuit import compile_circuit
from zk.console import BackendOption, out, progress_bar
from zk.errors import ProofRejected, Unsatisfied
from zk.groth16 import Blinding, Proof, ProvingKey, Trapdoor
from zk.pedersen import Opening
from zk.randomness import Randomness, insecure_seeded_randomness, system_randomness

_SHAPE: Final = SHAPES["tiny"]
_COMPONENTS: Final = ("cash, USD", "BTC, 1/1000", "BTC perpetual, lots", "ETH perpetual, lots")
_SCENARIOS: Final = (
    "BTC −15 %, ETH −20 %",
    "BTC −15 %, ETH +20 %",
    "BTC +15 %, ETH −20 %",
    "both +20 %",
)
#: What one unit of each component is worth in each scenario, in USD: collateral after its
#: haircut, perpetuals by their gain or loss against the mark.
_MATRIX: Final = (
    (1, 76, -150, -80),
    (1, 76, -150, 80),
    (1, 90, 150, -80),
    (1, 90, 200, 80),
)
_CONSTANTS: Final = (0, 0, 0, 0)
_HEALTHY: Final = (250_000, 1_500, 1_200, -900)
_OVERDRAWN: Final = (250_000, 1_500, 9_000, -900)


def demo(
    backend: BackendOption = Choice.AUTO,
    seed: Annotated[
        int | None, typer.Option(help="Repeat a run exactly; its secrets are then no secrets.")
    ] = None,
) -> None:
    """Commit to a portfolio, prove its margin without showing it, and watch three cheats fail.

    Example: tacit demo --seed 7
    """
    chosen = select(backend)
    randomness = system_randomness if seed is None else insecure_seeded_randomness(seed)
    out.rule("Tacit: a margin proof on a portfolio that nobody sees")
    out.print(f"backend: {describe(chosen)}", soft_wrap=True)
    circuit = Claim(_SHAPE)
    count = len(compile_circuit(circuit).r1cs.constraints)
    with _Stage(f"development key for {count:,} constraints (insecure: made on the spot)"):
        key = _setup(chosen, circuit, randomness)
    prover: StatementProver[Any, Any] = StatementProver(circuit, chosen.prover(key), chosen)
    verifier = StatementVerifier(circuit, key.verifying_key, chosen)
    public, private = _commit(_HEALTHY, randomness)
    _show_sides(public)
    claim = "I can open C, all is in range, no scenario is negative"
    with _Stage(f"the trader proves: {claim}"), progress_bar() as progress:
        proof = prover.prove(public, private, randomness, progress)
    with _Stage(f"the verifier checks {Proof.BYTES} bytes and nothing else"):
        verifier.verify(public, proof)
    out.print("[bold green]accepted[/]: the portfolio meets its margin in every scenario\n")
    _cheat_with_the_portfolio(prover, randomness)
    _cheat_with_the_witness(prover, verifier, randomness)
    _cheat_with_the_statement(verifier, public, proof)


def _setup(backend: Backend, circuit: Claim, randomness: Randomness) -> ProvingKey:
    with progress_bar() as progress:
        r1cs = compile_circuit(circuit).r1cs
        return backend.insecure_dev_setup(r1cs, Trapdoor.draw(randomness), progress)


def _commit(
    values: tuple[int, ...], randomness: Randomness
) -> tuple[ClaimPublic[int], ClaimPrivate[int]]:
    opening = Opening.of(values, randomness)
    public = claim_public(_SHAPE, opening.commit(), _MATRIX, _CONSTANTS, context=1)
    return public, ClaimPrivate(opening.values, opening.blinding)


def _show_sides(public: ClaimPublic[int]) -> None:
    hidden = Table(show_header=False, box=None)
    for name, value in zip(_COMPONENTS, _HEALTHY, strict=True):
        hidden.add_row(name, f"{value:,}")
    seen = Table(show_header=False, box=None)
    seen.add_row("C", f"{public.commitment.x:064x}"[:32] + "…")
    for name, row in zip(_SCENARIOS, _MATRIX, strict=True):
        seen.add_row(name, "  ".join(f"{entry:+d}" for entry in row))
    panels = (Panel(hidden, title="the trader knows"), Panel(seen, title="the verifier sees"))
    out.print(Columns(panels))


def _cheat_with_the_portfolio(prover: StatementProver[Any, Any], randomness: Randomness) -> None:
    out.print("cheat 1: a trader with nine thousand lots and the same collateral asks for a proof")
    try:
        prover.prove(*_commit(_OVERDRAWN, randomness), randomness)
    except Unsatisfied as refusal:
        out.print(f"[bold red]refused[/] by the check [bold]{refusal.scope}[/]\n")
    else:
        raise AssertionError("an overdrawn portfolio was proven")


def _cheat_with_the_witness(
    prover: StatementProver[Any, Any], verifier: StatementVerifier, randomness: Randomness
) -> None:
    out.print("cheat 2: the same trader skips that check and makes a proof all the same")
    public, private = _commit(_OVERDRAWN, randomness)
    compiled = compile_circuit(prover.circuit)
    registers = prover.backend.run(compiled.program, compiled.inputs(public, private))
    witness = compiled.program.witness(registers)
    forged = prover.prover.unchecked_prove(witness, Blinding.draw(randomness))
    _expect_rejection(verifier, public, forged)


def _cheat_with_the_statement(
    verifier: StatementVerifier, public: ClaimPublic[int], proof: Proof
) -> None:
    out.print("cheat 3: the accepted proof is replayed for another use of the account")
    moved = ClaimPublic(public.commitment, public.constants, public.matrix, public.context + 1)
    _expect_rejection(verifier, moved, proof)


def _expect_rejection(verifier: StatementVerifier, public: object, proof: Proof) -> None:
    try:
        verifier.verify(public, proof)
    except ProofRejected:
        out.print("[bold red]refused[/] by the verifier: the pairing equation does not hold\n")
    else:
        raise AssertionError("a false proof was accepted")


class _Stage:
    """Prints what happens and how long it took."""

    def __init__(self, title: str) -> None:
        self._title = title

    def __enter__(self) -> None:
        self._start = perf_counter()

    def __exit__(self, *_: object) -> None:
        out.print(f"[cyan]{perf_counter() - self._start:7.2f} s[/]  {self._title}")
