"""The first entry: what this ledger is, forever. Its hash is the ledger's name.

It carries everything that an auditor needs and that nobody may exchange later: the shape, what is
listed, the first parameters, and the verifying key of each statement with the digest of its
circuit. A production ledger takes no development key, and none but those that its founder pinned.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self

from pydantic import Field

from ledger.encoding import Amount, Count, Decoding, Digest, HexBytes, Model, SignatureBytes
from ledger.errors import LimitExceeded, MalformedTransition, Unavailable
from ledger.evidence import ClaimedCircuit, ClaimedSignature, Evidence
from ledger.market.listing import Listing
from ledger.parameters import Parameters
from ledger.records import Charter, Clock, Pool, PublicOpening, ShapeRecord
from ledger.state import State
from zk.babyjubjub import Point
from zk.errors import UnsafeKey
from zk.groth16 import VerifyingKey

#: Of everything that a ledger's entries mean; earlier ones are refused.
VERSION: Final = 2

_DOMAIN: Final = b"tacit/v2/ledger/"
_ENDOWMENT: Final = b"tacit/v2/endowment/"


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
    margin: StatementKey
    solvency: StatementKey
    fill: StatementKey

    def keys(self) -> Mapping[str, VerifyingKey]:
        """By the statement's name."""
        return {name: getattr(self, name).key for name in type(self).model_fields}


class Endowment(Model):
    """What the custodian has received for the insurance fund before there is a ledger."""

    amount: Amount
    signature: SignatureBytes


class Genesis(Model):
    """Entry 0."""

    kind: Literal["genesis"] = "genesis"
    version: Literal[2] = VERSION
    mode: Literal["development", "production"]
    name: Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[ -~]+$")]
    time: Count
    shape: ShapeRecord
    listing: Listing
    parameters: Parameters
    statements: StatementKeys
    #: A production ledger has one from the beginning.
    endowment: Endowment | None = None

    @classmethod
    def decode(cls, data: bytes, decoding: Decoding | None = None) -> Self:
        """Canonical only; a ledger of another format is refused by its version."""
        found = re.match(rb'\{"kind":"genesis","version":([0-9]{1,9}),', data)
        if found is not None and int(found[1]) != VERSION:
            raise Unavailable(
                "format of the ledger",
                expected=f"version {VERSION}, which this release reads and writes",
                actual=f"version {int(found[1])}",
            )
        return super().decode(data, decoding)

    @property
    def ledger(self) -> bytes:
        """The name that every binding contains."""
        return hashlib.sha256(_DOMAIN + self.encode()).digest()

    def told(self) -> str:
        """What happened, as transitions tell it."""
        return f"the ledger “{self.name}” was founded"

    def check(self) -> Evidence:
        """Raises where the parts contradict each other; what is left is to be checked."""
        shape = self.shape.shape
        self.listing.check(shape)
        self.listing.check_new(self.time)
        self.parameters.check(shape, self.listing)
        insecure = [name for name, key in self.statements if key.insecure]
        if self.mode == "production" and insecure:
            raise UnsafeKey(
                "key of a production ledger",
                expected="keys that came out of a ceremony",
                actual=f"a development key for {', '.join(insecure)}: its maker can forge proofs",
            )
        if self.mode == "production":
            self.parameters.check_production()
        return Evidence(
            signatures=self._endowed(),
            spans=[self.parameters.escrow.spanned()],
            circuits=[
                ClaimedCircuit(name, shape, key.circuit.hex()) for name, key in self.statements
            ],
        )

    def endowment_message(self) -> bytes:
        """What the custodian signs: all of the genesis but the signature."""
        terms = self.model_dump_json(exclude={"endowment": {"signature"}}).encode()
        return hashlib.sha256(_ENDOWMENT + terms).digest()

    def _endowed(self) -> list[ClaimedSignature]:
        given = self.endowment
        if given is None:
            if self.mode == "production":
                raise MalformedTransition(
                    "endowment",
                    expected="capital for the insurance fund, in production",
                    actual="none",
                )
            return []
        limit = self.parameters.max_totals[0]
        if given.amount > limit:
            raise LimitExceeded("endowment", expected=f"at most {limit}", actual=given.amount)
        custodian, message = self.parameters.custodian, self.endowment_message()
        return [ClaimedSignature("the custodian", custodian, message, given.signature)]

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
        charter = Charter(
            ledger=self.ledger, mode=self.mode, shape=self.shape, listing=self.listing
        )
        nothing = (0,) * self.shape.assets
        capital = 0 if self.endowment is None else self.endowment.amount
        state.put_charter(charter)
        state.put_parameters(self.parameters)
        # Until there is a market, the founding is what given time is held to.
        state.put_clock(0, Clock(time=self.time, published=self.time, grace=self.parameters.grace))
        state.put_pool(
            Pool(
                time=self.time,
                totals=(capital, *nothing[1:]),
                untraded=nothing,
                queued=nothing,
                fund=PublicOpening(values=(capital, *none[1:]), blinding=0),
                expiry=Point.IDENTITY,
                settled=(None,) * self.shape.instruments,
            )
        )
