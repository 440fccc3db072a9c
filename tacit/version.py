"""The version of what is installed; to look it up takes longer than most commands' start."""

from __future__ import annotations

from importlib.metadata import version as version_of


def version() -> str:
    """As the installation says."""
    return version_of("tacit")
