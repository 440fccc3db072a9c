"""Keys that let forgeries through, that belong to other circuits, or that nobody has pinned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from ledger.genesis import Genesis, StatementKey
from tests.verifier.audits import Auditor
from tests.verifier.forgery import Forge
from tests.verifier.honest import Played
from verifier import AuditReport, Code, Finding
from verifier.keys import check_keys
from zk.errors import UnsafeKey
from zk.groth16 import Proof, VerifyingKey
from zk.groth16.verify import public_sum, verify


@pytest.fixture(scope="module")
def genesis(honest: Played) -> Genesis:
    return honest.world.ledger.genesis


def with_key(genesis: Genesis, name: str, **changes: Any) -> Genesis:
    """The same genesis with one statement's key changed."""
    stated: StatementKey = getattr(genesis.statements, name)
    changed = stated.model_copy(update=changes)
    statements = genesis.statements.model_copy(update={name: changed})
    return genesis.model_copy(update={"statements": statements})


def founded(forge: Forge, genesis: Genesis, remembering: Auditor) -> AuditReport:
    """The audit of an operator's ledger with that genesis, and everything after it as it was."""
    first = replace(forge.entries[0], transition=genesis.encode())
    return remembering.audit(forge.rewritten(0, [first, *forge.entries[1:]]))


def errors_of(report: AuditReport) -> list[Finding]:
    return [found for found in report.findings if found.severity == "error"]


def codes_of(genesis: Genesis, pins: Mapping[str, str] | None = None) -> set[Code]:
    return {found.code for found in check_keys(genesis, pins).findings}


def gamma_is_delta(key: VerifyingKey) -> VerifyingKey:
    """A key whose second phase never happened, made past the check that refuses it."""
    unsafe = object.__new__(VerifyingKey)
    for name in ("alpha_1", "beta_2", "gamma_2", "ic", "insecure"):
        object.__setattr__(unsafe, name, getattr(key, name))
    object.__setattr__(unsafe, "delta_2", key.gamma_2)
    return unsafe


def test_a_key_without_a_second_phase_is_unsafe(
    forge: Forge, genesis: Genesis, remembering: Auditor
) -> None:
    """γ = δ: a forged proof satisfies the equation, and the ledger is invalid at entry 0.

    With A = α, B = β and C = −Σ aᵢ·ICᵢ the pairing equation holds for any public inputs.
    """
    key = gamma_is_delta(genesis.statements.solvency.key)
    public = tuple(range(1, key.public + 1))
    forged = Proof(key.alpha_1, key.beta_2, -public_sum(key, [1, *public]))
    verify(key, public, forged)
    with pytest.raises(UnsafeKey):
        VerifyingKey.decode(key.encode(), insecure=False)
    report = founded(forge, with_key(genesis, "solvency", points=key.encode()), remembering)
    assert report.first_bad == 0
    assert [(found.code, found.subject) for found in errors_of(report)] == [
        (Code.UNSAFE_KEY, "key of the solvency")
    ]
    assert report.unjudged == len(forge.entries)


def test_a_key_that_is_no_key_is_unsafe(
    forge: Forge, genesis: Genesis, remembering: Auditor
) -> None:
    """Bytes that are no points are refused like points that are unsafe."""
    report = founded(forge, with_key(genesis, "claim", points=b"\x01" * 576), remembering)
    assert report.first_bad == 0
    assert [found.code for found in errors_of(report)] == [Code.UNSAFE_KEY]


def test_a_key_of_another_circuit_is_foreign(
    forge: Forge, genesis: Genesis, remembering: Auditor
) -> None:
    """By its digest, or by the number of its public inputs where the digest lies."""
    assert Code.FOREIGN_CIRCUIT in codes_of(with_key(genesis, "fill", circuit=bytes(32)))
    other = with_key(genesis, "solvency", points=genesis.statements.claim.points)
    assert Code.FOREIGN_CIRCUIT in codes_of(other)
    report = founded(forge, other, remembering)
    assert (report.first_bad, report.entries, report.proofs) == (0, 0, 0)


def test_pins_are_compared(genesis: Genesis) -> None:
    """A pinned digest is confirmed, and a wrong or a missing one is an error."""
    pins = {name: stated.key.digest() for name, stated in genesis.statements}
    checked = check_keys(genesis, pins)
    assert [key.pinned for key in checked.reports] == [True] * 4
    assert codes_of(genesis, pins) == {Code.DEVELOPMENT_KEY}
    assert Code.UNSAFE_KEY in codes_of(genesis, {**pins, "claim": "00"})
    assert Code.UNSAFE_KEY in codes_of(genesis, {"claim": pins["claim"]})


def test_a_key_that_claims_a_ceremony_is_remarked(genesis: Genesis) -> None:
    """A mark can be deleted: without a pin nobody knows where the key came from."""
    unmarked = genesis
    for name in ("claim", "margin", "solvency", "fill"):
        unmarked = with_key(unmarked, name, insecure=False)
    assert codes_of(unmarked) == {Code.UNPINNED_KEY}


def test_a_production_ledger_takes_no_development_key(
    forge: Forge, genesis: Genesis, remembering: Auditor
) -> None:
    """What the ledger refuses to found, the audit refuses to find in order."""
    report = founded(forge, genesis.model_copy(update={"mode": "production"}), remembering)
    assert report.first_bad == 0
    assert {found.code for found in report.findings if found.severity == "error"} == {Code.GENESIS}
