"""The inbox: a folder of encrypted messages, which is all that a matcher has to remember.

A message stays a file, encrypted as it came. After a crash the folder is read again, and what is
still open on the ledger is cleared; what was settled is on the ledger and is refused here. Whoever
carries messages can put anything into the folder, so each file is judged by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.errors import MalformedTransition
from ledger.state import State
from prover.matcher.errors import OrderRefused
from prover.matcher.orders import HeldOrder, admit
from prover.messages import OrderMessage, Recipient
from zk.errors import MalformedFile, ZkError
from zk.formats.files import read_bytes

#: Several times the message of the largest shape.
MAX_MESSAGE_BYTES: Final = 1 << 16
_MAX_REASON: Final = 300


@dataclass(frozen=True, slots=True)
class Refusal:
    """A message that does not count, by the name of its file, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Intake:
    """What counts, each order once, and what does not."""

    orders: tuple[HeldOrder, ...]
    refused: tuple[Refusal, ...]


def read_inbox(folder: Path) -> dict[str, bytes | Refusal]:
    """Every message by its file's name; names that begin with a dot are still being written."""
    try:
        paths = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise MalformedFile(
            str(folder), expected="a folder with messages", actual=error.strerror or "none"
        ) from None
    found: dict[str, bytes | Refusal] = {}
    for path in paths:
        name = ascii(path.name)[1:-1]
        try:
            found[name] = read_bytes(path, MAX_MESSAGE_BYTES)
        except ZkError as error:
            found[name] = _refusal(name, error)
    return found


def open_messages(
    messages: Mapping[str, bytes | Refusal], recipient: Recipient
) -> dict[str, OrderMessage | Refusal]:
    """What they say; trailing spaces are padding, by which a writer hides how long a number is."""
    opened: dict[str, OrderMessage | Refusal] = {}
    for name, message in messages.items():
        try:
            opened[name] = (
                message if isinstance(message, Refusal) else _read(recipient.decrypt(message))
            )
        except ZkError as error:
            opened[name] = _refusal(name, error)
    return opened


def take_in(state: State, matcher: bytes, messages: Mapping[str, OrderMessage | Refusal]) -> Intake:
    """The orders that count in this state."""
    orders: dict[int, HeldOrder] = {}
    refused: list[Refusal] = []
    for name, message in messages.items():
        if isinstance(message, Refusal):
            refused.append(message)
            continue
        try:
            held = admit(state, matcher, message)
        except ZkError as error:
            refused.append(_refusal(name, error))
            continue
        if held.order in orders:
            refused.append(Refusal(name, f"order {held.order}: expected once, got it again"))
        orders.setdefault(held.order, held)
    return Intake(tuple(orders.values()), tuple(refused))


def _read(plaintext: bytes) -> OrderMessage:
    """What the message says; an error repeats nothing of it, because it may be half true."""
    try:
        return OrderMessage.decode(plaintext.rstrip(b" "))
    except MalformedTransition as error:
        raise OrderRefused(
            "message", expected="the opening of an order", actual=f"a fault in {error.subject}"
        ) from None


def _refusal(name: str, error: ZkError) -> Refusal:
    """One line of printable characters, not too long, whatever a stranger has written."""
    line = " ".join(str(error).split())[:_MAX_REASON]
    return Refusal(name, "".join(each if each.isprintable() else "\ufffd" for each in line))
