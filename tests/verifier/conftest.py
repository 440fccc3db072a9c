"""What the tests of the audit share: the honest ledger, an attacker, an auditor with a memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ledger.world import World, stand_in_world
from tests.verifier.audits import Auditor
from tests.verifier.forgery import Forge
from tests.verifier.honest import Played, honest_ledger
from tests.verifier.unproven import take_any_keys


@pytest.fixture(scope="session")
def honest(native: object) -> Played:
    """A ledger on which nobody cheated; its proofs need the native backend."""
    return honest_ledger()


@pytest.fixture(scope="session")
def forge(honest: Played) -> Forge:
    """The attacker who has that ledger's file, and every owner on his side."""
    return Forge(honest.entries, [author.signer for author in honest.world.authors])


@pytest.fixture(scope="session")
def remembering(honest: Played) -> Iterator[Auditor]:
    """An auditor who judges each proof once in the session, and everything else every time."""
    with pytest.MonkeyPatch.context() as patch:
        yield Auditor(patch)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """A new ledger of the stand-in, whose keys the audit takes as they are."""
    take_any_keys(monkeypatch)
    return stand_in_world()
