"""The page: what it says, what it does not let through, and how a browser shows it."""
