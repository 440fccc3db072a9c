"""The tree: the root of its definition, updated along paths, and proofs that hold for it alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import DamagedLedger, MalformedTransition, NotKnown
from ledger.storage import MemoryStore, SqliteStore, Store
from ledger.tree import HASH_BYTES, Inclusion, leaf_of
from tests.ledger.storage.naive import Changes, NaiveState, changes
from tests.strategies import MANY, SOME
from zk.errors import Rejected

#: Around every size at which a tile, or the tree, gets higher.
SIZES = [1, 2, 3, 15, 16, 17, 31, 32, 33, 255, 256, 257, 272, 4095, 4096, 4097]


def filled(count: int) -> MemoryStore:
    store = MemoryStore()
    with store.writing() as writer:
        writer.append(0, b"", {f"{i:05}": str(i).encode() for i in range(count)})
    return store


def root(store: Store) -> bytes:
    assert store.head is not None
    return store.head.root


@MANY
@given(st.lists(changes(), min_size=1, max_size=12))
def test_the_root_is_that_of_the_definition(steps: list[Changes]) -> None:
    """After every change the updated root is the one computed from all records."""
    store, naive = MemoryStore(), NaiveState()
    for time, step in enumerate(steps):
        with store.writing() as writer:
            entry = writer.append(time, b"", step)
        naive.change(step)
        assert entry.root == naive.root()
        assert {key: store.get(key) for key in store.keys("")} == naive.records()
    store.check()


@pytest.mark.parametrize("count", SIZES)
def test_growing_one_by_one_and_at_once_is_the_same(count: int) -> None:
    """A tree that grew over a boundary slot by slot is the one that was made in one step."""
    store, naive = filled(max(count - 3, 1)), NaiveState()
    for i in range(max(count - 3, 1), count):
        with store.writing() as writer:
            writer.append(0, b"", {f"{i:05}": str(i).encode()})
    assert root(store) == root(filled(count))
    naive.slots = [(f"{i:05}", str(i).encode()) for i in range(count)]
    assert root(store) == naive.root()
    store.check()


def test_an_empty_tree_has_a_root() -> None:
    """A ledger may begin without a record, and grow later."""
    store = MemoryStore()
    with store.writing() as writer:
        assert writer.append(0, b"", {}).root == NaiveState().root()
        writer.append(0, b"", {"never": None})
        writer.append(0, b"", {"a": b"1"})
    store.check()


@SOME
@given(st.sampled_from(SIZES), st.data())
def test_every_record_can_be_proven(count: int, data: st.DataObject) -> None:
    """The proof of a record verifies, survives its encoding, and is for this root only."""
    store = filled(count)
    key = f"{data.draw(st.integers(0, count - 1)):05}"
    proof = store.prove(key)
    assert Inclusion.decode(proof.encode()) == proof
    assert (proof.key, proof.value, proof.slots) == (key, store.get(key), count)
    proof.verify(root(store))
    with pytest.raises(Rejected):
        proof.verify(root(filled(count + 1)))


@pytest.mark.parametrize("count", [1, 2, 5, 17, 300])
def test_forged_inclusions_are_refused(count: int) -> None:
    """No other key, value, slot, count or path passes: every part is moved by one."""
    store = filled(count)
    proof = store.prove(f"{count // 2:05}")
    for change in forgeries(proof):
        with pytest.raises(Rejected):
            proof.model_copy(update=change).verify(root(store))


def forgeries(proof: Inclusion) -> Iterator[Mapping[str, object]]:
    """Every field, and every sibling, changed in one way or several."""
    yield from ({"key": key} for key in ("", proof.key + "0"))
    value = proof.value or b""
    yield from ({"value": other} for other in (value + b"\0", value[:-1], None))
    yield from ({"slot": slot} for slot in (proof.slot + 1, proof.slot ^ 1))
    yield from ({"slots": slots} for slots in (proof.slots + 1, proof.slots - 1, proof.slots * 2))
    yield {"path": (*proof.path, bytes(HASH_BYTES))}
    for i in range(len(proof.path)):
        before, after = proof.path[:i], proof.path[i + 1 :]
        yield from ({"path": path} for path in ((*before, *after), (*before, bytes(32), *after)))


def test_a_node_is_no_record() -> None:
    """Leaves, nodes and roots are hashed apart: an inner node cannot pass as a leaf's value."""
    store = filled(2)
    left, right = leaf_of("00000", b"0"), leaf_of("00001", b"1")
    fake = Inclusion(key="", value=left[3:] + right, slot=0, slots=1, path=())
    with pytest.raises(Rejected):
        fake.verify(root(store))


@pytest.mark.parametrize("name", ["memory", "file"])
def test_a_deleted_record_is_proven_and_one_that_never_was_is_not(
    tmp_path: Path, name: str
) -> None:
    """A tombstone has a proof, which no value passes for; a key without a slot has none."""
    store: Store = MemoryStore() if name == "memory" else SqliteStore.create(tmp_path / "l")
    with store.writing() as writer:
        writer.append(1, b"", {"gone": b"x", "kept": b"y"})
        writer.append(1, b"", {"gone": None})
    proof = store.prove("gone")
    assert proof.value is None
    assert Inclusion.decode(proof.encode()) == proof
    proof.verify(root(store))
    for key, value in (("gone", b""), ("gone", b"x"), ("kept", None)):
        with pytest.raises(Rejected):
            store.prove(key).model_copy(update={"value": value}).verify(root(store))
    with pytest.raises(NotKnown, match="expected one of this state"):
        store.prove("never")


def test_a_tombstone_keeps_its_slot_and_its_key() -> None:
    """Two states that would go on differently have different roots, deleted keys included."""
    roots = set()
    for key in ("a", "b"):
        store = filled(3)
        with store.writing() as writer:
            writer.append(0, b"", {key: b"x"})
            roots.add(writer.append(0, b"", {key: None}).root)
            writer.append(0, b"", {"c": b"y"})
            writer.append(0, b"", {key: b"z"})
        assert store.prove(key).slot == 3
        assert store.prove("c").slot == 4
    assert len(roots) == 2


@pytest.mark.parametrize("text", [b'{"key":"a","value":"0A","slot":0,"slots":1,"path":[]}', b"{}"])
def test_only_the_canonical_encoding_is_read(text: bytes) -> None:
    """An inclusion is read in one spelling only."""
    with pytest.raises(MalformedTransition):
        Inclusion.decode(text)


@pytest.mark.parametrize("height", [0, 1, 2])
def test_nothing_is_built_on_a_tile_that_rotted(height: int) -> None:
    """An append whose path leads through a changed node fails, and changes nothing."""
    store = filled(300)
    sound = dict(store._tiles)
    for position in range(len(sound[height, 0])):
        spoilt = bytearray(sound[height, 0])
        spoilt[position] ^= 1
        store._tiles[height, 0] = bytes(spoilt)
        with pytest.raises(DamagedLedger), store.writing() as writer:
            writer.append(0, b"", {"00003": b"new"})
    store._tiles = sound
    store.check()
