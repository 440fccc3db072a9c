"""A key that is large and yet made in no time, for what takes long: every point is a generator.

It belongs to no trapdoor, and proofs under it are false. Run as a module it does one thing that
takes a while, says how long it took, and does it again until it is interrupted.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from time import process_time, sleep
from typing import Final

from zk.bn254 import G1Point, G2Point
from zk.field import BASE_MODULUS, SCALAR_MODULUS, encode
from zk.formats.container import build_container, prime, u32

_ENTRY_FACTOR: Final = encode((1 << 512) % SCALAR_MODULUS)
_SECRET: Final = encode(SCALAR_MODULUS // 3)


def flat_key(log_size: int, *, twist: bool = False) -> bytes:
    """A `.zkey` of 2^log_size wires and constraints xᵢ·xᵢ = …, no public input but the constant.

    Without `twist` its query in G2 is at infinity, so that loading it is cheap.
    """
    n = 1 << log_size
    one, two = montgomery(G1Point.GENERATOR), montgomery(G2Point.GENERATOR)
    entries = b"".join(
        u32(matrix) + u32(i) + u32(i) + _ENTRY_FACTOR for i in range(n - 1) for matrix in (0, 1)
    )
    entries += u32(0) + u32(n - 1) + u32(0) + _ENTRY_FACTOR
    sizes = u32(n) + u32(0) + u32(n)
    header = prime(BASE_MODULUS) + prime(SCALAR_MODULUS) + sizes + one * 2 + two * 2 + one + two
    sections = {
        1: u32(1),
        2: header,
        3: one,
        4: u32(2 * n - 1) + entries,
        5: one * n,
        6: one * n,
        7: (two if twist else bytes(128)) * n,
        8: one * (n - 1),
        9: one * n,
        10: bytes(68),
    }
    return build_container(b"zkey", 1, list(sections.items()))


def flat_witness(log_size: int) -> bytes:
    """Scalars of full width, so that every window has its digit."""
    return encode(1) + _SECRET * ((1 << log_size) - 1)


def montgomery(point: G1Point | G2Point) -> bytes:
    """As a `.zkey` has it."""
    coordinates = (point.x, point.y) if isinstance(point, G1Point) else (*point.x, *point.y)
    return b"".join(encode((c << 256) % BASE_MODULUS) for c in coordinates)


def _proving(log_size: int) -> Callable[[], object]:
    from zk import _native

    key, witness = _native.ProvingKey(flat_key(log_size), 0), flat_witness(log_size)
    return lambda: key.prove(witness, _SECRET, _SECRET)


def _loading(log_size: int) -> Callable[[], object]:
    from zk import _native

    zkey = flat_key(log_size, twist=True)
    return lambda: _native.ProvingKey(zkey, 1 << 30)


def _opening(log_size: int) -> Callable[[], object]:
    from zk import _native

    path = Path("flat.zkey")
    path.write_bytes(flat_key(log_size))

    def work() -> object:
        Path("flat.zkey.tables").unlink(missing_ok=True)
        return _native.ProvingKey.open(path, 1 << 30)

    return work


def _multiplying(log_size: int) -> Callable[[], object]:
    from zk import _native

    return lambda: _native.multiples_g2(flat_witness(log_size))


WORK: Final = {
    "prove": _proving,
    "load": _loading,
    "open": _opening,
    "multiply": _multiplying,
}


def main(name: str, log_size: str) -> None:
    """Once to completion, then again until a signal comes; a line tells what either cost.

    The signal comes after a quarter of the work, by the processor's time: a busy machine changes
    nothing of that.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs tests may ignore it
    work = WORK[name](int(log_size))
    whole = _cost(work)
    watcher = Thread(target=_interrupt_after, args=(process_time() + whole / 4,))
    watcher.start()
    try:
        cut = _cost(work)
    except KeyboardInterrupt:
        watcher.join()
        cut = process_time() - _began[-1]
        work()
        print(json.dumps({"whole": whole, "cut": cut}))  # noqa: T201


_began: list[float] = []


def _cost(work: Callable[[], object]) -> float:
    _began.append(process_time())
    work()
    return process_time() - _began[-1]


def _interrupt_after(moment: float) -> None:
    while process_time() < moment:
        sleep(0.001)
    os.kill(os.getpid(), signal.SIGINT)


if __name__ == "__main__":
    main(*sys.argv[1:])
