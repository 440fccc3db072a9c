"""Everything that holds a secret."""
