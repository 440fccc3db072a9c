"""Where a ledger lives: the log and the state that it leads to, in memory or in a file.

    with store.writing() as writer:
        assert writer.head == the head that was judged against
        writer.append(time, transition, changes)

docs/decisions/0015-storage.md says how the file is kept and what that protects from.
"""

from ledger.storage.interface import Records, Store, Writer
from ledger.storage.memory import MemoryStore
from ledger.storage.sqlite import SqliteStore

__all__ = ["MemoryStore", "Records", "SqliteStore", "Store", "Writer"]
