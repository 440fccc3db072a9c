"""How a ledger is kept; `ledger.store` is the way in."""
