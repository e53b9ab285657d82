"""SQLite on the simulated disk, with as much of `sqlite3`'s face as the journal looks at."""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

import apsw

from .disk import Disk


class Cursor:
    """What a statement gave."""

    def __init__(self, rows: apsw.Cursor, changed: int) -> None:
        self._rows = rows
        self.rowcount = changed

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row."""
        return next(self._rows, None)

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows that are left."""
        return self._rows.fetchall()

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self._rows)


class Connection:
    """One connection; statements commit by themselves outside BEGIN and COMMIT."""

    def __init__(self, disk: Disk, path: str) -> None:
        self._db = apsw.Connection(path, vfs=disk.name)
        self._db.execute("PRAGMA locking_mode=EXCLUSIVE")  # the file system has no shared memory

    @property
    def in_transaction(self) -> bool:
        """True between BEGIN and COMMIT."""
        return self._db.in_transaction

    def execute(self, sql: str, values: Sequence[Any] = ()) -> Cursor:
        """One statement. Raises what `sqlite3` raises."""
        before = self._db.total_changes()
        try:
            rows = self._db.execute(sql, values)
            return Cursor(rows, self._db.total_changes() - before)
        except apsw.Error as error:
            raise _translated(error) from error

    def executemany(self, sql: str, many: Sequence[Sequence[Any]]) -> None:
        """One statement for many rows."""
        try:
            self._db.executemany(sql, many)
        except apsw.Error as error:
            raise _translated(error) from error

    def executescript(self, sql: str) -> None:
        """Several statements."""
        self.execute(sql)

    def close(self) -> None:
        """Release the file."""
        self._db.close()


def _translated(error: apsw.Error) -> sqlite3.Error:
    kind = sqlite3.IntegrityError if isinstance(error, apsw.ConstraintError) else sqlite3.OperationalError
    translated = kind(str(error))
    if isinstance(error, apsw.FullError):  # raised by our own disk, it carries no code
        translated.sqlite_errorname = "SQLITE_FULL"
    else:
        code = getattr(error, "extendedresult", apsw.SQLITE_ERROR)
        translated.sqlite_errorname = str(apsw.mapping_extended_result_codes.get(code, "SQLITE_ERROR"))
    return translated
