"""Tests of the audit: an honest ledger is in order, and no changed one is."""
