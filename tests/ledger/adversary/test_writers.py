from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.encoding import Decoding
from ledger.errors import NotAdmitted, OutOfOrder
from ledger.evidence import Evidence, EvidenceChecker
from ledger.ledger import Ledger
from ledger.state import State
from ledger.storage import MemoryStore, SqliteStore, Store
from ledger.transitions import Withdraw
from prover.author import Author
from tests.conftest import ROOT
from tests.ledger.adversary.attacks import assert_conserved, refused
from tests.ledger.stand_in import UnsoundStandIn
from tests.ledger.world import World, fastest, peopled, stand_in_world
from zk.errors import ZkError
from zk.randomness import insecure_seeded_randomness
from zk.signatures import SigningKey

BUY = {0: -60_000, 2: 10}


def _second(world: World, store: Store) -> Ledger:
    """Another reader and writer of the same store, with the same judge."""
    judge = world.proving
    assert isinstance(judge, UnsoundStandIn)
    return Ledger(store, lambda _: judge, Decoding(fastest().decode_point))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "shared.ledger"


@pytest.fixture
def world(path: Path) -> World:
    return peopled(stand_in_world(store=SqliteStore.create(path)))


def test_two_writers_take_turns(world: World, path: Path) -> None:
    """Each sees what the other has written before it writes, and both arrive at one root."""
    mine, theirs = world.ledger, _second(world, SqliteStore.open(path))
    author = world.authors[0]
    for turn in range(6):
        world.ledger = (mine, theirs)[turn % 2]
        world.deposit(author, 0, turn + 1)
        assert mine.head == theirs.head
        assert mine.state.account(0) == theirs.state.account(0)
        assert mine.state.pool == theirs.state.pool
    buyer, seller = world.authors
    world.trade(buyer, seller, BUY)
    assert mine.state.pool == theirs.state.pool
    assert_conserved(world)


def test_what_was_true_under_a_stale_head_is_judged_anew(world: World, path: Path) -> None:
    """Written against a state that somebody else has since moved on: refused, not applied."""
    mine, theirs = world.ledger, _second(world, SqliteStore.open(path))
    author = world.authors[0]
    late = author.withdraw(mine.state, 0, 5).transition
    world.ledger = theirs
    world.deposit(author, 0, 7)
    world.ledger = mine
    with refused(world, OutOfOrder, "nonce of account 0"):
        world.submit(late)
    assert mine.head == theirs.head


class _Interrupted:
    """A judge in the middle of whose work something else happens, once."""

    def __init__(self, judge: EvidenceChecker, meanwhile: Callable[[], object]) -> None:
        self.judge, self.meanwhile, self.times = judge, meanwhile, 0

    def check(self, evidence: Evidence) -> None:
        self.judge.check(evidence)
        self.times += 1
        if self.times == 1:
            self.meanwhile()


def _interrupted(world: World, path: Path, index: int) -> _Interrupted:
    """While our ledger judges, somebody else's enters a deposit to that account."""
    theirs = _second(world, SqliteStore.open(path))
    deposit = _deposit(world, index)
    return _watched(world, lambda: theirs.submit(deposit, world.now))


def _deposit(world: World, index: int) -> bytes:
    author = world.authors[index]
    return author.deposit(world.state, 0, 7, world.offices.custodian).transition.encode()


def _watched(world: World, meanwhile: Callable[[], object]) -> _Interrupted:
    ledger = world.ledger
    assert isinstance(ledger, Ledger)
    ledger._checker = judge = _Interrupted(ledger._checker, meanwhile)
    return judge


def test_nobody_waits_while_a_proof_is_judged(world: World, path: Path) -> None:
    """Another writer is quicker: ours is judged anew, its proof not a second time, and taken."""
    author = world.authors[0]
    written = author.withdraw(world.state, 0, 5)
    judge = _interrupted(world, path, 1)
    number = world.ledger.head.number
    entry = world.submit(written.transition)
    assert (entry.number, judge.times) == (number + 2, 1)
    assert world.state.account(1).holdings == (10**7 + 7, 0)
    assert world.state.account(0).holdings == (10**7 - 5, 0)


def test_another_process_writes_while_a_proof_is_judged(world: World, path: Path) -> None:
    """However long a judge takes, it keeps nobody from the file."""
    written = world.authors[0].withdraw(world.state, 0, 5)
    deposit = _deposit(world, 1)
    script = (
        "import sys; from pathlib import Path; from ledger.encoding import Decoding\n"
        "from ledger.ledger import Ledger; from ledger.storage import SqliteStore\n"
        "from tests.ledger.adversary.test_writers import Accepting\n"
        "store = SqliteStore.open(Path(sys.argv[1]), patience=0)\n"
        "with Ledger(store, lambda _: Accepting(), Decoding()) as ledger:\n"
        "    ledger.submit(bytes.fromhex(sys.argv[2]), int(sys.argv[3]))\n"
    )

    def meanwhile() -> None:
        arguments = [sys.executable, "-c", script, str(path), deposit.hex(), str(world.now)]
        subprocess.run(arguments, cwd=ROOT, check=True)

    judge = _watched(world, meanwhile)
    number = world.ledger.head.number
    assert world.submit(written.transition).number == number + 2
    assert judge.times == 1
    assert world.state.account(1).holdings == (10**7 + 7, 0)


class _Each:
    """A judge before each of whose looks something else happens."""

    def __init__(self, judge: EvidenceChecker, before: Callable[[], object]) -> None:
        self.judge, self.before = judge, before

    def check(self, evidence: Evidence) -> None:
        self.before()
        self.judge.check(evidence)


class Accepting:
    """Looks at nothing."""

    def check(self, evidence: Evidence) -> None:
        """Whatever it is."""


def test_what_is_judged_anew_is_judged_without_the_lock(
    world: World, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Evidence that differs at every entry is checked each time, and others can write meanwhile."""
    examine = Withdraw.examine

    def examined(transition: Withdraw, state: State) -> Evidence:
        evidence = examine(transition, state)
        evidence.signatures += [
            replace(one, signer=f"{one.signer} at {state.number}") for one in evidence.signatures
        ]
        return evidence

    monkeypatch.setattr(Withdraw, "examine", examined)
    written = world.authors[0].withdraw(world.state, 0, 5)
    theirs = _second(world, SqliteStore.open(path, patience=0))
    todo = [_deposit(world, 1), world.offices.endow(world.state, 9).encode()]
    ledger = world.ledger
    assert isinstance(ledger, Ledger)
    ledger._checker = _Each(ledger._checker, lambda: todo and theirs.submit(todo.pop(), world.now))
    number = ledger.head.number
    assert world.submit(written.transition).number == number + 3
    assert not todo


def test_what_is_judged_belongs_to_one_moment(world: World, path: Path) -> None:
    """What others write while we judge is not seen before the next judging begins."""
    theirs = _second(world, SqliteStore.open(path))
    deposit = _deposit(world, 1)
    seen = []

    def meanwhile() -> None:
        theirs.submit(deposit, world.now)
        ledger = world.ledger
        assert isinstance(ledger, Ledger)
        seen.append(State(ledger._store).account(1).holdings)

    written = world.authors[0].withdraw(world.state, 0, 5)
    _watched(world, meanwhile)
    world.submit(written.transition)
    assert seen == [(10**7, 0)]
    assert world.state.account(1).holdings == (10**7 + 7, 0)


def test_what_was_true_before_the_lock_is_not_applied_after_it(world: World, path: Path) -> None:
    """The other writer has used the nonce while ours was judged: refused, and nothing is left."""
    late = world.authors[0].withdraw(world.state, 0, 5).transition
    judge = _interrupted(world, path, 0)
    with pytest.raises(OutOfOrder, match="nonce of account 0"):
        world.submit(late)
    assert judge.times == 1
    assert world.state.account(0).holdings == (10**7 + 7, 0)


def test_two_writers_do_not_open_one_account_twice(world: World, path: Path) -> None:
    """The first opens it; the second had looked when the key owned nothing."""
    mine, theirs = world.ledger, _second(world, SqliteStore.open(path))
    randomness = insecure_seeded_randomness(b"twice")
    stranger = Author(SigningKey.draw(randomness), bytes(32), world.proving, randomness)
    assert mine.state.owned_by(stranger.signer.public) is None
    opened = stranger.open_account(mine.state).transition
    theirs.submit(opened, world.now)
    with refused(world, NotAdmitted, "owner"):
        world.submit(opened)
    assert mine.state.pool.accounts == 3


def test_two_replicas_agree_at_every_entry(world: World) -> None:
    """The same bytes and times on another store: the same hashes, roots and refusals."""
    buyer, seller = world.authors
    world.trade(buyer, seller, BUY)
    world.next_epoch()
    bid, ask = world.order(buyer, BUY), world.order(seller, {0: 60_000, 2: -10})
    world.clear([(buyer, world.fill(buyer, bid, 1, 2)), (seller, world.fill(seller, ask, 1, 2))])
    world.accept(buyer, buyer.withdraw(world.state, 0, 5))
    replica = stand_in_world(store=MemoryStore()).ledger
    assert replica.id == world.ledger.id
    for entry in world.ledger.entries(1):
        assert replica.submit(entry.transition, entry.time) == entry
        with pytest.raises(ZkError):
            replica.submit(entry.transition, entry.time)
        assert replica.head == entry


def test_a_refusal_in_between_leaves_no_trace(world: World) -> None:
    """Neither on the log nor in what is remembered: the next root is that of a quiet ledger."""
    quiet = stand_in_world()
    quiet.publish()
    quiet.join(10**7)
    quiet.join(10**7)
    author = world.authors[0]
    crooked = author.withdraw(world.state, 0, 5).transition.model_copy(update={"amount": 6})
    with pytest.raises(ZkError):
        world.ledger.submit(crooked.encode(), world.now + 10**6)
    world.deposit(author, 0, 5)
    quiet.deposit(quiet.authors[0], 0, 5)
    assert world.ledger.head == quiet.ledger.head
