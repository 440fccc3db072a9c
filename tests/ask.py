"""Asks a warm command (tests/warm.py) to run: `python -S -E tests/ask.py SOCKET ARGUMENTS…`.

Only the standard library, and little of it: a shell that asks often waits for nothing else.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Mapping, Sequence


def ask(
    path: str,
    arguments: Sequence[str],
    cwd: str,
    environment: Mapping[str, str],
    streams: Sequence[int],
) -> socket.socket:
    """The connection on which the answer will come."""
    asked = socket.socket(socket.AF_UNIX)
    asked.connect(path)
    request = {"arguments": list(arguments), "cwd": cwd, "environment": dict(environment)}
    data = json.dumps(request).encode()
    socket.send_fds(asked, [len(data).to_bytes(4, "big")], list(streams))
    asked.sendall(data)
    return asked


def answer(asked: socket.socket) -> int:
    """The exit status, when there is one."""
    return int.from_bytes(asked.recv(4), "big", signed=True)


if __name__ == "__main__":
    with ask(sys.argv[1], sys.argv[2:], os.getcwd(), os.environ, (0, 1, 2)) as one:
        sys.exit(answer(one))
