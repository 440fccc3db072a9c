from __future__ import annotations

import re

import pytest

from tests.verifier.page import hostile, reports
from tests.verifier.page.browser import NO_SCRIPTS, WIDTHS, Browser, browser
from tests.verifier.page.pictures import read_png
from tests.verifier.page.test_page import PAGES, page

__all__ = ["browser"]

DARK = "--blink-settings=preferredColorScheme=0"


def test_a_script_that_is_let_through_would_be_noticed(browser: Browser) -> None:
    """The check itself: unescaped, each of the first ones leaves its mark."""
    for words in (hostile.HOSTILE[0], f'<p title="{hostile.HOSTILE[1]}">'):
        assert "data-hacked" in browser.dom(f"<!DOCTYPE html><html><body>{words}</body></html>")


def test_no_script_of_a_hostile_author_runs(browser: Browser) -> None:
    """In names, labels, words, findings and components; and our own script still does."""
    dom = browser.dom(page("hostile"))
    root = re.search(r"<html[^>]*>", dom)
    assert root is not None
    assert "hacked" not in root[0]
    assert dom.count("<script") == 1
    assert "<img" not in dom
    assert '<button type="button">' in dom


@pytest.mark.parametrize(
    ("fragment", "column", "expected"),
    [
        ("#sort=epochs,0,descending", 0, [str(epoch) for epoch in range(13, 0, -1)]),
        ("#sort=kinds,0,ascending", 0, sorted(reports.valid().transitions)),
        ("#sort=holdings,2,ascending", 0, ["4", "3", "2", "0", "1"]),
    ],
)
def test_a_fragment_sorts_a_table(
    browser: Browser, fragment: str, column: int, expected: list[str]
) -> None:
    """By number and by word, up and down; the head of the column says so."""
    dom = browser.dom(page("valid"), fragment)
    name = re.findall(r"sort=(\w+)", fragment)[0]
    assert column_of(dom, name, column) == expected
    assert f'aria-sort="{fragment.rsplit(",")[-1]}"' in dom


@pytest.mark.parametrize("fragment", ["#sort=none,0,ascending", "#sort=epochs,99,ascending"])
def test_a_fragment_that_means_nothing_does_nothing(browser: Browser, fragment: str) -> None:
    """No table of that name, no such column."""
    assert "aria-sort" not in re.sub(
        r"<style>.*?</style>|<script>.*?</script>",
        "",
        browser.dom(page("valid"), fragment),
        flags=re.DOTALL,
    )


def test_a_click_on_a_head_sorts(browser: Browser) -> None:
    """Once up, once more down; large amounts are compared exactly."""
    script = (
        "const table = page.document.getElementById('holdings');"
        "const button = table.tHead.rows[0].cells[4].querySelector('button');"
        "const order = () => Array.from(table.tBodies[0].rows)"
        ".map((row) => row.cells[0].textContent).join('');"
        "button.click(); const up = order(); button.click(); return up + ' ' + order();"
    )
    assert browser.measured(page("valid"), script, (1280,)) == ["34201 10243"]


def test_what_sticks_out_would_be_noticed(browser: Browser) -> None:
    """The check itself: something that is too wide, outside of any frame."""
    wide = page("valid").replace("</main>", '<svg width="1000" height="1"></svg></main>')
    script = (
        "const root = page.document.documentElement; return root.scrollWidth > root.clientWidth;"
    )
    assert browser.measured(wide, script) == ["true", "true", "false"]


@pytest.mark.parametrize("name", PAGES)
def test_nothing_sticks_out(browser: Browser, name: str) -> None:
    """At no width the page scrolls sideways; what is too wide scrolls in its own frame."""
    script = (
        "const root = page.document.documentElement;"
        "page.document.querySelectorAll('details').forEach((one) => { one.open = true; });"
        "return root.scrollWidth - root.clientWidth;"
    )
    assert browser.measured(page(name), script) == ["0"] * len(WIDTHS)


def test_nothing_runs_into_its_neighbour(browser: Browser) -> None:
    """No cell of a table is wider than its column, at any width."""
    script = (
        "return Array.from(page.document.querySelectorAll('th, td, dd, li, p'))"
        ".filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth)"
        ".map((one) => one.textContent.slice(0, 40)).join('; ');"
    )
    for name in ("invalid", "hostile"):
        assert browser.measured(page(name), script) == [""] * len(WIDTHS)


@pytest.mark.parametrize("options", [(), (DARK,)], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["valid", "invalid", "hostile"])
def test_there_is_something_to_see(browser: Browser, name: str, options: tuple[str, ...]) -> None:
    """Text, colours and lines: not one flat surface."""
    picture = read_png(browser.screenshot(page(name), 800, 900, *options))
    assert (picture.width, picture.height) == (800, 900)
    assert len(picture.colours()) > 50
    assert 0.3 < picture.share_of_commonest() < 0.97


def test_dark_is_dark_and_light_is_light(browser: Browser) -> None:
    """The ground follows what the reader's system prefers."""
    corners = [
        read_png(browser.screenshot(page("valid"), 400, 300, *options)).rows[0][:3]
        for options in ((), (DARK,))
    ]
    assert min(corners[0]) > 240
    assert max(corners[1]) < 40


@pytest.mark.parametrize("name", ["valid", "invalid", "hostile"])
def test_it_can_be_printed(browser: Browser, name: str) -> None:
    """On some pages of paper, none of them without end."""
    printed = browser.pdf(page(name))
    assert printed.startswith(b"%PDF-")
    pages = len(re.findall(rb"/Type\s*/Page\b", printed))
    assert 2 <= pages <= 60


def test_without_scripts_it_says_the_same(browser: Browser) -> None:
    """Every word and every row is there; only the buttons are not."""
    script = (
        "const seen = page.document.querySelector('main');"
        "return seen.querySelectorAll('button').length + ' buttons, '"
        "+ seen.querySelectorAll('tr').length + ' rows, ' + seen.textContent.length;"
    )
    (without,) = browser.measured(page("valid"), script, (800,), NO_SCRIPTS)
    (with_scripts,) = browser.measured(page("valid"), script, (800,))
    assert without.startswith("0 buttons, ")
    assert not with_scripts.startswith("0 buttons, ")
    assert without.split(", ")[1:] == with_scripts.split(", ")[1:]


def column_of(dom: str, table: str, column: int) -> list[str]:
    """The texts of a column."""
    found = re.search(rf'<table id="{table}".*?<tbody>(.*?)</tbody>', dom, re.DOTALL)
    assert found is not None
    rows = re.findall(r"<tr.*?</tr>", found[1], re.DOTALL)
    cells = [re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)[column] for row in rows]
    return [re.sub(r"<[^>]*>", "", cell).strip() for cell in cells]
