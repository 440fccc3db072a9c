"""What a ledger costs: legs a second, and growth with its accounts."""
