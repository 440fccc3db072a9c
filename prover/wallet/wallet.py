"""A wallet: it follows the log, writes transitions for its account, and survives being killed.

Before a transition goes out the wallet is saved with it as pending; after it has come back, or not,
the log says which. So there is one way to learn what happened, whoever died when: `sync`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

from ledger.encoding import Decoding, one_line
from ledger.log import Entry
from ledger.port import LedgerPort
from ledger.state import State
from prover.author import Author
from prover.messages import MatcherCard, OrderMessage
from prover.owner import Proving, Written
from prover.wallet.errors import NoAccount
from prover.wallet.file import WalletFile
from prover.wallet.keys import MAX_ATTEMPTS, SEED_BYTES, WalletKeys
from prover.wallet.records import Attempts, HeldOpening, Pending, Trade, WalletRecord
from prover.wallet.sync import follow
from zk.errors import Conflict, ZkError
from zk.pedersen import Opening
from zk.randomness import Randomness, system_randomness

Write = Callable[[Author, State], Written[Any]]


@dataclass(frozen=True, slots=True)
class Synced:
    """What a wallet has learnt from the log: how much was new, and what will not happen."""

    entries: int
    void: tuple[str, ...] = ()


@dataclass(slots=True, repr=False)
class Wallet:
    """One owner's account on one ledger; `record` is always what the file holds."""

    file: WalletFile
    record: WalletRecord
    proving: Proving
    decoding: Decoding = field(default_factory=Decoding)
    randomness: Randomness = system_randomness

    @classmethod
    def create(
        cls,
        file: WalletFile,
        ledger: LedgerPort,
        proving: Proving,
        decoding: Decoding | None = None,
        randomness: Randomness = system_randomness,
        seed: bytes | None = None,
    ) -> Self:
        """A new file; from an old seed, all that the log tells is found again."""
        if seed is None:
            seed = randomness(1 << 8 * SEED_BYTES).to_bytes(SEED_BYTES, "big")
        record = WalletRecord.begin(seed, ledger)
        wallet = cls(file, record, proving, decoding or Decoding(), randomness)
        wallet.record, _ = wallet._followed(ledger)
        file.create(wallet.record)
        return wallet

    @classmethod
    def open(
        cls,
        file: WalletFile,
        proving: Proving,
        decoding: Decoding | None = None,
        randomness: Randomness = system_randomness,
    ) -> Self:
        """The wallet in that file, as it was left."""
        return cls(file, file.load(), proving, decoding or Decoding(), randomness)

    # What it knows.

    @property
    def keys(self) -> WalletKeys:
        return self.record.keys

    @property
    def account(self) -> int:
        """The account's number; `NoAccount` until it is open."""
        if self.record.account is None:
            raise NoAccount("account", expected="one that is open", actual="none yet")
        return self.record.account

    @property
    def opening(self) -> Opening:
        """What the account opens to, as far as the log was followed."""
        opening = self.record.opening
        if opening is None:
            raise NoAccount("opening", expected="an account that is open", actual="none yet")
        return opening

    def author(self) -> Author:
        """Who writes this account's transitions."""
        keys = self.keys
        author = Author(keys.signer, keys.author_seed, self.proving, self.randomness)
        if self.record.account is not None:
            author.account, author.opening = self.record.account, self.record.opening
        return author

    # Following the log.

    def sync(self, ledger: LedgerPort) -> Synced:
        """Follows the log to its end; refuses another ledger and one that was rolled back."""
        before = self.record
        after, void = self._followed(ledger)
        self.save(after)
        return Synced(after.seen.number - before.seen.number, void)

    def save(self, record: WalletRecord) -> None:
        """Makes the record the wallet's, on disk first."""
        if record != self.record:
            self.file.save(record)
            self.record = record

    def _followed(self, ledger: LedgerPort) -> tuple[WalletRecord, tuple[str, ...]]:
        return follow(self.record, self.author(), ledger, self.decoding)

    # Acting on it.

    def perform(self, ledger: LedgerPort, time: int, write: Write) -> Entry:
        """Writes a transition for the state of that time, submits it, and follows the log."""
        self.sync(ledger)
        with one_line():
            written = write(self.author(), ledger.state_at(time))
        return self.submit(ledger, written, time)

    def submit(self, ledger: LedgerPort, written: Written[Any], time: int) -> Entry:
        """Saved as pending, then submitted; a refusal leaves nothing pending.

        Somebody may have written while we proved, and the ledger's time never goes back.
        """
        transition = written.transition
        binding = transition.binding(self.record.ledger)
        held = HeldOpening.of(written.opening)
        pending = Pending(kind=transition.kind, binding=binding, held=held)
        self.save(self.record.model_copy(update={"pending": pending}))
        try:
            entry = ledger.submit(transition, max(time, ledger.head.time))
        except ZkError:
            self.save(self.record.model_copy(update={"pending": None}))
            raise
        self.sync(ledger)
        return entry

    def place_order(
        self, ledger: LedgerPort, time: int, values: tuple[int, ...], card: MatcherCard
    ) -> Entry:
        """A firm order; its values are saved before its commitment is seen by anybody."""

        def write(author: Author, state: State) -> Written[Any]:
            return author.place_order(state, self._order_opening(state, values), card.matcher)

        return self.perform(ledger, time, write)

    def order_message(self) -> OrderMessage:
        """What the matcher has to be told of the newest order."""
        order = self.record.order
        if order is None or order.cancelled or order.held is None:
            actual = "none, or one that was taken back"
            if order is not None and order.held is None:
                actual = "one whose values only the old file knew"
            raise Conflict("order", expected="an order of this wallet", actual=actual)
        return OrderMessage(
            ledger=self.record.ledger,
            account=self.account,
            order=order.id,
            values=order.held.values,
            blinding=order.held.blinding,
        )

    def remember(self, trade: Trade) -> None:
        """Keeps a trade in mind until the log settles it or makes it void."""
        others = (each for each in self.record.trades if each.binding != trade.binding)
        self.save(self.record.model_copy(update={"trades": (*others, trade)}))

    def _order_opening(self, state: State, values: tuple[int, ...]) -> Opening:
        nonce = state.account(self.account).nonce
        attempts = self.record.attempts
        tried: tuple[tuple[int, ...], ...] = ()
        if attempts is not None and attempts.nonce == nonce:
            tried = attempts.tried
        if values not in tried:
            tried = (*tried, values)
        if len(tried) > MAX_ATTEMPTS:
            raise Conflict(
                f"orders at nonce {nonce}",
                expected=f"at most {MAX_ATTEMPTS} (refresh the account first)",
                actual=len(tried),
            )
        attempts = Attempts(nonce=nonce, tried=tried)
        self.save(self.record.model_copy(update={"attempts": attempts}))
        blinding = self.keys.order_blinding(self.account, nonce, tried.index(values))
        return Opening(values, blinding)
