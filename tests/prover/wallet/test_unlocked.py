"""A wallet that is unlocked for some minutes: what is kept opens it alone, and not for longer."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from prover.kept_keys import MAX_MINUTES, KeptKeys
from prover.sealed_file import StretchedKey, WrongPassword
from prover.wallet import WalletFile
from tests.ledger.world import World, stand_in_world
from tests.prover.wallet.purses import CHEAP, PASSWORD, new_wallet
from zk.errors import Conflict, Malformed, MalformedFile

#: The clock of these tests stands still.
NOW = 1_800_000_000


@pytest.fixture(scope="module")
def world() -> World:
    return stand_in_world()


@pytest.fixture
def path(world: World, tmp_path: Path) -> Path:
    return new_wallet(world, tmp_path, "alice").file.path


@pytest.fixture
def kept(tmp_path: Path) -> KeptKeys:
    return KeptKeys(tmp_path / "run" / "tacit", lambda: NOW)


def key_of(path: Path) -> StretchedKey:
    """What the wallet's password is stretched to."""
    file = WalletFile(path, PASSWORD, CHEAP)
    file.load()
    return file.key


def later(kept: KeptKeys, seconds: int) -> KeptKeys:
    return KeptKeys(kept.folder, lambda: NOW + seconds)


def test_an_unlocked_wallet_is_read_and_written_without_its_password(
    path: Path, kept: KeptKeys
) -> None:
    """What was saved by the kept key opens under the password, and under the key again."""
    before = WalletFile(path, PASSWORD, CHEAP).load()
    assert kept.keep(path, key_of(path), 5) == NOW + 300
    for _ in range(2):
        found = kept.find(path)
        assert found is not None
        file = WalletFile(path, found)
        assert file.load() == before
        file.save(before)
    assert WalletFile(path, PASSWORD, CHEAP).load() == before


def test_a_key_is_kept_until_its_time_and_removed_after_it(path: Path, kept: KeptKeys) -> None:
    """At the second itself it is over; looking for any wallet's removes it."""
    kept.keep(path, key_of(path), 1)
    assert later(kept, 59).find(path) is not None
    assert later(kept, 60).find(path.with_name("another.wallet")) is None
    assert not kept.place(path).exists()
    assert kept.find(path) is None


def test_a_time_far_ahead_is_another_clocks(path: Path, kept: KeptKeys) -> None:
    """A clock that is set back prolongs nothing beyond what can be asked for."""
    later(kept, 60).keep(path, key_of(path), MAX_MINUTES)
    assert kept.find(path) is None
    assert not kept.place(path).exists()


@pytest.mark.parametrize("minutes", [0, -1, MAX_MINUTES + 1])
def test_nobody_unlocks_for_ever(path: Path, kept: KeptKeys, minutes: int) -> None:
    """A time outside the bounds is refused and nothing is kept."""
    with pytest.raises(Malformed, match=f"expected 1 to {MAX_MINUTES}, got {minutes}"):
        kept.keep(path, key_of(path), minutes)
    assert not kept.folder.exists()


def test_what_is_kept_is_its_owners_alone(path: Path, kept: KeptKeys) -> None:
    """Whatever the process's mask was; and the password is in none of it."""
    mask = os.umask(0)
    try:
        kept.keep(path, key_of(path), 5)
    finally:
        os.umask(mask)
    assert kept.folder.stat().st_mode & 0o777 == 0o700
    assert kept.place(path).stat().st_mode & 0o777 == 0o600
    for file in path.parent.rglob("*"):
        assert not file.is_file() or PASSWORD.encode() not in file.read_bytes()


@pytest.mark.parametrize("mode", [0o644, 0o620, 0o601])
def test_what_others_can_reach_is_refused(path: Path, kept: KeptKeys, mode: int) -> None:
    """File or folder: it is refused, and said with the mode that was found."""
    kept.keep(path, key_of(path), 5)
    kept.place(path).chmod(mode)
    with pytest.raises(Conflict, match=r"owner's alone.*got -rw"):
        kept.find(path)
    kept.place(path).chmod(0o600)
    kept.folder.chmod(0o700 | mode & 0o077)
    with pytest.raises(Conflict, match=r"owner's alone.*got drwx"):
        kept.find(path)
    with pytest.raises(Conflict, match=r"owner's alone.*got drwx"):
        kept.keep(path, key_of(path), 5)


def test_a_link_is_not_followed(path: Path, kept: KeptKeys, tmp_path: Path) -> None:
    """What lies elsewhere was not kept here."""
    kept.keep(path, key_of(path), 5)
    shutil.move(kept.place(path), tmp_path / "elsewhere")
    kept.place(path).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Conflict, match=r"owner's alone"):
        kept.find(path)


def test_another_wallets_key_is_not_used(
    world: World, path: Path, kept: KeptKeys, tmp_path: Path
) -> None:
    """Under the same password too, and where its file was put in the place of the right one."""
    other = new_wallet(world, tmp_path, "bob").file.path
    kept.keep(other, key_of(other), 5)
    assert kept.find(path) is None
    shutil.copy(kept.place(other), kept.place(path))
    assert kept.find(path) is None


def test_a_kept_key_that_was_changed_opens_nothing(path: Path, kept: KeptKeys) -> None:
    """It is refused as a wrong password is, and one that was cut short as malformed."""
    kept.keep(path, key_of(path), 5)
    data = kept.place(path).read_bytes()
    kept.place(path).write_bytes(data[:40] + bytes([data[40] ^ 1]) + data[41:])
    found = kept.find(path)
    assert found is not None
    with pytest.raises(WrongPassword):
        WalletFile(path, found).load()
    for cut in (data[:-1], data + b"\0", data[:4]):
        kept.place(path).write_bytes(cut)
        with pytest.raises(MalformedFile):
            kept.find(path)


def test_a_locked_wallet_has_nothing_kept(path: Path, kept: KeptKeys) -> None:
    """`forget` removes it, and is content where there is nothing."""
    kept.keep(path, key_of(path), 5)
    kept.forget(path)
    assert list(kept.folder.iterdir()) == []
    kept.forget(path)
    assert "redacted" in repr(key_of(path))


@pytest.mark.parametrize("place", ["file/tacit", "file"])
def test_a_folder_that_cannot_be_is_one_line(path: Path, tmp_path: Path, place: str) -> None:
    """A file where the folder would be: nothing is kept, and nothing is there to remove."""
    (tmp_path / "file").write_text("no folder")
    nowhere = KeptKeys(tmp_path / place, lambda: NOW)
    with pytest.raises((MalformedFile, Conflict)):
        nowhere.keep(path, key_of(path), 5)
    nowhere.forget(path)
