"""A journal's file and the sealed segments beside it, read as one chain: `segments/000000000001.db` and so on.

Reads bytes, needs no key and writes nothing. A segment is named for its first event and is never written again.
"""

import contextlib
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .codec import StoredRow, canonical, field_of_body
from .errors import SegmentUnreadable

NO_END: Final = (1 << 63) - 1
FOLDER: Final = "segments"
SUFFIX: Final = ".db"
NAME_DIGITS: Final = 12
INDEXED_EVERYWHERE: Final = "case_id"
ROW: Final = (
    "seq, CAST(type AS TEXT), CAST(version AS INTEGER), CAST(body AS BLOB), CAST(prev AS BLOB),"
    " CAST(hash AS BLOB), 1"
)


@dataclass(frozen=True, slots=True)
class About:
    """Which events may matter: of a type, with a value in a field, or with bytes anywhere in the body."""

    types: frozenset[str] = frozenset()
    fields: tuple[tuple[str, frozenset[str]], ...] = ()
    texts: tuple[bytes, ...] = ()

    def where(self, *, sealed: bool) -> tuple[str, list[str | bytes]]:
        """As SQL, with what its marks stand for.

        A segment has an index for each field; the journal's own file only for that of the case, since each index makes
        every fact dearer: there the bytes are looked through, which is quicker than to take each body apart.
        """
        parts = [f"SELECT seq FROM events WHERE type IN ({_marks(self.types)})"]
        given: list[str | bytes] = [*self.types]
        texts = [*self.texts]
        for name, wanted in self.fields:
            if sealed or name == INDEXED_EVERYWHERE:
                parts.append(f"SELECT seq FROM events WHERE {field_of_body(name)} IN ({_marks(wanted)})")
                given += wanted
            else:
                texts += [mark(name, value) for value in wanted]
        if texts:
            found = " OR ".join("instr(body, ?)" for _ in texts)
            parts.append(f"SELECT seq FROM events WHERE {found}")
            given += texts
        return f"seq IN ({' UNION '.join(parts)})", given

    def matches(self, stored: StoredRow) -> bool:
        """The same by the row's bytes, without an index."""
        marks = (mark(name, value) for name, values in self.fields for value in values)
        return stored[1] in self.types or any(text in stored[3] for text in (*marks, *self.texts))


def _marks(values: Iterable[str]) -> str:
    return ",".join("?" for _ in values)


def mark(name: str, value: str) -> bytes:
    """A field as it stands in stored bytes, which are canonical JSON."""
    return canonical({name: value})[1:-1]


def segment_files(journal_file: Path) -> list[tuple[int, Path]]:
    """(number of its first event, file) of each segment beside a journal, oldest first."""
    found = journal_file.with_name(FOLDER).glob(f"{'[0-9]' * NAME_DIGITS}{SUFFIX}")
    return sorted((int(path.stem), path) for path in found)


def segment_name(first: int) -> str:
    """Name of the segment that begins with event `first`."""
    return f"{first:0{NAME_DIGITS}d}{SUFFIX}"


def connect(path: Path) -> sqlite3.Connection:
    """Read only; what has no log beside it, as a segment or a copy on a read-only medium, is read as it is."""
    uri = path.resolve().as_uri()
    try:
        db = sqlite3.connect(f"{uri}?mode=ro", uri=True, isolation_level=None, check_same_thread=False)
        try:
            db.execute("SELECT 1 FROM events LIMIT 1")
        except sqlite3.Error:
            db.close()
            raise
    except sqlite3.OperationalError:
        if path.with_name(path.name + "-wal").exists():
            raise
        db = connect_sealed(path)
    return db


def connect_sealed(path: Path) -> sqlite3.Connection:
    """Read only, a file that nobody writes."""
    uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the chain with the events that count there: `first` up to and with `last`."""

    file: Path
    first: int
    last: int
    sealed: bool


class DatabaseChain:
    """The rows of a journal's file and of its segments. `live`: a connection to the file, inside a transaction."""

    def __init__(self, path: Path, live: sqlite3.Connection) -> None:
        start: int | None = live.execute("SELECT min(seq) FROM events").fetchone()[0]
        begin = NO_END if start is None else start
        files = [(first, file) for first, file in segment_files(path) if first < begin]
        bounds = (*(first for first, _ in files), begin)
        self.own = live
        self.segments = tuple(
            Part(file, first, after - 1, sealed=True)
            for (first, file), after in zip(files, bounds[1:], strict=True)
        )
        self.live = Part(path, begin, NO_END, sealed=False)

    def stored(self, upto: int = NO_END, since: int = 1) -> Iterator[StoredRow]:
        """Rows from number `since` to `upto`, ascending."""
        yield from self._each("1", (), upto, since)

    def of_part(self, part: Part) -> Iterator[StoredRow]:
        """The rows of one file."""
        with self._open(part) as db:
            yield from _select(db, part)

    def bodies(self, part: Part, kind: str) -> list[bytes]:
        """The bodies of one type in one file."""
        with self._open(part) as db:
            return [stored[3] for stored in _select(db, part, "type = ?", (kind,))]

    def counts(self) -> dict[str, int]:
        """How many events of which type."""
        found: Counter[str] = Counter()
        for part in (*self.segments, self.live):
            with self._open(part) as db:
                sql = (
                    "SELECT CAST(type AS TEXT), count(*) FROM events WHERE seq BETWEEN ? AND ? GROUP BY type"
                )
                found.update(dict(db.execute(sql, (part.first, part.last))))
        return dict(sorted(found.items()))

    def of_types(self, kinds: Sequence[str], after: int) -> Iterator[StoredRow]:
        """The rows of these types, or all, with a number above `after`, ascending."""
        where = f"type IN ({_marks(kinds)})" if kinds else "1"
        yield from self._each(where, kinds, NO_END, after + 1)

    def newest(self, kinds: Sequence[str]) -> StoredRow | None:
        """The last row of these types, or of any; None where there is none."""
        where = f"type IN ({_marks(kinds)})" if kinds else "1"
        for part in (self.live, *reversed(self.segments)):
            with self._open(part) as db:
                sql = f"SELECT {ROW} FROM events WHERE seq <= ? AND {where} ORDER BY seq DESC LIMIT 1"
                found: StoredRow | None = db.execute(sql, (part.last, *kinds)).fetchone()
            if found is not None:
                return found
        return None

    def about(self, about: About, upto: int = NO_END, since: int = 1) -> Iterator[StoredRow]:
        """The rows that may matter, ascending; others may come with them."""
        for part in (*self.segments, self.live):
            if part.first <= upto and since <= part.last:
                with self._open(part) as db:
                    yield from _select(db, part, *about.where(sealed=part.sealed), upto, since)

    def at(self, seq: int) -> StoredRow | None:
        """One row, None where it is not there."""
        return next(self.stored(seq, seq), None)

    def _each(
        self, where: str, values: Iterable[str | bytes], upto: int, since: int = 1
    ) -> Iterator[StoredRow]:
        for part in (*self.segments, self.live):
            if part.first <= upto and since <= part.last:
                with self._open(part) as db:
                    yield from _select(db, part, where, values, upto, since)

    @contextlib.contextmanager
    def _open(self, part: Part) -> Iterator[sqlite3.Connection]:
        if not part.sealed:
            yield self.own
            return
        try:
            with closing(connect_sealed(part.file)) as db:
                yield db
        except sqlite3.DatabaseError as error:
            raise SegmentUnreadable(
                f"{FOLDER}/{part.file.name}, which holds events {part.first} to {part.last}, can't be read: {error}."
                f" Put this file of a backup in its place; `nightdesk journal verify` says what is lost without it"
            ) from error


def _select(
    db: sqlite3.Connection,
    part: Part,
    where: str = "1",
    values: Iterable[str | bytes] = (),
    upto: int = NO_END,
    since: int = 1,
) -> sqlite3.Cursor:
    sql = f"SELECT {ROW} FROM events WHERE seq BETWEEN ? AND ? AND {where} ORDER BY seq"
    return db.execute(sql, (max(part.first, since), min(part.last, upto), *values))


@contextlib.contextmanager
def opened_database(path: Path) -> Iterator[DatabaseChain]:
    """The chain of a journal's file. Raises `sqlite3.DatabaseError`, `OSError`."""
    with closing(connect(path)) as live:
        live.execute("BEGIN")  # what moves into a segment from now on stays visible here
        yield DatabaseChain(path, live)
