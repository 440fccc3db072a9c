"""Interchangeable implementations of the arithmetic."""

from zk.backends.interface import Backend, Prover, Verifier
from zk.backends.selection import Choice, available, select

__all__ = ["Backend", "Choice", "Prover", "Verifier", "available", "select"]
