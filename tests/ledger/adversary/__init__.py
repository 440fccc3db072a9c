"""What an adversary tries against the ledger, and the refusal that each attempt meets."""
