"""Readings of the journal's tables as frozen rows."""

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final

from locker.compartment import Compartment
from locker.events import Bound

from .archive import About, DatabaseChain
from .codec import decode, from_text, to_text
from .deposits import DepositRow
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


_DEPOSIT: Final = (
    "SELECT seq, d.case_id, d.cell, bound, kind, d.state, d.evidence, requested_at, d.held_at, ended_at, ended_by,"
    " item_code, department, identity, CASE e.letter WHEN 1 THEN 'letter' WHEN 0 THEN 'card' ELSE '' END"
    " FROM deposits d JOIN cases c ON c.case_id = d.case_id LEFT JOIN entrusted e ON e.case_id = d.case_id"
)


def _deposit_row(row: tuple[Any, ...]) -> DepositRow:
    seq, case_id, cell, bound, kind, state, evidence, requested_at, held_at, ended_at, ended_by, *of_case = (
        row
    )
    item_code, department, identity, agency = of_case
    return DepositRow(
        seq, case_id, cell, Bound(bound), kind, state, evidence, from_text(requested_at),
        from_text(held_at) if held_at else None, from_text(ended_at) if ended_at else None, ended_by or "",
        item_code, department, identity, agency,
    )  # fmt: skip


def deposits(db: sqlite3.Connection, states: Sequence[str], bound: Bound | None) -> list[DepositRow]:
    """What lies or lay in the compartments in these states, oldest first."""
    whose = "" if bound is None else " AND bound = ?"
    sql = f"{_DEPOSIT} WHERE d.state IN ({_marks(states)}){whose} ORDER BY seq"
    return [_deposit_row(row) for row in db.execute(sql, (*states, *([] if bound is None else [bound])))]


def deposits_of(db: sqlite3.Connection, case_id: str) -> list[DepositRow]:
    """Everything of one case, oldest first."""
    return [
        _deposit_row(row) for row in db.execute(f"{_DEPOSIT} WHERE d.case_id = ? ORDER BY seq", (case_id,))
    ]


def collected_lately(db: sqlite3.Connection, most: int) -> list[CaseRow]:
    """The newest of the cases that staff have collected, newest first."""
    sql = f"SELECT {_CASE} FROM cases WHERE state = 'collected' ORDER BY held_at DESC LIMIT ?"
    return [_case_row(row) for row in db.execute(sql, (most,))]


def held_since(db: sqlite3.Connection, since: datetime) -> int:
    """How many deposits were taken in since then, whatever became of them."""
    sql = "SELECT count(*) FROM deposits WHERE held_at >= ? AND bound = 'staff'"
    count: int = db.execute(sql, (to_text(since),)).fetchone()[0]
    return count


def lain_since(db: sqlite3.Connection, since: datetime) -> list[tuple[datetime, datetime | None]]:
    """From when to when something lay in a compartment or was awaited there, unless that ended before `since`."""
    sql = "SELECT requested_at, ended_at FROM deposits WHERE ended_at IS NULL OR ended_at >= ?"
    rows = db.execute(sql, (to_text(since),))
    return [(from_text(begin), from_text(end) if end else None) for begin, end in rows]


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


def cases_to_fetch(db: sqlite3.Connection, person: str) -> list[CaseRow]:
    """Cases of others whose result this person may fetch, by keyed hash."""
    sql = f"SELECT {_CASE} FROM cases WHERE case_id IN (SELECT case_id FROM agent_index WHERE person = ?)"
    return [_case_row(row) for row in db.execute(sql + " ORDER BY opened_at, case_id", (person,))]


def open_intents(db: sqlite3.Connection) -> list[IntentRow]:
    """Openings without an outcome, oldest first."""
    rows = db.execute("SELECT operation_id, cell, case_id, actor, seq, at FROM intents ORDER BY seq")
    return [
        IntentRow(op, cell, case_id, actor, seq, from_text(at)) for op, cell, case_id, actor, seq, at in rows
    ]


def events(chain: DatabaseChain, after: int, kinds: Sequence[str], limit: int) -> list[StoredEvent]:
    """Events above a sequence number, ascending."""
    return [decode(*row[1:4]) for row in islice(chain.of_types(kinds, after), limit)]


def last_event(chain: DatabaseChain, kinds: Sequence[str]) -> StoredEvent | None:
    """The newest event of these types, or of any."""
    row = chain.newest(kinds)
    return None if row is None else decode(*row[1:4])


def bodies_of_case(chain: DatabaseChain, case_id: str) -> Iterator[tuple[int, str, bytes]]:
    """(seq, type, body) of every event of a case, ascending."""
    about = About(fields=(("case_id", frozenset({case_id})),))
    return ((seq, kind, body) for seq, kind, _, body, *_ in chain.about(about))


def events_of_case(chain: DatabaseChain, case_id: str) -> list[StoredEvent]:
    """Every event of a case, ascending."""
    about = About(fields=(("case_id", frozenset({case_id})),))
    return [decode(*row[1:4]) for row in chain.about(about)]
