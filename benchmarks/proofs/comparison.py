"""Ours and a peer's proofs of the same statement, in turns; each pair gives a ratio.

What disturbs a machine disturbs both halves of a pair, so the median of the ratios is steadier
than the ratio of the medians. Every other pair begins with the peer. The peer starts from a
finished witness; ours is given both ways, with and without solving for it, and with and
without the verification that precedes every proof that we hand out.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from benchmarks.machine import load, threads
from benchmarks.proofs.measure import run_documents
from benchmarks.proofs.peers import Answer, Conversation, Peer, conversation
from benchmarks.proofs.prepared import Prepared
from benchmarks.proofs.subject import Loaded, Run
from benchmarks.times import Timing, spread
from zk.formats.files import write_files
from zk.formats.json import decode_proof, encode_verifying_key
from zk.formats.r1cs import encode_r1cs
from zk.formats.wtns import encode_wtns
from zk.formats.zkey import encode_zkey

#: How many pairs are enough of a peer with whom more would take longer than so many seconds.
ENOUGH: Final = 3
PATIENCE: Final = 30
#: What is compared with the peer's proof; `verify` is compared with its verification.
_OURS: Final[dict[str, Callable[[Run], float]]] = {
    "prove": lambda run: run.prove,
    "whole": lambda run: run.whole,
    "whole_verified": lambda run: run.verified,
}


@dataclass(frozen=True, slots=True)
class Pair:
    """A proof of ours and one of the peer's, next to each other in time."""

    ours: Run
    theirs: Answer
    #: Our verification of the peer's proof with the market's part prepared, where both exist.
    prepared: float | None

    def ratios(self) -> dict[str, float]:
        """Ours over the peer's: below 1 we are faster."""
        ratios = {name: seconds(self.ours) / self.theirs.prove for name, seconds in _OURS.items()}
        ratios["verify"] = self.ours.verify / self.theirs.verify
        if self.prepared is not None:
            ratios["verify_prepared"] = self.prepared / self.theirs.verify
        return ratios


@dataclass(frozen=True, slots=True)
class Comparison:
    """So many pairs with one peer."""

    loaded: Loaded
    peer: Peer
    greeting: dict[str, Any]
    pairs: tuple[Pair, ...]
    load_before: list[float]
    load_after: list[float]

    def document(self) -> dict[str, Any]:
        """As JSON; all times in seconds."""
        subject, pairs = self.loaded.subject, self.pairs
        return {
            "circuit": subject.circuit,
            "shape": subject.shape,
            "backend": self.loaded.backend.name,
            "constraints": len(subject.compiled.r1cs.constraints),
            "peer": self.peer.name,
            "version": self.greeting.get("version"),
            "threads": self.greeting.get("threads"),
            "imports": self.peer.imports,
            "pairs": len(pairs),
            "load_before": self.load_before,
            "load_after": self.load_after,
            "ours_threads": threads(),
            "ours": run_documents(tuple(pair.ours for pair in pairs)),
            "theirs": {
                "prove": Timing.of(pair.theirs.prove for pair in pairs).document(),
                "verify": Timing.of(pair.theirs.verify for pair in pairs).document(),
            },
            "ratios": {
                name: spread(pair.ratios()[name] for pair in pairs) for name in pairs[0].ratios()
            },
        }


def compare(loaded: Loaded, peer: Peer, runs: int) -> Comparison:
    """So many pairs, fewer with a slow peer; a proof of either side that is false ends it all."""
    with peer_files(loaded) as folder, conversation(peer, folder) as talk:
        before = load()
        prepared = Prepared.of(loaded)
        loaded.run()
        _verify(loaded, prepared, talk.prove())
        pairs = tuple(_pairs(loaded, prepared, talk, runs))
        return Comparison(loaded, peer, talk.greeting, pairs, before, load())


@contextmanager
def peer_files(loaded: Loaded) -> Iterator[Path]:
    """A folder with all that the peers read of a subject."""
    subject = loaded.subject
    witness = loaded.backend.solve(subject.compiled, subject.public, subject.private)
    with tempfile.TemporaryDirectory(prefix="tacit-bench-") as name:
        folder = Path(name)
        write_files(
            {
                folder / "circuit.r1cs": encode_r1cs(subject.compiled.r1cs),
                folder / "witness.wtns": encode_wtns(witness),
                folder / "circuit.zkey": encode_zkey(loaded.key),
                folder / "verification_key.json": encode_verifying_key(loaded.key.verifying_key),
            }
        )
        yield folder


def _pairs(
    loaded: Loaded, prepared: Prepared | None, talk: Conversation, runs: int
) -> Iterator[Pair]:
    begun = perf_counter()
    for index in range(runs):
        if index >= ENOUGH and perf_counter() - begun > PATIENCE:
            return
        if index % 2:
            theirs = talk.prove()
            ours = loaded.run()
        else:
            ours = loaded.run()
            theirs = talk.prove()
        yield Pair(ours, theirs, _verify(loaded, prepared, theirs))


def _verify(loaded: Loaded, prepared: Prepared | None, theirs: Answer) -> float | None:
    """Our verdict on a peer's proof where it was made with our key; seconds, where prepared."""
    if theirs.proof is None:
        return None
    proof = decode_proof(theirs.proof)
    loaded.verifier.verify(loaded.public, proof)
    return prepared.verify(loaded.public, proof) if prepared else None
