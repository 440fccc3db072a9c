"""One module per instrument; `ledger.market.kinds` finds them when it is first asked."""
