"""What a wallet raises, on the branches of `zk.errors`.

    Malformed
    └── MalformedWallet    the password was right, and what it opened is no wallet of ours
    Rejected
    ├── WorseThanAgreed    terms that the owner did not allow; nothing was signed
    ├── MessageRejected    an offer or an answer that does not belong to what it speaks of
    └── Unreadable         the log has something of this account that the seed does not explain
    Conflict
    ├── OtherLedger        the wallet was made for another ledger
    ├── RolledBack         the wallet has seen entries that this log does not have
    ├── NoAccount          the account is not open yet
    └── WalletInUse        another process holds the wallet

Wrong passwords and damaged files are `prover.sealed_file`'s to refuse.
"""

from __future__ import annotations

from zk.errors import Conflict, Malformed, Rejected


class MalformedWallet(Malformed):
    """Sealed under this password, and not of the promised form."""


class WorseThanAgreed(Rejected):
    """Worse than the owner said; `subject` is the limit that it breaks."""


class MessageRejected(Rejected):
    """From somebody else, about another trade, or too late."""


class Unreadable(Rejected):
    """An opening that does not follow from the seed, or is not what the ledger holds."""


class OtherLedger(Conflict):
    """A wallet belongs to one ledger."""


class RolledBack(Conflict):
    """The log lacks what it had before, or has something else in its place."""


class NoAccount(Conflict):
    """Asked of an account that is not open yet."""


class WalletInUse(Conflict):
    """Two processes must not write one wallet."""
