"""Three guardians at one table: a real ceremony, in one process so that a person can watch it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from development.offices import Committee
from ledger.parameters import EscrowKey
from ledger.port import LedgerPort
from ledger.transitions import Reveal
from prover.guardian import (
    CeremonyTerms,
    Dealer,
    Guardian,
    KeyShare,
    Member,
    Nonces,
    Record,
    complaints,
    join,
    receive,
    respond,
    reveal_account,
)
from prover.messages import Recipient
from zk.randomness import Randomness


@dataclass(frozen=True, slots=True)
class Guardians:
    """The holders of the escrow key; each has a share, and nobody has the key."""

    committee: Committee
    shares: tuple[KeyShare, ...]
    randomness: Randomness

    @classmethod
    def met(cls, committee: Committee, randomness: Randomness) -> Guardians:
        """After a key generation of all of them: pledges, deals, and no complaints."""
        transports = [Recipient.draw(randomness) for _ in committee.members]
        terms = CeremonyTerms(
            purpose="escrow key",
            nonce=randomness(1 << 256).to_bytes(32, "big"),
            members=tuple(
                Member(signing=signer.public, encryption=transport.public)
                for signer, transport in zip(committee.members, transports, strict=True)
            ),
            threshold=committee.threshold,
            refreshes=None,
        )
        signers = list(enumerate(committee.members))
        dealers = [Dealer(terms, index, signer, randomness) for index, signer in signers]
        pledges = tuple(dealer.pledge() for dealer in dealers)
        deals = tuple(dealer.deal(pledges) for dealer in dealers)
        record = Record(terms=terms, pledges=pledges, deals=deals)
        found = [c for i, signer in signers for c in complaints(record, i, transports[i], signer)]
        record = record.model_copy(update={"complaints": tuple(found)})
        shares = tuple(receive(record, i, transports[i]) for i, _ in signers)
        return cls(committee, shares, randomness)

    def escrow_key(self) -> EscrowKey:
        """P, with a proof of possession that all of them made together."""
        nonces = [Nonces(share.guardian, self.randomness) for share in self.shares]
        pairs = [one.public for one in nonces]
        responses = [
            respond(share, nonce, pairs) for share, nonce in zip(self.shares, nonces, strict=True)
        ]
        return join(self.shares[0].shared, pairs, responses)

    def reveal(self, ledger: LedgerPort, account: int, present: Sequence[int] = (0, 1)) -> Reveal:
        """Those who are there open an overdue account, each looking at the ledger for itself.

        Time is played as well, so their own clocks are the ledger's.
        """
        guardians = [
            Guardian(
                [self.shares[index]],
                self.committee.members[index],
                ledger,
                self.randomness,
                clock=lambda: ledger.state.pool.time,
            )
            for index in present
        ]
        shared = [self.shares[0].shared]
        return reveal_account(ledger.state, account, ledger.entry, guardians, shared)
