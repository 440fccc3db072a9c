"""What was in a portfolio that was sold: published by the guardians, with what came in since."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from ledger.log import Entry

EntryOf = Callable[[int], Entry]


def sold_values(entry_of: EntryOf, sale: int, target: int) -> Iterator[tuple[int, ...]]:
    """What the account `target` can have held when it was sold in the entry `sale`.

    The guardians say what stood in escrow; deposits that came after that escrow are added. Which
    those are the rules of the ledger know. A buyer need not: the buyer's own escrow is of one
    sum only, so the sums are tried, from no deposit to all of them.
    """
    held: list[int] = []
    for number in range(sale - 1, 0, -1):
        document: dict[str, Any] = json.loads(entry_of(number).transition)
        if document.get("account") != target:
            continue
        if document["kind"] == "reveal" and not held:
            held = list(document["values"])
            yield tuple(held)
        elif document["kind"] == "deposit" and held:
            held[document["asset"]] += document["amount"]
            yield tuple(held)
