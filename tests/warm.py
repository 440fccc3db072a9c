"""Commands in processes of their own that begin with everything imported.

A process that has imported the whole command, and traced the small circuits, forks one child for
each command that is asked for. A child has the arguments, the folder, the environment and the three
streams of whoever asked: it is a process like any other, and what every start costs is spent once.
What a start loads is tested elsewhere, with real ones.

`python tests/ask.py SOCKET ARGUMENTS…` asks from a shell.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import Final, NoReturn

from circuits.catalogue import STATEMENTS
from circuits.shape import SHAPES
from tacit.__main__ import main
from tacit.console import err, out
from tacit.nouns import NOUNS
from tests.ask import answer, ask
from zk.circuit import compile_circuit

ROOT: Final = Path(__file__).resolve().parent.parent
_MOST: Final = 1 << 20


class WarmCommand:
    """The process that forks; it ends with the one that started it."""

    def __init__(self) -> None:
        self.socket = Path(mkdtemp(prefix="tacit-warm-")) / "socket"
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from tests.warm import serve; serve()", str(self.socket)],
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if name != "COLUMNS"},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )
        while not self.socket.exists():
            if self._process.poll() is not None:
                raise RuntimeError("the warm command did not start")
            time.sleep(0.01)

    def run(
        self,
        arguments: Sequence[str],
        cwd: Path,
        timeout: float,
        environment: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """The command's exit status, and what it printed."""
        pipes = [os.pipe(), os.pipe()]
        nothing = os.open(os.devnull, os.O_RDONLY)
        given = dict(os.environ if environment is None else environment)
        streams = (nothing, pipes[0][1], pipes[1][1])
        with ask(str(self.socket), arguments, str(cwd), given, streams) as asked:
            os.close(nothing)
            for _, write in pipes:
                os.close(write)
            shown = _read_all([read for read, _ in pipes], timeout, asked)
            return subprocess.CompletedProcess(
                ["tacit", *arguments], answer(asked), *(part.decode() for part in shown)
            )


def _read_all(reads: Sequence[int], timeout: float, asked: socket.socket) -> list[bytes]:
    """Both streams to their ends; the command is killed where they do not end in time."""
    found = dict.fromkeys(reads, b"")
    open_ones, ends = set(reads), time.monotonic() + timeout
    while open_ones:
        ready, _, _ = select.select(list(open_ones), [], [], max(0.0, ends - time.monotonic()))
        if not ready:
            asked.shutdown(socket.SHUT_WR)
            raise subprocess.TimeoutExpired("tacit", timeout)
        for read in ready:
            part = os.read(read, 1 << 16)
            found[read] += part
            if not part:
                open_ones.discard(read)
                os.close(read)
    return [found[read] for read in reads]


def serve() -> NoReturn:
    """Imports every word of the command, then forks until standard input ends."""
    for noun in NOUNS.values():
        noun.load()
    for statement in STATEMENTS.values():
        compile_circuit(statement(SHAPES["tiny"]))
    listener = socket.socket(socket.AF_UNIX)
    draft = f"{sys.argv[1]}.draft"
    listener.bind(draft)
    listener.listen()
    os.rename(draft, sys.argv[1])
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        ready, _, _ = select.select([listener, sys.stdin.fileno()], [], [])
        if sys.stdin.fileno() in ready:
            os._exit(0)
        asked, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            _attend(asked)
        asked.close()


def _attend(asked: socket.socket) -> NoReturn:
    """One command: it runs in a child, whose exit status is the answer."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    head, streams, _, _ = socket.recv_fds(asked, 4, 3)
    length, data = int.from_bytes(head, "big"), b""
    while len(data) < length:
        data += asked.recv(_MOST)
    child = os.fork()
    if child == 0:
        asked.close()
        _become(json.loads(data), streams)
    for stream in streams:
        os.close(stream)
    ends = os.pidfd_open(child)
    if ends not in select.select([asked.fileno(), ends], [], [])[0]:
        os.kill(child, signal.SIGKILL)  # whoever asked has gone, or waits no longer
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    asked.sendall(status.to_bytes(4, "big", signed=True))
    os._exit(0)


def _become(request: dict[str, object], streams: Sequence[int]) -> NoReturn:
    for place, stream in enumerate(streams):
        os.dup2(stream, place)
        os.close(stream)
    os.chdir(str(request["cwd"]))
    environment, arguments = request["environment"], request["arguments"]
    assert isinstance(environment, dict)
    assert isinstance(arguments, list)
    os.environ.clear()
    os.environ.update(environment)
    if "COLUMNS" in environment:  # which a console asks for when it is made
        out.width = err.width = int(environment["COLUMNS"])
    sys.argv = ["tacit", *arguments]
    status = 0
    try:
        main()
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        traceback.print_exc()
        status = 1
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
