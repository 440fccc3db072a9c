"""What a transition costs on a ledger of many accounts: the root is renewed in O(log n).

The accounts are written into a fresh store in bulk, with the tree that belongs to them; then
deposits to accounts all over it are timed, from their bytes to the disk.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.memory import peak_memory
from benchmarks.processes import in_subprocess, on_cores
from benchmarks.times import Timing, timed
from development.genesis import development_genesis
from development.offices import InsecureOffices
from ledger.ledger import Ledger
from ledger.market.presets import preset
from ledger.records import Account, Trail
from ledger.state import State
from ledger.storage import SqliteStore
from ledger.transitions import Deposit
from prover.blank import BLANK_SIGNATURE
from prover.keys import KeyFiles, cache_folder
from zk.babyjubjub import Point
from zk.backends import Choice, select
from zk.randomness import insecure_seeded_randomness
from zk.signatures import SigningKey


@dataclass(frozen=True, slots=True)
class Growth:
    """Deposits on a ledger with so many accounts, its file, and the memory of who has it open."""

    accounts: int
    deposit: Timing
    file_bytes: int
    peak_memory: int

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "accounts": self.accounts,
            "deposit": self.deposit.document(),
            "file_bytes": self.file_bytes,
            "peak_memory": self.peak_memory,
        }


def measure_growth(shape: str, accounts: int, deposits: int, backend: Choice) -> Growth:
    """A ledger with that many accounts of one owner, and deposits to some of them."""
    with TemporaryDirectory(prefix="tacit-bench-") as folder:
        path = Path(folder) / "growth.ledger"
        in_subprocess(_populate, path, shape, accounts, backend)
        return on_cores(1, _deposits, path, accounts, deposits, backend)


def _deposits(path: Path, accounts: int, deposits: int, backend: Choice) -> Growth:
    file_bytes, chosen = path.stat().st_size, select(backend)
    offices, owner = _holders()
    ledger = Ledger.open(path, chosen)
    runs = []
    for index in range(deposits + 1):
        account = (index + 1) * 7919 % accounts
        data = _deposit(ledger, account, offices, owner)
        runs.append(timed(partial(ledger.submit, data, ledger.genesis.time))[1])
    return Growth(accounts, Timing.of(runs[1:]), file_bytes, peak_memory())


def _holders() -> tuple[InsecureOffices, SigningKey]:
    """The offices, and the owner of every account."""
    return InsecureOffices.of(0), SigningKey.draw(insecure_seeded_randomness(0))


def _populate(path: Path, shape: str, accounts: int, backend: Choice) -> None:
    market, (offices, owner) = preset(shape), _holders()
    provers = KeyFiles(cache_folder(), select(backend)).insecure_development(market.shape)
    genesis = development_genesis(market, offices, provers.statement_keys(), "growth")
    store = SqliteStore.create(path)
    state = State(store)
    genesis.apply(state)
    trail = Trail(public=(0,) * market.shape.components)
    for index in range(accounts):
        state.put_account(
            Account(
                id=index,
                owner=owner.public,
                commitment=Point.BASE8,
                standing=0,
                exempt=True,
                trail=trail,
                holdings=(0,) * market.shape.assets,
            )
        )
    state.update_pool(accounts=accounts)
    with store.writing() as writer:
        writer.append(genesis.time, genesis.encode(), state.changes())
    store.close()


def _deposit(ledger: Ledger, account: int, offices: InsecureOffices, owner: SigningKey) -> bytes:
    draft = Deposit(
        account=account,
        nonce=ledger.state.account(account).nonce,
        asset=0,
        amount=1,
        custodian_signature=BLANK_SIGNATURE,
        signature=BLANK_SIGNATURE,
    )
    binding = draft.binding(ledger.id)
    signatures = {
        "custodian_signature": offices.custodian.sign(binding),
        "signature": owner.sign(binding),
    }
    return draft.model_copy(update=signatures).encode()
