"""A signed verdict, and an audit that continues from it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.log import Entry
from tests.ledger.world import fastest
from tests.verifier.audits import Auditor
from tests.verifier.forgery import Forge, rechained, with_field
from tests.verifier.honest import Played
from verifier import AuditReport, Code, ListedLog, Options, SignedVerdict, audit_log
from verifier.verdicts import parse_public_key, read_signing_key
from zk.errors import Conflict, Malformed, Rejected, SignatureRejected
from zk.signatures import SigningKey

KEY = SigningKey(bytes(range(32)))
AT = 30


@pytest.fixture(scope="module")
def verdict(honest: Played, remembering: Auditor) -> SignedVerdict:
    """What an auditor signed when the ledger had come to entry 30."""
    return SignedVerdict.of(remembering.audit(honest.entries[: AT + 1]), KEY)


def continued(entries: list[Entry], verdict: SignedVerdict) -> AuditReport:
    return audit_log(ListedLog(entries), Options(fastest(), start=verdict))


def errors_of(report: AuditReport) -> list[tuple[Code, int | None]]:
    return [(f.code, f.entry) for f in report.findings if f.severity == "error"]


def test_it_is_signed_and_comes_back(verdict: SignedVerdict, tmp_path: Path) -> None:
    """Canonical bytes, a signature over all of them, and nobody else's."""
    file = tmp_path / "verdict.json"
    file.write_bytes(verdict.encode() + b"\n")
    again = SignedVerdict.read(file)
    assert again == verdict
    again.check(KEY.public)
    with pytest.raises(Conflict):
        again.check(SigningKey(bytes(32)).public)
    for change in ({"number": AT + 1}, {"hash": bytes(32)}, {"verdict": "valid"}):
        with pytest.raises(SignatureRejected):
            again.model_copy(update=change).check(KEY.public)


def test_the_rest_is_audited_and_the_past_rebuilt(
    honest: Played, verdict: SignedVerdict, remembering: Auditor
) -> None:
    """The state is the same; proofs and signatures are those after the verdict."""
    whole, rest = remembering.audit(honest.entries), continued(honest.entries, verdict)
    assert rest.verdict == whole.verdict
    assert rest.tip == whole.tip
    assert rest.standing == whole.standing
    assert rest.overdue == whole.overdue
    assert 0 < rest.proofs < whole.proofs
    assert rest.continued is not None
    assert rest.continued.tip.number == AT
    assert rest.invariants.conservation == whole.invariants.conservation


@pytest.mark.parametrize("number", [AT + 3, AT + 7])
def test_what_comes_after_is_judged(forge: Forge, verdict: SignedVerdict, number: int) -> None:
    """A changed entry after the verdict is found where it is."""
    entry = forge.entries[number]
    document = json.loads(entry.transition)
    for name in ("signature", "proof"):
        if name in document:
            document[name] = document[name][:-2] + ("00" if document[name][-2:] != "00" else "01")
    data = json.dumps(document, separators=(",", ":")).encode()
    rest = [replace(entry, transition=data), *forge.entries[number + 1 :]]
    if data == entry.transition:
        pytest.skip("this entry carries other evidence")
    (code, place), *_ = errors_of(continued(forge.rewritten(number, rest), verdict))
    assert place == number
    assert code in {Code.SIGNATURE, Code.PROOF}


def test_another_past_is_noticed(forge: Forge, verdict: SignedVerdict) -> None:
    """Entries before the verdict are executed and hashed, so a change there shows at once."""
    changed = with_field(forge.entries, 12, root=bytes(32))
    assert errors_of(continued(changed, verdict)) == [(Code.CHAIN, 12)]
    assert errors_of(continued(rechained(changed, 12), verdict)) == [(Code.ROOT, 12)]
    other = forge.rewritten(25, [forge.entries[27], *forge.entries[25:27], *forge.entries[28:]])
    assert errors_of(continued(other, verdict))


def test_a_log_that_ends_before_the_verdict_is_truncated(
    honest: Played, verdict: SignedVerdict
) -> None:
    """There is nothing to continue from."""
    assert errors_of(continued(honest.entries[:AT], verdict)) == [(Code.TRUNCATED, None)]


def test_the_verdict_of_another_ledger_is_no_beginning(
    honest: Played, verdict: SignedVerdict
) -> None:
    """Not even if its entries were the same."""
    other = verdict.model_copy(update={"ledger": bytes(32)})
    assert errors_of(continued(honest.entries, other)) == [(Code.HEAD, 0)]


def test_nobody_signs_an_invalid_ledger(forge: Forge, remembering: Auditor) -> None:
    """A verdict is a beginning for others: there is none where something is wrong."""
    report = remembering.audit(with_field(forge.entries, 9, hash=bytes(32)))
    with pytest.raises(Rejected, match="without errors"):
        SignedVerdict.of(report, KEY)


def test_keys_of_auditors_are_64_digits(tmp_path: Path) -> None:
    """In a file or on the command line; a bad one is refused in words."""
    file = tmp_path / "key"
    file.write_text(KEY.seed.hex() + "\n")
    assert read_signing_key(file).public == KEY.public
    assert parse_public_key(KEY.public.hex()) == KEY.public
    file.write_text("zz")
    with pytest.raises(Malformed):
        read_signing_key(file)
    for text in ("", "00", "zz"):
        with pytest.raises(Malformed):
            parse_public_key(text)
