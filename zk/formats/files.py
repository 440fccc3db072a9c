"""Files on disk: read whole and bounded, written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from zk.errors import MalformedFile, ZkError

#: A key of 2²⁰ constraints with dense queries stays below this.
MAX_FILE_BYTES: Final = 4 << 30
#: No key, proof or list of public inputs in JSON comes near this.
MAX_JSON_BYTES: Final = 64 << 20


def read_bytes(path: Path, limit: int = MAX_FILE_BYTES) -> bytes:
    """The file's bytes; one that is missing, special or too large is `MalformedFile`."""
    check_file(path, limit)
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from None


def check_file(path: Path, limit: int = MAX_FILE_BYTES) -> None:
    """Raises `MalformedFile` unless there is a regular file of at most that size."""
    try:
        if not path.is_file():
            raise MalformedFile(str(path), expected="a file", actual=what_is_at(path))
        size = path.stat().st_size
    except OSError as error:
        raise _unreadable(path, error) from None
    if size > limit:
        raise MalformedFile(str(path), expected=f"at most {limit} bytes", actual=f"{size} bytes")


def what_is_at(path: Path) -> str:
    """What there is instead of a file, for a message."""
    if path.is_dir():
        return "a folder"
    return "another kind of file" if os.path.lexists(path) else "no such file"


@contextmanager
def named(path: Path) -> Iterator[None]:
    """What is wrong with what was read there is told of that file, by the name its user gave."""
    try:
        yield
    except ZkError as error:
        if not error.subject.startswith(str(path)):
            error.subject = f"{path}: {error.subject}"
        raise


def make_folder(path: Path, mode: int = 0o777) -> None:
    """The folder, and those above it, where they are missing."""
    try:
        path.mkdir(mode=mode, parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or "an error"
        raise MalformedFile(str(path), expected="a folder", actual=reason) from None


def remove(path: Path) -> None:
    """The file is gone; nothing happens where none was."""
    try:
        path.unlink(missing_ok=True)
    except NotADirectoryError:
        return  # what would be its folder is none, so there is no such file
    except OSError as error:
        reason = error.strerror or "an error"
        raise MalformedFile(str(path), expected="a file to remove", actual=reason) from None


def write_secret_files(contents: Mapping[Path, bytes]) -> None:
    """All of the files, each complete, for nobody but their owner to read."""
    write_files(contents, mode=0o600)


def write_files(contents: Mapping[Path, bytes], mode: int = 0o644) -> None:
    """All of the files, each complete; where one cannot be written none is replaced."""
    staged: dict[Path, Path] = {}
    path = Path()
    try:
        for path, data in contents.items():
            staged[path] = _stage(path, data, mode)
        for path, temporary in staged.items():
            os.replace(temporary, path)
    except OSError as error:
        reason = error.strerror or "an error"
        raise MalformedFile(str(path), expected="a place to write to", actual=reason) from None
    finally:
        for temporary in staged.values():
            temporary.unlink(missing_ok=True)


def _unreadable(path: Path, error: OSError) -> MalformedFile:
    reason = error.strerror or "an error"
    return MalformedFile(str(path), expected="a readable file", actual=reason)


def _stage(path: Path, data: bytes, mode: int) -> Path:
    if path.is_dir():
        raise IsADirectoryError(21, "a folder", str(path))
    with tempfile.NamedTemporaryFile(
        dir=path.parent, prefix=f".{path.name}.", delete=False
    ) as file:
        temporary = Path(file.name)
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            os.chmod(temporary, mode & ~_umask())
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    return temporary


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
