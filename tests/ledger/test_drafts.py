"""Drafts, and drafts of drafts, are a stack of dictionaries: read through, absorbed, or dropped."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import NotAdmitted
from ledger.records import Pool, Withdrawal
from ledger.state import State
from ledger.storage import MemoryStore
from tests.ledger.world import stand_in_world
from tests.strategies import MANY

KEYS = range(4)

Layer = dict[int, int | None]


@cache
def pool() -> Pool:
    """One that knows of so many withdrawals."""
    return stand_in_world().state.pool.model_copy(update={"withdrawals": len(KEYS)})


class Stack:
    """A state under drafts, beside plain dictionaries that are what they should be."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        state = State(self.store)
        state.put_pool(pool())
        self.states, self.layers = [state], [Layer()]
        self.stored: Layer = {}
        self.ended: list[State] = []
        self.store_root()

    def put(self, key: int, value: int | None) -> None:
        put(self.states[-1], key, value)
        self.layers[-1][key] = value

    def write_where_it_is_over(self, key: int, value: int | None) -> None:
        """To a draft that was absorbed or dropped: it is nobody's any more."""
        if self.ended:
            put(self.ended[-1], key, value)

    def draft(self) -> None:
        self.states.append(self.states[-1].draft(0))
        self.layers.append({})

    def absorb(self) -> None:
        if len(self.states) > 1:
            inner, written = self.states.pop(), self.layers.pop()
            self.states[-1].absorb(inner)
            self.layers[-1] |= written
            self.ended.append(inner)

    def drop(self) -> None:
        if len(self.states) > 1:
            self.ended.append(self.states.pop())
            self.layers.pop()

    def store_root(self) -> None:
        """What the lowest state has written is committed, whatever drafts are open on it."""
        state = self.states[0]
        with self.store.writing() as writer:
            writer.append(0, b"", state.changes())
        state.stored()
        self.stored |= self.layers[0]
        self.layers[0].clear()

    def forget_root(self) -> None:
        """What it has written and not stored is lost."""
        self.states[0].forget()
        self.layers[0].clear()

    def check(self) -> None:
        """Every level reads what the dictionaries up to it say, and changed what its own says."""
        expected: Layer = dict.fromkeys(KEYS) | self.stored
        for state, layer in zip(self.states, self.layers, strict=True):
            expected |= layer
            assert {key: read(state, key) for key in KEYS} == expected
            assert changed(state) == layer


def put(state: State, key: int, value: int | None) -> None:
    waits = None if value is None else Withdrawal(account=0, asset=0, amount=value, epoch=1)
    state.put_withdrawal(key, waits)


def read(state: State, key: int) -> int | None:
    try:
        return state.withdrawal(key).amount
    except NotAdmitted:
        return None


def changed(state: State) -> Layer:
    return {
        int(key.removeprefix("withdrawal/")): None
        if data is None
        else Withdrawal.decode(data).amount
        for key, data in state.changes().items()
    }


def steps() -> st.SearchStrategy[list[tuple[str, int, int | None]]]:
    names = [
        *["put"] * 4,
        *["draft"] * 3,
        "absorb",
        "absorb",
        "drop",
        "store_root",
        "forget_root",
        "write_where_it_is_over",
    ]
    value = st.none() | st.integers(1, 9)
    step = st.tuples(st.sampled_from(names), st.sampled_from(KEYS), value)
    return st.lists(step, max_size=40)


@MANY
@given(steps())
def test_drafts_are_a_stack_of_dictionaries(todo: list[tuple[str, int, int | None]]) -> None:
    """Writes and deletions reach upwards at once, downwards when absorbed, and never otherwise."""
    stack = Stack()
    for name, key, value in todo:
        if name in ("put", "write_where_it_is_over"):
            getattr(stack, name)(key, value)
        else:
            getattr(stack, name)()
        stack.check()


def test_a_draft_is_absorbed_where_it_was_made() -> None:
    """A draft of a draft is not taken by the state beneath both: the outer one's would be lost."""
    stack = Stack()
    outer = stack.states[0].draft(0)
    inner = outer.draft(0)
    with pytest.raises(AssertionError):
        stack.states[0].absorb(inner)


def test_a_refusal_on_a_draft_leaves_the_draft_as_it_was() -> None:
    """Many transitions on one draft: the refused ones leave nothing, the others add up."""
    world = stand_in_world()
    world.publish()
    author = world.join(1_000)
    block = world.state.draft(world.ledger.head.number + 1)
    before = block.changes()
    inner = block.draft(block.number)
    inner.update_pool(time=world.now + 1)
    inner.put_account(inner.account(author.account).model_copy(update={"nonce": 7}))
    assert inner.account(author.account).nonce == 7
    assert block.changes() == before == {}
    block.absorb(inner)
    assert set(block.changes()) == {"pool", f"account/{author.account}"}
    assert world.state.account(author.account).nonce != 7
    assert world.state.pool.time == world.now
