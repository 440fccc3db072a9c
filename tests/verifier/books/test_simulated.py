from __future__ import annotations

import pytest

from tests.ledger.simulation.history import simulate
from tests.ledger.simulation.setting import fast_arithmetic, stand_in_setting
from tests.ledger.world import fastest
from verifier.books import WholeKeys, open_books


@pytest.mark.parametrize("seed", [2, 5])
def test_the_books_of_a_long_history_are_those_of_its_model(seed: int) -> None:
    """Crashes, sales, fills, rotations, expiries: the model's vectors, and nothing left to find."""
    with fast_arithmetic():
        sim = simulate(stand_in_setting(seed), seed, 500)
        offices = sim.keys.offices
        keys = WholeKeys((offices.escrow_secret, *offices.former_secrets))
        books = open_books(sim.ledger.entries(), keys, fastest())
    # Keys that never came in force, and accounts that fell below maintenance at the end.
    assert {one.code for one in books.findings} <= {"escrow-key", "below"}
    held = [one.values for one in books.moments[-1].holdings]
    assert held == [vault.vector for vault in sim.model.vaults]
    assert books.moments[-1].expiry == sim.model.expiry.values
    assert books.decrypted > 50
