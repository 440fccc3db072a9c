"""Epochs and prices, receipts, expiries, the public side of the fund, and who was overdue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ledger.wording import counted, grouped
from verifier.page.links import Links
from verifier.page.markup import Html, element, joined, said
from verifier.page.numbers import cash, duration, percent, when
from verifier.page.tables import Cell, Row, number, table
from verifier.report import AuditReport, CoinNow, Epoch, Identity, Receipt, Standing


def epochs(report: AuditReport, links: Links) -> Html:
    """What the oracles said, newest last."""
    names = () if report.ledger is None else report.ledger.underlyings
    columns = ["epoch", "entry", "time", *(f"{name} (vol)" for name in names)]
    columns += ["reports heard", "bounds", "table"]
    rows = []
    for one in report.epochs:
        prices = [
            number(spot, f"{grouped(spot)} ({vol / 10_000:.1f} %)")
            for spot, vol in zip(one.spots, one.vols, strict=True)
        ]
        verdict = Cell("✓ follows")
        if one.difference:
            verdict = Cell(element("strong", "✕ ", said(one.difference), class_="error"))
        cells = (number(one.epoch), links.entry(one.entry), Cell(when(one.time), one.time))
        heard = number(one.heard, f"{one.heard} of {one.reports}")
        rows.append(Row((*cells, *prices, heard, _bounds(names, one), verdict)))
    return table(
        "epochs",
        "Prices in units of cash, volatility a year, and whether the signed table follows",
        columns,
        rows,
        "No market was published.",
    )


def present(report: AuditReport) -> Html:
    """What the newest market says a unit of everything is worth, costs and can lose."""
    market, ledger = report.market, report.ledger
    if market is None or ledger is None:
        return element("p", "No market was published.", class_="none")
    labels, assets = ledger.components, ledger.shape[0]
    rows = []
    for place, label in enumerate(labels):
        slot = place - assets
        second = None if market.default_mark is None else market.default_mark[place]
        charges = (market.long_charges, market.short_charges, market.weights)
        rows.append(
            Row(
                (
                    Cell(said(label)),
                    number(market.mark[place], cash(market.mark[place])),
                    number(None) if second is None else number(second, cash(second)),
                    *(
                        number(None) if slot < 0 else number(each[slot], cash(each[slot]))
                        for each in charges
                    ),
                )
            )
        )
    columns = ("component", "mark", "second mark", "charge, long", "charge, short", "notional")
    caption = f"One unit of each component in epoch {market.epoch}, in units of cash"
    coins = (_coin(ledger, one) for one in market.coins)
    return joined([table("marks", caption, columns, rows), *coins])


def _coin(ledger: Identity, coin: CoinNow) -> Html:
    """The rows of one coin: how a unit of its components changes in each."""
    name = ledger.underlyings[coin.underlying]
    rows = [
        Row(
            (
                number(place),
                number(price, percent(price)),
                number(vol, percent(vol)),
                number(cover, percent(cover, plus=False)),
                *(number(move, cash(move)) for move in moves),
            )
        )
        for place, ((price, vol, cover), moves) in enumerate(
            zip(coin.scenarios, coin.moves, strict=True)
        )
    ]
    labels = [said(ledger.components[place]) for place in coin.components]
    columns = ("row", "price", "vol", "covered", *labels)
    shown = table(
        f"rows-{coin.underlying}", f"Rows of {name}: what one unit gains or loses", columns, rows
    )
    return element("details", element("summary", "Rows of ", said(name)), shown)


def _bounds(names: Sequence[str], one: Epoch) -> Cell:
    """Which coins are locked: their spots lie beyond what one update carries."""
    beyond = [name for name, locked in zip(names, one.locked, strict=False) if locked]
    if not beyond:
        return Cell("within", 0)
    words = joined(["locked: ", *(said(name) for name in beyond)])
    return Cell(element("span", words, class_="tag warning"), len(beyond))


def receipts(report: AuditReport, links: Links) -> Html:
    """What accounts chose to show, in our words and in theirs."""
    rows = [
        Row(
            (
                links.entry(one.entry),
                number(one.account),
                number(one.epoch),
                Cell(when(one.time), one.time),
                _meaning(one),
                Cell(said(one.label) if one.label else "–"),
            )
        )
        for one in report.receipts
    ]
    columns = ("entry", "account", "epoch", "time", "what was proven", "the owner's words")
    listed = table(
        "receipts",
        "Published claims: what was proven follows from the rows; nobody checked the label",
        columns,
        rows,
        "No account published a claim.",
    )
    if not report.receipts_omitted:
        return listed
    more = f"{counted(report.receipts_omitted, 'claim')} more, proven likewise, are not listed."
    return joined([listed, element("p", more)])


def overdue(report: AuditReport, links: Links) -> Html:
    """Accounts that did not prove in time, and what became of them."""
    rows = [
        Row(
            (
                number(one.account),
                Cell(when(one.since), one.since),
                links.entry(one.entry),
                number(one.seconds, duration(one.seconds)),
                links.entry(one.until_entry),
                _OUTCOME[one.outcome],
            )
        )
        for one in report.overdue
    ]
    columns = ("account", "overdue since", "noticed at", "for", "until", "what became of it")
    none = "Every account proved its margin in time."
    if not report.is_valid:
        none = "Up to the last entry that was replayed no account was overdue."
    return table("overdue", "Accounts past their grace", columns, rows, none)


def standing(report: AuditReport) -> Html:
    """Totals and the fund, component by component, and what has expired."""
    state, ledger = report.standing, report.ledger
    if state is None or ledger is None:
        return element("p", "The state is not known.", class_="none")
    values = {one.instrument: one for one in report.expiries}
    assets = ledger.shape[0]
    rows = []
    for place, label in enumerate(ledger.components):
        expired = values.get(place - assets)
        rows.append(
            Row(
                (
                    Cell(said(label)),
                    number(state.totals[place] if place < assets else None),
                    number(state.untraded[place] if place < assets else None),
                    number(state.queued[place] if place < assets else None),
                    number(state.fund[place]),
                    number(None if expired is None else expired.value),
                )
            )
        )
    columns = (
        "component",
        "paid in less paid out",
        "of never traded accounts",
        "waits to be paid",
        "insurance fund",
        "settled at",
    )
    shown = table("standing", "What is public at the last entry", columns, rows)
    return joined([shown, *(element("p", line) for line in _sentences(state))])


def _sentences(state: Standing) -> Iterator[str]:
    fund = "–" if state.fund_equity is None else grouped(state.fund_equity)
    sold = " It sells what it had to take." if state.fund_on_sale else ""
    yield f"At the mark the insurance fund is worth {fund} in cash.{sold}"
    if state.on_sale:
        yield f"On sale: accounts {', '.join(map(grouped, state.on_sale))}."
    waits = "waits" if state.waiting == 1 else "wait"
    yield f"{counted(state.waiting, 'withdrawal')} of who has traded {waits} to be paid."
    numerator, denominator = state.fraction
    if state.deficit:
        part = f"{numerator / denominator:.4%}"
        yield f"Losses of {grouped(state.deficit)} are not covered: such withdrawals get {part}."
    else:
        yield "No loss is public that the fund does not cover: withdrawals are paid in full."
    if state.locked:
        yield "The newest market is locked: nobody takes on risk, and who has traded is not paid."


_OUTCOME = {
    "open": "still overdue, and nobody opened it",
    "proven late": "proved after all",
    "revealed": "opened by the guardians, and sound",
    "put on sale": "opened by the guardians, and put on sale",
}


def _meaning(one: Receipt) -> Html:
    if one.meaning is not None:
        return said(one.meaning)
    return element(
        "span",
        f"{len(one.matrix)} rows of its own, which were not recognised: M·v + b ≥ 0 as they stand "
        "in the entry",
    )
