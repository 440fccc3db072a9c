"""Records from somebody who may lie: each counts for what its proof shows under a trusted root.

A `State` over these is a light client of a ledger: it holds no log, and believes a root and nobody.
Where the root comes from, and why it is trusted, is for whoever makes one to know.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ledger.tree import Inclusion
from zk.errors import Rejected


class Proofs(Protocol):
    """Whoever answers for records: a store here, a node elsewhere."""

    def prove(self, key: str) -> Inclusion:
        """What a root says of this key; `NotKnown` if it never had a record."""


@dataclass(frozen=True, slots=True)
class CheckedRecords:
    """The records under one root; `Rejected` where a proof does not lead there.

    The tree has no proofs of absence. So None is the answer for a record that was deleted, whose
    tombstone has a proof, and never for a key of which the source merely shows nothing: that is the
    source's `NotKnown`, which is passed on, for a source may also keep back what there is.
    """

    source: Proofs
    root: bytes

    def get(self, key: str) -> bytes | None:
        proof = self.source.prove(key)
        if proof.key != key:  # it may be true, and of something else
            raise Rejected("key of an inclusion", expected=repr(key), actual=repr(proof.key))
        proof.verify(self.root)
        return proof.value
