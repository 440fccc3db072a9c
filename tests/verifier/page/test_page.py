from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from functools import cache

import pytest

from tests.verifier.books.history import everything
from tests.verifier.page import hostile, reports
from tests.verifier.page.parser import Parsed
from verifier.page import render
from verifier.page.links import MOST_ROWS
from verifier.page.numbers import cash
from verifier.report import Continued, Tip


@cache
def page(name: str) -> str:
    """The page of one of our reports, with everything that can be on it."""
    if name == "hostile":
        return render(hostile.hostile(), everything().open(), hostile.hostile_history())
    return render(getattr(reports, name)(), everything().open(), reports.history())


PAGES = ("valid", "remarkable", "invalid", "hostile", "unreadable")


@pytest.mark.parametrize("name", PAGES)
def test_the_same_report_gives_the_same_page(name: str) -> None:
    """Byte by byte: no clock, no order that depends on a run."""
    assert page.__wrapped__(name) == page(name)


@pytest.mark.parametrize("name", PAGES)
def test_the_page_needs_nothing_but_itself(name: str) -> None:
    """No address of another file, and its policy allows none."""
    parsed = Parsed.of(page(name))
    assert not parsed.values("src")
    assert all(link.startswith("#") for link in parsed.values("href"))
    assert not parsed.named("link")
    assert "@import" not in page(name)
    assert not re.search(r"url\((?!#)", page(name))


@pytest.mark.parametrize("name", PAGES)
def test_the_policy_allows_our_style_and_our_script_alone(name: str) -> None:
    """By their hashes: there is one of each."""
    (policy,) = [
        tag.attributes["content"]
        for tag in Parsed.of(page(name)).named("meta")
        if tag.attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for kind in ("style", "script"):
        (content,) = re.findall(rf"<{kind}>(.*?)</{kind}>", page(name), re.DOTALL)
        digest = b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy


def test_what_others_wrote_is_text() -> None:
    """No tag, no attribute and no character that moves its neighbours comes out of it."""
    parsed = Parsed.of(page("hostile"))
    assert len(parsed.named("script")) == len(parsed.named("style")) == 1
    assert not parsed.named("img")
    for tag in parsed.tags:
        assert not [name for name in tag.attributes if name.startswith("on")]
        assert "data-hacked" not in tag.attributes
        assert "style" not in tag.attributes
    for character in ("\u202e", "\u202c", "\u200b", "\u2066", "\x00", "\x1b"):
        assert character not in page("hostile")
    for words in hostile.HOSTILE[:6]:
        assert words in parsed.text
    assert "⟨U+202E⟩" in parsed.text
    assert "\u05e9\u05dc\u05d5\u05dd" in parsed.text


@pytest.mark.parametrize("name", PAGES)
def test_the_page_can_be_read_aloud(name: str) -> None:
    """A language, one title, headings in order, captions, scopes, names for pictures."""
    parsed = Parsed.of(page(name))
    (root,) = parsed.named("html")
    assert root.attributes["lang"] == "en"
    levels = [int(tag.name[1]) for tag in parsed.tags if re.fullmatch(r"h[1-6]", tag.name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert set(levels[1:]) == {2}
    assert len(parsed.named("table")) == len(parsed.named("caption"))
    assert all(tag.attributes.get("scope") in ("col", "row") for tag in parsed.named("th"))
    for picture in parsed.named("svg"):
        is_named = "aria-labelledby" in picture.attributes
        assert is_named != (picture.attributes.get("aria-hidden") == "true")
    for frame in parsed.tags:
        if frame.attributes.get("role") == "region":
            assert frame.attributes["aria-label"]
            assert frame.attributes["tabindex"] == "0"


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere(name: str) -> None:
    """Each place has one name, and each link a place."""
    parsed = Parsed.of(page(name))
    places = parsed.values("id")
    assert len(places) == len(set(places))
    assert {link[1:] for link in parsed.values("href")} <= set(places)
    for labels in parsed.values("aria-labelledby"):
        assert set(labels.split()) <= set(places)


def test_every_row_has_a_cell_for_every_column() -> None:
    """What a table promises in its head, each row keeps."""
    for body in re.findall(r"<table.*?</table>", page("invalid"), re.DOTALL):
        rows = re.findall(r"<tr.*?</tr>", body, re.DOTALL)
        assert len({len(re.findall(r"<t[hd][ >]", row)) for row in rows}) == 1


@pytest.mark.parametrize(
    ("name", "word", "sentence"),
    [
        ("valid", "Valid", "Nothing was found that is not as it should be."),
        ("remarkable", "Valid, with remarks", "No rule is broken"),
        ("invalid", "Invalid", "Entry 12 is the first at fault."),
        ("unreadable", "Invalid", "at fault from its first entry on"),
    ],
)
def test_the_verdict_is_said_and_explained(name: str, word: str, sentence: str) -> None:
    """In words, first of all; and in the title of the window."""
    text_of_page = Parsed.of(page(name)).text
    assert f'<p class="word">{word}</p>' in page(name)
    assert f"<title>{word}: audit of " in page(name)
    assert sentence in text_of_page


def test_an_audit_that_went_on_from_another_does_not_claim_its_work() -> None:
    """What an earlier verdict stands for is said to be believed."""
    tip = Tip(number=20, time=1_767_225_600, hash="00" * 32, root="00" * 32)
    earlier = Continued(auditor="5e" * 32, tip=tip, not_rechecked=("proofs", "signatures"))
    continued = reports.valid().model_copy(update={"continued": earlier})
    said = Parsed.of(render(continued)).text
    assert "verified after entry 20; up to there an earlier verdict is believed" in said
    assert "every signature and every proof verified" not in said
    assert "these were not checked again: proofs, signatures." in said


def test_what_was_not_looked_at_is_not_said_to_hold() -> None:
    """Of a ledger that cannot be read nothing is in order."""
    bare = render(reports.unreadable())
    assert "✓" not in bare
    assert "Every account proved its margin in time." not in bare


def test_development_keys_are_said_loudly() -> None:
    """Before anything else but the verdict; and never where there are none."""
    loud = page("remarkable")
    assert loud.index("Development keys: this ledger proves nothing") < loud.index("<nav")
    assert "Development keys" not in page("valid")


def test_every_finding_is_there_with_its_entry() -> None:
    """Errors first; each links to its entry in the log."""
    report = reports.invalid()
    body = re.search(r'<table id="findings-table".*?</table>', page("invalid"), re.DOTALL)
    assert body is not None
    rows = re.findall(r"<tr>.*?</tr>", body[0], re.DOTALL)[1:]
    assert len(rows) == len(report.findings)
    severities = ["warning" if "warning" in row else "error" for row in rows]
    assert severities == sorted(severities)
    for one in report.findings:
        assert one.entry is None or f'href="#entry-{one.entry}"' in body[0]
        assert one.code.value in body[0]


def test_the_newest_market_is_on_the_page() -> None:
    """Marks, charges and notional of every component, and the rows of every coin, to the digit."""
    report = reports.valid()
    assert report.market is not None
    shown = re.search(r'<table id="marks".*?</table>', page("valid"), re.DOTALL)
    assert shown is not None
    for number in (*report.market.mark, *report.market.long_charges):
        assert cash(number) in shown[0]
    rows = re.search(r'<table id="rows-0".*?</table>', page("valid"), re.DOTALL)
    assert rows is not None
    (coin,) = report.market.coins
    assert len(re.findall("<tr>", rows[0])) == len(coin.moves) + 1
    assert all(cash(move) in rows[0] for row in coin.moves for move in row)
    assert "−15 %" in rows[0]
    assert "35 %" in rows[0]


def test_money_in_doubt_is_said_in_sentences() -> None:
    """Who is on sale, what waits, which part is paid, and that a market is locked."""
    sound = Parsed.of(page("valid")).text
    assert "0 withdrawals of who has traded wait to be paid." in sound
    assert "withdrawals are paid in full" in sound
    assert "locked" not in sound
    report = reports.valid()
    assert report.standing is not None
    standing = report.standing.model_copy(
        update={
            "on_sale": (2, 4),
            "waiting": 1,
            "deficit": 250,
            "fraction": (750, 1_000),
            "locked": True,
        }
    )
    epochs = (report.epochs[0].model_copy(update={"locked": (True,)}), *report.epochs[1:])
    troubled = report.model_copy(update={"standing": standing, "epochs": epochs})
    said = Parsed.of(render(troubled)).text
    assert "On sale: accounts 2, 4." in said
    assert "1 withdrawal of who has traded waits to be paid." in said
    assert "Losses of 250 are not covered: such withdrawals get 75.0000%." in said
    assert "The newest market is locked" in said
    assert "locked: BTC" in said


def test_what_is_too_long_is_cut_and_says_so() -> None:
    """A label of two thousand characters, and more findings than anybody reads."""
    said = Parsed.of(page("hostile")).text
    assert "(1,600 more characters)" in said
    assert "long" * 101 not in said
    many = render(reports.invalid(MOST_ROWS + 20), None, reports.history())
    assert "23 findings more are in the report's JSON." in Parsed.of(many).text


def test_a_page_without_history_or_books_is_whole() -> None:
    """What is in the report is shown; what is not, is said."""
    bare = render(reports.valid())
    assert "The log was not read for this page." in bare
    assert 'class="timeline"' in bare
    assert "Open books" not in bare
