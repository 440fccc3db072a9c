"""Where a measurement was made: what a reader needs to judge it, and nothing about whose it is."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from zk.parallel import cores


def machine() -> dict[str, Any]:
    """The processor, its cores, the memory and the system."""
    return {
        "cpu": cpu_model(),
        "cores": cores(),
        "threads": threads(),
        "memory_bytes": memory_bytes(),
        "system": f"{platform.system()} {platform.machine()}",
    }


def versions() -> dict[str, str]:
    """Ours, and what ours runs on."""
    return {"python": platform.python_version()} | {
        name: _version(name) for name in ("tacit", "py_ecc")
    }


def threads() -> int:
    """How many threads both backends work on."""
    wanted = os.environ.get("RAYON_NUM_THREADS", "")
    return int(wanted) if wanted.isdecimal() and int(wanted) else cores()


def load() -> list[float]:
    """The load averages over one, five and fifteen minutes; ours is part of them."""
    return [round(x, 2) for x in os.getloadavg()] if hasattr(os, "getloadavg") else []


def cpu_model() -> str:
    """As the system names it, with family and model where the name alone says little."""
    entries: dict[str, str] = {}
    path = Path("/proc/cpuinfo")
    if path.is_file():
        for line in path.read_text().split("\n\n", 1)[0].splitlines():
            name, _, value = line.partition(":")
            entries[name.strip()] = value.strip()
    name = entries.get("model name") or platform.processor() or "unknown"
    numbers = [f"{k} {entries[k]}" for k in ("cpu family", "model") if k in entries]
    return f"{name} ({', '.join(numbers)})" if numbers else name


def memory_bytes() -> int:
    """All of the machine's memory; 0 where the system does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return 0


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
