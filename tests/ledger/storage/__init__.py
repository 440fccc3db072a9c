"""Tests of the storage layer: what it keeps, and through what it keeps it."""
