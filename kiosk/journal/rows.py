"""A journal's chain as it is stored, row by row: from the database with its segments, or from an export (`export.py`).

Reads bytes, needs no key and holds one row at a time. Nothing is checked here: `verify.py` does that.
"""

import contextlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from .anchor import Anchor, parse_anchor
from .archive import NO_END, About, DatabaseChain, opened_database
from .codec import Encoded, StoredRow
from .errors import JournalUnreadable
from .salvage import Salvaged, Unread, readable
from .segments import sealed_end

TRAILER_ROOM: Final = 4096
JOURNAL_NAME: Final = "journal.db"
LISTING: Final = "backup.json"
BACKUP_NAMES: Final = (JOURNAL_NAME, "journal-2.db")
"""The database of a backup has one of these names: a newer copy lies beside the one that counts until it is listed."""


@dataclass(frozen=True, slots=True)
class Row:
    """One event with its place in the chain."""

    seq: int
    row: Encoded
    prev: bytes
    hash: bytes
    agrees: bool = True  # False: the line of an export tells something else than its stored bytes

    @classmethod
    def of(cls, stored: StoredRow) -> "Row":
        """The same with names."""
        seq, kind, version, body, prev, hash_now, agrees = stored
        return cls(seq, Encoded(kind, version, body), prev, hash_now, bool(agrees))

    @property
    def anchor(self) -> Anchor:
        """Number and hash, unsigned; `anchor.text` fits `journal verify --anchor`."""
        return Anchor(self.seq, self.hash.hex())


@dataclass(frozen=True, slots=True)
class Trailer:
    """Last line of an export: the head, signed where the kiosk itself exported, and the key that signed it."""

    head: Anchor
    public_key: str = ""  # 64 hexadecimal digits

    def plain(self) -> dict[str, Any]:
        """As JSON carries it."""
        return {"head": self.head.plain(), "public_key": self.public_key}

    def encode(self) -> bytes:
        """The line, without its end."""
        return _line(self.plain())

    @classmethod
    def decode(cls, told: Mapping[str, Any]) -> "Trailer":
        """The inverse of `plain`. Raises KeyError, ValueError."""
        return cls(parse_anchor(json.dumps(told["head"])), str(told["public_key"]))


def is_export(path: Path) -> bool:
    """Whether this is an export and no database."""
    with path.open("rb") as file:
        return file.read(1) == b"{"


class _Source(Protocol):
    """What a chain is read from."""

    def stored(self, upto: int = NO_END, since: int = 1) -> Iterator[StoredRow]: ...

    def about(self, about: About, upto: int = NO_END, since: int = 1) -> Iterator[StoredRow]: ...

    def at(self, seq: int) -> StoredRow | None: ...


class Chain:
    """The chain of one file, with what is wrong with the file in words. Make one with `opened_chain`."""

    def __init__(self, path: Path, source: _Source) -> None:
        self._path = path
        self._source = source

    @property
    def database(self) -> DatabaseChain | None:
        """Its files, None for an export."""
        return self._source if isinstance(self._source, DatabaseChain) else None

    def stored(self, upto: int = NO_END, since: int = 1) -> Iterator[StoredRow]:
        """Rows from number `since` to `upto`, ascending. Raises `JournalUnreadable`, as all of these."""
        with _in_words(self._path):
            yield from self._source.stored(upto, since)

    def readable(self, since: int = 1) -> Iterator[StoredRow | Unread]:
        """The same from number `since` on, with an `Unread` in the place of what damaged segments do not give."""
        with _in_words(self._path):
            if self.database is None:
                yield from self._source.stored(since=since)
            else:
                yield from readable(self.database, since)

    def sealed_end(self) -> tuple[int, bytes] | None:
        """Number and hash of the last event in segments, where each of them is the file that was sealed."""
        with _in_words(self._path):
            database = self.database
            return None if database is None or not database.segments else sealed_end(database)

    def rows(self, upto: int = NO_END) -> Iterator[Row]:
        """The same with names."""
        return map(Row.of, self.stored(upto))

    def about(self, about: About, upto: int = NO_END, since: int = 1) -> Iterator[Row]:
        """The rows that may matter, ascending, found by index where there is one; others may come with them."""
        with _in_words(self._path):
            yield from map(Row.of, self._source.about(about, upto, since))

    def at(self, seq: int) -> Row | None:
        """One row, None where it is not there."""
        with _in_words(self._path):
            found = self._source.at(seq)
        return None if found is None else Row.of(found)


def database_of(names: Iterable[str]) -> str:
    """Which of the files that a backup lists is its database. Raises ValueError where that is not one of them."""
    found = [name for name in names if name in BACKUP_NAMES]
    if len(found) != 1:
        raise ValueError(f"{LISTING} lists {len(found)} databases; a backup has one")
    return found[0]


def _database_in(folder: Path) -> str:
    """As its listing says; a folder without one is the journal's own."""
    listing = folder / LISTING
    if not listing.exists():
        return JOURNAL_NAME
    try:
        return database_of(json.loads(listing.read_bytes())["files"])
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{LISTING} is damaged: {error}") from error


@contextlib.contextmanager
def opened_chain(path: Path, *, salvaging: bool = False) -> Iterator[Chain]:
    """The chain of a journal's file with the segments beside it, of a folder with both, or of an export.

    `salvaging`: what damaged segments do not give any more is left out. Raises `JournalUnreadable`.
    """
    with contextlib.ExitStack() as stack:
        with _in_words(path):
            file = path / _database_in(path) if path.is_dir() else path
            if not file.is_file():
                nothing = (
                    f"it is a folder without a {JOURNAL_NAME}" if path.is_dir() else "there is no such file"
                )
                raise FileNotFoundError(nothing)
            source: _Source = _Export(file) if is_export(file) else stack.enter_context(opened_database(file))
            if salvaging and isinstance(source, DatabaseChain):
                source = Salvaged(source)
        yield Chain(path, source)


@contextlib.contextmanager
def _in_words(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.DatabaseError, OSError, ValueError) as error:
        raise JournalUnreadable(f"{path.name} can't be read as a journal: {error}") from error


def trailer(path: Path) -> Trailer | None:
    """Last line of an export; None where there is none: it was cut off."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - TRAILER_ROOM))
            told = json.loads(b"".join(file.readlines()[-1:]))
        return Trailer.decode(told)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def export_line(row: Row) -> bytes:
    """A row as a line of an export, without its end: what it says, and beside it the bytes that are hashed."""
    place = {"seq": row.seq, "type": row.row.type, "version": row.row.version}
    chain = {"prev": row.prev.hex(), "hash": row.hash.hex(), "body": row.row.body.decode()}
    return _line({**place, **json.loads(row.row.body), **chain})


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(slots=True)
class _Export:
    """JSON lines. Without an index: each reading goes through the whole file."""

    path: Path
    _before: StoredRow | None = None  # the row that was given last

    def stored(self, upto: int = NO_END, since: int = 1) -> Iterator[StoredRow]:
        with self.path.open("rb") as file:
            ended = False
            for number, line in enumerate(file, start=1):
                if ended:
                    raise ValueError(f"line {number} comes after the trailer")
                try:
                    told = json.loads(line)
                    ended = "head" in told
                    if not ended and since <= told["seq"] <= upto:
                        yield _row(told)
                except (ValueError, KeyError, TypeError, AttributeError) as error:
                    raise ValueError(f"line {number} is no line of an export ({error})") from error

    def about(self, about: About, upto: int = NO_END, since: int = 1) -> Iterator[StoredRow]:
        for stored in self.stored(upto):
            if stored[0] >= since and about.matches(stored):
                yield stored
            self._before = stored

    def at(self, seq: int) -> StoredRow | None:
        if self._before is not None and self._before[0] == seq:
            return self._before
        return next((stored for stored in self.stored(seq) if stored[0] == seq), None)


def _row(told: dict[str, Any]) -> StoredRow:
    encoded = Encoded(told["type"], int(told["version"]), told["body"].encode())
    row = Row(int(told["seq"]), encoded, bytes.fromhex(told["prev"]), bytes.fromhex(told["hash"]))
    agrees = json.loads(export_line(row)) == told
    return row.seq, encoded.type, encoded.version, encoded.body, row.prev, row.hash, int(agrees)
