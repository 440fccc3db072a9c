"""Where secret scalars come from.

Everything that needs randomness takes a `Randomness`, whose default is the operating
system's. A seeded one makes a run repeatable, so that two backends can be compared byte
for byte; whoever knows its seed knows every secret drawn from it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable

from Crypto.Cipher import ChaCha20

from zk.errors import Malformed

#: `draw(n)` is uniform in [0, n).
Randomness = Callable[[int], int]

system_randomness: Randomness = secrets.randbelow


def insecure_seeded_randomness(seed: bytes | int) -> Randomness:
    """A repeatable stream: ChaCha20 under SHA-256(seed), sampled by rejection."""
    material = seed if isinstance(seed, bytes) else str(seed).encode()
    cipher = ChaCha20.new(key=hashlib.sha256(material).digest(), nonce=bytes(8))

    def draw(bound: int) -> int:
        if bound < 1:
            raise Malformed("randomness", expected="a positive bound", actual=bound)
        bits = max((bound - 1).bit_length(), 1)
        size = (bits + 7) // 8
        while True:
            candidate = int.from_bytes(cipher.encrypt(bytes(size)), "big") >> (size * 8 - bits)
            if candidate < bound:
                return candidate

    return draw
