"""Records that are believed for their proofs alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from ledger.checked import CheckedRecords
from ledger.errors import NotKnown
from ledger.ledger import Ledger
from ledger.state import State
from ledger.storage import MemoryStore
from ledger.tree import Inclusion
from tests.ledger.world import peopled, stand_in_world
from zk.errors import Rejected

Change = Callable[[Inclusion], Inclusion]


@dataclass
class Liar:
    """Answers for a store, and changes what it says on the way."""

    store: MemoryStore
    change: Change = lambda proof: proof
    instead: str | None = None

    def prove(self, key: str) -> Inclusion:
        return self.change(self.store.prove(self.instead or key))


@pytest.fixture
def store() -> MemoryStore:
    """Two records, and one that was deleted."""
    store = MemoryStore()
    with store.writing() as writer:
        writer.append(0, b"", {"a": b"1", "b": b"2", "gone": b"3"})
        writer.append(0, b"", {"gone": None})
    return store


def root(store: MemoryStore) -> bytes:
    assert store.head is not None
    return store.head.root


def test_what_is_proven_is_believed(store: MemoryStore) -> None:
    """A record is its value; of a deleted one it is proven that there is none."""
    records = CheckedRecords(Liar(store), root(store))
    assert [records.get(key) for key in ("a", "b", "gone")] == [b"1", b"2", None]


def test_of_a_key_without_a_slot_nothing_is_known(store: MemoryStore) -> None:
    """The tree cannot prove absence, so the answer is not that there is none."""
    with pytest.raises(NotKnown, match="'never'"):
        CheckedRecords(Liar(store), root(store)).get("never")


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("a", lambda proof: proof.model_copy(update={"value": b"9"})),
        ("a", lambda proof: proof.model_copy(update={"value": None})),
        ("gone", lambda proof: proof.model_copy(update={"value": b"3"})),
        ("gone", lambda proof: proof.model_copy(update={"value": b""})),
        ("a", lambda proof: proof.model_copy(update={"slot": proof.slot ^ 1})),
        ("a", lambda proof: proof.model_copy(update={"path": ()})),
    ],
)
def test_a_value_that_the_root_does_not_hold(store: MemoryStore, key: str, change: Change) -> None:
    """Another value, a deletion that was not, a deleted value that is back: all are refused."""
    with pytest.raises(Rejected, match="inclusion of"):
        CheckedRecords(Liar(store, change), root(store)).get(key)


@pytest.mark.parametrize("instead", ["b", "gone"])
def test_a_true_proof_of_something_else(store: MemoryStore, instead: str) -> None:
    """The proof holds under the root, and the answer was to another question."""
    with pytest.raises(Rejected, match="key of an inclusion: expected 'a'"):
        CheckedRecords(Liar(store, instead=instead), root(store)).get("a")


def test_a_true_proof_under_another_name(store: MemoryStore) -> None:
    """The key is part of the leaf: renaming the proof breaks it."""
    liar = Liar(store, lambda proof: proof.model_copy(update={"key": "a"}), instead="b")
    with pytest.raises(Rejected, match="inclusion of 'a'"):
        CheckedRecords(liar, root(store)).get("a")


def test_an_older_state_is_another_root(store: MemoryStore) -> None:
    """What was true once is refused under a newer root, and the other way round."""
    old = root(store)
    with store.writing() as writer:
        writer.append(0, b"", {"a": b"5"})
    with pytest.raises(Rejected):
        CheckedRecords(Liar(store), old).get("a")
    assert CheckedRecords(Liar(store), root(store)).get("a") == b"5"


def test_a_state_over_them_says_what_it_cannot_know() -> None:
    """What the pool counts is known not to be there; whether a key owns an account is not."""
    world = peopled(stand_in_world())
    here = world.state
    assert isinstance(world.ledger, Ledger)
    there = State(CheckedRecords(world.ledger, world.ledger.head.root))
    assert there.pool == here.pool
    assert there.account(1) == here.account(1)
    assert there.market(0) is None
    assert there.market(2) is None
    assert there.owned_by(world.authors[0].signer.public) == 0
    for state in (here, there):
        with pytest.raises(Exception, match="account: expected one of the 2"):
            state.account(2)
        with pytest.raises(Exception, match="withdrawal: expected one that waits"):
            state.withdrawal(0)
    assert here.owned_by(bytes(32)) is None
    with pytest.raises(NotKnown):
        there.owned_by(bytes(32))
