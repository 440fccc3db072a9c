"""What is said in a ceremony, and who said it: the public record.

    pledge     every dealer, the hash of what it will say
    deal       every dealer, once all pledges are known: commitments, possession, sealed shares
    complaint  a guardian whose share does not open or does not fit
    answer     the dealer, that share in the clear

The same four messages make a key and refresh its shares. Every message is signed, and what follows
from a record (`judgement.judge`) is the same for everybody who has it. Somebody must keep the
record, and close each kind of message (all have spoken, or time is up) before the next is opened;
what comes late is left out. Whoever keeps it can stop a ceremony, or leave out a complaint; it
cannot choose a key. So all n guardians, and not only t, should take part in the proof of
possession: it shows that they have the same record, and each a share that fits.

A guardian takes part in a session once. A ceremony that failed is convened again under another
nonce, without those who made it fail.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import Field

from ledger.encoding import (
    Count,
    Digest,
    HexBytes,
    Model,
    PointHex,
    PublicKey,
    Scalar,
    SignatureBytes,
    SpanBytes,
)
from prover.guardian.errors import MalformedCeremony
from prover.guardian.shares import SharedKey
from prover.messages import encrypt_to
from zk.babyjubjub import Point
from zk.errors import Malformed
from zk.sigma import Span
from zk.signatures import SigningKey, verify_signature

#: Bounds what is left of bias: see `judgement`.
MAX_GUARDIANS: Final = 16

_SESSION: Final = b"tacit/v1/guardian/session/"
_MESSAGE: Final = b"tacit/v1/guardian/message/"
_PLEDGE: Final = b"tacit/v1/guardian/pledge/"
_POSSESSION: Final = b"tacit/v1/guardian/possession/"
_SHARE: Final = b"tacit/v1/guardian/share/"


class Member(Model):
    """A guardian, by the keys it has already."""

    signing: PublicKey
    encryption: PublicKey


class CeremonyTerms(Model):
    """Who shares what: agreed on before anything is said."""

    purpose: Annotated[str, Field(max_length=200, pattern=r"^[ -~]*$")]
    nonce: Digest
    members: tuple[Member, ...]
    threshold: Annotated[int, Field(ge=1)]
    #: The key whose shares are made anew; none where the ceremony makes a key.
    refreshes: SharedKey | None = None

    def check(self) -> None:
        """Refuses terms that cannot be met, or under which one guardian counts twice."""
        n = len(self.members)
        signers = {member.signing for member in self.members}
        if not self.threshold <= n <= MAX_GUARDIANS or len(signers) != n:
            raise MalformedCeremony(
                "terms",
                expected=f"at most {MAX_GUARDIANS} distinct guardians, no fewer than needed",
                actual=f"{self.threshold} of {len(signers)} distinct in {n}",
            )
        for member in self.members:
            _require_encryption_key(member.encryption)
        if self.refreshes is not None:
            self.refreshes.check()
            if (self.refreshes.threshold, len(self.refreshes.shares)) != (self.threshold, n):
                raise MalformedCeremony(
                    "refresh",
                    expected="the same t and n as before",
                    actual=f"{self.threshold}, {n}",
                )

    def session(self) -> bytes:
        """What every message of this ceremony is bound to."""
        return hashlib.sha256(_SESSION + self.encode()).digest()


class Message(Model):
    """Something that a guardian says in public; its author is `author`."""

    SPOKEN_BY: ClassVar[str] = "dealer"

    kind: str
    signature: SignatureBytes

    @property
    def author(self) -> int:
        """Whose signature it carries."""
        author: int = getattr(self, self.SPOKEN_BY)
        return author

    def body(self) -> bytes:
        """All of it but the signature."""
        return self.model_dump_json(exclude={"signature"}).encode()

    def signed(self, session: bytes, key: SigningKey) -> Self:
        """This message with a signature for that session."""
        signature = key.sign(_MESSAGE + session + self.body())
        return self.model_copy(update={"signature": signature})

    def check(self, terms: CeremonyTerms, session: bytes) -> None:
        """Its author said it, in this session."""
        n = len(terms.members)
        if self.author >= n:
            raise MalformedCeremony(
                f"author of a {self.kind}", expected=f"below {n}", actual=self.author
            )
        key = terms.members[self.author].signing
        verify_signature(
            f"guardian {self.author}", key, _MESSAGE + session + self.body(), self.signature
        )


class Pledge(Message):
    """The hash of the commitments, before anybody has shown any."""

    kind: Literal["pledge"] = "pledge"
    dealer: Count
    promise: Digest


class Deal(Message):
    """A₀ … A_{t−1}, the proof that the dealer knows a₀, and a share for each guardian."""

    kind: Literal["deal"] = "deal"
    dealer: Count
    #: Of all pledges that the dealer had seen: nobody can pledge after the first honest deal.
    pledges: Digest
    commitments: tuple[PointHex, ...]
    possession: SpanBytes
    sealed: tuple[HexBytes, ...]


class Complaint(Message):
    """`accuser` has no share of `dealer` that fits."""

    SPOKEN_BY: ClassVar[str] = "accuser"

    kind: Literal["complaint"] = "complaint"
    accuser: Count
    dealer: Count


class Answer(Message):
    """The share that `accuser` misses, for everybody to see.

    It tells a liar only what it had already, and everybody what an honest guardian has: one share
    of one dealer's polynomial, of which t would be needed.
    """

    kind: Literal["answer"] = "answer"
    dealer: Count
    accuser: Count
    share: Scalar


class Record(Model):
    """Everything that was said; more of the same kind by the same author shows who lied."""

    terms: CeremonyTerms
    pledges: tuple[Pledge, ...] = ()
    deals: tuple[Deal, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    answers: tuple[Answer, ...] = ()

    def check(self) -> bytes:
        """Every message is its author's; the session."""
        self.terms.check()
        session = self.terms.session()
        messages: list[Message] = [*self.pledges, *self.deals, *self.complaints, *self.answers]
        for message in messages:
            message.check(self.terms, session)
        return session

    def accusers(self, dealer: int) -> tuple[int, ...]:
        """Who complains about that dealer, each once."""
        found = {one.accuser for one in self.complaints if one.dealer == dealer}
        return tuple(sorted(found))


def pledged(
    session: bytes, dealer: int, commitments: tuple[Point, ...], possession: bytes
) -> bytes:
    """What a pledge hashes; commitments are points of a random polynomial, so it hides them."""
    data = b"".join(point.encode() for point in commitments) + possession
    return hashlib.sha256(_PLEDGE + session + _index(dealer) + data).digest()


def pledges_digest(pledges: tuple[Pledge, ...]) -> bytes:
    """One hash of them all, in whatever order they came."""
    parts = sorted({_index(one.dealer) + one.promise for one in pledges})
    return hashlib.sha256(_PLEDGE + b"".join(parts)).digest()


def possession_of(session: bytes, dealer: int, constant: Point) -> tuple[Span, bytes]:
    """Span({B}; A₀) and its context: without it A₀ could be chosen to cancel the others'."""
    return Span((Point.BASE8,), constant), _POSSESSION + session + _index(dealer)


def share_info(session: bytes, dealer: int, receiver: int) -> bytes:
    """What binds a sealed share to its way."""
    return _SHARE + session + _index(dealer) + _index(receiver)


def _index(guardian: int) -> bytes:
    return guardian.to_bytes(8, "big")


def _require_encryption_key(public: bytes) -> None:
    """One key that no dealer could encrypt to would stop every deal."""
    try:
        encrypt_to(public, b"")
    except Malformed as error:
        raise MalformedCeremony(
            "encryption key of a guardian", expected=error.expected, actual=error.actual
        ) from None
