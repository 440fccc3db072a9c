"""What two owners send each other to trade: a card, an offer, and an acceptance.

A card says which key an owner's messages go to, and is signed by the key that owns the account on
the ledger; so nobody can put their own key in its place. An offer and an acceptance are encrypted
to the other owner, and signed too: what was offered cannot come from a third person.
"""

from __future__ import annotations

import hashlib
from typing import Final, Literal, Self, TypeVar

from ledger.encoding import Count, Digest, HexBytes, Model, PublicKey, SignatureBytes
from ledger.errors import MalformedTransition
from ledger.state import State
from ledger.transitions import SignedLeg
from prover.messages import Recipient, encrypt_to
from prover.wallet.errors import MessageRejected
from prover.wallet.keys import WalletKeys
from prover.wallet.records import HeldOpening, Secret
from zk.errors import SignatureRejected
from zk.randomness import Randomness, system_randomness
from zk.signatures import verify_signature

_DOMAIN: Final = b"tacit/v1/message/"

M = TypeVar("M", bound=Model)


class Card(Model):
    """How an owner is reached."""

    kind: Literal["tacit-card-1"] = "tacit-card-1"
    ledger: Digest
    account: Count
    messages: PublicKey
    signature: SignatureBytes

    @classmethod
    def of(cls, keys: WalletKeys, account: int) -> Self:
        """Our own card."""
        blank = cls(
            ledger=keys.ledger,
            account=account,
            messages=keys.recipient.public,
            signature=bytes(64),
        )
        return blank.model_copy(update={"signature": keys.signer.sign(signed_part(blank))})

    def check(self, state: State) -> None:
        """Raises `MessageRejected` unless the owner of that account has signed it."""
        check_signed(self, self.ledger, self.account, state)


class Offer(Secret):
    """The maker's terms: what the *maker's* account receives; the taker's is the opposite."""

    kind: Literal["tacit-offer-1"] = "tacit-offer-1"
    ledger: Digest
    epoch: Count
    maker: Card
    maker_nonce: Count
    taker: Count
    taker_nonce: Count
    delta: HeldOpening
    signature: SignatureBytes


class Acceptance(Secret):
    """The taker's leg, proven and signed, of the settlement with that binding."""

    kind: Literal["tacit-acceptance-1"] = "tacit-acceptance-1"
    ledger: Digest
    binding: Digest
    taker: Count
    leg: SignedLeg
    signature: SignatureBytes


class Envelope(Model):
    """What lies in the file: anybody may see it, one person can read it."""

    kind: Literal["tacit-message-1"] = "tacit-message-1"
    ledger: Digest
    body: HexBytes

    @classmethod
    def seal(
        cls, content: Offer | Acceptance, to: Card, randomness: Randomness = system_randomness
    ) -> Self:
        """Encrypted to the holder of that card."""
        return cls(
            ledger=content.ledger, body=encrypt_to(to.messages, content.encode(), randomness)
        )

    def open(self, recipient: Recipient, kind: type[M]) -> M:
        """What is in it; anything of another form is refused without being quoted."""
        return read_message(recipient.decrypt(self.body), kind)


def read_message(data: bytes, kind: type[M]) -> M:
    """Canonical bytes of that kind of message; the error does not quote them."""
    try:
        return kind.decode(data.strip())
    except MalformedTransition as error:
        raise MessageRejected(
            f"{kind.__name__.lower()}, {error.subject}",
            expected="a message of this form",
            actual="another",
        ) from None


def signed_part(message: Card | Offer | Acceptance) -> bytes:
    """Everything but the signature."""
    terms = message.model_dump_json(exclude={"signature"}).encode()
    return hashlib.sha256(_DOMAIN + terms).digest()


def check_signed(
    message: Card | Offer | Acceptance, ledger: bytes, account: int, state: State
) -> None:
    """Raises `MessageRejected` unless the account's owner on this ledger has signed it."""
    here = state.charter.ledger
    if ledger != here:
        raise MessageRejected(
            message.kind, expected=f"ledger {here.hex()[:16]}…", actual=f"{ledger.hex()[:16]}…"
        )
    owner = state.account(account).owner
    try:
        verify_signature(f"account {account}", owner, signed_part(message), message.signature)
    except SignatureRejected as error:
        raise MessageRejected(
            message.kind, expected=error.expected, actual="another signature"
        ) from None
