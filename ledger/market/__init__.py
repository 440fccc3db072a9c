"""From prices to public integer matrices; import what is needed from its modules.

Only `data` concerns the ledger itself, and it knows integers alone. Floats live in the others,
which run where prices are seen and where they are audited.
"""
