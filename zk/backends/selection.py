"""Which backend runs: asked for by name, reported, never changed silently."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from importlib.util import find_spec

from zk.backends.interface import Backend
from zk.backends.py_ecc import PyEccBackend
from zk.errors import Conflict


class Choice(StrEnum):
    """What a user may ask for; `auto` is the fastest that is installed."""

    AUTO = "auto"
    PY_ECC = "py_ecc"
    NATIVE = "native"


@cache
def available() -> tuple[Choice, ...]:
    """The backends of this installation, fastest first; `auto` takes the first."""
    native = (Choice.NATIVE,) if find_spec("zk._native") else ()
    return (*native, Choice.PY_ECC)


@cache
def select(choice: Choice = Choice.AUTO) -> Backend:
    """The chosen backend; one that is not installed is a `Conflict`, never another one."""
    wanted = available()[0] if choice is Choice.AUTO else choice
    if wanted not in available():
        names = ", ".join(available())
        raise Conflict("backend", expected=f"one that is installed ({names})", actual=str(wanted))
    if wanted == Choice.NATIVE:
        from zk.backends.native import NativeBackend  # absent where it was not built

        return NativeBackend()
    return PyEccBackend()


def describe(backend: Backend) -> str:
    """Its name, for a user to see; where nothing faster is installed, what would be."""
    if len(available()) > 1:
        return backend.name
    return f"{backend.name} (slow: the native backend is built where pip finds cargo)"
