"""Wallets that their owner has unlocked for some minutes, each with a file that opens it meanwhile.

    "TACITKK1" ‖ unix seconds until which it is good (8, big-endian) ‖ stretched key

A stretched key is no password: it opens the one sealed file whose salt it was made with, and
nothing else that the password may be good for. The file is its owner's alone (0600), in a folder
that is too, and goes with its time: whoever looks for a kept key removes all whose time is over. A
time further ahead than anybody may ask for was written under another clock, and is over as well.

Whoever reads such a file in its time, and has the wallet, has what is in the wallet. Against other
processes of the same user nothing is promised: they could watch the password being typed.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from prover.keys import cache_folder
from prover.sealed_file import StretchedKey
from zk.errors import Conflict, Malformed, MalformedFile, ZkError
from zk.formats.files import make_folder, read_bytes, remove, write_secret_files

MAGIC: Final = b"TACITKK1"
#: Twelve hours.
MAX_MINUTES: Final = 720

_TIME: Final = 8
_HEADER: Final = len(MAGIC) + _TIME
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def kept_keys_folder() -> Path:
    """In memory and gone with the session where the system has such a folder; else in the cache."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    return Path(runtime) / "tacit" if runtime else cache_folder() / "unlocked"


@dataclass(frozen=True, slots=True)
class KeptKeys:
    """The kept keys of one user, in one folder."""

    folder: Path
    clock: Callable[[], float] = time.time

    def keep(self, wallet: Path, key: StretchedKey, minutes: int) -> int:
        """Keeps it for so long; the unix time until which."""
        if not 0 < minutes <= MAX_MINUTES:
            raise Malformed(
                "minutes to stay unlocked", expected=f"1 to {MAX_MINUTES}", actual=minutes
            )
        make_folder(self.folder, mode=0o700)
        _require_own(self.folder, self.folder.lstat(), stat.S_IFDIR)
        until = int(self.clock()) + 60 * minutes
        data = MAGIC + until.to_bytes(_TIME, "big") + key.encode()
        write_secret_files({self.place(wallet): data})
        return until

    def find(self, wallet: Path) -> StretchedKey | None:
        """What opens that wallet; None where nothing is kept for it, or not any more.

        What others can read or could have written is refused: `Conflict`.
        """
        if not os.path.lexists(self.folder):
            return None
        _require_own(self.folder, self.folder.lstat(), stat.S_IFDIR)
        self._remove_expired()
        place = self.place(wallet)
        if not os.path.lexists(place):
            return None
        key = StretchedKey.decode(_read_own(place)[_HEADER:])
        return key if key.opens(read_bytes(wallet)) else None

    def forget(self, wallet: Path) -> None:
        """Removes it; nothing happens where none is kept."""
        remove(self.place(wallet))

    def place(self, wallet: Path) -> Path:
        """The file for a wallet, whose own name it does not show."""
        return self.folder / f"{hashlib.sha256(os.fsencode(wallet.resolve())).hexdigest()}.key"

    def _remove_expired(self) -> None:
        now = self.clock()
        for path in self.folder.glob("*.key"):
            with suppress(ZkError):  # another wallet's may be at fault; one's own is read again
                if not now < _until(_read_own(path)) <= now + 60 * MAX_MINUTES:
                    path.unlink(missing_ok=True)


def _until(data: bytes) -> int:
    if not data.startswith(MAGIC):
        raise MalformedFile(
            "kept key", expected=f"magic {MAGIC.decode()}", actual="another kind of file"
        )
    return int.from_bytes(data[len(MAGIC) : _HEADER], "big")


def _read_own(path: Path) -> bytes:
    """The bytes of a file that is looked at when it is open, so that none is put in its place."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise Conflict(
            str(path), expected="a file of its owner's alone", actual=error.strerror or "an error"
        ) from None
    with os.fdopen(descriptor, "rb") as file:
        _require_own(path, os.fstat(descriptor), stat.S_IFREG)
        data = file.read(_HEADER + StretchedKey.SIZE + 1)
    _until(data)
    return data


def _require_own(path: Path, found: os.stat_result, kind: int) -> None:
    is_own = found.st_uid == os.geteuid() and not found.st_mode & _OTHERS
    if not is_own or stat.S_IFMT(found.st_mode) != kind:
        raise Conflict(
            str(path),
            expected="a file or folder of its owner's alone; `tacit wallet lock` removes the file",
            actual=f"{stat.filemode(found.st_mode)} of user {found.st_uid}",
        )
