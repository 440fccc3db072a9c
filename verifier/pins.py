"""The digests of verifying keys that somebody relies on: typed, or of keys that they checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from circuits.catalogue import STATEMENTS
from ledger.genesis import StatementKeys
from zk.errors import Conflict, Malformed
from zk.formats.files import MAX_JSON_BYTES, read_bytes


def pinned(pins: Sequence[str], keys: Path | None) -> dict[str, str]:
    """By statement, from STATEMENT=DIGEST or from the file that `tacit keys import` wrote."""
    if keys is None:
        return parse_pins(pins)
    if pins:
        raise Conflict("digests of keys", expected="--pin or --keys", actual="both")
    statements = StatementKeys.decode(read_bytes(keys, MAX_JSON_BYTES).strip())
    return {name: key.key_digest for name, key in statements}


def parse_pins(pins: Iterable[str]) -> dict[str, str]:
    """From STATEMENT=DIGEST, each statement at most once."""
    digests: dict[str, str] = {}
    for pin in pins:
        name, _, digest = pin.partition("=")
        if name not in STATEMENTS or not re.fullmatch("[0-9a-f]{64}", digest):
            expected = f"{' or '.join(STATEMENTS)}, an equals sign and 64 hexadecimal digits"
            raise Malformed("pin", expected=expected, actual=repr(pin)[:100])
        if name in digests:
            raise Conflict("pin", expected="each statement once", actual=f"{name} twice")
        digests[name] = digest
    return digests
