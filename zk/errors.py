"""Everything that `zk` raises.

    ZkError
    ├── Malformed        the bytes, the file or the number has not the promised form
    │   ├── MalformedPoint
    │   └── MalformedFile
    ├── Rejected         well formed, and it does not hold
    │   ├── ProofRejected
    │   ├── OpeningRejected
    │   ├── SignatureRejected
    │   ├── UnsafeKey
    │   └── Unsatisfied
    ├── Conflict         two things that are each in order and do not belong together
    └── CircuitError     the circuit itself is at fault, whatever the witness
        └── Unconstrained

An error carries what was expected and what came, so that a caller can show either.
"""

from __future__ import annotations


class ZkError(Exception):
    """The root; `subject` is what was looked at."""

    def __init__(self, subject: str, *, expected: object, actual: object) -> None:
        super().__init__(subject, expected, actual)
        self.subject = subject
        self.expected = expected
        self.actual = actual

    def __str__(self) -> str:
        return f"{self.subject}: expected {self.expected}, got {self.actual}"

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.__dict__)


class Malformed(ZkError, ValueError):
    """Not of the promised form; nothing was judged."""


class MalformedPoint(Malformed):
    """Not the canonical encoding of a point of the prime-order group."""


class MalformedFile(Malformed):
    """A file that is damaged, truncated, oversized or of another kind."""


class Rejected(ZkError):
    """Well formed, and false."""


class ProofRejected(Rejected):
    """A proof that does not prove its statement."""


class OpeningRejected(Rejected):
    """An opening that does not open the commitment."""


class SignatureRejected(Rejected):
    """A signature that the named key did not make of this message."""


class UnsafeKey(Rejected):
    """A key under which a false statement could be proven."""


class Unsatisfied(Rejected):
    """A witness that breaks a constraint; `scope` names the check."""

    def __init__(self, scope: str, *, expected: object, actual: object) -> None:
        super().__init__(f"constraint {scope}", expected=expected, actual=actual)
        self.scope = scope


class Conflict(ZkError):
    """A witness for another circuit, a list of the wrong length, a missing backend."""


class CircuitError(ZkError):
    """No witness can repair this circuit."""


class Unconstrained(CircuitError):
    """A signal that no constraint mentions: a prover could choose it freely."""


def _rebuild(kind: type[ZkError], state: dict[str, object]) -> ZkError:
    error = kind.__new__(kind)
    error.args = (state["subject"], state["expected"], state["actual"])
    error.__dict__.update(state)
    return error
