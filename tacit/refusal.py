"""How a command says no: one line on standard error."""

from __future__ import annotations

import sys


def print_refusal(reason: object) -> None:
    """One line in which nothing that somebody typed or sent moves the cursor."""
    words = " ".join(str(reason).split())
    line = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in words)
    print(f"error: {line}", file=sys.stderr)
