from __future__ import annotations

import re

from ledger.wording import grouped
from tests.verifier.books.history import everything
from tests.verifier.page import reports
from verifier.page import History, history_of, render
from verifier.page.history import DUTIES
from verifier.page.links import MOST_ROWS
from verifier.page.tables import MOST


def test_a_history_says_who_had_proven_when() -> None:
    """Every account is in one state at the end of every epoch; the last is how it stands now."""
    history = reports.history()
    world = everything().world
    assert [one.epoch for one in history.coverage] == list(range(1, world.state.pool.epoch + 1))
    for one in history.coverage:
        assert set(one.counts) == set(DUTIES)
    tip = history.coverage[-1]
    assert tip.tip
    assert sum(tip.counts.values()) == world.state.pool.accounts
    duties = [line.duty for line in history.accounts]
    assert duties == ["overdue", "proven", "proven", "exempt", "overdue"]
    assert tip.counts == {duty: duties.count(duty) for duty in DUTIES}


def test_a_history_tells_every_entry() -> None:
    """In order, with whom it concerns; what was never public is not in it."""
    history = reports.history()
    assert [one.entry for one in history.events] == list(range(len(everything().entries)))
    told = {one.entry: one for one in history.events}
    (reveal,) = [one for one in history.events if one.kind == "reveal"]
    assert reveal.words == (
        "the guardians opened account 4; it is below maintenance, and on sale until that is mended"
    )
    (sale,) = [one for one in history.events if one.kind == "take-over"]
    assert sale.accounts == (1, 4)
    assert sale.words.startswith("account 1 bought ")
    assert sale.words.endswith("its sale is over, and the rest is its owner's")
    asked, _ = [one for one in history.events if one.kind == "withdraw"]
    assert asked.words == "account 2 asked for 10,000.00 USD; it waits"
    paid, _ = [one for one in history.events if one.kind == "pay-out"]
    assert paid.words == "withdrawal 0 was paid; account 2 had asked for 10,000.00 USD"
    assert paid.accounts == (2,)
    (endowed,) = [one for one in history.events if one.kind == "endow"]
    assert endowed.words == "the fund was endowed with 20,000.00 USD"
    assert told[12].accounts == (0, 1)


def test_a_history_ends_where_the_rules_were_left() -> None:
    """And it is there nonetheless; of what is no ledger there is none."""
    entries = everything().entries
    broken = history_of(entries[:20] + entries[21:])
    assert broken is not None
    assert broken.tip < 30
    assert history_of(entries[1:]) is None
    assert history_of([]) is None


def test_a_long_log_is_cut_and_says_so() -> None:
    """What matters stays, and so does whatever something else refers to."""
    history = reports.history()
    events = tuple(
        history.events[19].model_copy(update={"entry": number}) for number in range(5_000)
    )
    long = History.model_validate(history.model_dump() | {"events": events})
    shown = render(reports.invalid(), None, long)
    rows = len(re.findall(r'<tr id="entry-', shown))
    assert rows == MOST_ROWS
    assert (
        f"{grouped(5_000 - MOST_ROWS)} ordinary entries of 5,000 entries are not listed." in shown
    )
    assert 'id="entry-12"' in shown
    assert len(shown) < 600_000


def test_a_long_table_is_cut_and_says_so() -> None:
    """The last rows stay: they are the newest."""
    history = reports.history()
    coverage = tuple(
        history.coverage[0].model_copy(update={"epoch": number}) for number in range(1, 3_001)
    )
    shown = render(reports.valid(), None, history.model_copy(update={"coverage": coverage}))
    assert f"the last {grouped(MOST)} of 3,000 rows" in shown
    assert 'data-sort="3000"' in shown
    assert 'data-sort="2000"' not in shown
