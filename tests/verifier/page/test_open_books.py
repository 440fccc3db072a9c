from __future__ import annotations

from ledger.encoding import Decoding
from tests.ledger.world import real_world
from tests.verifier.books.history import everything
from tests.verifier.page import reports
from tests.verifier.page.parser import Parsed
from tests.verifier.page.test_page import page
from verifier import ListedLog, Options, audit_log
from verifier.books import WholeKeys, open_books
from verifier.page import history_of, render
from zk.backends import Backend


def test_open_books_are_on_the_page_and_say_that_they_are_secret() -> None:
    """Holdings, open interest, statements; without a gap there is no doubt."""
    said = Parsed.of(page("valid")).text
    assert "treat this page as confidential" in said
    assert "99,376,195" in said
    assert "Statement of account 4" in said
    assert "Nothing in the books contradicts the ledger." in said


def test_what_could_not_be_opened_is_withheld(native: Backend) -> None:
    """Findings instead of numbers."""
    books = open_books(everything().entries, WholeKeys([5]), native)
    said = Parsed.of(render(reports.valid(), books, reports.history())).text
    assert "withheld" in said
    assert "escrow-key" in said
    assert "not-given" in said
    assert "99,376,195" not in said


def test_a_real_audit_gives_a_page(native: Backend) -> None:
    """From a ledger with real proofs to the page, with its books open."""
    world = real_world(backend=native)
    world.publish()
    one, two = world.join(10**8), world.join(10**8)
    world.trade(one, two, {0: -60_000, 2: 10})
    entries = list(world.ledger.entries())
    report = audit_log(ListedLog(entries), Options(native))
    books = open_books(entries, WholeKeys([world.offices.escrow_secret]), native)
    assert report.tip is not None
    assert (books.tip, books.tip_hash) == (report.tip.number, report.tip.hash)
    said = Parsed.of(render(report, books, history_of(entries, Decoding(native.decode_point)))).text
    assert "Development keys: this ledger proves nothing" in said
    assert "accounts 0 and 1 settled: 2 signed, 0 firm" in said
    assert "100,059,900" in said


def test_books_of_something_else_are_not_taken_for_these() -> None:
    """Of another ledger, or of a longer or shorter log: that is said before any number."""
    books = everything().open()
    foreign = books.model_copy(update={"ledger": "00" * 32})
    assert "the books of another ledger" in render(reports.valid(), foreign)
    shorter = books.model_copy(update={"tip": 3, "tip_hash": "00" * 32})
    assert "These books end at entry 3, and the audit at another." in render(
        reports.valid(), shorter
    )
    assert "and the audit at another" not in render(reports.valid(), books)
