"""How cost grows with the size of a circuit."""
