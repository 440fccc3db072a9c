"""The owner's wallet."""
