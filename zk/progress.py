"""How a long computation says how far it is; who shows it is no concern of `zk`."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called with the stage's name, the work done and the work in all."""

    def __call__(self, stage: str, done: int, total: int, /) -> None: ...


def silent(stage: str, done: int, total: int, /) -> None:
    """Shows nothing."""
