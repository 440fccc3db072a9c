"""From what went wrong to a finding: the code, and a sentence that says what it means."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ledger.errors import DamagedLedger, MalformedTransition
from verifier.report import Code, Finding, Severity
from zk.errors import ProofRejected, SignatureRejected, UnsafeKey, ZkError

#: Longer values say no more to a person.
_LONGEST: Final = 300

_WARNINGS: Final = frozenset(
    {
        Code.DEVELOPMENT_KEY,
        Code.UNPINNED_KEY,
        Code.OVERDUE,
        Code.SHORT_TIMES,
        Code.QUORUM,
        Code.CLOCK,
        Code.DEFICIT,
    }
)

_MEANING: Final = {
    Code.DAMAGED: "The file cannot be read here: what was written is not what is there now.",
    Code.CHAIN: "The entry is not the one that follows: the log was damaged, or entries were "
    "changed, removed, inserted or put in another order.",
    Code.ENCODING: "The bytes are not those of a transition, so nobody could have accepted them.",
    Code.ROOT: "The state that follows by the rules is not the one that the entry commits to: "
    "whoever wrote it followed other rules, or its root was changed.",
    Code.STORED_STATE: "The log is in order, and the state beside it in the file is not the one "
    "that follows: do not believe what this file says of accounts.",
    Code.GENESIS: "The ledger contradicts itself from its first entry on.",
    Code.RULE: "The rules do not admit this transition in the state before it.",
    Code.SIGNATURE: "Somebody who must sign this did not.",
    Code.SPAN: "What was added is not shown to hold nothing but what it may hold.",
    Code.PROOF: "The proof does not prove its statement: nothing shows that the account is sound.",
    Code.UNSAFE_KEY: "Under this key anybody can prove anything; no proof of this ledger means "
    "something.",
    Code.FOREIGN_CIRCUIT: "The key belongs to another circuit than the one that this installation "
    "compiles: what its proofs prove is not known.",
    Code.UNPINNED_KEY: "The genesis says that the key came out of a ceremony, which no audit can "
    "see: compare its digest with the one that the ceremony published.",
    Code.DEVELOPMENT_KEY: "Whoever made this key can prove false statements: nothing of value may "
    "rest on this ledger.",
    Code.TABLE: "What the oracles signed, or what the ledger asks of accounts, does not follow "
    "from the prices that they reported.",
    Code.SETTLEMENT: "The oracles settled an instrument at a value that its last two markets and "
    "one more move do not allow.",
    Code.CONSERVATION: "Something was created or destroyed: what all accounts hold together is "
    "not what came in.",
    Code.TOTALS: "A public total is not what the transitions add up to: what was paid in and out, "
    "what waits, or what accounts hold that never traded.",
    Code.PAYOUT: "A withdrawal was paid before the losses of its market could have shown, or more "
    "or less of it than the share that was everybody's.",
    Code.DEFAULT: "A default took another course than the rules set: who is on sale, what is sold "
    "and for how much, or what the insurance fund gains and pays.",
    Code.EARLY: "The guardians opened an account that owed no proof yet: its privacy was taken "
    "without a reason.",
    Code.HEAD: "This is another history than the one whose head was given.",
    Code.TRUNCATED: "The log ends before the head that was given: entries are missing at its end.",
    Code.CROSS_CHECK: "Two implementations disagree about one proof: one of them is wrong, and "
    "this has to be understood before either is believed.",
    Code.OVERDUE: "An account that did not prove its margin was not revealed in time. That breaks "
    "no rule of the ledger: its guardians failed, or the oracles did by letting the market grow "
    "too old for a reveal; meanwhile a loss may have outgrown the margin.",
    Code.SHORT_TIMES: "Times so short suit a test: people need longer to prove, to open an account "
    "in default, to buy it, or to read what governors have signed.",
    Code.QUORUM: "So few signatures are needed that a third of the keys, with one liar among the "
    "others, can decide or stall: a production ledger would not be founded with this.",
    Code.CLOCK: "Two clocks that should agree do not. A clock that is ahead can run sales to their "
    "last step, and one that stands still, with markets held back, lets nobody become overdue.",
    Code.DEFICIT: "Losses are public that the insurance fund does not cover: who has traded is "
    "paid a part of a withdrawal.",
}


def finding(
    code: Code, entry: int | None, subject: str, expected: object, actual: object
) -> Finding:
    """What was found, with its meaning."""
    severity: Severity = "warning" if code in _WARNINGS else "error"
    return Finding(
        code=code,
        severity=severity,
        entry=entry,
        subject=_line(subject),
        expected=_line(expected),
        actual=_line(actual),
        explanation=_MEANING[code],
    )


def from_error(error: ZkError, entry: int | None, code: Code | None = None) -> Finding:
    """An error that stopped the replay; its class says what kind of thing it is."""
    chosen = code or _code_of(error)
    return finding(chosen, entry, error.subject, error.expected, error.actual)


def explain(code: Code) -> str:
    """What a finding of this kind means."""
    return _MEANING[code]


def codes() -> Iterator[tuple[Code, Severity]]:
    """Every code with its severity, in the order of their definition."""
    for code in Code:
        yield code, "warning" if code in _WARNINGS else "error"


def _code_of(error: ZkError) -> Code:
    if isinstance(error, SignatureRejected):
        return Code.SIGNATURE
    if isinstance(error, ProofRejected):
        return Code.SPAN  # proofs of circuits are judged in batches, and never stop the replay
    if isinstance(error, UnsafeKey):
        return Code.UNSAFE_KEY
    if isinstance(error, MalformedTransition):
        return Code.ENCODING
    if isinstance(error, DamagedLedger):
        return Code.DAMAGED
    return Code.RULE


def _line(value: object) -> str:
    text = " ".join(str(value).split()) or "nothing"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
