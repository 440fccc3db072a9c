"""Whoever holds a secret."""
