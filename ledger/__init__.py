"""The state that changes only when the proofs hold."""
