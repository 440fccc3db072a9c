"""A verdict under an auditor's signature, and what a later audit may take from it.

A verdict names one entry of one ledger, and says that the history up to it was in order. Whoever
believes the auditor continues from there: entries up to the named one are still decoded, executed
and hashed, so the state is rebuilt and held against every root and against the named entry. Their
signatures, representations, proofs and market tables are not looked at again.

Nothing of a state is carried: the log has all of it, and rebuilding it costs a part of an audit.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final, Literal, Self

from ledger.encoding import Count, Digest, Model, PublicKey, SignatureBytes, parse_hex
from verifier.report import AuditReport, Continued, Tip
from zk.errors import Conflict, Malformed, Rejected, ZkError
from zk.formats.files import MAX_JSON_BYTES, read_bytes
from zk.signatures import SigningKey, verify_signature

_DOMAIN: Final = b"tacit/v1/verdict/"
NOT_RECHECKED: Final = ("signatures", "representation proofs", "proofs", "market tables")


class SignedVerdict(Model):
    """What an auditor stands for, in canonical JSON."""

    kind: Literal["tacit verdict 1"] = "tacit verdict 1"
    ledger: Digest
    #: The last entry that was audited.
    number: Count
    time: Count
    hash: Digest
    root: Digest
    verdict: Literal["valid", "valid with remarks"]
    #: Codes of the warnings that the report gave, sorted.
    remarks: tuple[str, ...]
    #: SHA-256 of the report's JSON without spaces.
    report: Digest
    auditor: PublicKey
    signature: SignatureBytes

    @classmethod
    def of(cls, report: AuditReport, key: SigningKey) -> Self:
        """The verdict of that report; an invalid ledger gets none."""
        if report.verdict == "invalid" or report.ledger is None or report.tip is None:
            raise Rejected("verdict", expected="a ledger without errors", actual=report.summary)
        draft = cls(
            ledger=bytes.fromhex(report.ledger.id),
            number=report.tip.number,
            time=report.tip.time,
            hash=bytes.fromhex(report.tip.hash),
            root=bytes.fromhex(report.tip.root),
            verdict=report.verdict,
            remarks=tuple(sorted({found.code for found in report.findings})),
            report=hashlib.sha256(report.model_dump_json().encode()).digest(),
            auditor=key.public,
            signature=bytes(64),
        )
        return draft.model_copy(update={"signature": key.sign(draft.message)})

    @property
    def message(self) -> bytes:
        """What is signed: everything but the signature."""
        terms = self.model_dump_json(exclude={"signature": True}).encode()
        return hashlib.sha256(_DOMAIN + terms).digest()

    def check(self, auditor: bytes) -> None:
        """Raises unless that auditor signed it."""
        if self.auditor != auditor:
            raise Conflict(
                "auditor of the verdict", expected=auditor.hex(), actual=self.auditor.hex()
            )
        verify_signature("the auditor", auditor, self.message, self.signature)

    @property
    def continued(self) -> Continued:
        """What the report of a later audit says about it."""
        tip = Tip(number=self.number, time=self.time, hash=self.hash.hex(), root=self.root.hex())
        return Continued(auditor=self.auditor.hex(), tip=tip, not_rechecked=NOT_RECHECKED)

    @classmethod
    def read(cls, path: Path) -> Self:
        """From a file."""
        data = read_bytes(path, MAX_JSON_BYTES).strip()
        try:
            return cls.decode(data)
        except ZkError as error:
            raise Malformed(str(path), expected="a signed verdict", actual=str(error)) from None


def read_signing_key(path: Path) -> SigningKey:
    """An auditor's key: a file with 64 hexadecimal digits."""
    data = read_bytes(path, 1 << 10)
    try:
        return SigningKey(bytes.fromhex(data.decode().strip()))
    except ValueError:
        raise Malformed(
            str(path), expected="64 hexadecimal digits", actual="something else"
        ) from None


def parse_public_key(text: str) -> bytes:
    """An auditor's public key, in hexadecimal."""
    return parse_hex(text, 32, "auditor's key")
