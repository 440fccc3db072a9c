"""A check of our own, for what ruff does not look for: dead code, dead files, names and length."""
