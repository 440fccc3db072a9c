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

from benchmarks.timing import Timing, timed
from ledger.encoding import Decoding
from ledger.genesis import Genesis
from ledger.ledger import Ledger, checker_on
from ledger.market.presets import preset
from ledger.records import Account, Trail
from ledger.state import State
from ledger.store import SqliteStore
from ledger.transitions import Deposit
from prover.blank import BLANK_SIGNATURE
from prover.development import development_genesis
from prover.keys import KeyFiles, cache_folder
from prover.offices import InsecureOffices
from zk.babyjubjub import Point
from zk.backends import Backend
from zk.randomness import insecure_seeded_randomness
from zk.signatures import SigningKey


@dataclass(frozen=True, slots=True)
class Growth:
    """Deposits on a ledger with so many accounts."""

    accounts: int
    deposit: Timing

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {"accounts": self.accounts, "deposit": self.deposit.document()}


def measure_growth(accounts: int, deposits: int, backend: Backend) -> Growth:
    """A ledger with that many accounts of one owner, and deposits to some of them."""
    offices, owner = InsecureOffices.of(0), SigningKey.draw(insecure_seeded_randomness(0))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "growth.ledger"
        genesis = _populated(path, accounts, offices, owner, backend)
        ledger = Ledger(SqliteStore.open(path), checker_on(backend), Decoding(backend.decode_point))
        runs = []
        for index in range(deposits + 1):
            account = (index + 1) * 7919 % accounts
            data = _deposit(ledger, account, offices, owner)
            runs.append(timed(partial(ledger.submit, data, genesis.time))[1])
    return Growth(accounts, Timing.of(runs[1:]))


def _populated(
    path: Path, accounts: int, offices: InsecureOffices, owner: SigningKey, backend: Backend
) -> Genesis:
    market = preset("tiny")
    provers = KeyFiles(cache_folder(), backend).insecure_development(market.shape)
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
            )
        )
    state.update_pool(accounts=accounts)
    with store.writing() as writer:
        writer.append(genesis.time, genesis.encode(), state.changes())
    store.close()
    return genesis


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
