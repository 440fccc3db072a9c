"""Honest inputs for native/fuzz: from these a fuzzer gets past the first check of a decoder.

Run as a module it writes them into a folder, or says by its status that there is no backend.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from tests.zk.formats_for_tests import honest_zkey
from tests.zk.keys_for_tests import ratio_key, ratio_statement
from tests.zk.systems_for_tests import random_circuit, random_program, random_system
from zk.babyjubjub import Point
from zk.backends import Choice, available, select
from zk.circuit.tape import encode_program, encode_tape
from zk.field import encode
from zk.formats.zkey import encode_zkey

#: As in native/fuzz/targets/tables.rs.
TABLE_BYTES = 1 << 14
#: The exit status by which native/fuzz/run knows that there is nothing to fuzz.
ABSENT = 3


def seeds() -> Iterator[tuple[str, bytes]]:
    """Pairs of a file's name and what it holds."""
    native = select(Choice.NATIVE)
    yield "zkey/ratio", honest_zkey()
    for seed in range(12):
        system = random_system(seed)
        if len(system.r1cs.constraints) < 10:
            key = native.insecure_dev_setup(system.r1cs, system.trapdoor)
            yield f"zkey/{seed}", encode_zkey(key)
            points = b"".join(point.encode() for point in key.verifying_key.points())
            yield f"verifying_key/{seed}", points
            proof = native.prover(key).unchecked_prove(system.witness, system.blinding)
            yield f"proofs/{seed}", proof.encode()
    points = b"".join(point.encode() for point in ratio_key().verifying_key.points())
    yield "verifying_key/ratio", points
    yield "proofs/two", ratio_statement()[1].encode() * 2
    for scalar in range(4):
        point = Point.BASE8 * scalar
        yield f"points/encoded-{scalar}", point.encode() * 2
        yield f"points/affine-{scalar}", encode(point.x) + encode(point.y)
    for seed in range(10):
        yield f"program/run-{seed}", encode_program(random_program(seed)[0])
        yield f"program/solve-{seed}", encode_tape(random_circuit(seed)[0])


def write_seeds(folder: Path) -> None:
    """The seeds, and a key with the tables that are its own."""
    for name, data in seeds():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    key, tables = folder / "key.zkey", folder / "key.zkey.tables"
    key.write_bytes(honest_zkey())
    tables.unlink(missing_ok=True)
    from zk import _native  # absent where it was not built

    _native.ProvingKey.open(key, TABLE_BYTES)
    (folder / "tables").mkdir(exist_ok=True)
    tables.rename(folder / "tables" / "honest")


if __name__ == "__main__":
    if Choice.NATIVE not in available():
        sys.exit(ABSENT)
    write_seeds(Path(sys.argv[1]))
