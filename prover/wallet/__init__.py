"""One owner's wallet: keys, openings, trades, and what they stand to lose."""

from prover.wallet.agreement import Agreement
from prover.wallet.exposure import Exposure, Heartbeat, exposure, heartbeat
from prover.wallet.file import WalletFile
from prover.wallet.keys import WalletKeys
from prover.wallet.records import WalletRecord
from prover.wallet.wallet import Synced, Wallet

__all__ = [
    "Agreement",
    "Exposure",
    "Heartbeat",
    "Synced",
    "Wallet",
    "WalletFile",
    "WalletKeys",
    "WalletRecord",
    "exposure",
    "heartbeat",
]
