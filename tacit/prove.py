"""`tacit prove`: a proof from a key and a witness, whoever made them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tacit.console import progress_bar
from tacit.plain import BackendOption, JsonOption, announced, print_json, warn_of_insecure_key
from zk.backends import Choice
from zk.formats.files import named, read_bytes, write_files
from zk.formats.json import encode_proof, encode_public
from zk.formats.wtns import decode_wtns
from zk.groth16 import Blinding


def prove(
    zkey: Annotated[Path, typer.Argument(metavar="CIRCUIT.zkey", help="The proving key.")],
    witness: Annotated[Path, typer.Argument(metavar="WITNESS.wtns", help="The witness.")],
    proof: Annotated[Path, typer.Option(help="Where the proof goes.")] = Path("proof.json"),
    public: Annotated[Path, typer.Option(help="Where the public inputs go.")] = Path("public.json"),
    backend: BackendOption = Choice.AUTO,
    as_json: JsonOption = False,
) -> None:
    """Prove with a key and a witness, from this or any other tool that writes iden3's files.

    Example: tacit prove circuit.zkey witness.wtns --proof proof.json --public public.json
    """
    chosen = announced(backend)
    with progress_bar() as progress:
        prover = chosen.open_prover(zkey, progress)
        with named(witness):
            values = decode_wtns(read_bytes(witness))
        made = prover.prove(values, Blinding.draw(), progress)
    key = prover.verifying_key
    inputs = tuple(values[1 : key.public + 1])
    write_files({proof: encode_proof(made), public: encode_public(inputs)})
    if key.insecure:
        warn_of_insecure_key()
    if as_json:
        print_json(
            {
                "backend": chosen.name,
                "proof": str(proof),
                "public": str(public),
                "public_inputs": len(inputs),
                "insecure_key": key.insecure,
            }
        )
    else:
        typer.echo(f"proven and verified: {proof}, with {len(inputs)} public inputs in {public}")
