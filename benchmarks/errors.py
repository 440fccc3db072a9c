"""What `benchmarks` raises, on the branches of `zk.errors`.

ZkError
├── MeasurementFailed   a measurement that came to no result
│   └── PeerFailed      because a peer does not start, stops, or answers something else
├── ProofRejected       (of zk) a proof that does not verify: its figure does not count
└── Conflict            (of zk) a name that means nothing here
"""

from __future__ import annotations

from zk.errors import ZkError


class MeasurementFailed(ZkError):
    """No figure, and not because of a proof."""


class PeerFailed(MeasurementFailed):
    """A program of others that did not do what it was started for."""
