"""What an auditor asks guardians for, and signs."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from ledger.encoding import Count, Digest, Model, PublicKey, SignatureBytes
from ledger.escrows import Found
from prover.guardian.errors import NotPermitted
from prover.guardian.partials import Partial
from prover.messages import Recipient, encrypt_to
from zk.errors import Malformed
from zk.signatures import SigningKey, verify_signature

_DOMAIN: Final = b"tacit/v1/guardian/audit/"


class AuditRequest(Model):
    """These accounts, as they were put in escrow in these epochs, until then."""

    ledger: Digest
    auditor: PublicKey
    #: Where the partials are encrypted to: t of them in the open would be open to all.
    encryption: PublicKey
    purpose: Annotated[str, Field(max_length=200, pattern=r"^[ -~]*$")]
    accounts: tuple[Count, ...]
    first_epoch: Count
    last_epoch: Count
    #: In the ledger's time.
    expires: Count
    signature: SignatureBytes

    def signed(self, key: SigningKey) -> AuditRequest:
        """This request with its auditor's signature."""
        return self.model_copy(update={"signature": key.sign(self._message())})

    def check(self) -> None:
        """The auditor signed exactly this."""
        verify_signature("the auditor", self.auditor, self._message(), self.signature)

    def terms(self) -> bytes:
        """What a consent is given to: all but the signature."""
        return self._message()

    def require_covers(self, found: Found) -> None:
        """That escrow is of an account and an epoch that were asked for."""
        if found.account not in self.accounts:
            raise NotPermitted(
                f"account {found.account}", expected=f"one of {self.accounts}", actual="another"
            )
        if not self.first_epoch <= found.epoch <= self.last_epoch:
            raise NotPermitted(
                f"escrow in entry {found.sealed.entry}",
                expected=f"an epoch from {self.first_epoch} to {self.last_epoch}",
                actual=found.epoch,
            )

    def _message(self) -> bytes:
        return _DOMAIN + self.model_dump_json(exclude={"signature"}).encode()


class Disclosure(Model):
    """A guardian's partials for an auditor; they travel encrypted."""

    guardian: Count
    partials: tuple[Partial, ...]

    def seal(self, request: AuditRequest) -> bytes:
        """For the auditor's eyes."""
        return encrypt_to(request.encryption, self.encode(), info=request.terms())


def open_disclosure(request: AuditRequest, sealed: bytes, transport: Recipient) -> Disclosure:
    """What a guardian answered to that request."""
    if transport.public != request.encryption:
        raise Malformed("transport key", expected="that of the request", actual="another")
    return Disclosure.decode(transport.decrypt(sealed, request.terms()))
