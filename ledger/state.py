"""The state, typed: accounts, markets, parameters and the pool, over a map of canonical bytes.

A transition is applied to a *draft*, which reads through to the state beneath it and keeps what
was written apart. Either the whole draft becomes the state, or nothing of it does. A draft has
drafts of its own: what the inner one wrote becomes part of the outer one, or of nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Final, TypeVar

from circuits.shape import Shape
from ledger.encoding import BOUND, Count, Decoding, Model
from ledger.errors import (
    DamagedLedger,
    LimitExceeded,
    MalformedTransition,
    NotAdmitted,
    OutOfOrder,
)
from ledger.market.demands import Demands, weights_of
from ledger.parameters import Parameters
from ledger.records import Account, Charter, Clock, Market, Pool, Withdrawal
from ledger.storage.interface import Records

M = TypeVar("M", bound=Model)


class OwnerIndex(Model):
    """Which account a key owns."""

    account: Count


_CHARTER: Final = "charter"
_PARAMETERS: Final = "parameters"
_POOL: Final = "pool"


Written = dict[str, Model | None]


class State:
    """Everything that a transition may ask or change.

    `beneath` is what a draft reads through to: its records, and what was read of them, are its own.
    """

    def __init__(
        self, records: Records, decoding: Decoding | None = None, *, beneath: State | None = None
    ) -> None:
        self._records = records
        self._decoding = decoding
        self._known: dict[str, Model] = {} if beneath is None else beneath._known
        #: What was written and is not in the records: here, and in every state beneath.
        self._written: Written = {}
        self._layers: tuple[Written, ...] = (self._written,)
        if beneath is not None:
            self._layers = (self._written, *beneath._layers)
        #: The entry that is being made.
        self.number = 0

    # What is there.

    @cached_property
    def charter(self) -> Charter:
        return self._require(Charter, _CHARTER)

    @cached_property
    def shape(self) -> Shape:
        return self.charter.shape.shape

    @property
    def parameters(self) -> Parameters:
        return self._require(Parameters, _PARAMETERS)

    @property
    def pool(self) -> Pool:
        return self._require(Pool, _POOL)

    def account(self, index: int) -> Account:
        """The account; an unknown one is `NotAdmitted`."""
        exists = 0 <= index < self.pool.accounts
        found = self._get(Account, f"account/{index}") if exists else None
        if found is None:
            raise NotAdmitted(
                "account", expected=f"one of the {self.pool.accounts} that exist", actual=index
            )
        return found

    def owned_by(self, owner: bytes) -> int | None:
        """The account of that key."""
        found = self._get(OwnerIndex, f"owner/{owner.hex()}")
        return None if found is None else found.account

    def market(self, epoch: int) -> Market | None:
        """The market of an epoch that is still kept."""
        exists = 0 < epoch <= self.pool.epoch
        return self._get(Market, f"market/{epoch}") if exists else None

    @property
    def current_market(self) -> Market:
        """The market of the current epoch; before the first there is none."""
        found = self.market(self.pool.epoch)
        if found is None:
            raise NotAdmitted("market", expected="a published market", actual="none yet")
        return found

    def clock(self, epoch: int) -> Clock:
        """When an epoch was."""
        return self._require(Clock, f"clock/{epoch}")

    def withdrawal(self, index: int) -> Withdrawal:
        """What waits to be paid; what does not is `NotAdmitted`."""
        exists = 0 <= index < self.pool.withdrawals
        found = self._get(Withdrawal, f"withdrawal/{index}") if exists else None
        if found is None:
            raise NotAdmitted("withdrawal", expected="one that waits", actual=index)
        return found

    # What follows from it.

    def is_overdue(self, account: Account) -> bool:
        """Nothing proven under the epoch that followed its last proof, within the grace.

        The oracles' time decides alone: a clock in somebody's hands makes nobody overdue.
        """
        pool = self.pool
        if account.exempt or account.status == "frozen" or account.standing >= pool.epoch:
            return False
        return self.is_over(account.standing)

    def is_over(self, epoch: int) -> bool:
        """The grace of the epoch that followed is over: nobody may prove under this one."""
        if epoch >= self.pool.epoch:
            return False
        following = self.clock(epoch + 1)
        return self.clock(self.pool.epoch).time - following.time >= following.grace

    @property
    def fresh_until(self) -> int:
        """Until when, in given time, the market admits what could make an account worse."""
        return self.current_market.time + self.parameters.max_age

    def demands(self, market: Market) -> Demands:
        """What that market asks of accounts."""
        return self._demands(market, market.table.mark)

    def sale_demands(self) -> Demands:
        """What the current market asks in a default: beyond its bounds, if prices are there."""
        market = self.current_market
        return self._demands(market, market.default_mark or market.table.mark)

    def _demands(self, market: Market, mark: tuple[int, ...]) -> Demands:
        listing, parameters = self.charter.listing, self.parameters
        return Demands(
            shape=self.shape,
            table=market.table,
            mark=mark,
            counted_bps=tuple(asset.counted_bps for asset in listing.assets),
            weights=weights_of(listing, market.observation, self.pool.settled),
            factor_bps=parameters.risk.initial_factor_bps,
            floor=parameters.floor,
            cap=parameters.cap,
        )

    # Changing it.

    def put_charter(self, charter: Charter) -> None:
        """Once, at genesis."""
        self._put(_CHARTER, charter)

    def put_parameters(self, parameters: Parameters) -> None:
        self._put(_PARAMETERS, parameters)

    def put_pool(self, pool: Pool) -> None:
        self._put(_POOL, pool)

    def update_pool(self, **changes: object) -> None:
        """The pool with some fields replaced."""
        self.put_pool(self.pool.model_copy(update=changes))

    def put_account(self, account: Account) -> None:
        """The pool knows what is untraded and who is on sale: it follows."""
        before = self._get(Account, f"account/{account.id}")
        self._put(f"account/{account.id}", account)
        self._follow(None if before is None else before.holdings, account.holdings)
        frozen = self.pool.frozen
        if (account.id in frozen) != (account.status == "frozen"):
            others = [each for each in frozen if each != account.id]
            mine = [account.id] if account.status == "frozen" else []
            self.update_pool(frozen=tuple(sorted(others + mine)))

    def _follow(self, before: tuple[int, ...] | None, after: tuple[int, ...] | None) -> None:
        if before != after:
            none = (0,) * self.shape.assets
            parts = zip(self.pool.untraded, before or none, after or none, strict=True)
            self.update_pool(untraded=tuple(total - old + new for total, old, new in parts))

    def put_owner(self, owner: bytes, index: int) -> None:
        self._put(f"owner/{owner.hex()}", OwnerIndex(account=index))

    def put_market(self, market: Market) -> None:
        self._put(f"market/{market.epoch}", market)

    def put_clock(self, epoch: int, clock: Clock) -> None:
        self._put(f"clock/{epoch}", clock)

    def put_withdrawal(self, index: int, withdrawal: Withdrawal | None) -> None:
        """None where it has been paid."""
        self._put(f"withdrawal/{index}", withdrawal)

    def forget_market(self, epoch: int) -> None:
        """Nothing can be proven under it any more."""
        self._put(f"market/{epoch}", None)

    def advance(self, time: int) -> None:
        """Moves the clock, and puts parameters in force whose time has come."""
        if time < self.pool.time:
            raise OutOfOrder("time", expected=f"at least {self.pool.time}", actual=time)
        if time >= BOUND:  # a record of it could not be read again
            raise LimitExceeded("time", expected=f"below {BOUND}", actual=time)
        pending = self.pool.pending
        while pending and pending[0].effective <= time:
            self.put_parameters(pending[0].parameters)
            pending = pending[1:]
        self.update_pool(time=time, pending=pending)

    # Drafts.

    def draft(self, number: int) -> State:
        """A state whose changes are kept apart from this one."""
        draft = State(self._records, self._decoding, beneath=self)
        draft.number = number
        return draft

    def at(self, time: int, number: int) -> State:
        """A draft as the entry of that number will find it at that time."""
        draft = self.draft(number)
        draft.advance(time)
        return draft

    def changes(self) -> Mapping[str, bytes | None]:
        """What was written here, as bytes; None is a record that is gone."""
        return {
            key: None if value is None else value.encode() for key, value in self._written.items()
        }

    def absorb(self, draft: State) -> None:
        """What a draft of this state wrote is written here now."""
        assert draft._layers[1] is self._written  # one of a draft's own would be skipped
        self._written.update(draft._written)

    def stored(self) -> None:
        """What was written here stands in the records now: changes begin anew."""
        for key, value in self._written.items():
            if value is None:
                self._known.pop(key, None)
            else:
                self._known[key] = value
        self._written.clear()

    def forget(self) -> None:
        """Reads everything anew: somebody else has written. What was written here is dropped."""
        self._known.clear()
        self._written.clear()
        self.__dict__.pop("charter", None)
        self.__dict__.pop("shape", None)

    def _put(self, key: str, value: Model | None) -> None:
        self._written[key] = value

    def _require(self, kind: type[M], key: str) -> M:
        found = self._get(kind, key)
        if found is None:
            raise DamagedLedger("state", expected=f"a record {key}", actual="none")
        return found

    def _get(self, kind: type[M], key: str) -> M | None:
        for layer in self._layers:
            if key in layer:
                return self._typed(kind, key, layer[key])
        if key not in self._known:
            data = self._records.get(key)
            if data is None:
                return None  # not remembered: whoever asks for nothing would fill the memory
            self._known[key] = self._decode(kind, key, data)
        return self._typed(kind, key, self._known[key])

    def _decode(self, kind: type[M], key: str, data: bytes) -> M:
        try:
            return kind.decode(data, self._decoding)
        except MalformedTransition as error:
            raise DamagedLedger(
                f"record {key}", expected=error.expected, actual=error.actual
            ) from None

    def _typed(self, kind: type[M], key: str, value: Model | None) -> M | None:
        if value is not None and not isinstance(value, kind):
            raise DamagedLedger(f"record {key}", expected=kind.__name__, actual=type(value))
        return value
