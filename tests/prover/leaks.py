"""Looks for secrets where they should not be: in bytes on a disk, in the memory of an object."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

#: Shorter numbers occur by chance in hashes and prices; the tests choose longer ones.
DIGITS = 7


def spellings(secret: int | bytes) -> Iterator[bytes]:
    """Every way that we could think of in which a secret might be written."""
    if isinstance(secret, bytes):
        yield secret
        yield secret.hex().encode()
        yield secret.hex().upper().encode()
        yield base64.b64encode(secret).rstrip(b"=")
        yield base64.urlsafe_b64encode(secret).rstrip(b"=")
        return
    magnitude = abs(secret)
    yield b"%d" % magnitude
    yield b"%x" % magnitude
    yield f"{magnitude:,}".encode()
    size = (magnitude.bit_length() + 7) // 8
    for width in {size, 32} if size > 4 else {8, 32}:
        if width >= size:
            for order in ("big", "little"):
                raw = secret.to_bytes(width + 1, order, signed=True)
                yield from spellings(raw[1:] if order == "big" else raw[:-1])


def leaks(secrets: Iterable[int | bytes], data: bytes) -> list[int | bytes]:
    """Which of them are in the data; a number only where no further digit stands beside it."""
    return [
        secret
        for secret in secrets
        if any(
            re.search(rb"(?<![0-9a-f])" + re.escape(text) + rb"(?![0-9a-f])", data)
            if text.isalnum() and isinstance(secret, int)
            else text in data
            for text in spellings(secret)
        )
    ]


def files_of(ledger: Path) -> bytes:
    """Everything that a ledger has on the disk: the file, and what SQLite keeps beside it."""
    paths = sorted(ledger.parent.glob(ledger.name + "*"))
    return b"".join(path.read_bytes() for path in paths)


def reachable(root: object) -> Iterator[object]:
    """Every integer and byte string that can be reached from an object, however deep."""
    seen: set[int] = set()
    todo = [root]
    while todo:
        thing = todo.pop()
        if id(thing) in seen or isinstance(thing, type) or callable(thing):
            continue
        seen.add(id(thing))
        if isinstance(thing, int | bytes):
            yield thing
        elif isinstance(thing, dict):
            todo += [*thing.keys(), *thing.values()]
        elif isinstance(thing, list | tuple | set | frozenset):
            todo += thing
        else:
            todo += vars(thing).values() if hasattr(thing, "__dict__") else ()
            slots = (
                name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())
            )
            todo += [getattr(thing, name) for name in slots if hasattr(thing, name)]
