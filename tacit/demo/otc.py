"""Two desks trade an option block with each other, and nobody learns what, or how much."""

from __future__ import annotations

from tacit.demo.stage import Stage

_CASH = 50_000_000
_LOTS = 10_000


def otc(stage: Stage) -> None:
    """Bilateral: both sign, both prove, there is no matcher."""
    stage.title("otc: an option block between two desks")
    venue = stage.venue
    with stage.step("two desks open accounts and deposit $500,000 each (deposits are public)"):
        seller, buyer = stage.desk("desk A", _CASH), stage.desk("desk B", _CASH)
    call = stage.slot("option", "call")
    premium = stage.mark(call) * _LOTS
    label = venue.market.listing.labels[venue.lot(call)]
    stage.say(
        f"Desk A sells {_LOTS:,} lots of {label} to desk B for ${premium / 100:,.0f}. The ledger "
        "gets two points, D and −D, and a proof from each desk:\n"
        "  “I can open my new commitment, every balance is in range, what I have covers what each "
        "coin may lose, one after the other and added up, and my opening is in escrow.”"
    )
    amounts = {0: -premium, venue.lot(call): _LOTS}
    delta = venue.delta(amounts)
    with stage.step("both desks write, prove and sign their legs; each proof is verified first"):
        settlement, openings = venue.settlement([(buyer, delta), (seller, -delta)])
    size = len(settlement.encode())
    with stage.step(f"the ledger checks {size:,} bytes: two signatures, the balance, two proofs"):
        venue.submit(settlement)
    buyer.opening, seller.opening = openings
    stage.facing(seller, buyer)
    stage.sides(seller)
    stage.margin(seller)
    stage.refused("the settlement is sent once more", lambda: venue.submit(settlement))
    stage.refused(
        "desk A sells fifty times as much on the same cash",
        lambda: venue.trade(buyer, seller, {key: 50 * value for key, value in amounts.items()}),
    )
