"""The head that the journal had last, kept in the file of the keys and so outside every backup of the journal.

A journal that does not hold that event any more is an older copy, or another one. The broker is a second witness.
"""

import json
import sqlite3
from dataclasses import dataclass
from typing import Final

from .anchor import Anchor
from .archive import DatabaseChain
from .events import EventsMissing

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


def gap_to(chain: DatabaseChain, known: Anchor, head_seq: int) -> Gap | None:
    """What a chain that ends with `head_seq` lacks of a head that has been; None where nothing is."""
    found = chain.at(known.seq)
    if known.seq == 0 or (found is not None and known.matches(found[5])):
        return None
    return Gap(known, head_seq)


def was_told(chain: DatabaseChain, gap: Gap) -> bool:
    """Whether an event says already that this very head is missing."""
    told = (json.loads(stored[3])["data"] for stored in chain.of_types((EventsMissing.__name__,), 0))
    return any(one["known_hash"] == gap.known.hash_hex for one in told)


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
        return None if self.known is None else gap_to(chain, self.known, head_seq)
