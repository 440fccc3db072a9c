"""Both stores, against the definition and against one another."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ledger.errors import OutOfOrder, Unavailable
from ledger.storage import MemoryStore, SqliteStore, Store, Writer
from ledger.storage.append import COMMIT_POINTS, CREATION_POINTS
from tests.ledger.storage.naive import Changes, NaiveState, changes
from tests.strategies import SOME
from zk.errors import Conflict, Malformed, ZkError


class Refusal(Exception):
    """What a caller may raise while it is writing."""


class Stores(RuleBasedStateMachine):
    """A file and a store in memory go through the same life, with a naive model beside them."""

    @initialize(first=changes())
    def create(self, first: Changes) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "ledger"
        self.memory = MemoryStore()
        self.file = SqliteStore.create(self.path)
        self.naive = NaiveState()
        self.entries = 0
        self.append([first], 0, False)

    @rule(steps=st.lists(changes(), max_size=3), later=st.integers(0, 9), fails=st.booleans())
    def append(self, steps: list[Changes], later: int, fails: bool) -> None:
        """Several appends in one commit; either all of it happens, or none."""
        time = later + (self.memory.head.time if self.memory.head else 0)
        for store in (self.memory, self.file):
            try:
                with store.writing() as writer:
                    for step in steps:
                        writer.append(time, repr(step).encode(), step)
                    if fails and self.entries:
                        raise Refusal
            except Refusal:
                pass
        if not fails or not self.entries:
            self.entries += len(steps)
            for step in steps:
                self.naive.change(step)

    @rule()
    def reopen(self) -> None:
        self.file.close()
        self.file = SqliteStore.open(self.path)

    @rule()
    def look_through_everything(self) -> None:
        self.file.check()
        self.memory.check()
        assert list(self.file.entries()) == list(self.memory.entries())

    @rule(start=st.integers(0, 5), prefix=st.text(max_size=2))
    def read_parts(self, start: int, prefix: str) -> None:
        assert list(self.file.entries(start)) == list(self.memory.entries(start))
        expected = sorted(key for key in self.naive.records() if key.startswith(prefix))
        if all(letter < "\ud800" or letter > "\udfff" for letter in prefix):
            assert list(self.file.keys(prefix)) == expected
        assert list(self.memory.keys(prefix)) == expected

    @invariant()
    def they_agree(self) -> None:
        if not hasattr(self, "file"):
            return
        head = self.memory.head
        assert self.file.head == head
        assert head is not None
        assert head.number == self.entries - 1
        assert head.root == self.naive.root()
        records = self.naive.records()
        for store in (self.memory, self.file):
            assert {key: store.get(key) for key in store.keys("")} == records
            assert all(store.get(key) is None for key, value in self.naive.slots if value is None)
        for key in list(records)[:3]:
            assert self.file.prove(key) == self.memory.prove(key)
            self.file.prove(key).verify(head.root)

    def teardown(self) -> None:
        if hasattr(self, "file"):
            self.file.close()
            self.folder.cleanup()


TestStores = Stores.TestCase
TestStores.settings = SOME


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Each store with two entries."""
    made: Store = MemoryStore()
    if request.param == "file":
        made = SqliteStore.create(tmp_path / "ledger")
    with made.writing() as writer:
        writer.append(10, b"genesis", {"a": b"1", "b": b"2"})
        writer.append(11, b"next", {"a": b"", "c": None})
    yield made
    made.close()


def test_what_was_put_is_there(store: Store) -> None:
    """An empty value is a value; deleting what never was assigns no slot."""
    assert (store.get("a"), store.get("b"), store.get("c")) == (b"", b"2", None)
    assert store.prove("a").slots == 2
    assert [entry.transition for entry in store.entries()] == [b"genesis", b"next"]
    assert store.entry(1) == store.head


def test_the_order_of_a_mapping_is_nothing(store: Store) -> None:
    """Two callers that found the same changes in another order get the same root."""
    other = MemoryStore()
    with other.writing() as writer:
        writer.append(10, b"genesis", {"b": b"2", "a": b"1"})
        writer.append(11, b"next", {"c": None, "a": b""})
    assert other.head == store.head


def test_a_writer_reads_what_it_appended(store: Store) -> None:
    """Within a commit each transition is judged by the state that the last one left."""
    with store.writing() as writer:
        assert writer.head == store.head
        writer.append(12, b"", {"b": b"3"})
        assert writer.get("b") == store.get("b") == b"3"
        assert writer.head is not None
        assert writer.head.number == 2
        writer.append(12, b"", {"b": b"4"})
    assert store.get("b") == b"4"


def by_refusal(writer: Writer) -> None:
    raise Refusal


def by_an_early_time(writer: Writer) -> None:
    writer.append(1, b"", {})


def by_an_impossible_time(writer: Writer) -> None:
    writer.append(-1, b"", {})


def by_a_key_that_is_no_text(writer: Writer) -> None:
    writer.append(20, b"", {"\ud800": b""})


def by_a_long_key(writer: Writer) -> None:
    writer.append(20, b"", {"k" * 100_000: b""})


def by_interrupt(writer: Writer) -> None:
    raise KeyboardInterrupt


FAILURES: list[tuple[Callable[[Writer], None], type[BaseException]]] = [
    (by_refusal, Refusal),
    (by_an_early_time, OutOfOrder),
    (by_an_impossible_time, Malformed),
    (by_a_key_that_is_no_text, Conflict),
    (by_a_long_key, Conflict),
    (by_interrupt, KeyboardInterrupt),
]


@pytest.mark.parametrize(("fail", "error"), FAILURES, ids=lambda x: getattr(x, "__name__", ""))
def test_any_exception_undoes_everything(
    store: Store, fail: Callable[[Writer], None], error: type[BaseException]
) -> None:
    """Whatever is raised while writing, the store is as before, and goes on."""
    head, entries = store.head, list(store.entries())
    with pytest.raises(error):
        change_and(store, fail)
    assert store.head == head
    assert list(store.entries()) == entries
    assert (store.get("a"), store.get("b"), store.get("new")) == (b"", b"2", None)
    store.check()
    with store.writing() as writer:
        writer.append(12, b"", {"new": b"y"})
    store.check()


def change_and(store: Store, fail: Callable[[Writer], None]) -> None:
    with store.writing() as writer:
        writer.append(12, b"", {"a": None, "b": b"changed", "new": b"x"})
        fail(writer)


def test_a_swallowed_failure_is_not_committed(store: Store) -> None:
    """A caller that goes on after a failed append loses the commit, not the store."""
    head = store.head
    with pytest.raises(Conflict):
        go_on_after_a_failure(store)
    assert store.head == head
    assert store.get("a") == b""


def go_on_after_a_failure(store: Store) -> None:
    with store.writing() as writer:
        writer.append(12, b"", {"a": b"2"})
        with pytest.raises(OutOfOrder):
            writer.append(1, b"", {})
        with pytest.raises(Conflict):
            writer.append(13, b"", {})


def test_a_writer_ends_with_its_context(store: Store) -> None:
    """A writer that is kept writes nothing; a second one beside the first is refused."""
    with store.writing() as kept, pytest.raises(Conflict), store.writing():
        pass
    with store.writing() as kept:
        kept.append(12, b"", {})
    with pytest.raises(Conflict):
        kept.append(13, b"", {})


def test_writing_nothing_is_nothing(store: Store) -> None:
    """A context that appends nothing leaves no trace."""
    head = store.head
    with store.writing():
        pass
    assert store.head == head


@pytest.mark.parametrize("number", [-1, 2, 1 << 53, 1 << 80, -(1 << 80)])
def test_there_is_no_entry_past_the_head(store: Store, number: int) -> None:
    """Any number that the log has not is refused in the same way."""
    with pytest.raises(Conflict):
        store.entry(number)


@pytest.mark.parametrize("start", [2, 1 << 53, 1 << 64])
def test_nothing_is_listed_past_the_head(store: Store, start: int) -> None:
    """However far past it."""
    assert list(store.entries(start)) == []


def test_after_closing_nothing_is_read(tmp_path: Path) -> None:
    """A closed file says so, in our own words, and may be closed again."""
    store = SqliteStore.create(tmp_path / "ledger")
    with store.writing() as writer:
        writer.append(0, b"", {})
    store.close()
    store.close()
    for use in (lambda: store.head, lambda: store.get("a"), lambda: store.writing().__enter__()):
        with pytest.raises(Conflict):
            use()


def test_creation_is_one_moment(tmp_path: Path) -> None:
    """Until the genesis is committed there is no file, and the folder is clean after a failure."""
    path = tmp_path / "ledger"
    store = SqliteStore.create(path)
    assert (store.head, store.get("a"), list(store.keys("")), list(store.entries())) == (
        None,
        None,
        [],
        [],
    )
    with store.writing():
        pass
    with pytest.raises(Refusal):
        refuse_the_genesis(store)
    assert (store.head, store.get("a")) == (None, None)
    assert not list(tmp_path.iterdir())
    with store.writing() as writer:
        writer.append(0, b"", {"a": b"1"})
    assert store.get("a") == b"1"
    store.close()
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(Unavailable):
        SqliteStore.create(path)


def refuse_the_genesis(store: Store) -> None:
    with store.writing() as writer:
        writer.append(0, b"", {"a": b"1"})
        raise Refusal


class Interruption:
    """Raises at one point of a commit, once."""

    def __init__(self, point: str) -> None:
        self.point: str | None = point

    def __call__(self, point: str) -> None:
        if point == self.point:
            self.point = None
            raise Refusal


@pytest.mark.parametrize("point", COMMIT_POINTS)
def test_an_exception_at_any_point_of_a_commit(tmp_path: Path, point: str) -> None:
    """What is raised before the commit undoes it; after it the entry is there; both go on."""
    with SqliteStore.create(tmp_path / "ledger").writing() as writer:
        writer.append(0, b"", {"a": b"1"})
    store = SqliteStore.open(tmp_path / "ledger", at=Interruption(point))
    append_interrupted(store, 1)
    assert store.head is not None
    assert store.head.number == int(point == "after commit")
    with store.writing() as writer:
        writer.append(2, b"", {"a": b"2"})
    store.check()
    assert store.get("b") == (b"1" if point == "after commit" else None)


@pytest.mark.parametrize("point", [*COMMIT_POINTS, *CREATION_POINTS])
def test_an_exception_at_any_point_of_a_creation(tmp_path: Path, point: str) -> None:
    """There is a ledger from the link on, and the same store writes what comes next to it."""
    path = tmp_path / "ledger"
    store = SqliteStore.create(path, at=Interruption(point))
    append_interrupted(store, 0)
    assert path.exists() == (point in CREATION_POINTS[1:])
    assert not list(tmp_path.glob(".*"))
    with store.writing() as writer:
        writer.append(1, b"", {"c": b""})
    store.check()
    assert SqliteStore.open(path).head == store.head


def append_interrupted(store: Store, time: int) -> None:
    with pytest.raises(Refusal), store.writing() as writer:
        writer.append(time, b"", {"b": b"1"})


def test_of_two_that_create_one_ledger_one_succeeds(tmp_path: Path) -> None:
    """The second genesis is refused, whole, and the first stays as it was."""
    path = tmp_path / "ledger"
    first, second = SqliteStore.create(path), SqliteStore.create(path)
    with second.writing() as writer:
        writer.append(0, b"second", {"a": b"2"})
    with pytest.raises(Unavailable), first.writing() as writer:
        writer.append(0, b"first", {"a": b"1"})
    assert first.head is None
    assert second.get("a") == b"2"
    second.close()
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_is_made_where_there_is_no_folder(tmp_path: Path) -> None:
    """A name in a folder that is not there is refused at once."""
    with pytest.raises(ZkError):
        SqliteStore.create(tmp_path / "none" / "ledger")
