"""Readings of the table of scanned pages: whose lie here and were not taken out yet."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from .codec import from_text

Pages = tuple[datetime, datetime | None]
"""When pages that are all of a case came in, and when staff took them out."""


@dataclass(frozen=True, slots=True)
class ScanRow:
    """The pages of one case. `whole`: no papers came in; `exported_at`: when staff first took pages out.

    `exported`: how many pages of the case they have.
    """

    case_id: str
    pages: int
    size: int
    digest: str
    whole: bool
    sealed_at: datetime
    exported_at: datetime | None
    exported: int

    @property
    def waiting(self) -> int:
        """How many pages nobody has taken out."""
        return self.pages - self.exported


def scans(db: sqlite3.Connection, *, waiting: bool = False) -> list[ScanRow]:
    """Of all cases whose data is not erased, or of those with pages that nobody has taken out; oldest first."""
    return list(_rows(db, ("WHERE exported < pages " if waiting else "") + "ORDER BY sealed_at, case_id"))


def scan_of(db: sqlite3.Connection, case_id: str) -> ScanRow | None:
    """Of one case; None where it has no pages, or they are erased."""
    return next(_rows(db, "WHERE case_id = ?", case_id), None)


def _rows(db: sqlite3.Connection, which: str, *values: str) -> Iterator[ScanRow]:
    columns = "case_id, pages, size, digest, whole, sealed_at, exported_at, exported"
    for row in db.execute(f"SELECT {columns} FROM scans {which}", values):
        case_id, pages, size, digest, whole, at, gone, exported = row
        yield ScanRow(
            case_id,
            pages,
            size,
            digest,
            bool(whole),
            from_text(at),
            from_text(gone) if gone else None,
            exported,
        )


def filed(db: sqlite3.Connection, case_id: str) -> Pages | None:
    """Of a case that came in with nothing but its pages; None of others, and once they are erased."""
    sql = "SELECT sealed_at, exported_at FROM scans WHERE case_id = ? AND whole"
    row = db.execute(sql, (case_id,)).fetchone()
    return None if row is None else (from_text(row[0]), from_text(row[1]) if row[1] else None)
