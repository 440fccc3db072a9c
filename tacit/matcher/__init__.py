"""`tacit matcher`: order books, and who may see them."""
