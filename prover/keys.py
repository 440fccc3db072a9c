"""Proving keys on disk: made once, opened with their tables mapped, checked by digest.

They lie in TACIT_CACHE, or in ~/.cache/tacit. A development key comes from a trapdoor that anybody
can compute, so that two installations make the same key and one cache serves every development
ledger; its name says `insecure`. A key of a ceremony is imported, never made.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from circuits.catalogue import STATEMENTS
from circuits.proofs import StatementProver
from circuits.shape import Shape
from ledger.genesis import StatementKey, StatementKeys
from prover.provers import StatementProvers
from zk.backends import Backend
from zk.circuit import Circuit, compile_circuit
from zk.errors import Conflict, MalformedFile, UnsafeKey
from zk.formats.files import make_folder, read_bytes, write_files
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
        provers = {
            name: self.insecure_prover(name, make(shape)) for name, make in STATEMENTS.items()
        }
        return StatementProvers(provers, randomness, self.progress)

    def of_ledger(
        self, shape: Shape, keys: StatementKeys, randomness: Randomness = system_randomness
    ) -> StatementProvers:
        """The keys that a ledger pins; another key than the pinned one is refused."""
        provers: dict[str, StatementProver[Any, Any]] = {}
        for name, make in STATEMENTS.items():
            pinned: StatementKey = getattr(keys, name)
            find = self.insecure_prover if pinned.insecure else self._imported(pinned.key_digest)
            provers[name] = prover = find(name, make(shape))
            if prover.prover.verifying_key.encode() != pinned.points:
                raise Conflict(
                    f"proving key of {name}",
                    expected="the key that the ledger pins",
                    actual=f"the key {prover.prover.verifying_key.digest()[:16]}…",
                )
        return StatementProvers(provers, randomness, self.progress)

    def insecure_prover(self, name: str, circuit: Circuit[Any, Any]) -> StatementProver[Any, Any]:
        """The development key of one circuit, made where it is missing or damaged."""
        compiled = compile_circuit(circuit)
        path = self.development_path(name, compiled.digest)
        if not path.exists():
            self._make(path, compiled.r1cs)
        try:
            prover = self.backend.open_prover(path, self.progress)
        except (MalformedFile, UnsafeKey):
            self._make(path, compiled.r1cs)  # a damaged file of the cache is made again
            prover = self.backend.open_prover(path, self.progress)
        return StatementProver(circuit, prover, self.backend)

    def development_path(self, name: str, circuit_digest: str) -> Path:
        """Where a development key lies: there is one for each circuit."""
        return self.folder / f"{name}-{circuit_digest[:16]}.insecure.zkey"

    def imported_path(self, name: str, key_digest: str) -> Path:
        """Where a key of a ceremony lies: there may be several ceremonies for one circuit.

        The whole digest: two keys that share a part of theirs can be made.
        """
        return self.folder / f"{name}-{key_digest}.zkey"

    def keep_imported(self, keys: Mapping[Path, bytes], others: Mapping[Path, bytes]) -> None:
        """Keeps keys of a ceremony, and other files with them, and never exchanges such a key.

        The digest is of the verifying key: a file whose queries differ has the same name.
        """
        for path, data in keys.items():
            if path.exists() and read_bytes(path) != data:
                raise Conflict(
                    str(path), expected="no file, or that very key", actual="another file"
                )
        self.keep({**keys, **others})

    def keep(self, keys: Mapping[Path, bytes]) -> None:
        """Writes key files, all of them or none."""
        make_folder(self.folder)
        write_files(keys)

    def _imported(self, key_digest: str) -> Callable[[str, Any], StatementProver[Any, Any]]:
        def find(name: str, circuit: Circuit[Any, Any]) -> StatementProver[Any, Any]:
            path = self.imported_path(name, key_digest)
            if not path.exists():
                raise MalformedFile(
                    str(path),
                    expected="a key of the ceremony, as `tacit keys import` leaves it",
                    actual="none",
                )
            prover = self.backend.open_prover(path, self.progress)
            return StatementProver(circuit, prover, self.backend)

        return find

    def _make(self, path: Path, r1cs: R1CS) -> None:
        trapdoor = Trapdoor.draw(insecure_seeded_randomness(_TRAPDOOR + path.name.encode()))
        self.keep(
            {path: encode_zkey(self.backend.insecure_dev_setup(r1cs, trapdoor, self.progress))}
        )
