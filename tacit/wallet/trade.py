"""`tacit wallet order`, `cancel`, `message` and `trade`: dealing with others by files.

Prices are cash units (cents) per lot. The wallet signs nothing worse than the command line says.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from ledger.errors import MalformedTransition
from ledger.wording import instant, signed_amount
from prover.messages import MatcherCard, encrypt_to
from prover.wallet.agreement import Agreement
from prover.wallet.offers import Card, Envelope, read_message
from prover.wallet.trade import accept, finish, offer, read_offer
from tacit.console import BackendOption, JsonOption, print_json
from tacit.options import LedgerArgument, TimeOption
from tacit.wallet.access import (
    Desk,
    PasswordOption,
    WalletArgument,
    free_from,
    open_desk,
    print_entry,
    slot_of,
)
from tacit.words import App
from zk.backends import Choice
from zk.errors import MalformedFile
from zk.formats.files import make_folder, named, read_bytes, write_files

trade_app = App(help="Trade with another owner, by files.")

SideArgument = Annotated[Literal["buy", "sell"], typer.Argument(metavar="SIDE", help="buy or sell")]
LotsArgument = Annotated[int, typer.Argument(metavar="LOTS", min=1, help="How many lots.")]
InstrumentArgument = Annotated[str, typer.Argument(metavar="INSTRUMENT", help="Its label or slot.")]
PriceOption = Annotated[int, typer.Option(help="The worst price, in cents per lot.")]
FeeOption = Annotated[int, typer.Option(min=0, help="The highest fee, in cents.")]
MatcherOption = Annotated[Path, typer.Option(help="The matcher's card.")]
OutOption = Annotated[Path, typer.Option(help="The file to write.")]

_MAX_MESSAGE: Final = 1 << 20
#: Messages to a matcher are filled up to a multiple of this, so that their length says nothing.
_PADDING: Final = 1024


def order(
    wallet: WalletArgument,
    ledger: LedgerArgument,
    side: SideArgument,
    lots: LotsArgument,
    instrument: InstrumentArgument,
    price: PriceOption,
    max_fee: FeeOption,
    matcher: MatcherOption,
    out: OutOption,
    password_file: PasswordOption = None,
    time: TimeOption = None,
    backend: BackendOption = Choice.AUTO,
    as_json: JsonOption = False,
) -> None:
    """Place a firm order, and write the message that tells its matcher what it is.

    Example: tacit wallet order alice.wallet demo.ledger buy 10 BTC-PERP --price 6100
    --max-fee 50 --matcher pool.key.card.json --out inbox/alice
    """
    with open_desk(wallet, ledger, password_file, backend, time) as desk:
        card = _matcher(matcher)
        agreement = Agreement(side, slot_of(desk.listing, instrument), lots, price, max_fee)
        values = agreement.values(desk.ledger.state.shape)
        agreement.check_fee(desk.ledger.state_at(desk.now).parameters.order_fee)
        make_folder(out.parent)  # once the order is placed, its message must have a place
        entry = desk.place_order(values, card)
        _write_order(desk, card, out)
        print_entry(desk, entry, as_json, order=entry.number, message=str(out))


def message(
    wallet: WalletArgument,
    ledger: LedgerArgument,
    matcher: MatcherOption,
    out: OutOption,
    password_file: PasswordOption = None,
    backend: BackendOption = Choice.AUTO,
    as_json: JsonOption = False,
) -> None:
    """Write the message of the open order once more, should the first have been lost.

    Example: tacit wallet message alice.wallet demo.ledger --matcher pool.key.card.json
    --out inbox/alice
    """
    with open_desk(wallet, ledger, password_file, backend) as desk:
        _write_order(desk, _matcher(matcher), out)
        _print_written(out, "the newest order, for its matcher", as_json)


def cancel(
    wallet: WalletArgument,
    ledger: LedgerArgument,
    password_file: PasswordOption = None,
    time: TimeOption = None,
    backend: BackendOption = Choice.AUTO,
    as_json: JsonOption = False,
) -> None:
    """Take the open order back. What is being cleared may still fill it for a settling time.

    Example: tacit wallet cancel alice.wallet demo.ledger
    """
    with open_desk(wallet, ledger, password_file, backend, time) as desk:
        entry = desk.unchecked_perform(lambda author, state: author.cancel_order(state))
        free = free_from(desk.ledger.state, desk.wallet.account)
        print_entry(desk, entry, as_json, free_from=free)
        if not as_json and free is not None:
            until = instant(free)
            typer.echo(f"until {until} it can still be filled, and the account takes deposits only")


@trade_app.command("card")
def write_card(
    wallet: WalletArgument,
    ledger: LedgerArgument,
    out: OutOption,
    password_file: PasswordOption = None,
    backend: BackendOption = Choice.AUTO,
    as_json: JsonOption = False,
) -> None:
    """Write the card that others need to make you an offer; it holds no secret.

    Example: tacit wallet trade card bob.wallet demo.ledger --out bob.card
    """
    with open_desk(wallet, ledger, password_file, backend) as desk:
        card = Card.of(desk.wallet.keys, desk.wallet.account)
        write_files({out: card.encode() + b"\n"})
        _print_written(out, f"the card of account {card.account}", as_json, account=card.account)


@trade_app.command("offer")
def write_offer(
    wallet: WalletArgument,
    ledger: LedgerArgument,
    side: SideArgument,
    lots: LotsArgument,
    instrument: InstrumentArgument,
    price: PriceOption,
    max_fee: FeeOption,
    to: Annotated[Path, typer.Option(help="The card of the other owner.")],
    out: OutOption,
    password_file: PasswordOption = None,
    time: TimeOption = None,
    backend: BackendOption = Choice.AUTO,
    as_json: JsonOption = False,
) -> None:
    """Offer a trade to another owner; nobody else can read it, and it lasts for this epoch.

    Example: tacit wallet trade offer alice.wallet demo.ledger buy 10 BTC-PERP --price 6000
    --max-fee 100 --to bob.card --out offer.json
    """
    with open_desk(wallet, ledger, password_file, backend, time) as desk:
        with named(to):
            card = read_message(read_bytes(to, _MAX_MESSAGE), Card)
        agreement = Agreement(side, slot_of(desk.listing, instrument), lots, price, max_fee)
        envelope = offer(desk.wallet, desk.ledger, desk.now, agreement, card)
        write_files({out: envelope.encode() + b"\n"})
        _print_written(out, f"for account {card.account}", as_json, to=card.account)


@trade_app.command("read")
def show_offer(
    wallet: WalletArgument,
    ledger: LedgerArgument,
    file: Annotated[Path, typer.Argument(metavar="OFFER", help="The offer.")],
    password_file: PasswordOption = None,
    backend: BackendOption = Choice.AUTO,
    as_json: JsonOption = False,
) -> None:
    """Show what an offer would bring to your account, before the fee.

    Example: tacit wallet trade read bob.wallet demo.ledger offer.json
    """
    with open_desk(wallet, ledger, password_file, backend) as desk:
        written = read_offer(desk.wallet, desk.ledger, _envelope(file))
        moves = {
            label: -value
            for label, value in zip(desk.listing.labels, written.delta.values, strict=True)
            if value
        }
        if as_json:
            print_json({"maker": written.maker.account, "you_receive": moves})
            return
        places = {label: place for place, label in enumerate(desk.listing.labels)}
        received = ", ".join(
            signed_amount(desk.listing, places[label], value) for label, value in moves.items()
        )
        typer.echo(f"from account {written.maker.account}: you receive {received}")


@trade_app.command("accept")
def write_acceptance(
    wallet: WalletArgument,
    ledger: LedgerArgument,
    file: Annotated[Path, typer.Argument(metavar="OFFER", help="The offer.")],
    side: SideArgument,
    lots: LotsArgument,
    instrument: InstrumentArgument,
    price: PriceOption,
    max_fee: FeeOption,
    out: OutOption,
    password_file: PasswordOption = None,
    time: TimeOption = None,
    backend: BackendOption = Choice.AUTO,
    as_json: JsonOption = False,
) -> None:
    """Accept an offer that is what you say here, or better; nothing else is signed.

    Example: tacit wallet trade accept bob.wallet demo.ledger offer.json sell 10 BTC-PERP
    --price 6000 --max-fee 100 --out answer.json
    """
    with open_desk(wallet, ledger, password_file, backend, time) as desk:
        desk.require_settled()
        agreement = Agreement(side, slot_of(desk.listing, instrument), lots, price, max_fee)
        answer = accept(desk.wallet, desk.ledger, desk.now, _envelope(file), agreement)
        write_files({out: answer.encode() + b"\n"})
        _print_written(out, "for the one who made the offer", as_json)


@trade_app.command("finish")
def submit_trade(
    wallet: WalletArgument,
    ledger: LedgerArgument,
    file: Annotated[Path, typer.Argument(metavar="ANSWER", help="The acceptance.")],
    password_file: PasswordOption = None,
    time: TimeOption = None,
    backend: BackendOption = Choice.AUTO,
    as_json: JsonOption = False,
) -> None:
    """Add your leg to an accepted trade, and settle it.

    Example: tacit wallet trade finish alice.wallet demo.ledger answer.json
    """
    with open_desk(wallet, ledger, password_file, backend, time) as desk:
        desk.require_settled()
        print_entry(desk, finish(desk.wallet, desk.ledger, desk.now, _envelope(file)), as_json)


def _print_written(out: Path, what: str, as_json: bool, **more: object) -> None:
    if as_json:
        print_json({"file": str(out), **more})
    else:
        typer.echo(f"{out}: {what}")


def _write_order(desk: Desk, card: MatcherCard, out: Path) -> None:
    plain = desk.wallet.order_message().encode()
    padded = plain.ljust(-(-len(plain) // _PADDING) * _PADDING)
    write_files({out: encrypt_to(card.messages, padded)})


def _matcher(path: Path) -> MatcherCard:
    try:
        return MatcherCard.decode(read_bytes(path, _MAX_MESSAGE).strip())
    except MalformedTransition as error:
        raise MalformedFile(
            str(path), expected="a matcher's card", actual=f"another file ({error.subject})"
        ) from None


def _envelope(path: Path) -> Envelope:
    with named(path):
        return read_message(read_bytes(path, _MAX_MESSAGE), Envelope)
