"""Random histories of a ledger, held after every step against a plain model of the truth."""
