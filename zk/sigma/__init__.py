"""Proofs that need no circuit: representations and equal logarithms on Baby Jubjub."""

from zk.sigma.equality import Equality, EqualityProof
from zk.sigma.span import Span, SpanProof

__all__ = ["Equality", "EqualityProof", "Span", "SpanProof"]
