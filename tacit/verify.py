"""`tacit verify`: one proof, from any tool that writes snarkjs's JSON."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from tacit.plain import BackendOption, JsonOption, announced, print_json, warn_of_insecure_key
from zk.backends import Choice
from zk.errors import ZkError
from zk.formats.files import MAX_JSON_BYTES, named, read_bytes
from zk.formats.json import decode_proof, decode_public, decode_verifying_key

Read = TypeVar("Read")


def verify(
    key: Annotated[Path, typer.Argument(metavar="VK.json", help="The verifying key.")],
    proof: Annotated[Path, typer.Argument(metavar="PROOF.json", help="The proof.")],
    public: Annotated[Path, typer.Argument(metavar="PUBLIC.json", help="The public inputs.")],
    backend: BackendOption = Choice.AUTO,
    as_json: JsonOption = False,
) -> None:
    """Verify one proof; exit 0 where it holds, 1 where it does not, with the reason.

    Example: tacit verify verification_key.json proof.json public.json
    """
    chosen = announced(backend)
    try:
        verifying_key = _read(key, decode_verifying_key)
        inputs, claimed = _read(public, decode_public), _read(proof, decode_proof)
        chosen.verifier(verifying_key).verify(inputs, claimed)
    except ZkError as error:
        if as_json:
            print_json({"valid": False, "backend": chosen.name, "reason": str(error)})
        raise
    if verifying_key.insecure:
        warn_of_insecure_key()
    if as_json:
        document = {"valid": True, "backend": chosen.name, "public_inputs": len(inputs)}
        print_json(document | {"insecure_key": verifying_key.insecure})
    else:
        typer.echo(f"valid: the proof holds for its {len(inputs)} public inputs")


def _read(path: Path, decode: Callable[[bytes], Read]) -> Read:
    with named(path):
        return decode(read_bytes(path, MAX_JSON_BYTES))
