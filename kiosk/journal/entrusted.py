"""The projection of cases that somebody handed in for somebody else. It names nobody."""

import sqlite3

from .types import StoredEvent


def project(db: sqlite3.Connection, event: StoredEvent) -> None:
    """Apply one event."""
    data = event.data
    if event.type == "CaseEntrusted":
        values = (data["case_id"], int(data["letter"]), int(data["may_fetch"]))
        db.execute("INSERT OR REPLACE INTO entrusted VALUES (?, ?, ?)", values)
    elif event.type == "PersonalDataErased":
        db.execute("DELETE FROM entrusted WHERE case_id = ?", (data["case_id"],))


def agency_of(db: sqlite3.Connection, case_id: str) -> str:
    """How an agent handed this case in: with the person's `card`, or a `letter` of authorisation; empty: none did."""
    row = db.execute("SELECT letter FROM entrusted WHERE case_id = ?", (case_id,)).fetchone()
    return "" if row is None else "letter" if row[0] else "card"
