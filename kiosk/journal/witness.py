"""The head that the journal had last, kept in the file of the keys and so outside every backup of the journal.

A journal that does not hold that event any more is an older copy, or another one.
"""

import sqlite3
from dataclasses import dataclass
from typing import Final

from .anchor import Anchor
from .archive import DatabaseChain

_TABLE: Final = """
CREATE TABLE IF NOT EXISTS witness (
    one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, hash TEXT NOT NULL
) STRICT
"""


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing: the head that was `known`, and the number of the event that the journal ends with now."""

    known: Anchor
    found_seq: int


class Witness:
    """`db`: a connection to the file of the keys."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        db.execute(_TABLE)
        row = db.execute("SELECT seq, hash FROM witness").fetchone()
        self.known: Anchor | None = None if row is None else Anchor(*row)

    def note(self, head: Anchor) -> None:
        """Remember this head. Raises `sqlite3.OperationalError`; what was noted before stays then."""
        if head.seq and head != self.known:
            self._db.execute("INSERT OR REPLACE INTO witness VALUES (1, ?, ?)", (head.seq, head.hash_hex))
            self.known = head

    def gap(self, chain: DatabaseChain, head_seq: int) -> Gap | None:
        """What the chain lacks of what was noted; None where nothing is."""
        if self.known is None:
            return None
        found = chain.at(self.known.seq)
        if found is not None and self.known.matches(found[5]):
            return None
        return Gap(self.known, head_seq)
