"""What lies beside a development ledger: the seed of all its offices, and its whole escrow key.

Both are no secrets of anybody's, and their names say `insecure`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from circuits.shape import SHAPES
from development.genesis import development_genesis
from development.offices import InsecureOffices
from ledger.encoding import one_line
from ledger.ledger import Ledger
from ledger.market.presets import preset
from prover.keys import KeyFiles, cache_folder
from verifier.books import InsecureEscrowKey
from zk.backends import Backend
from zk.errors import Conflict, Malformed, MalformedFile
from zk.formats.files import MAX_JSON_BYTES, read_bytes, write_secret_files
from zk.progress import Progress, silent
from zk.randomness import system_randomness

_SEED: Final = "insecure_seed"


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


def found_development(
    path: Path,
    shape: str,
    name: str,
    seed: str | None,
    time: int,
    backend: Backend,
    progress: Progress = silent,
) -> Ledger:
    """A ledger with keys and offices made on the spot, and what it takes to act for them."""
    if shape not in SHAPES:
        raise Conflict("shape", expected=f"one of {', '.join(SHAPES)}", actual=shape)
    if seed == "":
        raise Malformed("seed", expected="some text", actual="none")
    drawn = system_randomness(1 << 256).to_bytes(32, "big")
    secret = drawn if seed is None else seed.encode(errors="surrogateescape")
    provers = KeyFiles(cache_folder(), backend, progress).insecure_development(SHAPES[shape])
    offices = InsecureOffices.of(secret)
    with one_line():
        market = preset(shape, time)
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
