"""A head from elsewhere shows what no log can show of itself: that its end is missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.verifier.audits import Auditor
from tests.verifier.forgery import Forge, with_field
from tests.verifier.honest import Played
from verifier import Code, ExpectedHead
from zk.errors import Malformed


def test_without_a_head_a_short_log_looks_sound(honest: Played, remembering: Auditor) -> None:
    """The report says so, in the summary and in the list of what is not known."""
    report = remembering.audit(honest.entries[:20])
    assert report.is_valid
    assert report.head.status == "not given"
    assert "not known" in report.summary
    assert any("cut short" in sentence for sentence in report.not_known)


def test_a_head_in_the_middle_is_contained(honest: Played, remembering: Auditor) -> None:
    """The log may have grown since the head was written down."""
    assert remembering.audit(honest.entries, honest.entries[9]).head.status == "contained"
    assert remembering.audit(honest.entries, honest.entries[-1]).head.status == "is the tip"


def test_a_log_that_ends_too_soon_is_truncated(honest: Played, remembering: Auditor) -> None:
    """Each entry is in order, and the verdict is still that it is not."""
    report = remembering.audit(honest.entries[:20], honest.entries[-1])
    assert [f.code for f in report.findings if f.severity == "error"] == [Code.TRUNCATED]
    assert report.first_bad is None
    assert report.exit_status == 1


def test_another_history_is_named_where_it_differs(forge: Forge, remembering: Auditor) -> None:
    """A sound log with another entry at that place."""
    other = forge.rewritten(20, forge.entries[21:23])
    report = remembering.audit(forge.entries[:20], forge.entries[19])
    assert report.is_valid
    report = remembering.audit(other[:20] + forge.entries[20:], other[20])
    assert report.first_bad == 20
    assert Code.HEAD in {found.code for found in report.findings}


def test_a_head_past_a_damaged_entry_is_not_called_missing(
    forge: Forge, remembering: Auditor
) -> None:
    """What cannot be read cannot be compared; the damage is the finding."""
    entries = with_field(forge.entries, 10, root=bytes(32))
    report = remembering.audit(entries, forge.entries[-1])
    assert [f.code for f in report.findings if f.severity == "error"] == [Code.CHAIN]
    assert report.unjudged == len(entries) - 10


def test_a_head_is_a_hash_or_a_file(tmp_path: Path, honest: Played) -> None:
    """64 digits, or JSON with number and hash; anything else is refused in words."""
    tip = honest.entries[-1]
    assert ExpectedHead.parse(tip.hash.hex()) == ExpectedHead(tip.hash)
    file = tmp_path / "head.json"
    file.write_text(json.dumps({"number": tip.number, "hash": tip.hash.hex()}))
    assert ExpectedHead.parse(str(file)) == ExpectedHead(tip.hash, tip.number)
    for text in ("{}", "[]", "x", '{"number": -1, "hash": ""}', '{"number": true, "hash": "00"}'):
        file.write_text(text)
        with pytest.raises(Malformed):
            ExpectedHead.parse(str(file))
    with pytest.raises(Malformed):
        ExpectedHead.parse("z" * 64)
