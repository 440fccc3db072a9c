"""The world that most attacks are made on; a module that needs another has its own fixture."""

from __future__ import annotations

import pytest

from tests.ledger.world import World, peopled, stand_in_world


@pytest.fixture
def world() -> World:
    """Two owners with ten million each, under proofs of the stand-in."""
    return peopled(stand_in_world())
