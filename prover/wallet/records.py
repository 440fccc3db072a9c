"""What a wallet remembers. All of it but the values of orders and offers is in seed and log."""

from __future__ import annotations

from typing import Literal, Self

from ledger.encoding import (
    Count,
    Digest,
    HexBytes,
    Model,
    PointHex,
    PublicKey,
    Quantity,
    Scalar,
)
from ledger.errors import MalformedTransition
from ledger.parameters import Parameters
from ledger.port import LedgerPort
from prover.wallet.errors import MalformedWallet
from prover.wallet.keys import WalletKeys
from zk.pedersen import Opening


class Secret(Model):
    """A record that never prints what it holds."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(<redacted>)"

    def __str__(self) -> str:
        return repr(self)


class HeldOpening(Secret):
    """An opening, as it is kept in the file."""

    values: tuple[Quantity, ...]
    blinding: Scalar

    @classmethod
    def of(cls, opening: Opening) -> Self:
        """The same opening."""
        return cls(values=opening.values, blinding=opening.blinding)

    @property
    def opening(self) -> Opening:
        return Opening(self.values, self.blinding)


class Seen(Model):
    """The newest entry of the log that the wallet has followed."""

    number: Count
    hash: Digest


class LedgerTerms(Model):
    """What the reading of a log needs of the parameters in force."""

    escrow: PointHex
    order_fee: Count
    leg_fee: Count

    @classmethod
    def of(cls, parameters: Parameters) -> Self:
        """Those of these parameters."""
        return cls(
            escrow=parameters.escrow.point,
            order_fee=parameters.order_fee,
            leg_fee=parameters.leg_fee,
        )


class PendingLedgerTerms(Model):
    """Signed by the governors, and in force from a time on."""

    effective: Count
    terms: LedgerTerms


class Step(Secret):
    """What the account opened to after an entry of the log."""

    entry: Count
    time: Count
    what: str
    held: HeldOpening


class PlacedOrder(Secret):
    """The newest order of the account; its opening is unknown to a wallet restored from a seed."""

    id: Count
    nonce: Count
    matcher: PublicKey
    held: HeldOpening | None
    #: Taken back: what is still being cleared may fill it a little while longer.
    cancelled: bool = False


class Attempts(Secret):
    """The values of every order that was written for one nonce."""

    nonce: Count
    tried: tuple[tuple[Quantity, ...], ...]


class Pending(Secret):
    """A transition that was about to be submitted when the wallet was last saved."""

    kind: str
    binding: Digest
    #: What the account opens to if it is on the ledger.
    held: HeldOpening


class Trade(Secret):
    """A bilateral trade on its way, by the binding of its settlement."""

    binding: Digest
    role: Literal["maker", "taker"]
    status: Literal["open", "settled", "void"] = "open"
    epoch: Count
    nonce: Count
    other: Count
    other_nonce: Count
    #: What our own account receives.
    delta: HeldOpening


class WalletRecord(Secret):
    """The whole wallet."""

    format: Literal["tacit-wallet-2"] = "tacit-wallet-2"
    ledger: Digest
    seed: HexBytes
    account: Count | None = None
    seen: Seen
    terms: LedgerTerms
    waiting: tuple[PendingLedgerTerms, ...] = ()
    history: tuple[Step, ...] = ()
    order: PlacedOrder | None = None
    attempts: Attempts | None = None
    pending: Pending | None = None
    trades: tuple[Trade, ...] = ()

    @classmethod
    def begin(cls, seed: bytes, ledger: LedgerPort) -> Self:
        """A wallet that has seen the genesis and nothing else."""
        first = ledger.entry(0)
        return cls(
            ledger=ledger.id,
            seed=WalletKeys(seed, ledger.id).seed,
            seen=Seen(number=0, hash=first.hash),
            terms=LedgerTerms.of(ledger.genesis.parameters),
        )

    @classmethod
    def read(cls, data: bytes) -> Self:
        """Canonical bytes; the error does not quote them, for they are secret."""
        try:
            return cls.decode(data)
        except MalformedTransition as error:
            raise MalformedWallet(
                f"wallet, {error.subject}", expected="a record of this version", actual="another"
            ) from None

    @property
    def keys(self) -> WalletKeys:
        return WalletKeys(self.seed, self.ledger)

    @property
    def opening(self) -> Opening | None:
        """What the account opens to now."""
        return self.history[-1].held.opening if self.history else None
