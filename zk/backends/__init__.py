"""Interchangeable implementations of the arithmetic."""

from zk.backends.interface import Backend, Prover, Verifier
from zk.backends.selection import Choice, available, describe, select

__all__ = ["Backend", "Choice", "Prover", "Verifier", "available", "describe", "select"]
