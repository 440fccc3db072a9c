"""Open books: against what the owners themselves know, and against everything that can be wrong."""
