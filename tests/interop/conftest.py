"""What the tests against other tools share; all of it is skipped, visibly, without them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.interop.peers import Peers


@pytest.fixture(scope="session")
def peers(node_modules: Path) -> Peers:
    """snarkjs, circom2 and circomlibjs."""
    return Peers(node_modules)


@pytest.fixture(scope="session")
def powers_of_tau(peers: Peers, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A `.ptau` for 2⁸ constraints with one contribution, made by snarkjs."""
    folder = tmp_path_factory.mktemp("ptau")
    empty, contributed, prepared = (folder / f"{i}.ptau" for i in range(3))
    peers.snarkjs("powersoftau new", "bn128", "8", empty)
    peers.snarkjs("powersoftau contribute", empty, contributed, "--name=test", "-e=tau")
    peers.snarkjs("powersoftau prepare phase2", contributed, prepared)
    return prepared
