"""Moves the oldest events out of the journal's file into sealed segments, while nothing else is to be done.

The order makes a crash harmless at any point: a proved copy, durable; the manifest; the event that says so; then the
rows leave in small steps. Until the event stands, the copy counts for nothing; after it the rows are in both places.
"""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .archive import FOLDER, connect_sealed, segment_name
from .errors import JournalDamaged
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
        sealed = await self._journal.read(_sealed_with_rows_left)
        if sealed is not None:
            file = self._file_of(sealed)
            await self._journal.write(lambda db: _let_go(db, file))
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

    def _file_of(self, first: int) -> Path:
        """Raises `JournalDamaged`: the journal may be a copy that came without its segments."""
        file = self._journal.file.with_name(FOLDER) / segment_name(first)
        if not file.is_file():
            raise JournalDamaged(f"{file} is not there: no event leaves the journal, put the segments back")
        return file

    def _due(self, db: sqlite3.Connection) -> tuple[int, int] | None:
        first, last = db.execute("SELECT min(seq), max(seq) FROM events").fetchone()
        if first is None or last - first + 1 < self._sizes.segment_events + self._sizes.kept_events:
            return None
        return first, first + self._sizes.segment_events - 1


def _sealed_with_rows_left(db: sqlite3.Connection) -> int | None:
    """First event of the segment that holds the oldest row here; None where that row is in no segment."""
    sql = "SELECT first FROM segments WHERE last >= (SELECT min(seq) FROM events) ORDER BY first LIMIT 1"
    row = db.execute(sql).fetchone()
    return None if row is None else int(row[0])


def _let_go(db: sqlite3.Connection, segment: Path) -> None:
    """The oldest rows that a segment holds, with what it says became of their notices.

    A notice still to be sent stays, and one that was when the segment was made: nothing else tells of it.
    """
    first, end = db.execute(f"SELECT min(seq), {_SEALED} FROM events").fetchone()
    span = (first, min(first + ROWS_A_STEP - 1, end))
    with closing(connect_sealed(segment)) as sealed:
        told = sealed.execute("SELECT id FROM notices WHERE event_seq BETWEEN ? AND ?", span).fetchall()
    db.executemany("DELETE FROM outbox WHERE id = ? AND state != 'queued'", told)
    db.execute("DELETE FROM events WHERE seq BETWEEN ? AND ?", span)
