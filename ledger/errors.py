"""What `ledger` raises, on the branches of `zk.errors`.

    Malformed
    ├── MalformedTransition   not the canonical bytes of a transition
    └── DamagedLedger         what is stored contradicts itself
    Rejected
    └── TransitionRejected    well formed, and this state does not admit it
        ├── Unauthorised      too few signers, or not those who must sign
        ├── OutOfOrder        a nonce, an epoch or a time that is not the next one
        ├── NotAdmitted       the account, order, market or sale is in no state for it
        └── LimitExceeded     an amount, a total or a move past its bound
    Conflict
    ├── Unavailable           the file is locked, full, failing, or of another version
    ├── NotKnown              a key without a slot: nothing can be proven of it
    └── UnknownInstrument     a kind whose plug-in is not installed here

`rule` names the rule that was broken, in the words of docs/rules.md.
"""

from __future__ import annotations

from zk.errors import Conflict, Malformed, Rejected


class MalformedTransition(Malformed):
    """Bytes that are no transition, or not the canonical ones."""


class DamagedLedger(Malformed):
    """The file is a ledger, and its parts do not agree; `entry` is where that shows."""

    def __init__(
        self, subject: str, *, expected: object, actual: object, entry: int | None = None
    ) -> None:
        super().__init__(subject, expected=expected, actual=actual)
        self.entry = entry


class TransitionRejected(Rejected):
    """A transition that this state does not admit; `subject` is the rule."""

    @property
    def rule(self) -> str:
        return self.subject


class Unauthorised(TransitionRejected):
    """Too few signers, or others than those who must sign; a wrong signature is zk's to refuse."""


class OutOfOrder(TransitionRejected):
    """A replay, a proof of another epoch, a time before its turn."""


class NotAdmitted(TransitionRejected):
    """The state of the account, the order, the market or the sale does not allow it."""


class LimitExceeded(TransitionRejected):
    """Past a bound that keeps the ledger sound."""


class Unavailable(Conflict):
    """The store could not be read or written; nothing was changed."""


class NotKnown(Conflict):
    """Whether there is such a record cannot be shown: the tree has no proofs of absence.

    It is not the same as none: a record that was deleted has a proof of that.
    """


class UnknownInstrument(Conflict):
    """A listing may be in order, and this installation cannot tell: it lacks the plug-in."""
