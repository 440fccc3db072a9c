"""The port to a ledger: a file satisfies it, and so does something that is no file."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.errors import DamagedLedger, NotKnown, OutOfOrder
from ledger.ledger import Ledger
from ledger.port import LedgerPort
from ledger.storage import SqliteStore
from tests.ledger.remote import RemoteStandIn, far_away
from tests.ledger.world import World, peopled, stand_in_world
from zk.errors import Conflict, Rejected


def use(port: LedgerPort, time: int) -> tuple[object, ...]:
    """Everything that a port is asked; that this is well typed is half of the test."""
    entries = tuple(port.entries(1))
    state = port.state_at(time)
    return port.genesis, port.id, port.head, entries, port.entry(2), state.pool, port.state.pool


def test_a_file_and_a_wire_give_the_same_answers(tmp_path: Path) -> None:
    """Whichever port it is; and it can be closed twice."""
    world = peopled(stand_in_world(store=SqliteStore.create(tmp_path / "a.ledger")))
    file = world.ledger
    assert isinstance(file, Ledger)
    with RemoteStandIn(file) as remote:
        assert use(file, world.now + 5) == use(remote, world.now + 5)
    assert remote.closed
    with file:
        assert file.state.pool.accounts == 2
    file.close()
    with pytest.raises(Conflict):
        _ = file.head


def test_a_port_leaves_nothing_out() -> None:
    """Whoever implements it learns at once what is missing."""
    incomplete = type("Incomplete", (LedgerPort,), {})
    with pytest.raises(TypeError, match="submit"):
        incomplete()
    assert not Ledger.__abstractmethods__


def test_entries_are_taken_and_refused_over_the_wire() -> None:
    """An entry or a refusal comes back, and the state follows."""
    world = peopled(stand_in_world())
    far_away(world)
    author = world.authors[0]
    world.deposit(author, 0, 5)
    assert world.state.account(0).holdings == (10**7 + 5, 0)
    written = author.deposit(world.state, 0, 5, world.offices.custodian).transition
    with pytest.raises(OutOfOrder, match="nonce"):
        world.submit(written.model_copy(update={"nonce": 9}))


@pytest.fixture
def world() -> World:
    return peopled(stand_in_world())


def test_a_forged_entry_is_noticed(world: World) -> None:
    """One byte of a transition, on its way."""

    def wire(what: str, data: bytes) -> bytes:
        return data.replace(b"7b22", b"7b23", 1) if what == "entry" else data

    remote = far_away(world, wire)
    with pytest.raises(DamagedLedger, match="hash of entry 2"):
        remote.entry(2)


def test_a_forged_record_is_noticed(world: World) -> None:
    """More accounts than the root knows of."""

    def wire(what: str, data: bytes) -> bytes:
        if what != "record":
            return data
        return data.replace(b'"accounts":2'.hex().encode(), b'"accounts":3'.hex().encode())

    remote = far_away(world, wire)
    with pytest.raises(Rejected, match="inclusion of 'pool'"):
        _ = remote.state.pool


def test_a_record_that_is_kept_back_is_not_none(world: World) -> None:
    """A node that denies an account makes it unknown, which nobody takes for absent."""
    remote = far_away(world)
    there = remote._there

    def deny(key: str) -> object:
        raise NotKnown("record", expected="one of this state", actual=key)

    there.prove = deny  # type: ignore[method-assign, assignment]
    with pytest.raises(NotKnown):
        remote.state.owned_by(world.authors[0].signer.public)
