"""`tacit bench`: how long things take."""
