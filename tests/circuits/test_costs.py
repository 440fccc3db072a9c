"""What gadgets cost, and that their modules say so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Final

import pytest

import circuits.gadgets
from tests.circuits.costs import COSTS_FILE, Cost, measure, read, write
from tests.circuits.pin import REGENERATE
from zk.poseidon import FULL_ROUNDS, PARTIAL_ROUNDS, keystream_width

Sizes = dict[str, int]


def _sboxes(width: int) -> int:
    return FULL_ROUNDS * width + PARTIAL_ROUNDS[width - 2]


def _keystream(sizes: Sizes) -> int:
    """Constants pass the first S-boxes free of charge: the capacity and what pads the state."""
    width = keystream_width(sizes["inputs"], sizes["words"])
    permutations = -(-sizes["words"] // (width - 1))
    return 3 * (permutations * _sboxes(width) - (width - sizes["inputs"]))


#: The table's cell for each gadget, and what it means for given sizes.
DOCUMENTED: Final[dict[str, tuple[str, Callable[[Sizes], int]]]] = {
    "enforce_bits": ("n, and one linear", lambda sizes: sizes["bits"]),
    "enforce_width": ("as many", lambda sizes: sizes["bits"]),
    "enforce_inner_half": ("one less", lambda sizes: sizes["bits"] - 1),
    "select_signed": ("2", lambda _: 2),
    "negate_if": ("1", lambda _: 1),
    "add_incomplete": ("3", lambda _: 3),
    "double_and_add_incomplete": ("5", lambda _: 5),
    "from_edwards": ("2", lambda _: 2),
    "to_edwards": ("2", lambda _: 2),
    "add_constant": ("3", lambda _: 3),
    # The first window of all needs no addition; the module says so below its table.
    "accumulate_windows": (
        "5 per window",
        lambda sizes: 5 * sizes["windows"] - (0 if sizes["started"] else 3),
    ),
    "enforce_opening": ("5 per window + 2", lambda sizes: 5 * sizes["windows"] + 2),
    "multiply": ("6n + 7", lambda sizes: 6 * sizes["bits"] + 7),
    "permute": (
        "3 per S-box whose input is a signal; rest linear",
        lambda sizes: 3 * _sboxes(sizes["width"]),
    ),
    "keystream": ("one permutation per width − 1 words", _keystream),
}


def tables() -> Iterator[tuple[str, str]]:
    """(gadget, constraints) of each row of the tables that open the gadgets' modules."""
    for module in iter_modules(circuits.gadgets.__path__):
        text = import_module(f"circuits.gadgets.{module.name}").__doc__ or ""
        yield from re.findall(r"^\| `(\w+)` .*\| ([^|]+?) +\|$", text, re.MULTILINE)


@pytest.fixture(scope="module")
def measured() -> list[Cost]:
    """All gadgets as they are."""
    return measure()


def test_no_gadget_changed_its_price(measured: list[Cost]) -> None:
    """A gadget's constraint count moves on purpose only: then the file is written anew."""
    pinned = COSTS_FILE.read_text()
    moved = set(measured) ^ set(read(pinned))
    assert write(measured) == pinned, f"if this is meant: {REGENERATE}\n{moved}"


def test_each_module_states_the_price_of_its_gadgets(measured: list[Cost]) -> None:
    """The table at the top of a gadget's module has the formula that the measurements follow."""
    stated = dict(tables())
    assert stated == {gadget: cell for gadget, (cell, _) in DOCUMENTED.items()}
    for cost in measured:
        if cost.gadget in DOCUMENTED:
            _, formula = DOCUMENTED[cost.gadget]
            assert cost.constraints == formula(cost.sizes), cost
    assert set(stated) <= {cost.gadget for cost in measured}


def test_the_file_of_costs_reads_back_as_written(measured: list[Cost]) -> None:
    """Nothing is lost between the measurements and the file."""
    assert read(write(measured)) == measured
