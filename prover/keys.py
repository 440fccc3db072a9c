"""Proving keys on disk: made once, opened with their tables mapped, checked by digest.

A development key comes from a trapdoor that everybody can compute, so that two installations make
the same key and one cache serves every development ledger. It lies in TACIT_CACHE, or in
~/.cache/tacit, under a name that says `insecure`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from circuits.catalogue import STATEMENTS
from circuits.shape import Shape
from ledger.genesis import StatementKeys
from prover.proving import StatementProver, StatementProvers
from zk.backends import Backend
from zk.circuit import compile_circuit
from zk.errors import Conflict, MalformedFile, UnsafeKey
from zk.formats.files import write_files
from zk.formats.zkey import encode_zkey
from zk.groth16 import Trapdoor
from zk.progress import Progress, silent
from zk.r1cs import R1CS
from zk.randomness import Randomness, insecure_seeded_randomness, system_randomness

_TRAPDOOR: Final = b"tacit/v1/insecure development key/"


def cache_folder() -> Path:
    """Where keys are kept between runs."""
    chosen = os.environ.get("TACIT_CACHE")
    return Path(chosen) if chosen else Path.home() / ".cache" / "tacit"


@dataclass(frozen=True, slots=True)
class KeyFiles:
    """The proving keys of a shape, in a folder."""

    folder: Path
    backend: Backend
    progress: Progress = silent

    def insecure_development(
        self, shape: Shape, randomness: Randomness = system_randomness
    ) -> StatementProvers:
        """The development keys, made where they are missing or damaged."""
        return self._provers(shape, randomness, insecure=True)

    def of_ledger(
        self, shape: Shape, keys: StatementKeys, randomness: Randomness = system_randomness
    ) -> StatementProvers:
        """The keys that a ledger pins; another key than the pinned one is refused."""
        insecure = any(key.insecure for _, key in keys)
        provers = self._provers(shape, randomness, insecure=insecure)
        for name, prover in provers.provers.items():
            pinned = getattr(keys, name).points
            if prover.prover.verifying_key.encode() != pinned:
                raise Conflict(
                    f"proving key of {name}",
                    expected="the key that the ledger pins",
                    actual=f"the key {prover.prover.verifying_key.digest()[:16]}…",
                )
        return provers

    def path(self, name: str, digest: str, *, insecure: bool) -> Path:
        """Where the key of a circuit lies: by the circuit's digest."""
        mark = ".insecure" if insecure else ""
        return self.folder / f"{name}-{digest[:16]}{mark}.zkey"

    def _provers(self, shape: Shape, randomness: Randomness, *, insecure: bool) -> StatementProvers:
        make = self._make if insecure else _refuse
        provers: dict[str, StatementProver[Any, Any]] = {}
        for name, statement in STATEMENTS.items():
            circuit = statement(shape)
            compiled = compile_circuit(circuit)
            path = self.path(name, compiled.digest, insecure=insecure)
            if not path.exists():
                make(path, compiled.r1cs)
            try:
                prover = self.backend.open_prover(path, self.progress)
            except (MalformedFile, UnsafeKey):
                make(path, compiled.r1cs)  # a damaged file of the cache is made again
                prover = self.backend.open_prover(path, self.progress)
            provers[name] = StatementProver(circuit, prover, self.backend)
        return StatementProvers(provers, randomness, self.progress)

    def _make(self, path: Path, r1cs: R1CS) -> None:
        trapdoor = Trapdoor.draw(insecure_seeded_randomness(_TRAPDOOR + path.name.encode()))
        key = self.backend.insecure_dev_setup(r1cs, trapdoor, self.progress)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise MalformedFile(
                str(self.folder), expected="a folder to keep keys in", actual=error.strerror
            ) from None
        write_files({path: encode_zkey(key)})


def _refuse(path: Path, _: R1CS) -> None:
    raise MalformedFile(
        str(path), expected="the proving key of a ceremony", actual="none that can be read"
    )
