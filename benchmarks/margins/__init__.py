"""`tacit bench margins`: what margin asks of a few books, beside what others' rules would ask."""
