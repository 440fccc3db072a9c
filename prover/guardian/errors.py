"""What the guardians raise, on the branches of `zk.errors`.

    Malformed
    └── MalformedCeremony   terms that nobody can meet, or a record that contradicts itself
    Rejected
    ├── CeremonyFailed      too few honest dealers are left
    ├── ShareRejected       a share that is not the one the public record commits to
    ├── PartialRejected     a contribution that does not prove itself; `guardian` gave it
    └── NotPermitted        a guardian has no reason to read this, and gives nothing
    Conflict
    └── TooFewGuardians     fewer than t are of help; `faults` says what came from whom

A rejection names the guardian or the dealer that it is about, so that the others can go on without.
"""

from __future__ import annotations

from collections.abc import Mapping

from zk.errors import Conflict, Malformed, Rejected, ZkError


class MalformedCeremony(Malformed):
    """Nothing to judge: the terms or the messages are not of the promised form."""


class CeremonyFailed(Rejected):
    """No key follows from this record."""


class ShareRejected(Rejected):
    """Not the share that belongs to the public commitments."""


class PartialRejected(Rejected):
    """A contribution that is not what its proof says; `guardian` is who gave it."""

    def __init__(self, guardian: int, *, expected: object, actual: object) -> None:
        super().__init__(f"partial of guardian {guardian}", expected=expected, actual=actual)
        self.guardian = guardian


class NotPermitted(Rejected):
    """A guardian looked for a reason to decrypt, and found none."""


class TooFewGuardians(Conflict):
    """Fewer than the threshold are left; `faults` has what the others did."""

    def __init__(self, needed: int, found: int, faults: Mapping[int, ZkError]) -> None:
        said = "; ".join(f"guardian {index}: {fault}" for index, fault in faults.items())
        super().__init__(
            "guardians", expected=f"{needed} of use", actual=f"{found} ({said})" if said else found
        )
        self.faults = faults
