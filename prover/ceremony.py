"""A key that came out of a ceremony, looked at before anybody proves with it.

What `zk.key_checks` asks of the key's parts is asked here for the circuits of a shape; a proof of a
true statement then shows that the parts work together. The statement is drawn for the occasion: a
key could be made to fit one that its maker knows. That contributors knew their secrets and that
phase one was honest is for snarkjs to verify: `CheckedKey.left_to_snarkjs` says how.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from circuits.catalogue import STATEMENTS
from circuits.proofs import StatementProver
from circuits.samples import SAMPLES
from circuits.shape import Shape
from ledger.genesis import StatementKey, StatementKeys
from zk.backends import Backend
from zk.circuit import CompiledCircuit, compile_circuit
from zk.errors import Conflict, ProofRejected, UnsafeKey, ZkError
from zk.formats.contributions import Contributions
from zk.formats.files import read_bytes
from zk.formats.ptau import PowersOfTau
from zk.formats.zkey import decode_zkey
from zk.groth16 import ProvingKey, VerifyingKey
from zk.groth16.qap import domain_of
from zk.key_checks import CHECKS, KeyChecks
from zk.progress import Progress, silent
from zk.randomness import Randomness, system_randomness

PROOF: Final = "proof"
POWERS: Final = "powers"


@dataclass(frozen=True, slots=True)
class CheckedKey:
    """A key in which nothing was found amiss, by these checks."""

    path: Path
    data: bytes
    statement: str
    circuit_digest: str
    verifying_key: VerifyingKey
    contributions: Contributions
    checks: tuple[str, ...]

    def left_to_snarkjs(self, r1cs: str, powers: str) -> list[str]:
        """The commands that verify what was not verified here."""
        return [
            shlex.join(["snarkjs", "powersoftau", "verify", powers]),
            shlex.join(["snarkjs", "zkey", "verify", r1cs, powers, str(self.path)]),
        ]


@dataclass(frozen=True, slots=True)
class CeremonyKeys:
    """Checks keys for the statements of a shape."""

    shape: Shape
    backend: Backend
    powers: Path | None = None
    progress: Progress = silent
    randomness: Randomness = system_randomness

    def check(self, path: Path) -> CheckedKey:
        """The key of a file; raises where it is none, for no statement of the shape, or unsafe."""
        data = read_bytes(path)
        try:
            key = decode_zkey(data, self.progress)
            _check_mark(key)
            statement, compiled = self._statement_of(key)
            made = KeyChecks(key, compiled.r1cs, self.backend, self.randomness)
            checks = self._run(made, statement, data)
        except ZkError as error:
            error.subject = f"{path}: {error.subject}"
            raise
        return CheckedKey(
            path,
            data,
            statement,
            compiled.digest,
            key.verifying_key,
            made.contributions,
            checks,
        )

    def _run(self, made: KeyChecks, statement: str, data: bytes) -> tuple[str, ...]:
        for check in CHECKS.values():
            check(made)
        if self.powers is not None:
            made.check_powers(PowersOfTau.read(self.powers, made.key.domain))
        self._prove(statement, data)
        return (*CHECKS, POWERS, PROOF) if self.powers is not None else (*CHECKS, PROOF)

    def _statement_of(self, key: ProvingKey) -> tuple[str, CompiledCircuit]:
        """The statement whose circuit has these sizes."""
        sizes = {}
        for name, make in STATEMENTS.items():
            compiled = compile_circuit(make(self.shape))
            r1cs = compiled.r1cs
            sizes[name] = (r1cs.wires, r1cs.public, domain_of(r1cs).size)
            if sizes[name] == (key.wires, key.public, key.domain.size):
                return name, compiled
        raise Conflict(
            "key",
            expected=f"wires, public inputs and domain of one of {sizes}",
            actual=(key.wires, key.public, key.domain.size),
        )

    def _prove(self, statement: str, data: bytes) -> None:
        """A true statement, invented; the prover verifies its proof before it returns."""
        circuit = STATEMENTS[statement](self.shape)
        sample = SAMPLES[statement](self.shape, self.randomness)
        prover: StatementProver[Any, Any] = StatementProver(
            circuit, self.backend.load_prover(data, self.progress), self.backend
        )
        try:
            prover.prove(*sample, progress=self.progress)
        except ProofRejected:
            raise UnsafeKey(
                "proof of a true statement",
                expected="one that verifies",
                actual="another: a point of IC, C or H is not the circuit's",
            ) from None


def check_count(files: Sequence[Path]) -> None:
    """As many files as there are statements: asked before minutes of checks."""
    if len(files) != len(STATEMENTS):
        raise Conflict(
            "keys",
            expected=f"one for each of {', '.join(STATEMENTS)}",
            actual=f"{len(files)}",
        )


def one_for_each(keys: Sequence[CheckedKey]) -> Mapping[str, CheckedKey]:
    """The keys by statement; a statement without one, or with two, is a `Conflict`."""
    found = sorted(key.statement for key in keys)
    if found != sorted(STATEMENTS):
        raise Conflict(
            "keys", expected=f"one for each of {', '.join(STATEMENTS)}", actual=", ".join(found)
        )
    return {key.statement: key for key in keys}


def statement_keys(keys: Mapping[str, CheckedKey]) -> StatementKeys:
    """What the genesis of a ledger that pins these keys says of them."""
    return StatementKeys(
        **{
            name: StatementKey.of(key.verifying_key, bytes.fromhex(key.circuit_digest))
            for name, key in keys.items()
        }
    )


def _check_mark(key: ProvingKey) -> None:
    if key.verifying_key.insecure:
        raise UnsafeKey(
            "key",
            expected="one that came out of a ceremony",
            actual="a development key: whoever made it can prove anything",
        )
