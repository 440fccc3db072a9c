"""Which backend runs: asked for by name, reported, never changed silently."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

from zk.backends.interface import Backend
from zk.backends.py_ecc import PyEccBackend
from zk.errors import Conflict


class Choice(StrEnum):
    """What a user may ask for; `auto` is the fastest that is installed."""

    AUTO = "auto"
    PY_ECC = "py_ecc"
    NATIVE = "native"


#: Fastest first; `auto` takes the first one that is installed.
_INSTALLED: Final[Mapping[Choice, Callable[[], Backend]]] = {Choice.PY_ECC: PyEccBackend}


def available() -> tuple[Choice, ...]:
    """The backends of this installation, fastest first."""
    return tuple(_INSTALLED)


def select(choice: Choice = Choice.AUTO) -> Backend:
    """The chosen backend; one that is not installed is a `Conflict`, never another one."""
    wanted = available()[0] if choice is Choice.AUTO else choice
    if wanted not in _INSTALLED:
        names = ", ".join(available())
        raise Conflict("backend", expected=f"one that is installed ({names})", actual=str(wanted))
    return _INSTALLED[wanted]()
