"""A journal's chain as it is stored, row by row: from the database's file, or from an export (`export.py`).

Reads bytes, needs no key and holds one row at a time. Nothing is checked here: `verify.py` does that.
"""

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from .anchor import Anchor, parse_anchor
from .codec import Encoded
from .errors import JournalUnreadable

NO_END: Final = (1 << 63) - 1
TRAILER_ROOM: Final = 4096
_SQLITE: Final = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class Row:
    """One event with its place in the chain."""

    seq: int
    row: Encoded
    prev: bytes
    hash: bytes
    agrees: bool = True  # False: the line of an export tells something else than its stored bytes

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
        head = {"seq": self.head.seq, "hash": self.head.hash_hex, "signature": self.head.signature}
        return {"head": head, "public_key": self.public_key}

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


def rows(path: Path, upto: int = NO_END) -> Iterator[Row]:
    """Rows up to and with number `upto`, ascending. Raises `JournalUnreadable`."""
    try:
        if path.is_dir():
            raise IsADirectoryError("it is a folder; name the file in it")
        if not path.is_file():
            raise FileNotFoundError("there is no such file")
        yield from _of_export(path, upto) if is_export(path) else _of_database(path, upto)
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


def _of_database(path: Path, upto: int) -> Iterator[Row]:
    db = _connect(path)
    try:
        for seq, kind, version, body, prev, stored in db.execute(
            "SELECT seq, type, version, body, prev, hash FROM events WHERE seq <= ? ORDER BY seq", (upto,)
        ):
            yield Row(seq, Encoded(str(kind), int(version), bytes(body)), bytes(prev), bytes(stored))
    finally:
        db.close()


def _connect(path: Path) -> sqlite3.Connection:
    """Read only; a copy on a read-only medium, which has no log beside it, is read as it is."""
    try:
        db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        db.execute("SELECT 1 FROM events LIMIT 1")
    except sqlite3.OperationalError:
        if path.with_name(path.name + "-wal").exists():
            raise
        db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    return db


def _of_export(path: Path, upto: int) -> Iterator[Row]:
    with path.open("rb") as file:
        ended = False
        for number, line in enumerate(file, start=1):
            if ended:
                raise ValueError(f"line {number} comes after the trailer")
            try:
                told = json.loads(line)
                ended = "head" in told
                if not ended and told["seq"] <= upto:
                    yield _row(told)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise ValueError(f"line {number} is no line of an export ({error})") from error


def _row(told: dict[str, Any]) -> Row:
    encoded = Encoded(told["type"], int(told["version"]), told["body"].encode())
    row = Row(int(told["seq"]), encoded, bytes.fromhex(told["prev"]), bytes.fromhex(told["hash"]))
    return replace(row, agrees=json.loads(export_line(row)) == told)
