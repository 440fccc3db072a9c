"""Shapes: which components the rows of a coin speak of, and which blocks there can be."""

from __future__ import annotations

from typing import Final

import pytest

from circuits.shape import SHAPES, Block, Shape
from zk.errors import Malformed

EVERY_SHAPE: Final = pytest.mark.parametrize("shape", SHAPES.values(), ids=list(SHAPES))


def test_the_presets_are_those_of_the_design() -> None:
    """(instruments, rows, the asset that is the coin) of every coin of every preset."""
    blocks = {
        name: [(b.instruments, b.rows, b.collateral) for b in shape.blocks]
        for name, shape in SHAPES.items()
    }
    assert blocks == {
        "tiny": [(2, 8, 1)],
        "standard": [(6, 8, 2), (2, 8, 3)],
        "desk": [(15, 12, 2), (13, 12, 3)],
        "large": [
            (42, 10, 2),
            (22, 10, 3),
            (12, 10, 4),
            (12, 10, 5),
            (2, 10, 6),
            (2, 10, 7),
        ],
    }


@EVERY_SHAPE
def test_blocks_cover_the_instruments_in_order(shape: Shape) -> None:
    """Every instrument is of one coin; what is pledged comes last in its rows, and once in all."""
    columns = shape.columns
    assert len(columns) == len(shape.blocks)
    instruments = [c for own in columns for c in own if c >= shape.assets]
    assert instruments == list(range(shape.assets, shape.components))
    for block, own in zip(shape.blocks, columns, strict=True):
        assert len(own) == block.columns
        assert [c for c in own if c < shape.assets] == [
            c for c in (block.collateral,) if c is not None
        ]
        assert own[-1] == (block.collateral or own[-1])


def test_a_shape_without_blocks_has_one_that_nobody_pledges() -> None:
    """All instruments in one block, with as many rows as a claim has scenarios."""
    assert Shape(3, 5, 7) == Shape(3, 5, 7, (Block(5, 7),))
    assert Shape(3, 5, 7).columns == ((3, 4, 5, 6, 7),)


@pytest.mark.parametrize(
    "blocks",
    [
        (Block(1, 2),),  # an instrument without a coin
        (Block(3, 2),),  # one more than there is
        (Block(1, 2), Block(2, 2)),
        (Block(2, 2), Block(0, 2)),  # a coin without instruments has a haircut, and no block
        (Block(3, 2), Block(-1, 2)),
        (Block(2, 0),),
        (Block(1, 2), Block(1, -1)),
        (Block(2, 2, 0),),  # cash is no coin
        (Block(2, 2, 3),),  # an asset that there is not
        (Block(2, 2, -1),),
        (Block(1, 2, 1), Block(1, 2, 1)),  # pledged twice
    ],
)
def test_blocks_that_do_not_fit_are_refused(blocks: tuple[Block, ...]) -> None:
    """Everything is in one block, every block has rows, and no asset is counted in two."""
    with pytest.raises(Malformed, match="blocks"):
        Shape(3, 2, 4, blocks)
