"""A head that was obtained elsewhere: the only thing that shows a log cut short at its end.

Written down by an owner, published by somebody, or signed by an earlier auditor: a hash in
hexadecimal, or a JSON file with `number` and `hash` (a verdict of ours is one).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from ledger.encoding import parse_hex
from ledger.log import Entry
from verifier.findings import finding
from verifier.report import Code, Finding, HeadCheck
from zk.errors import Malformed
from zk.formats.files import MAX_JSON_BYTES, read_bytes

_HASH: Final = "hash of a head"
_NOT_GIVEN: Final = (
    "No head was given: entries that are missing at the end of the log cannot be noticed. "
    "Compare with a head that somebody else has seen."
)


@dataclass(frozen=True, slots=True)
class ExpectedHead:
    """The hash of an entry that this ledger must have, and its number where that is known."""

    hash: bytes
    number: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """A hash in hexadecimal, or the name of a JSON file."""
        if len(text) == 64 and not Path(text).exists():
            return cls(parse_hex(text, 32, _HASH))
        data = read_bytes(Path(text), MAX_JSON_BYTES)
        try:
            document = json.loads(data)
            number = document["number"]
            if isinstance(number, bool) or not isinstance(number, int) or number < 0:
                raise TypeError("number")
            return cls(parse_hex(document["hash"], 32, _HASH), number)
        except (ValueError, KeyError, TypeError):
            raise Malformed(
                text, expected="JSON with the number and the hash of an entry", actual="another"
            ) from None


@dataclass(slots=True)
class HeadWatch:
    """Looks for the expected head while entries go by."""

    expected: ExpectedHead | None
    #: The log could not be read to its end.
    is_cut_off: bool = False
    _seen: int | None = None
    _other: list[Entry] = field(default_factory=list)

    def step(self, entry: Entry) -> None:
        """Compares one entry, as it is stored."""
        if self.expected is None:
            return
        if entry.hash == self.expected.hash and self.expected.number in (None, entry.number):
            self._seen = entry.number
        elif entry.number == self.expected.number:
            self._other = [entry]

    def finish(self, last: int | None) -> tuple[HeadCheck, list[Finding]]:
        """What came of it, at the end of the log; `last` is the last entry's number."""
        if self.expected is None:
            return HeadCheck(status="not given", explanation=_NOT_GIVEN), []
        number, digest = self.expected.number, self.expected.hash.hex()
        if self._seen is not None:
            return _found(self._seen, last, digest), []
        if self.is_cut_off and not self._other:
            words = "The log cannot be read as far as that."
            return HeadCheck(status="missing", number=number, hash=digest, explanation=words), []
        found = list(self._missing(last, digest))
        words = found[0].explanation
        return HeadCheck(status="missing", number=number, hash=digest, explanation=words), found

    def _missing(self, last: int | None, digest: str) -> Iterator[Finding]:
        for entry in self._other:
            yield finding(Code.HEAD, entry.number, "hash of the entry", digest, entry.hash.hex())
            return
        ends = "no entry" if last is None else f"entry {last}"
        number = self.expected.number if self.expected else None
        if number is None:
            yield finding(Code.HEAD, None, "head", f"an entry with the hash {digest}", "none")
        else:
            yield finding(Code.TRUNCATED, None, "head", f"entry {number}", f"an end at {ends}")


def _found(seen: int, last: int | None, digest: str) -> HeadCheck:
    if seen == last:
        words = "The log ends with the entry that was given."
        return HeadCheck(status="is the tip", number=seen, hash=digest, explanation=words)
    words = f"The log has the entry that was given, and goes on to entry {last}."
    return HeadCheck(status="contained", number=seen, hash=digest, explanation=words)
