"""Where a measurement was made: what a reader needs to judge it, and nothing about whose it is."""

from __future__ import annotations

import os
import platform
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from zk.backends import Choice, available
from zk.parallel import cores

#: Of a checkout; an installation has the crate built, and no longer says of what.
_LOCK: Final = Path(__file__).resolve().parent.parent / "native" / "Cargo.lock"


def machine() -> dict[str, Any]:
    """The processor, its cores, the memory and the system."""
    return {
        "cpu": cpu_model(),
        "cores": cores(),
        "physical_cores": physical_cores(),
        "threads": threads(),
        "kernel": kernel(),
        "memory_bytes": memory_bytes(),
        "system": f"{platform.system()} {platform.machine()}",
    }


def versions() -> dict[str, str]:
    """Ours, and what ours runs on."""
    ours = {name: _version(name) for name in ("tacit", "py_ecc")}
    return {"python": platform.python_version()} | ours | {"arkworks": _arkworks()}


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


def physical_cores() -> int | None:
    """Cores that share nothing with one another; None where the system does not say."""
    path = Path("/proc/cpuinfo")
    if not path.is_file():
        return None
    found = set()
    for processor in path.read_text().strip().split("\n\n"):
        entries = dict(line.split(":", 1) for line in processor.splitlines() if ":" in line)
        named = {name.strip(): value.strip() for name, value in entries.items()}
        found.add((named.get("physical id"), named.get("core id")))
    return None if (None, None) in found else len(found)


def kernel() -> str | None:
    """The instructions that the native backend chose for this processor; None without it."""
    if Choice.NATIVE not in available():
        return None
    from zk import _native  # absent where it was not built

    return _native.kernel_name()


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


def _arkworks() -> str:
    """The version of the field and curve arithmetic that the native backend is built on."""
    if not _LOCK.is_file():
        return "unknown"
    packages = tomllib.loads(_LOCK.read_text())["package"]
    return next((str(p["version"]) for p in packages if p["name"] == "ark-bn254"), "unknown")
