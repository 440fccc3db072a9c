"""Readers that remember what they were asked, and logs with one entry changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ledger.escrows import Found
from ledger.log import Entry
from ledger.transitions import Settle, decode_transition
from verifier.books import Reader, SharedPoint, SharedPoints
from zk.babyjubjub import Point

Change = Callable[[Any], Any]


@dataclass
class Recording:
    """Another reader, and every escrow that it was asked for."""

    reader: Reader
    asked: dict[Found, Point] = field(default_factory=dict)

    @property
    def keys(self) -> tuple[Point, ...]:
        return self.reader.keys

    @property
    def ledgers(self) -> tuple[bytes, ...]:
        return self.reader.ledgers

    def shared(self, found: Found) -> Point:
        self.asked[found] = self.reader.shared(found)
        return self.asked[found]

    def points(self, ledger: bytes) -> SharedPoints:
        """What guardians would hand over: S of each escrow that was asked for."""
        shared = tuple(
            SharedPoint(entry=found.sealed.entry, leg=found.sealed.leg, point=point)
            for found, point in self.asked.items()
        )
        return SharedPoints(ledger=ledger, shared=shared)


def with_escrow_changed(
    entries: Sequence[Entry], number: int, change: Change, leg: int = 0
) -> list[Entry]:
    """The log with another escrow in that entry; nothing else of it is different."""
    transition: Any = decode_transition(entries[number].transition)
    if isinstance(transition, Settle):
        legs = list(transition.legs)
        legs[leg] = legs[leg].model_copy(update={"escrow": change(legs[leg].escrow)})
        changed: Any = transition.model_copy(update={"legs": tuple(legs)})
    else:
        changed = transition.model_copy(update={"escrow": change(transition.escrow)})
    result = list(entries)
    result[number] = replace(entries[number], transition=changed.encode())
    return result


def entries_of(entries: Sequence[Entry], kind: str) -> list[int]:
    """The numbers of the entries of that kind."""
    marker = f'{{"kind":"{kind}"'.encode()
    return [entry.number for entry in entries if entry.transition.startswith(marker)]
