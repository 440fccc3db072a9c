from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from pydantic import BaseModel

from ledger import transitions
from ledger.encoding import Decoding
from ledger.transitions import (
    Before,
    Change,
    Escrow,
    Topic,
    Transition,
    decode_transition,
    does_concern,
    forget_kinds,
    kinds,
)
from tests.ledger.recorded import HISTORIES, recorded
from tests.ledger.world import fastest
from verifier.books.replay import BookReplay, ReplayedEntry
from verifier.page import history_of

DECODING = Decoding(fastest().decode_point)
STRANGER = bytes(32)

#: A transition that is whole, and as short as one can be.
WHOLE = """
from typing import ClassVar, Literal
from ledger.evidence import Evidence
from ledger.transitions.base import AccountStatement, LedgerTransition, Transition
from ledger.transitions.faces import Topic

class Notice(AccountStatement):
    TOPIC: ClassVar[Topic] = Topic.DISCLOSURES
    kind: Literal["post-notice"] = "post-notice"
    def examine(self, state):
        return Evidence()
    def apply(self, state):
        pass
    def told(self, listing):
        return f"account {self.account} posted a notice"
"""


def steps(name: str) -> Iterator[ReplayedEntry]:
    """A recorded history, entry by entry."""
    return BookReplay(recorded(name).entries(), DECODING).steps()


def escrows(value: object) -> Iterator[Escrow]:
    """Every escrow in the fields of a model, however deep."""
    if isinstance(value, Escrow):
        yield value
    elif isinstance(value, BaseModel):
        for field in type(value).model_fields:
            yield from escrows(getattr(value, field))
    elif isinstance(value, tuple):
        for each in value:
            yield from escrows(each)


def ask(step: ReplayedEntry) -> None:
    """Every face of one transition; each answers, and they do not contradict each other."""
    transition, entry = step.transition, step.entry
    before = Before.of(step.before, entry.time, entry.number)
    components, listing = step.state.shape.components, step.state.charter.listing
    accounts, owner = transition.accounts(before), STRANGER
    assert set(transition.named()) <= set(accounts)
    assert all(0 <= account < step.state.pool.accounts for account in accounts)
    for account in range(step.state.pool.accounts):
        concerned = transition.concerns(account, owner)
        assert concerned or account not in transition.named()
        assert does_concern(entry.transition, account, owner) == concerned
        change = transition.change_of(account, before)
        assert len(change.public) == components
        if account not in accounts:
            assert change == Change.none(step.state.shape)
    sealed = transition.sealed()
    assert [one.escrow for one in sealed] == [*escrows(transition)]
    assert [one.leg for one in sealed] == [*range(len(sealed))]
    assert {one.account for one in sealed} <= set(transition.named())
    assert all(0 < one.epoch <= step.state.pool.epoch for one in sealed)
    told, outcome = transition.told(listing), transition.outcome(before, step.state)
    for sentence in filter(None, (told, outcome)):
        assert sentence.isprintable()
        assert not sentence.endswith(".")
    assert told
    assert transition.TOPIC in Topic
    assert decode_transition(entry.transition, DECODING) == transition


def test_every_kind_shows_every_face() -> None:
    """Whoever adds a transition plays it in a history: what is wrong or absent fails here."""
    seen = set()
    for name in ("an honest ledger", "books"):
        for step in steps(name):
            ask(step)
            seen.add(step.transition.kind)
    assert seen == set(kinds())


@pytest.mark.parametrize("name", [name for name in HISTORIES if name.startswith("simulation")])
def test_faces_answer_in_long_histories(name: str) -> None:
    """Locked markets, partial sales, cancelled orders, keys that changed."""
    for step in steps(name):
        ask(step)


def test_an_owner_hears_of_the_account_that_its_key_opens() -> None:
    """Before there is an account, the key alone says whom an entry concerns."""
    opened = next(one for one in steps("otc") if one.transition.kind == "open-account")
    owner = json.loads(opened.entry.transition)["owner"]
    assert does_concern(opened.entry.transition, None, bytes.fromhex(owner))
    assert not does_concern(opened.entry.transition, None, STRANGER)


def test_log_page_and_wallet_tell_the_same_sentence() -> None:
    """A page adds what became of it; what both say is the transition's own sentence."""
    ledger = recorded("an honest ledger")
    history = history_of(ledger.entries(), DECODING)
    assert history is not None
    assert history.events[0].words == ledger.genesis.told()
    for event in history.events[1:]:
        transition = decode_transition(ledger.entry(event.entry).transition, DECODING)
        told = transition.told(ledger.genesis.listing)
        assert event.words == told or event.words.startswith(f"{told}; ")
        assert (event.lane, event.kind) == (transition.TOPIC, transition.kind)


@pytest.mark.parametrize("field", ["asset", "instrument"])
def test_a_damaged_log_is_told_too(field: str) -> None:
    """It may name what is not listed: no sentence depends on an entry's having been admitted."""
    listing, asked = recorded("an honest ledger").genesis.listing, 0
    for step in steps("an honest ledger"):
        if hasattr(step.transition, field):
            strange: dict[str, object] = {field: 10**9}
            assert "component 10" in step.transition.model_copy(update=strange).told(listing)
            asked += 1
    assert asked


@pytest.fixture
def extended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Adds a file to the package of transitions, for this test."""

    def extend(text: str) -> None:
        (tmp_path / "noticed.py").write_text(text)
        monkeypatch.setattr(transitions, "__path__", [*transitions.__path__, str(tmp_path)])
        monkeypatch.delitem(sys.modules, "ledger.transitions.noticed", raising=False)
        forget_kinds()

    yield extend
    monkeypatch.undo()
    forget_kinds()


def test_a_transition_is_one_file(extended: Callable[[str], None]) -> None:
    """Nothing else names it: it decodes, in its place among the others, and it is told."""
    before = set(kinds())
    extended(WHOLE)
    assert set(kinds()) == {*before, "post-notice"}
    assert [*kinds()] == sorted(kinds())
    assert isinstance(kinds(), MappingProxyType)
    data = b'{"kind":"post-notice","account":3}'
    notice: Any = decode_transition(data)
    assert notice.encode() == data
    assert notice.told(recorded("otc").genesis.listing) == "account 3 posted a notice"
    assert does_concern(data, 3, STRANGER)


@pytest.mark.parametrize(
    ("old", "new", "lack"),
    [
        ("def told", "def _told", "told"),
        ("def apply", "def _apply", "apply"),
        ("TOPIC: ClassVar[Topic] = Topic.DISCLOSURES", "pass", "TOPIC"),
        ("AccountStatement)", "Transition)", "change_of, named"),
    ],
)
def test_a_half_built_transition_is_refused_at_once(
    extended: Callable[[str], None], old: str, new: str, lack: str
) -> None:
    """Not when the first one of its kind arrives: no entry at all is read, and it says why."""
    extended(WHOLE.replace(old, new))
    with pytest.raises(TypeError, match=f"transition post-notice: it lacks {lack}"):
        decode_transition(b'{"kind":"absorb","target":1}')


def test_two_transitions_of_one_kind_are_refused(extended: Callable[[str], None]) -> None:
    """Which of them an entry meant would depend on the order of files."""
    extended(WHOLE.replace("post-notice", "absorb"))
    with pytest.raises(ValueError, match="two transitions call themselves absorb"):
        kinds()


def test_kinds_are_those_of_the_rule_book() -> None:
    """The wire names, and no class that is only there for others to be made from."""
    page = (Path(__file__).parents[2] / "docs/rules.md").read_text()
    rows = page.split("## The transitions")[1].split("\n\n")[1].splitlines()[2:]
    assert {row.split("|")[1].strip() for row in rows} == set(kinds())
    assert all(issubclass(each, Transition) for each in kinds().values())
