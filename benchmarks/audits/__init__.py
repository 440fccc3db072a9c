"""What an audit costs: proofs and entries a second, memory, and how both grow."""
