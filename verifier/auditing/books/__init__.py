"""Open books: what accounts hold, for whom the guardians consented to show it."""

from verifier.auditing.books.document import (
    BookFinding,
    Books,
    Holding,
    Interest,
    Left,
    Line,
    Moment,
    Side,
    Statement,
    Trouble,
)
from verifier.auditing.books.opening import open_books
from verifier.auditing.books.readers import (
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
from verifier.auditing.books.walking import Stopped

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
    "Reader",
    "Readers",
    "SharedPoint",
    "SharedPoints",
    "Side",
    "Statement",
    "Stopped",
    "Trouble",
    "WholeKeys",
    "load_reader",
    "open_books",
]
