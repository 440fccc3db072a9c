"""A ledger of very many deposits in a file, and what an audit of it takes: run as a program.

    python -m tests.verifier.many ENTRIES FOLDER

prints the seconds of CPU and the peak of memory, in JSON, of an audit in a process of its own.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from development.offices import InsecureOffices
from ledger.genesis import Genesis
from ledger.state import State
from ledger.storage.sqlite import SqliteStore
from ledger.transitions import Deposit, OpenAccount
from prover.blank import BLANK_SIGNATURE, BLANK_SPAN
from tests.conftest import ROOT
from tests.ledger.world import fastest, real_world
from verifier import audit
from zk.generators import blinding_generator
from zk.sigma import Span
from zk.signatures import SigningKey

ACCOUNTS = 50
#: Entries per transaction of the file.
COMMIT = 1_000


def write_deposits(path: Path, entries: int) -> None:
    """A genesis, some accounts, and deposits to them in turn, all signed."""
    world = real_world(11)
    genesis, offices = world.ledger.genesis, world.offices
    store = SqliteStore.create(path)
    state = State(store)
    with store.writing() as writer:
        genesis.apply(state)
        writer.append(genesis.time, genesis.encode(), state.changes())
    state = State(store)
    owners = [SigningKey(bytes([index]) * 32) for index in range(1, ACCOUNTS + 1)]
    for first in range(1, entries, COMMIT):
        with store.writing() as writer:
            for number in range(first, min(first + COMMIT, entries)):
                transition = _transition(genesis, offices, owners, state, number)
                draft = state.draft(number)
                draft.advance(genesis.time + number)
                transition.apply(draft)
                writer.append(genesis.time + number, transition.encode(), draft.changes())
                state.absorb(draft)
    store.close()


def _transition(
    genesis: Genesis,
    offices: InsecureOffices,
    owners: list[SigningKey],
    state: State,
    number: int,
) -> OpenAccount | Deposit:
    if number <= ACCOUNTS:
        return _opened(genesis, owners[number - 1], number)
    index = number % ACCOUNTS
    deposit = Deposit(
        account=index,
        nonce=state.account(index).nonce,
        asset=0,
        amount=1 + number % 1_000,
        custodian_signature=BLANK_SIGNATURE,
        signature=BLANK_SIGNATURE,
    )
    binding = deposit.binding(genesis.ledger)
    signatures = {
        "custodian_signature": offices.custodian.sign(binding),
        "signature": owners[index].sign(binding),
    }
    return deposit.model_copy(update=signatures)


def _opened(genesis: Genesis, owner: SigningKey, blinding: int) -> OpenAccount:
    H = blinding_generator()
    commitment = H * blinding
    draft = OpenAccount(
        owner=owner.public,
        commitment=commitment,
        possession=BLANK_SPAN,
        signature=BLANK_SIGNATURE,
    )
    binding = draft.binding(genesis.ledger)
    proof = Span((H,), commitment).prove((blinding,), binding)
    evidence = {"possession": proof.encode(), "signature": owner.sign(binding)}
    return draft.model_copy(update=evidence)


def measured(path: Path) -> dict[str, Any]:
    """What an audit of that file takes, in a process that does nothing else."""
    script = f"import tests.verifier.many as m; m.report({str(path)!r})"
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def report(path: str) -> None:
    """Prints it."""
    start = time.process_time()
    found = audit(path, backend=fastest())
    seconds = time.process_time() - start
    status = Path("/proc/self/status")
    if status.exists():  # unlike getrusage, it forgets the process that this one was forked from
        peak = int(status.read_text().partition("VmHWM:")[2].split()[0])
    else:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    document = {
        "verdict": found.verdict,
        "entries": found.entries,
        "seconds": seconds,
        "peak_mb": peak / 1_024,
    }
    print(json.dumps(document))  # noqa: T201


if __name__ == "__main__":
    FILE = Path(sys.argv[2]) / "many.ledger"
    write_deposits(FILE, int(sys.argv[1]))
    print(json.dumps(measured(FILE)))  # noqa: T201
