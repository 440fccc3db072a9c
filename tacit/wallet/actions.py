"""`tacit wallet deposit`, `withdraw` and the other commands that are one transition each."""

from __future__ import annotations

from typing import Annotated

import typer

from development.files import read_offices
from ledger.encoding import parse_count
from ledger.market.data import SCALE, Rows
from ledger.market.limits import Greek
from ledger.offers import PARTS
from ledger.oracle import engine_of
from ledger.state import State
from ledger.transitions import PublishClaim, TakeOver
from ledger.transitions.default import current_offer
from ledger.wording import amount_of
from prover.author import Author
from prover.owner import Written
from prover.unprovable import NoProof
from prover.wallet.errors import WorseThanAgreed
from prover.wallet.withdrawals import pay_out, waiting
from tacit.console import BackendOption, JsonOption, print_json
from tacit.options import LedgerArgument, TimeOption
from tacit.typed import scaled
from tacit.wallet.access import (
    PasswordOption,
    WalletArgument,
    component_of,
    open_desk,
    print_entry,
    slot_of,
)
from zk.backends import Choice
from zk.errors import Conflict, Malformed

AssetArgument = Annotated[str, typer.Argument(metavar="ASSET", help="Its label or number.")]
AmountArgument = Annotated[
    int, typer.Argument(metavar="AMOUNT", min=1, help="In the asset's smallest unit; cash: cents.")
]


def open_account(
    wallet: WalletArgument,
    ledger: LedgerArgument,
    password_file: PasswordOption = None,
    time: TimeOption = None,
    backend: BackendOption = Choice.AUTO,
    as_json: JsonOption = False,
) -> None:
    """Open an empty account on the ledger.

    Example: tacit wallet open alice.wallet demo.ledger
    """
    with open_desk(wallet, ledger, password_file, backend, time) as desk:
        entry = desk.perform(lambda author, state: author.open_account(state))
        print_entry(desk, entry, as_json, account=desk.wallet.account)


def deposit(
    wallet: WalletArgument,
    ledger: LedgerArgument,
    asset: AssetArgument,
    amount: AmountArgument,
    password_file: PasswordOption = None,
    time: TimeOption = None,
    backend: BackendOption = Choice.AUTO,
    as_json: JsonOption = False,
) -> None:
    """Pay an asset in; it may end the sale of an account that is on sale.

    On a development ledger its insecure custodian signs at once.

    Example: tacit wallet deposit alice.wallet demo.ledger USD 5000000
    """
    with open_desk(wallet, ledger, password_file, backend, time) as desk:
        custodian, index = read_offices(ledger).custodian, component_of(desk.listing, asset)
        before = desk.ledger.state.account(desk.wallet.account).status
        entry = desk.unchecked_perform(
            lambda author, state: author.deposit(state, index, amount, custodian)
        )
        after = desk.ledger.state.account(desk.wallet.account).status
        print_entry(desk, entry, as_json, status=after)
        if before == "frozen" and not as_json:
            ended = after != "frozen"
            typer.echo("the sale is over" if ended else "not enough: the account is still on sale")


def withdraw(
    wallet: WalletArgument,
    ledger: LedgerArgument,
    asset: AssetArgument,
    amount: AmountArgument,
    least: Annotated[
        int | None,
        typer.Option(min=0, help="Be content with so much while a loss is public."),
    ] = None,
    password_file: PasswordOption = None,
    time: TimeOption = None,
    backend: BackendOption = Choice.AUTO,
    as_json: JsonOption = False,
) -> None:
    """Take an asset out; what stays must meet initial margin, and is proven to.

    An account that never traded is paid at once. Of any other the amount waits, and
    `tacit wallet collect` has it paid when its time has come.

    Example: tacit wallet withdraw alice.wallet demo.ledger USD 100000
    """
    with open_desk(wallet, ledger, password_file, backend, time) as desk:
        index = component_of(desk.listing, asset)
        entry = desk.perform(lambda author, state: author.withdraw(state, index, amount, least))
        *_, new = (None, *waiting(desk.ledger.state, desk.wallet.account))
        print_entry(desk, entry, as_json, waiting=None if new is None else new.document())
        if new is not None and not as_json:
            typer.echo(new.sentence(desk.listing))


def collect(
    wallet: WalletArgument,
    ledger: LedgerArgument,
    everybodys: Annotated[
        bool, typer.Option("--any", help="Have every withdrawal paid that is due, whosever.")
    ] = False,
    password_file: PasswordOption = None,
    time: TimeOption = None,
    backend: BackendOption = Choice.AUTO,
    as_json: JsonOption = False,
) -> None:
    """Have the account's withdrawals paid that have waited long enough.

    Example: tacit wallet collect alice.wallet demo.ledger
    """
    with open_desk(wallet, ledger, password_file, backend, time) as desk:
        account, state = desk.wallet.account, desk.ledger.state_at(desk.now)
        mine = list(waiting(state, None if everybodys else account))
        due = [each for each in mine if each.is_due_at(desk.now)]
        if not due:
            nearest = min(mine, key=lambda each: each.expected, default=None)
            raise Conflict(
                "withdrawals",
                expected="one that has waited long enough",
                actual="none" if nearest is None else nearest.sentence(desk.listing),
            )
        paid = [pay_out(desk.ledger, each, desk.now) for each in due]
    if as_json:
        print_json(paid)
        return
    for one in paid:
        paid_now, whole = (
            amount_of(desk.listing, one["asset"], one[key]) for key in ("paid", "amount")
        )
        typer.echo(
            f"withdrawal {one['withdrawal']}: {paid_now} of {whole} paid, entry {one['entry']}"
        )


def take_over(
    wallet: WalletArgument,
    ledger: LedgerArgument,
    target: Annotated[
        str, typer.Argument(metavar="ACCOUNT", help="The account that is on sale, or `fund`.")
    ],
    highest: Annotated[int, typer.Option("--max-price", help="The most to pay for it, in cents.")],
    part: Annotated[
        int | None,
        typer.Option(
            min=1, max=PARTS, help="Sixty-fourths of the positions; all that is offered, if none."
        ),
    ] = None,
    password_file: PasswordOption = None,
    time: TimeOption = None,
    backend: BackendOption = Choice.AUTO,
    as_json: JsonOption = False,
) -> None:
    """Buy what is on sale at the price of the moment, or a part; `tacit wallet sales` lists it.

    Example: tacit wallet take-over alice.wallet demo.ledger 3 --max-price 5000000
    """
    with open_desk(wallet, ledger, password_file, backend, time) as desk:
        account = None if target == "fund" else parse_count(target, "account")

        def write(author: Author, state: State) -> Written[TakeOver]:
            price = current_offer(state, account, part).price
            if price > highest:
                raise WorseThanAgreed(
                    "price of the sale", expected=f"at most {highest}", actual=price
                )
            return author.take_over(state, account, part)

        print_entry(desk, desk.perform(write), as_json)


def prove_margin(
    wallet: WalletArgument,
    ledger: LedgerArgument,
    escrowed: Annotated[
        bool, typer.Option("--escrowed", help="Put the opening in escrow anew, for a new key.")
    ] = False,
    epoch: Annotated[
        int | None,
        typer.Option(
            min=1, help="An older epoch within the grace: a sign of distress that all can see."
        ),
    ] = None,
    password_file: PasswordOption = None,
    time: TimeOption = None,
    backend: BackendOption = Choice.AUTO,
    as_json: JsonOption = False,
) -> None:
    """Prove that the account meets maintenance margin in the newest epoch: the heartbeat.

    Do it as soon as an epoch is there: who waits, or proves under an older one, shows distress.

    Example: tacit wallet prove-margin alice.wallet demo.ledger
    """
    with open_desk(wallet, ledger, password_file, backend, time) as desk:
        entry = desk.perform(
            lambda author, state: author.prove_margin(state, escrowed=escrowed, epoch=epoch)
        )
        print_entry(desk, entry, as_json)


def prove_flat(
    wallet: WalletArgument,
    ledger: LedgerArgument,
    password_file: PasswordOption = None,
    time: TimeOption = None,
    backend: BackendOption = Choice.AUTO,
    as_json: JsonOption = False,
) -> None:
    """Prove that the account has no positions and no debt: no more heartbeats are due.

    Example: tacit wallet prove-flat alice.wallet demo.ledger
    """
    with open_desk(wallet, ledger, password_file, backend, time) as desk:
        print_entry(desk, desk.perform(lambda author, state: author.prove_flat(state)), as_json)


def refresh(
    wallet: WalletArgument,
    ledger: LedgerArgument,
    password_file: PasswordOption = None,
    time: TimeOption = None,
    backend: BackendOption = Choice.AUTO,
    as_json: JsonOption = False,
) -> None:
    """Hide the account anew. It also makes void every trade that was accepted and not finished.

    After a reveal it proves that the values did not change: what was seen stays true until the next
    hidden trade.

    Example: tacit wallet refresh alice.wallet demo.ledger
    """
    with open_desk(wallet, ledger, password_file, backend, time) as desk:
        print_entry(desk, desk.perform(lambda author, state: author.refresh(state)), as_json)


def redeem(
    wallet: WalletArgument,
    ledger: LedgerArgument,
    instrument: Annotated[str, typer.Argument(metavar="INSTRUMENT", help="Its label or slot.")],
    lots: Annotated[
        int | None, typer.Option(help="How many; below zero if you are short. All, if not given.")
    ] = None,
    password_file: PasswordOption = None,
    time: TimeOption = None,
    backend: BackendOption = Choice.AUTO,
    as_json: JsonOption = False,
) -> None:
    """Exchange lots of an expired instrument for their settlement value.

    Example: tacit wallet redeem alice.wallet demo.ledger 1 --lots 5
    """
    with open_desk(wallet, ledger, password_file, backend, time) as desk:
        slot = slot_of(desk.listing, instrument)
        held = desk.wallet.opening.values[len(desk.listing.assets) + slot]
        count = held if lots is None else lots
        if count == 0:
            raise Malformed("lots", expected="some to redeem", actual="none")
        print_entry(
            desk, desk.perform(lambda author, state: author.redeem(state, slot, count)), as_json
        )


def claim(
    wallet: WalletArgument,
    ledger: LedgerArgument,
    equity: Annotated[
        int | None, typer.Option(help="Show that the account is worth so much or more, in cents.")
    ] = None,
    delta: Annotated[
        str | None,
        typer.Option(metavar="LOW:HIGH", help="Show that its delta, in coins, is between these."),
    ] = None,
    underlying: Annotated[str | None, typer.Option(help="Whose delta; the first, if none.")] = None,
    position: Annotated[
        list[str] | None,
        typer.Option(metavar="SLOT=LOTS", help="Show that a position is at most so large."),
    ] = None,
    label: Annotated[str, typer.Option(help="What the record calls it.")] = "claim",
    password_file: PasswordOption = None,
    time: TimeOption = None,
    backend: BackendOption = Choice.AUTO,
    as_json: JsonOption = False,
) -> None:
    """Show one thing about the account on the record, and nothing else.

    Example: tacit wallet claim alice.wallet demo.ledger --equity 1000000
    """
    with open_desk(wallet, ledger, password_file, backend, time) as desk:
        names = desk.listing.underlyings
        if underlying is not None and underlying not in names:
            raise Malformed("underlying", expected=", ".join(names), actual=underlying)
        of = 0 if underlying is None else names.index(underlying)
        pairs = [_limit(text) for text in position or []]
        limits = {slot_of(desk.listing, name): lots for name, lots in pairs}
        if len(limits) != len(pairs):
            raise Conflict("position", expected="each slot once", actual=", ".join(position or []))
        asked = {"--equity": equity, "--delta": delta, "--position": position}
        given = [option for option, value in asked.items() if value is not None]
        if len(given) != 1:
            actual = " and ".join(given) or "none"
            raise Conflict("claim", expected="one of " + ", ".join(asked), actual=actual)
        if underlying is not None and delta is None:
            raise Conflict("--underlying", expected="--delta as well", actual="none")

        def rows(state: State) -> Rows:
            engine, market = engine_of(state), state.current_market
            seen, at, settled = market.observation, market.time, state.pool.final_values
            if equity is not None:
                return engine.equity_floor(seen, at, equity, settled)
            if delta is not None:
                low, high = _between(delta)
                return engine.greek_limits(seen, at, Greek.DELTA, low, high, of, settled)
            return engine.position_limits(limits)

        def write(author: Author, state: State) -> Written[PublishClaim]:
            asked = rows(state)
            try:
                return author.publish_claim(state, label, asked)
            except NoProof as refusal:
                if delta is not None and refusal.scope.startswith("rows"):
                    expected = f"a delta of {names[of]} between {delta.replace(':', ' and ')} coins"
                    raise refusal.instead(expected, _delta_of(author, asked)) from None
                for slot, limit in limits.items():
                    held = author.known.values[state.shape.assets + slot]
                    name = desk.listing.labels[state.shape.assets + slot]
                    if abs(held) > limit:
                        expected = f"at most {limit:,} of {name} either way"
                        raise refusal.instead(expected, f"{held:,}") from None
                raise

        print_entry(desk, desk.perform(write), as_json, label=label)


def _delta_of(author: Author, asked: Rows) -> str:
    """What the first row holds from below, in coins: a millionth of a millionth is its unit."""
    held = asked.values_of(author.known.values)[0] - asked.constants[0]
    return f"{held / SCALE**2:,.6g}"


def _limit(text: str) -> tuple[str, int]:
    name, _, number = text.rpartition("=")
    if not name:
        raise Malformed("position", expected="SLOT=LOTS", actual=text)
    return name, parse_count(number, f"limit of {name}")


def _between(text: str) -> tuple[int, int]:
    """In millionths of a coin."""
    try:
        low, high = text.split(":")
    except ValueError:
        raise Malformed("delta", expected="LOW:HIGH, in coins", actual=text) from None
    subject = "delta, LOW:HIGH in coins"
    return scaled(low, SCALE, subject), scaled(high, SCALE, subject)
