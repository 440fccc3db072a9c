"""What a statement costs at one size: from tracing its circuit to a verified proof.

All of it happens in one process that does nothing else, whose peak memory is therefore what
somebody needs who makes circuit, key and proof one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from benchmarks.memory import peak_memory
from benchmarks.processes import in_subprocess
from benchmarks.proofs.prepared import Prepared
from benchmarks.proofs.subject import Loaded, Run, Subject
from benchmarks.sizes.laws import described
from benchmarks.times import Timing, timed
from circuits.catalogue import STATEMENTS
from circuits.samples import SAMPLES
from circuits.shape import Shape
from zk.backends import Choice, select
from zk.circuit import CompiledCircuit, compile_circuit
from zk.formats.zkey import encode_zkey
from zk.groth16.qap import domain_of
from zk.randomness import insecure_seeded_randomness


@dataclass(frozen=True, slots=True)
class Counts:
    """How large a circuit is, its key, and the witness of a sample."""

    constraints: int
    wires: int
    #: Wires of the sample that are neither 0 nor 1: those that cost the sums of a proof most.
    full_wires: int
    public: int
    #: Public inputs that remain when the market is known in advance.
    public_left: int
    #: Coefficients of the rows A and B, public rows included: what the key's file lists one by one.
    terms: int
    domain: int
    key_bytes: int


@dataclass(frozen=True, slots=True)
class CircuitSize:
    """One statement at one shape."""

    circuit: str
    shape: Shape
    counts: Counts
    trace: float
    prepare: float
    loaded: tuple[float, float]
    runs: tuple[Run, ...]
    prepared: Timing
    traced_memory: int
    peak_memory: int

    def document(self) -> dict[str, Any]:
        """As JSON: seconds and bytes."""
        shape, counts = self.shape, self.counts
        setup, load = self.loaded
        once = {"trace": self.trace, "setup": setup, "load": load, "prepare": self.prepare}
        return {
            "shape": str(shape),
            **described(self.circuit, shape),
            **{name: getattr(counts, name) for name in Counts.__slots__},
            **{name: round(seconds, 7) for name, seconds in once.items()},
            "witness": Timing.of(run.witness for run in self.runs).document(),
            "prove": Timing.of(run.prove for run in self.runs).document(),
            "verify": Timing.of(run.verify for run in self.runs).document(),
            "verify_prepared": self.prepared.document(),
            "traced_memory": self.traced_memory,
            "peak_memory": self.peak_memory,
        }


def measure_circuit(circuit: str, shape: Shape, runs: int) -> CircuitSize:
    """So many verified proofs, on the native backend, in a process in_subprocess."""
    return in_subprocess(_measure, circuit, shape, runs)


def _measure(circuit: str, shape: Shape, runs: int) -> CircuitSize:
    backend = select(Choice.NATIVE)
    compiled, trace = timed(lambda: compile_circuit(STATEMENTS[circuit](shape)))
    traced_memory = peak_memory()
    seed = f"{circuit}/{shape}".encode()
    sample = SAMPLES[circuit](shape, insecure_seeded_randomness(seed))
    loaded = Loaded.on(backend, Subject(circuit, str(shape), compiled, *sample))
    prepared, prepare = timed(lambda: Prepared.of(loaded))
    assert prepared is not None  # these statements have a market
    made = [loaded.run() for _ in range(runs + 1)][1:]  # the first one warms up
    fast = Timing.of(prepared.verify(loaded.public, run.proof) for run in made)
    return CircuitSize(
        circuit=circuit,
        shape=shape,
        counts=_counts(compiled, loaded, len(prepared.market)),
        trace=trace,
        prepare=prepare,
        loaded=(loaded.setup, loaded.load),
        runs=tuple(made),
        prepared=fast,
        traced_memory=traced_memory,
        peak_memory=peak_memory(),
    )


def _counts(compiled: CompiledCircuit, loaded: Loaded, market: int) -> Counts:
    r1cs, subject = compiled.r1cs, loaded.subject
    witness = loaded.backend.solve(compiled, subject.public, subject.private)
    return Counts(
        constraints=len(r1cs.constraints),
        wires=r1cs.wires,
        full_wires=sum(value > 1 for value in witness),
        public=r1cs.public,
        public_left=r1cs.public - market,
        terms=sum(len(row.a) + len(row.b) for row in r1cs.constraints) + r1cs.public + 1,
        domain=domain_of(r1cs).size,
        key_bytes=len(encode_zkey(loaded.key)),
    )
