"""The file of a wallet: sealed, whole or not at all, and held by one process at a time."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from prover import sealed_file
from prover.sealed_file import WrongPassword, seal
from prover.wallet import Wallet, WalletFile
from prover.wallet.errors import MalformedWallet, WalletInUse
from tests.ledger.world import World, stand_in_world
from tests.prover.wallet.purses import (
    CHEAP,
    DECODING,
    PASSWORD,
    act,
    file_in,
    funded,
    new_wallet,
    reopened,
)
from zk.errors import Conflict, Malformed, MalformedFile


@pytest.fixture
def world() -> World:
    return stand_in_world()


@pytest.fixture
def wallet(world: World, tmp_path: Path) -> Wallet:
    return funded(world, tmp_path, "alice")


def test_what_was_saved_is_found(wallet: Wallet) -> None:
    """Another process finds the same record."""
    assert reopened(wallet).record == wallet.record


def test_a_wallet_stretches_its_password_once(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When it is made, and for all that it saves afterwards."""
    calls: list[bytes] = []
    stretched = sealed_file._stretched

    def counted(password: str, salt: bytes, cost: sealed_file.Cost) -> bytes:
        calls.append(salt)
        return stretched(password, salt, cost)

    monkeypatch.setattr(sealed_file, "_stretched", counted)
    made = funded(world, tmp_path, "bob")
    assert len(calls) == 1
    again = Wallet.open(WalletFile(made.file.path, PASSWORD, CHEAP), made.proving, DECODING)
    custodian = world.offices.custodian
    act(world, again, lambda author, state: author.deposit(state, 0, 1, custodian))
    assert len(calls) == 2


def test_a_wrong_password_is_refused(wallet: Wallet) -> None:
    """It is told apart from damage, and the file stays as it is."""
    before = wallet.file.path.read_bytes()
    with pytest.raises(WrongPassword, match="password"):
        WalletFile(wallet.file.path, PASSWORD + "r", CHEAP).load()
    with pytest.raises(Malformed, match="at least one character"):
        WalletFile(wallet.file.path, "", CHEAP).load()
    assert wallet.file.path.read_bytes() == before


def regions(size: int) -> dict[str, int]:
    """A place in every part of a sealed file."""
    return {
        "magic": 0,
        "cost": 8,
        "block": 9,
        "parallel": 10,
        "salt": 11,
        "end of the salt": 26,
        "nonce": 27,
        "first ciphertext": 39,
        "middle": size // 2,
        "tag": size - 40,
        "checksum": size - 32,
        "last": size - 1,
    }


@pytest.mark.parametrize("region", regions(1000))
def test_damage_anywhere_is_named(wallet: Wallet, region: str) -> None:
    """One bit in any part of the file: one clear error, and the rest can still be looked at."""
    data = bytearray(wallet.file.path.read_bytes())
    data[regions(len(data))[region]] ^= 1
    wallet.file.path.write_bytes(data)
    with pytest.raises(MalformedFile, match="sealed file"):
        wallet.file.load()
    assert wallet.file.path.read_bytes() == data


@pytest.mark.parametrize("size", [0, 1, 27, 39, 86, 87, 500])
def test_a_file_cut_short_is_named(wallet: Wallet, size: int) -> None:
    """However little is left."""
    wallet.file.path.write_bytes(wallet.file.path.read_bytes()[:size])
    with pytest.raises(MalformedFile):
        wallet.file.load()


@pytest.mark.parametrize("content", [b"", b"{}", b'{"seed":"00ff00ff00ff"}', b"\xff\xfe"])
def test_sealed_but_no_wallet(wallet: Wallet, content: bytes) -> None:
    """The error does not quote what was sealed: it might be a secret."""
    wallet.file.path.write_bytes(seal(PASSWORD, content, cost=CHEAP))
    with pytest.raises(MalformedWallet) as caught:
        wallet.file.load()
    assert "00ff00" not in str(caught.value)


def test_a_wallet_is_never_replaced(world: World, wallet: Wallet, tmp_path: Path) -> None:
    """`create` refuses a file that is there; its keys may own something."""
    before = wallet.file.path.read_bytes()
    with pytest.raises(Conflict, match="no file yet"):
        new_wallet(world, tmp_path, "alice")
    assert wallet.file.path.read_bytes() == before


def test_a_save_that_fails_leaves_the_older_file(
    wallet: Wallet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full, or the process dies, while the new file is written."""
    before = wallet.file.path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(MalformedFile, match="No space left"):
        wallet.file.save(wallet.record)
    assert wallet.file.path.read_bytes() == before
    assert {path.name for path in wallet.file.path.parent.iterdir()} == {"alice.wallet"}


def test_one_process_at_a_time(tmp_path: Path) -> None:
    """A second one is turned away; when the first is gone, the next may come."""
    file = file_in(tmp_path, "a")
    with (
        file.alone(),
        pytest.raises(WalletInUse, match="one in use"),
        file_in(tmp_path, "a").alone(),
    ):
        pass
    with file_in(tmp_path, "a").alone():
        pass


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    """A folder that is not there is one line."""
    with pytest.raises(MalformedFile), file_in(tmp_path / "none", "a").alone():
        pass
