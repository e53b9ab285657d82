"""Readings of the journal's tables as frozen rows."""

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from locker.compartment import Compartment

from .codec import decode, from_text, to_text
from .projections import restored
from .types import CaseRow, IntentRow, StoredEvent

_CASE: Final = (
    "case_id, item_code, cell, department, state, identity, evidence,"
    " opened_at, held_at, collected_at, collected_by"
)


def _marks(values: Sequence[str]) -> str:
    return ",".join("?" * len(values))


def compartments(db: sqlite3.Connection) -> dict[str, Compartment]:
    """State of every compartment that ever took part in an event, by name."""
    rows = db.execute("SELECT cell, machine FROM compartments ORDER BY cell")
    return {cell: restored(machine) for cell, machine in rows}


def _case_row(row: tuple[Any, ...]) -> CaseRow:
    opened_at, held_at, collected_at = (from_text(text) if text else None for text in row[7:10])
    assert opened_at is not None  # NOT NULL column
    case_id, item_code, cell, department, state, identity, evidence = row[:7]
    return CaseRow(
        case_id,
        item_code,
        cell,
        department,
        state,
        identity,
        evidence,
        opened_at,
        held_at,
        collected_at,
        row[10],
    )


def cases(db: sqlite3.Connection, states: Sequence[str]) -> list[CaseRow]:
    """Cases in these states, or all, oldest first."""
    where = f"WHERE state IN ({_marks(states)})" if states else ""
    rows = db.execute(f"SELECT {_CASE} FROM cases {where} ORDER BY opened_at, case_id", tuple(states))
    return [_case_row(row) for row in rows]


def held_since(db: sqlite3.Connection, since: datetime) -> int:
    """How many deposits were taken in since then, whatever became of them."""
    count: int = db.execute("SELECT count(*) FROM cases WHERE held_at >= ?", (to_text(since),)).fetchone()[0]
    return count


def case(db: sqlite3.Connection, case_id: str) -> CaseRow | None:
    """One case."""
    row = db.execute(f"SELECT {_CASE} FROM cases WHERE case_id = ?", (case_id,)).fetchone()
    return None if row is None else _case_row(row)


def cases_numbered(db: sqlite3.Connection, prefix: str) -> int:
    """How many cases have an id that begins so; letters, digits and hyphens."""
    sql = "SELECT count(*) FROM cases WHERE case_id GLOB ?"
    count: int = db.execute(sql, (f"{prefix}*",)).fetchone()[0]
    return count


def cases_of(db: sqlite3.Connection, person: str) -> list[CaseRow]:
    """Cases of a person by keyed hash."""
    sql = f"SELECT {_CASE} FROM cases WHERE case_id IN (SELECT case_id FROM person_index WHERE person = ?)"
    return [_case_row(row) for row in db.execute(sql + " ORDER BY opened_at, case_id", (person,))]


def open_intents(db: sqlite3.Connection) -> list[IntentRow]:
    """Openings without an outcome, oldest first."""
    rows = db.execute("SELECT operation_id, cell, case_id, actor, seq, at FROM intents ORDER BY seq")
    return [
        IntentRow(op, cell, case_id, actor, seq, from_text(at)) for op, cell, case_id, actor, seq, at in rows
    ]


def events(db: sqlite3.Connection, after: int, kinds: Sequence[str], limit: int) -> list[StoredEvent]:
    """Events above a sequence number, ascending."""
    among = f"AND type IN ({_marks(kinds)})" if kinds else ""
    sql = f"SELECT type, version, body FROM events WHERE seq > ? {among} ORDER BY seq LIMIT ?"
    return [decode(*row) for row in db.execute(sql, (after, *kinds, limit))]


def last_event(db: sqlite3.Connection, kinds: Sequence[str]) -> StoredEvent | None:
    """The newest event of these types, or of any."""
    among = f"WHERE type IN ({_marks(kinds)})" if kinds else ""
    sql = f"SELECT type, version, body FROM events {among} ORDER BY seq DESC LIMIT 1"
    row = db.execute(sql, tuple(kinds)).fetchone()
    return None if row is None else decode(*row)


def bodies_of_case(db: sqlite3.Connection, case_id: str) -> Iterator[tuple[int, str, bytes]]:
    """(seq, type, body) of every event of a case, ascending."""
    sql = "SELECT seq, type, body FROM events WHERE json_extract(CAST(body AS TEXT), '$.data.case_id') = ? ORDER BY seq"
    yield from db.execute(sql, (case_id,))
