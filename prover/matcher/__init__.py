"""The dark pool: sealed orders, one price for each book, every fill proven.

`fills` is for owners and imports nothing else from here.
"""
