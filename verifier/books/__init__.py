"""Open books: what accounts hold, for whom the guardians consented to show it."""

from verifier.books.document import (
    BookFinding,
    Books,
    Holding,
    Interest,
    Left,
    Line,
    Moment,
    Problem,
    Side,
    Statement,
)
from verifier.books.opening import open_books
from verifier.books.readers import (
    CombinedPoints,
    InsecureEscrowKey,
    NotGiven,
    Reader,
    Readers,
    SharedPoint,
    SharedPoints,
    WholeKeys,
    load_reader,
)
from verifier.books.replay import Stopped

__all__ = [
    "BookFinding",
    "Books",
    "CombinedPoints",
    "Holding",
    "InsecureEscrowKey",
    "Interest",
    "Left",
    "Line",
    "Moment",
    "NotGiven",
    "Problem",
    "Reader",
    "Readers",
    "SharedPoint",
    "SharedPoints",
    "Side",
    "Statement",
    "Stopped",
    "WholeKeys",
    "load_reader",
    "open_books",
]
