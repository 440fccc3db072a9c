"""Changes of a log, by kind: each yields what an attacker might leave, and what must be found."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final

from ledger.log import Entry
from ledger.transitions import decode_transition
from tests.verifier.forgery import DECODING, Forge, rechained, with_field
from verifier import Code
from zk.babyjubjub import Point
from zk.errors import ZkError
from zk.field import SCALAR_MODULUS
from zk.generators import value_generator
from zk.groth16 import Proof

_CHAIN: Final = frozenset({Code.CHAIN})
_ROOT: Final = frozenset({Code.ROOT})
_HEAD: Final = frozenset({Code.HEAD, Code.TRUNCATED})
#: What an entry says is wrong, whatever it is.
_CONTENT: Final = frozenset(
    {
        Code.ENCODING,
        Code.GENESIS,
        Code.PROOF,
        Code.ROOT,
        Code.RULE,
        Code.SIGNATURE,
        Code.SPAN,
        Code.TABLE,
        Code.UNSAFE_KEY,
        Code.FOREIGN_CIRCUIT,
    }
)
#: Where proofs are, in the JSON of a transition.
_PROOFS: Final = ("proof", "filled_proof")


@dataclass(frozen=True)
class Change:
    """A log that is not the honest one; `first_bad` is None where only a head can tell."""

    entries: list[Entry]
    first_bad: int | None
    codes: frozenset[Code]


Kind = Callable[[Forge, random.Random], Change]


def flipped(data: bytes, draw: random.Random) -> bytes:
    """One bit is another."""
    place = draw.randrange(len(data) * 8)
    changed = bytearray(data)
    changed[place // 8] ^= 1 << place % 8
    return bytes(changed)


def bit_of_a_transition(forge: Forge, draw: random.Random) -> Change:
    """Rot, or a change by somebody who knows no hashes."""
    number = draw.randrange(len(forge.entries))
    data = flipped(forge.entries[number].transition, draw)
    return Change(with_field(forge.entries, number, transition=data), number, _CHAIN)


def bit_of_a_field(forge: Forge, draw: random.Random) -> Change:
    """In a hash, a root, a number or a time."""
    number = draw.randrange(len(forge.entries))
    name = draw.choice(["hash", "root", "previous", "time", "number"])
    value = getattr(forge.entries[number], name)
    changed: object = value ^ (1 << draw.randrange(60)) if isinstance(value, int) else None
    if isinstance(value, bytes):
        changed = flipped(value, draw)
    return Change(with_field(forge.entries, number, **{name: changed}), number, _CHAIN)


def deleted(forge: Forge, draw: random.Random) -> Change:
    """One entry is missing in the middle."""
    number = draw.randrange(len(forge.entries) - 1)
    entries = forge.entries[:number] + forge.entries[number + 1 :]
    return Change(entries, number, _CHAIN)


def swapped(forge: Forge, draw: random.Random) -> Change:
    """Two entries have changed places."""
    first, second = sorted(draw.sample(range(len(forge.entries)), 2))
    entries = list(forge.entries)
    entries[first], entries[second] = entries[second], entries[first]
    return Change(entries, first, _CHAIN)


def duplicated(forge: Forge, draw: random.Random) -> Change:
    """An entry stands there twice."""
    number = draw.randrange(len(forge.entries))
    entries = forge.entries[: number + 1] + forge.entries[number:]
    return Change(entries, number + 1, _CHAIN)


def truncated(forge: Forge, draw: random.Random) -> Change:
    """The end is missing, which nothing in the log can show."""
    return Change(forge.entries[: draw.randrange(1, len(forge.entries))], None, _HEAD)


def rechained_bit(forge: Forge, draw: random.Random) -> Change:
    """A bit of a transition, and every hash after it made to fit."""
    number = draw.randrange(len(forge.entries))
    data = flipped(forge.entries[number].transition, draw)
    entries = with_field(forge.entries, number, transition=data)
    return Change(rechained(entries, number), number, _CONTENT)


def rechained_root(forge: Forge, draw: random.Random) -> Change:
    """A root that is that of nothing, and hashes that fit."""
    number = draw.randrange(len(forge.entries))
    entries = with_field(forge.entries, number, root=flipped(forge.entries[number].root, draw))
    return Change(rechained(entries, number), number, _ROOT)


def rechained_time(forge: Forge, draw: random.Random) -> Change:
    """An entry that came later than it says: the clock is part of the state."""
    number = draw.randrange(1, len(forge.entries))
    later = forge.entries[number].time + draw.randrange(1, 10**6)
    entries = with_field(forge.entries, number, time=later)
    codes = frozenset({Code.ROOT, Code.RULE, Code.CHAIN})
    return Change(rechained(entries, number), number, codes)


def rewritten_field(forge: Forge, draw: random.Random) -> Change:
    """One value of a transition is another, and the operator executes all the rest anew."""
    number = draw.randrange(1, len(forge.entries))
    document = json.loads(forge.entries[number].transition)
    _change_leaf(document, draw)
    changed = replace(forge.entries[number], transition=_encoded(document))
    rest = [changed, *forge.entries[number + 1 :]]
    return Change(forge.rewritten(number, rest), number, _CONTENT)


def resigned(forge: Forge, draw: random.Random) -> Change:
    """An owner signs other terms than those that were proven, and the operator takes them."""
    while True:
        number = draw.randrange(1, len(forge.entries))
        document = json.loads(forge.entries[number].transition)
        if "signature" not in document or "account" not in document:
            continue
        _change_leaf(document, draw)
        with suppress(ZkError, IndexError):
            changed = decode_transition(_encoded(document), DECODING)
            owner = forge.owners[changed.account]  # type: ignore[attr-defined]
            ledger = forge.state_after(0).charter.ledger
            signed = changed.model_copy(update={"signature": owner.sign(changed.binding(ledger))})
            if signed.encode() == forge.entries[number].transition:
                continue
            rest = [replace(forge.entries[number], transition=signed.encode())]
            entries = forge.rewritten(number, [*rest, *forge.entries[number + 1 :]])
            return Change(entries, number, _CONTENT)


def malleated(forge: Forge, draw: random.Random) -> Change:
    """(rA, B/r, C) proves the same: a history that could have been, and is not the one we saw."""
    number, at = draw.choice([(n, k) for n, e in enumerate(forge.entries) for k in _proofs_in(e)])
    document = json.loads(forge.entries[number].transition)
    proof, r = Proof.decode(bytes.fromhex(_get(document, at))), draw.randrange(2, 1 << 250)
    other = Proof(proof.a * r, proof.b * pow(r, -1, SCALAR_MODULUS), proof.c)
    _set(document, at, other.encode().hex())
    changed = replace(forge.entries[number], transition=_encoded(document))
    entries = forge.rewritten(number, [changed, *forge.entries[number + 1 :]])
    return Change(entries, None, _HEAD)


def swapped_proofs(forge: Forge, draw: random.Random) -> Change:
    """Two proofs of one statement have changed places, and everything else fits."""
    places = [(n, k) for n, entry in enumerate(forge.entries) for k in _proofs_in(entry)]
    (n, at), (m, other) = sorted(draw.sample(places, 2))
    documents = {i: json.loads(forge.entries[i].transition) for i in (n, m)}
    mine, theirs = _get(documents[n], at), _get(documents[m], other)
    _set(documents[n], at, theirs)
    _set(documents[m], other, mine)
    entries = list(forge.entries)
    for i, document in documents.items():
        entries[i] = replace(entries[i], transition=_encoded(document))
    return Change(forge.rewritten(n, entries[n:]), n, frozenset({Code.PROOF}))


def planted(forge: Forge, draw: random.Random) -> Change:
    """An account has more than it had, in the state that the entry commits to."""
    number = draw.randrange(6, len(forge.entries))
    state = forge.state_after(number)
    account = state.account(draw.randrange(state.pool.accounts))
    richer = account.moved(value_generator(0) * draw.randrange(1, 1 << 40))
    rest = forge.entries[number:]
    entries = forge.rewritten(number, rest, {f"account/{account.id}": richer.encode()})
    return Change(entries, number, _ROOT)


def replayed(forge: Forge, draw: random.Random) -> Change:
    """An entry is applied a second time, later, and the operator goes on from there."""
    number = draw.randrange(2, len(forge.entries))
    again = draw.randrange(1, number)
    rest = [forge.entries[again], *forge.entries[number:]]
    return Change(forge.rewritten(number, rest), number, _CONTENT)


def left_out(forge: Forge, draw: random.Random) -> Change:
    """The operator never applied an entry: what depends on it shows that, or a head does."""
    number = draw.randrange(1, len(forge.entries) - 1)
    entries = forge.rewritten(number, forge.entries[number + 1 :])
    return Change(entries, None, _CONTENT | _HEAD)


def put_forward(forge: Forge, draw: random.Random) -> Change:
    """An entry came before the one that it followed."""
    number = draw.randrange(1, len(forge.entries) - 1)
    first, second, *rest = forge.entries[number:]
    entries = forge.rewritten(number, [second, first, *rest])
    return Change(entries, None, _CONTENT | _HEAD)


def _change_leaf(document: Any, draw: random.Random) -> None:
    """Some number, digit, or point of a JSON document becomes another one."""
    path = draw.choice([path for path in _leaves(document) if path != ("kind",)])
    value = _get(document, path)
    if isinstance(value, bool) or value is None:
        changed: object = 1
    elif isinstance(value, int):
        changed = value + draw.choice([-1, 1, 2, 1 << 20])
    elif len(value) == 64 and draw.random() < 0.5 and _moved_point(value):
        changed = _moved_point(value)
    else:
        changed = _other_digit(value, draw)
    _set(document, path, changed)


def _other_digit(text: str, draw: random.Random) -> str:
    if not text:
        return "0"
    place = draw.randrange(len(text))
    digit = draw.choice([d for d in "0123456789abcdef" if d != text[place]])
    return text[:place] + digit + text[place + 1 :]


def _moved_point(text: str) -> str | None:
    """Another point that is as good, where the digits are those of a point."""
    try:
        point: Point = DECODING.point(bytes.fromhex(text))
    except ValueError:
        return None
    return (point + value_generator(0)).encode().hex()


def _leaves(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(document, Mapping):
        items: Any = document.items()
    elif isinstance(document, list):
        items = enumerate(document)
    else:
        yield path
        return
    for name, value in items:
        yield from _leaves(value, (*path, name))


def _proofs_in(entry: Entry) -> list[tuple[Any, ...]]:
    if entry.number == 0:
        return []
    document = json.loads(entry.transition)
    return [path for path in _leaves(document) if path[-1] in _PROOFS and _get(document, path)]


def _get(document: Any, path: tuple[Any, ...]) -> Any:
    for name in path:
        document = document[name]
    return document


def _set(document: Any, path: tuple[Any, ...], value: object) -> None:
    _get(document, path[:-1])[path[-1]] = value


def _encoded(document: Any) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()


#: How many of each kind a test draws.
KINDS: Final[Mapping[Kind, int]] = {
    bit_of_a_transition: 300,
    bit_of_a_field: 250,
    deleted: 100,
    swapped: 150,
    duplicated: 100,
    truncated: 100,
    rechained_bit: 300,
    rechained_root: 100,
    rechained_time: 100,
    rewritten_field: 300,
    resigned: 100,
    malleated: 20,
    swapped_proofs: 100,
    planted: 80,
    replayed: 120,
    left_out: 60,
    put_forward: 60,
}
