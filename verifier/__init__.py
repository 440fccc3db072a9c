"""Checks proofs and believes nothing."""
