"""The first entry: what this ledger is, forever. Its hash is the ledger's name.

It carries everything that an auditor needs and that nobody may exchange later: the shape, what is
listed, the first parameters, and the verifying key of each statement with the digest of its
circuit. A production ledger takes no development key, and none but those that its founder pinned.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import Field

from circuits.shape import Shape
from ledger.encoding import Count, Digest, HexBytes, Model
from ledger.market.listing import Listing
from ledger.parameters import Parameters
from ledger.records import Charter, Pool, PublicOpening, ShapeRecord
from ledger.state import State
from verifier.evidence import Compiled, Evidence
from zk.babyjubjub import Point
from zk.errors import UnsafeKey
from zk.groth16 import VerifyingKey

_DOMAIN: Final = b"tacit/v1/ledger/"


class StatementKey(Model):
    """The verifying key of one statement, and the SHA-256 of the `.r1cs` it was made for."""

    circuit: Digest
    points: HexBytes
    insecure: bool

    @classmethod
    def of(cls, key: VerifyingKey, circuit: bytes) -> StatementKey:
        """That key, for that circuit."""
        return cls(circuit=circuit, points=key.encode(), insecure=key.insecure)

    @property
    def key(self) -> VerifyingKey:
        """Decoded: every point is looked at, and a key that lets forgeries through is refused."""
        return VerifyingKey.decode(self.points, insecure=self.insecure)

    @property
    def key_digest(self) -> str:
        """The key's digest, for which it need not be decoded."""
        return hashlib.sha256(self.points).hexdigest()


class StatementKeys(Model):
    """One key for each statement."""

    claim: StatementKey
    solvency: StatementKey
    fill: StatementKey

    def keys(self) -> Mapping[str, VerifyingKey]:
        """By the statement's name."""
        return {name: getattr(self, name).key for name in type(self).model_fields}


class Genesis(Model):
    """Entry 0."""

    kind: Literal["genesis"] = "genesis"
    version: Literal[1] = 1
    mode: Literal["development", "production"]
    name: Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[ -~]+$")]
    time: Count
    shape: ShapeRecord
    listing: Listing
    parameters: Parameters
    statements: StatementKeys

    @property
    def ledger(self) -> bytes:
        """The name that every binding contains."""
        return hashlib.sha256(_DOMAIN + self.encode()).digest()

    def check(self) -> Evidence:
        """Raises where the parts contradict each other; what is left is to be checked."""
        shape = Shape(self.shape.assets, self.shape.instruments, self.shape.scenarios)
        self.listing.check(shape)
        self.listing.check_new(self.time)
        self.parameters.check(shape.scenarios, len(self.listing.underlyings))
        insecure = [name for name, key in self.statements if key.insecure]
        if self.mode == "production" and insecure:
            raise UnsafeKey(
                "key of a production ledger",
                expected="keys that came out of a ceremony",
                actual=f"a development key for {', '.join(insecure)}: its maker can forge proofs",
            )
        return Evidence(
            spanned=[self.parameters.escrow.spanned()],
            compiled=[Compiled(name, shape, key.circuit.hex()) for name, key in self.statements],
        )

    def check_pins(self, pins: Mapping[str, str]) -> None:
        """Each key is the one whose digest is pinned; a mark can be deleted, a digest not."""
        for name, key in self.statements:
            if key.key_digest != pins.get(name):
                raise UnsafeKey(
                    f"key of {name}",
                    expected=f"the digest {pins.get(name, 'that nobody has pinned')}",
                    actual=key.key_digest,
                )

    def apply(self, state: State) -> None:
        """The state before anybody has an account."""
        none = (0,) * (self.shape.assets + self.shape.instruments)
        charter = Charter(ledger=self.ledger, shape=self.shape, listing=self.listing)
        state.put_charter(charter)
        state.put_parameters(self.parameters)
        state.put_pool(
            Pool(
                time=self.time,
                totals=(0,) * self.shape.assets,
                fund=PublicOpening(values=none, blinding=0),
                expiry=Point.IDENTITY,
                settled=(None,) * self.shape.instruments,
            )
        )
