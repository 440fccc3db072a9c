"""`tacit wallet`: one owner's account."""
