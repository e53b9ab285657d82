"""Moves the oldest events out of the journal's file into sealed segments, while nothing else is to be done.

The order makes a crash harmless at any point: a proved copy, durable; the manifest; the event that says so; then the
rows leave in small steps. Until the event stands, the copy counts for nothing; after it the rows are in both places.
"""

import asyncio
import sqlite3
from dataclasses import dataclass
from typing import Final

from .archive import FOLDER
from .events import SegmentSealed
from .journal import Journal
from .segments import listed_with, read_manifest, seal, write_manifest

ROWS_A_STEP: Final = 500  # gone within some 20 ms: a fact that comes in between waits no longer
_SEALED: Final = "(SELECT coalesce(max(last), 0) FROM segments)"


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many events a segment takes, and how many stay in the journal's own file at least."""

    segment_events: int
    kept_events: int


class Rotation:
    """One step at a time; each leaves a whole journal."""

    def __init__(self, journal: Journal, sizes: Sizes) -> None:
        self._journal = journal
        self._sizes = sizes

    async def step(self) -> bool:
        """Do the next thing; False where nothing is to be done.

        Raises `JournalError`, `sqlite3.Error`, `OSError`; what was begun is taken up again by the next step.
        """
        if await self._journal.read(_has_sealed_rows):
            await self._journal.write(_let_go)
            return True
        span = await self._journal.read(self._due)
        if span is None:
            return False
        journal, folder = self._journal, self._journal.file.with_name(FOLDER)
        segment = await asyncio.to_thread(seal, journal.file, *span)
        manifest = await journal.sign_manifest(listed_with(read_manifest(folder), segment))
        await asyncio.to_thread(write_manifest, folder, manifest)
        await journal.append(SegmentSealed(segment.first, segment.last, segment.hash, segment.sha256))
        return True

    def _due(self, db: sqlite3.Connection) -> tuple[int, int] | None:
        first, last = db.execute("SELECT min(seq), max(seq) FROM events").fetchone()
        if first is None or last - first + 1 < self._sizes.segment_events + self._sizes.kept_events:
            return None
        return first, first + self._sizes.segment_events - 1


def _has_sealed_rows(db: sqlite3.Connection) -> bool:
    return bool(db.execute(f"SELECT EXISTS (SELECT 1 FROM events WHERE seq <= {_SEALED})").fetchone()[0])


def _let_go(db: sqlite3.Connection) -> None:
    """The oldest rows that a segment holds, with what became of their notices. A notice still to be sent stays."""
    first, end = db.execute(f"SELECT min(seq), {_SEALED} FROM events").fetchone()
    span = (first, min(first + ROWS_A_STEP - 1, end))
    db.execute("DELETE FROM outbox WHERE event_seq BETWEEN ? AND ? AND state != 'queued'", span)
    db.execute("DELETE FROM events WHERE seq BETWEEN ? AND ?", span)
