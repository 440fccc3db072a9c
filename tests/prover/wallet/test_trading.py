"""A trade between two wallets by files: what is signed, what is refused, and who may die when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ledger.errors import TransitionRejected
from prover.messages import Undecipherable, encrypt_to
from prover.wallet import Agreement, Wallet
from prover.wallet.errors import MessageRejected, WorseThanAgreed
from prover.wallet.offers import Acceptance, Card, Envelope, Offer, read_message, signed_part
from prover.wallet.trade import accept, finish, offer, read_offer
from tests.ledger.world import World, stand_in_world
from tests.prover.wallet.purses import act, assert_restorable, funded, reopened
from zk.errors import ZkError
from zk.pedersen import Opening

BUY = Agreement("buy", 0, 10, 6_000, 100)
SELL = Agreement("sell", 0, 10, 6_000, 100)


@dataclass
class Pair:
    """Maker and taker, on one ledger."""

    world: World
    maker: Wallet
    taker: Wallet
    folder: Path

    @property
    def card(self) -> Card:
        return Card.of(self.taker.keys, self.taker.account)

    def offered(self, agreement: Agreement = BUY) -> Envelope:
        return offer(self.maker, self.world.ledger, self.world.now, agreement, self.card)

    def accepted(self, envelope: Envelope, agreement: Agreement = SELL) -> Envelope:
        return accept(self.taker, self.world.ledger, self.world.now, envelope, agreement)

    def finished(self, envelope: Envelope) -> None:
        finish(self.maker, self.world.ledger, self.world.now, envelope)

    def statuses(self) -> list[list[str]]:
        """Of both sides, as they are found by new processes that follow the log."""
        found: list[list[str]] = []
        for wallet in (self.maker, self.taker):
            again = reopened(wallet)
            again.sync(self.world.ledger)
            found.append([trade.status for trade in again.record.trades])
        return found


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    world = stand_in_world()
    world.publish()
    return Pair(world, funded(world, tmp_path, "maker"), funded(world, tmp_path, "taker"), tmp_path)


def test_a_trade_settles(pair: Pair) -> None:
    """Both accounts move at once, each pays its fee, and both wallets know."""
    pair.finished(pair.accepted(pair.offered()))
    pair.taker.sync(pair.world.ledger)
    assert pair.maker.opening.values == (10**7 - 60_100, 0, 10, 0)
    assert pair.taker.opening.values == (10**7 + 59_900, 0, -10, 0)
    assert pair.statuses() == [["settled"], ["settled"]]
    for wallet in (pair.maker, pair.taker):
        assert_restorable(pair.world, wallet, pair.folder)


def test_files_say_nothing_to_others(pair: Pair) -> None:
    """Who is not addressed can read neither offer nor acceptance."""
    sent = pair.offered()
    with pytest.raises(Undecipherable):
        sent.open(pair.maker.keys.recipient, Offer)
    answer = pair.accepted(sent)
    with pytest.raises(Undecipherable):
        answer.open(pair.taker.keys.recipient, Acceptance)


@pytest.mark.parametrize(
    ("changes", "limit"),
    [
        ({"price": 6_001}, "cash"),
        ({"lots": 9}, "component 2"),
        ({"lots": 11}, "component 2"),
        ({"side": "buy"}, "component 2"),
        ({"instrument": 1}, "component 2"),
        ({"max_fee": 99}, "fee"),
    ],
)
def test_terms_worse_than_agreed_are_not_signed(
    pair: Pair, changes: dict[str, object], limit: str
) -> None:
    """Each limit of the taker is its own refusal, nothing is signed, and nothing remembered."""
    sent, made = pair.offered(), len(pair.taker.record.trades)
    agreement = replace(SELL, **changes)  # type: ignore[arg-type]
    with pytest.raises(WorseThanAgreed) as caught:
        pair.accepted(sent, agreement)
    if changes != {"side": "buy"} and "lots" not in changes:
        assert caught.value.subject == limit
    assert len(pair.taker.record.trades) == made


def test_a_better_price_is_accepted(pair: Pair) -> None:
    """The limit is a limit."""
    pair.finished(pair.accepted(pair.offered(), replace(SELL, price=5_999)))


def test_the_maker_has_limits_too(pair: Pair) -> None:
    """A fee that the maker did not allow."""
    with pytest.raises(WorseThanAgreed, match="fee"):
        pair.offered(replace(BUY, max_fee=99))


@pytest.mark.parametrize("given", [(-60_001, 0, 10, 0), (-60_000, 1, 10, 0), (-60_000, 0, 10)])
def test_an_agreement_looks_at_every_component(pair: Pair, given: tuple[int, ...]) -> None:
    """Also at what was not asked for, and at the number of components."""
    with pytest.raises(WorseThanAgreed):
        BUY.check(pair.world.shape, Opening(given, 1), 0)


def test_a_trade_with_oneself_is_refused(pair: Pair) -> None:
    """An account occurs once in a settlement."""
    card = Card.of(pair.maker.keys, pair.maker.account)
    with pytest.raises(MessageRejected, match="another owner's"):
        offer(pair.maker, pair.world.ledger, pair.world.now, BUY, card)


def test_a_card_with_another_key_is_refused(pair: Pair) -> None:
    """Somebody puts a key of their own on another's card."""
    card = pair.card.model_copy(update={"messages": pair.maker.keys.recipient.public})
    with pytest.raises(MessageRejected, match="tacit-card-1"):
        offer(pair.maker, pair.world.ledger, pair.world.now, BUY, card)


@pytest.mark.parametrize(
    "change",
    [{"epoch": 2}, {"maker_nonce": 5}, {"taker_nonce": 5}, {"taker": 0}, {"ledger": bytes(32)}],
)
def test_an_offer_that_was_changed_is_refused(pair: Pair, change: dict[str, object]) -> None:
    """By a third person: the signature fails. By the maker: it does not fit the moment."""
    keys = pair.maker.keys
    written = pair.offered().open(pair.taker.keys.recipient, Offer)
    bent = written.model_copy(update=change)
    for signature in (written.signature, keys.signer.sign(signed_part(bent))):
        sent = Envelope.seal(bent.model_copy(update={"signature": signature}), pair.card)
        with pytest.raises(MessageRejected):
            read_offer(pair.taker, pair.world.ledger, sent)


def test_an_answer_to_another_offer_is_refused(pair: Pair) -> None:
    """An acceptance belongs to the terms that were offered, and to a trade that is open."""
    stranger = funded(pair.world, pair.folder, "stranger")
    answer = pair.accepted(pair.offered())
    with pytest.raises(Undecipherable):
        finish(stranger, pair.world.ledger, pair.world.now, answer)
    pair.finished(answer)
    with pytest.raises(MessageRejected, match="open"):
        pair.finished(answer)


def test_a_leg_of_other_terms_is_refused(pair: Pair) -> None:
    """The taker signs something else and calls it the answer."""
    maker = pair.maker.keys
    answer = pair.accepted(pair.offered()).open(maker.recipient, Acceptance)
    leg = answer.leg.model_copy(update={"nonce": answer.leg.nonce + 1})
    bent = answer.model_copy(update={"leg": leg})
    signature = pair.taker.keys.signer.sign(signed_part(bent))
    sealed = Envelope.seal(
        bent.model_copy(update={"signature": signature}), Card.of(maker, pair.maker.account)
    )
    with pytest.raises(MessageRejected, match="the leg of our offer"):
        pair.finished(sealed)


def test_garbage_is_not_quoted(pair: Pair) -> None:
    """Neither an envelope nor what is in it."""
    with pytest.raises(MessageRejected):
        read_message(b"{}", Envelope)
    body = encrypt_to(pair.taker.keys.recipient.public, b'{"secret":42424242}')
    sent = Envelope(ledger=pair.world.ledger.id, body=body)
    with pytest.raises(MessageRejected) as caught:
        read_offer(pair.taker, pair.world.ledger, sent)
    assert "42424242" not in str(caught.value)


def test_void_when_the_taker_uses_the_nonce(pair: Pair) -> None:
    """Who does not want to wait any longer refreshes; the maker is told."""
    answer = pair.accepted(pair.offered())
    act(pair.world, pair.taker, lambda author, state: author.refresh(state))
    with pytest.raises(MessageRejected, match="void"):
        pair.finished(answer)
    assert pair.statuses() == [["void"], ["void"]]


def test_void_when_the_epoch_ends(pair: Pair) -> None:
    """An offer lasts as long as the prices that it was made under."""
    sent = pair.offered()
    pair.accepted(sent)
    pair.world.next_epoch()
    assert pair.statuses() == [["void"], ["void"]]
    with pytest.raises(MessageRejected, match="epoch"):
        pair.accepted(sent)


def test_of_two_offers_at_one_nonce_one_settles(pair: Pair) -> None:
    """The other is void, by the ledger's rules and in both wallets."""
    one, two = pair.offered(), pair.offered(replace(BUY, price=6_010))
    first, second = pair.accepted(one), pair.accepted(two)
    pair.finished(second)
    with pytest.raises(MessageRejected, match="void"):
        pair.finished(first)
    assert pair.statuses() == [["void", "settled"], ["void", "settled"]]


@pytest.mark.parametrize("step", ["offer", "accept", "finish"])
def test_whoever_dies_before_the_ledger_has_it_loses_nothing(pair: Pair, step: str) -> None:
    """Processes end after each step; new ones go on with the files alone."""
    sent = pair.offered()
    if step == "offer":
        pair.maker = reopened(pair.maker)
    answer = pair.accepted(sent)
    pair.maker, pair.taker = reopened(pair.maker), reopened(pair.taker)
    if step == "accept":
        answer = pair.accepted(sent)  # the file was lost; the same terms are signed again
    pair.finished(answer)
    pair.maker, pair.taker = reopened(pair.maker), reopened(pair.taker)
    assert pair.statuses() == [["settled"], ["settled"]]


def test_the_maker_dies_while_submitting(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the ledger has it: open, and finished later. After: settled, on both sides."""

    class Killed(BaseException):
        """Nobody catches it."""

    def die(*_: object) -> None:
        raise Killed

    answer = pair.accepted(pair.offered())
    monkeypatch.setattr(pair.world.ledger, "submit", die)
    with pytest.raises(Killed):
        pair.finished(answer)
    monkeypatch.undo()
    pair.maker = reopened(pair.maker)
    assert pair.statuses() == [["open"], ["open"]]
    pair.finished(answer)
    assert pair.statuses() == [["settled"], ["settled"]]


def test_a_settlement_that_the_ledger_refuses_stays_open(pair: Pair) -> None:
    """The market is too old to trade on: nothing is pending, and the trade is not void yet."""
    answer = pair.accepted(pair.offered())
    pair.world.now += pair.world.state.parameters.max_age + 1
    with pytest.raises(TransitionRejected, match="age of the market"):
        pair.finished(answer)
    assert pair.maker.record.pending is None
    assert pair.statuses() == [["open"], ["open"]]


def test_every_refusal_is_one_line(pair: Pair) -> None:
    """As the command prints it."""
    with pytest.raises(ZkError) as caught:
        pair.accepted(pair.offered(), replace(SELL, price=7_000))
    assert "\n" not in str(caught.value)
    assert "expected 70,000 or more" in str(caught.value)
