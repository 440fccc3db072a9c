"""What the matcher raises, on the branches of `zk.errors`.

Rejected
└── OrderRefused   a message whose order this matcher cannot fill, and why
"""

from __future__ import annotations

from zk.errors import Rejected


class OrderRefused(Rejected):
    """The order does not count; everything else in the inbox is cleared all the same."""
