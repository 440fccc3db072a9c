"""The wallet on disk: one sealed file, replaced whole, held by one process at a time."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from prover import sealed_file
from prover.wallet.errors import WalletInUse
from prover.wallet.records import WalletRecord
from zk.errors import Conflict, MalformedFile
from zk.formats.files import named, read_bytes, write_secret_files

#: A long history has some kilobytes per entry.
MAX_BYTES: Final = 1 << 30


@dataclass(frozen=True, slots=True, repr=False)
class WalletFile:
    """Where a wallet lies, and what opens it."""

    path: Path
    #: The password, or what it was stretched to for this very file.
    secret: str | sealed_file.StretchedKey
    cost: sealed_file.Cost = sealed_file.STANDARD
    #: Keeps the stretched key: one command saves its wallet several times.
    _lock: sealed_file.Lock = field(init=False, compare=False)

    def __post_init__(self) -> None:
        lock = (
            sealed_file.Lock(self.secret, self.cost)
            if isinstance(self.secret, str)
            else sealed_file.Lock.of_key(self.secret)
        )
        object.__setattr__(self, "_lock", lock)

    @property
    def key(self) -> sealed_file.StretchedKey:
        """What opens the file as it was loaded or saved last, in place of the password."""
        return self._lock.key

    def load(self) -> WalletRecord:
        """What was saved last; a damaged file and a wrong password are told apart."""
        with named(self.path):
            data = read_bytes(self.path, MAX_BYTES)
            return WalletRecord.read(self._lock.unseal(data))

    def save(self, record: WalletRecord) -> None:
        """All of it or nothing: a process that dies here leaves the older file."""
        data = self._lock.seal(record.encode())
        write_secret_files({self.path: data})

    def create(self, record: WalletRecord) -> None:
        """A new file; one that exists is never replaced."""
        if self.path.exists():
            raise Conflict(str(self.path), expected="no file yet", actual="one that exists")
        self.save(record)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keeps other processes out; the lock is the operating system's and dies with its owner."""
        lock = self.path.with_name(self.path.name + ".lock")
        try:
            file = lock.open("ab")
        except OSError as error:
            raise MalformedFile(
                str(lock), expected="a place to write to", actual=error.strerror
            ) from None
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise WalletInUse(
                    str(self.path), expected="a wallet that is free", actual="one in use"
                ) from None
            yield

    def __repr__(self) -> str:
        return f"WalletFile({self.path}, <redacted>)"
