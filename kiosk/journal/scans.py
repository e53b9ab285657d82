"""Readings of the table of scanned pages: whose lie here and were not taken out yet."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from .codec import from_text

Pages = tuple[datetime, datetime | None]
"""When pages that are all of a case came in, and when staff took them out."""


@dataclass(frozen=True, slots=True)
class ScanRow:
    """The pages of one case. `whole`: they are all that came in; `exported_at` None: staff have not taken them out."""

    case_id: str
    pages: int
    size: int
    digest: str
    whole: bool
    sealed_at: datetime
    exported_at: datetime | None


def scans(db: sqlite3.Connection, *, waiting: bool = False) -> list[ScanRow]:
    """Of all cases whose data is not erased, or of those that nobody has taken out; oldest first."""
    only = " WHERE exported_at IS NULL" if waiting else ""
    sql = f"SELECT case_id, pages, size, digest, whole, sealed_at, exported_at FROM scans{only}"
    rows = db.execute(f"{sql} ORDER BY sealed_at, case_id")
    return [
        ScanRow(case_id, pages, size, digest, bool(whole), from_text(at), from_text(gone) if gone else None)
        for case_id, pages, size, digest, whole, at, gone in rows
    ]


def filed(db: sqlite3.Connection, case_id: str) -> Pages | None:
    """Of a case that came in with nothing but its pages; None of others, and once they are erased."""
    sql = "SELECT sealed_at, exported_at FROM scans WHERE case_id = ? AND whole"
    row = db.execute(sql, (case_id,)).fetchone()
    return None if row is None else (from_text(row[0]), from_text(row[1]) if row[1] else None)
