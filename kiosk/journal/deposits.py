"""The projection of what lies in the compartments: a row for each thing, with its own compartment; a case may have
several. The state of a case is what its rows come to."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from locker.events import Bound, ResultKind

from .codec import to_text
from .types import StoredEvent

PENDING: Final = ("requested", "held", "disputed")  # rows that something may still come of
DOUBTFUL: Final = ("requested", "disputed")
_FIRST: Final = ("disputed", "held", "requested")  # what a case is while any of its rows is
ENDS: Final[Mapping[str, str]] = {
    "DepositCollected": "collected",
    "DepositReturned": "returned",
    "ResultRecalled": "recalled",
}


@dataclass(frozen=True, slots=True)
class DepositRow:
    """One thing in one compartment, or what became of it; `seq` of the event that reserved the compartment names it.

    `item_code`, `department`, `identity` and `agency` (as `entrusted.agency_of`) are its case's.
    """

    seq: int
    case_id: str
    cell: str
    bound: Bound
    kind: str  # of a result: `result`, `to_complete`; empty for a deposit
    state: str  # requested | held | collected | returned | recalled | abandoned | disputed | cleared
    evidence: str
    requested_at: datetime
    held_at: datetime | None
    ended_at: datetime | None
    ended_by: str
    item_code: str
    department: str
    identity: str
    agency: str = ""


def project(db: sqlite3.Connection, event: StoredEvent) -> None:
    """Apply one event: to the row, then to the state of its case."""
    if event.type in _APPLY:
        _APPLY[event.type](db, event)
        _sum_up(db, event.data["case_id"])


def doubted(db: sqlite3.Connection, case_id: str | None, cell: str) -> None:
    """Nobody knows any more what lies in its compartment: no code opens it until a person has looked."""
    if case_id is None:
        return
    sql = "UPDATE deposits SET state = 'disputed' WHERE case_id = ? AND +cell = ? AND state = 'held'"
    db.execute(sql, (case_id, cell))
    _sum_up(db, case_id)


def cleared(db: sqlite3.Connection, case_id: str | None, cell: str, *, held: bool, at: str) -> None:
    """A person looked: what was in doubt is held again, or is not in this compartment."""
    if case_id is None:
        return
    ended = None if held else at
    # `+cell`: by the case's index, not by that of the compartment, which has seen thousands of cases
    sql = "UPDATE deposits SET state = ?, ended_at = ? WHERE case_id = ? AND +cell = ? AND state IN (?, ?)"
    db.execute(sql, ("held" if held else "cleared", ended, case_id, cell, *DOUBTFUL))
    _sum_up(db, case_id)


def _reserve(db: sqlite3.Connection, event: StoredEvent) -> None:
    data = event.data
    live = _live(db, data["case_id"], data["cell"])
    if live is not None:  # a second try at the same door
        return
    bound, kind = (
        (Bound.CITIZEN, data.get("kind") or ResultKind.RESULT)
        if event.type == "ResultRequested"
        else (Bound.STAFF, "")
    )
    _insert(db, event, bound, kind, "requested")


def _hold(db: sqlite3.Connection, event: StoredEvent) -> None:
    data = event.data
    bound = Bound.CITIZEN if event.type == "ResultHeld" else Bound.STAFF
    seq = _live(db, data["case_id"], data["cell"])
    if seq is None:
        seq = _insert(db, event, bound, "", "held")
    sql = "UPDATE deposits SET state = 'held', evidence = ?, held_at = ? WHERE seq = ?"
    db.execute(sql, (data.get("evidence") or "", to_text(event.at), seq))


def _dispute(db: sqlite3.Connection, event: StoredEvent) -> None:
    seq = _live(db, event.data["case_id"], event.data["cell"])
    if seq is None:
        seq = _insert(db, event, Bound.STAFF, "", "disputed")
    db.execute("UPDATE deposits SET state = 'disputed' WHERE seq = ?", (seq,))


def _abandon(db: sqlite3.Connection, event: StoredEvent) -> None:
    """What is held is never abandoned, whatever an event says."""
    _end(db, event, "abandoned", "", among=DOUBTFUL)


def _nothing(_db: sqlite3.Connection, _event: StoredEvent) -> None:
    """What was handed in before outlives a case's cancelling: its rows say."""


def _take_out(db: sqlite3.Connection, event: StoredEvent) -> None:
    data = event.data
    _end(db, event, ENDS[event.type], data.get("staff_no") or data.get("actor") or "")


def _end(
    db: sqlite3.Connection, event: StoredEvent, state: str, by: str, among: Sequence[str] = PENDING
) -> None:
    seq = _live(db, event.data["case_id"], event.data["cell"], among)
    sql = "UPDATE deposits SET state = ?, ended_at = ?, ended_by = ? WHERE seq = ?"
    db.execute(sql, (state, to_text(event.at), by, seq))


def _live(db: sqlite3.Connection, case_id: str, cell: str, among: Sequence[str] = PENDING) -> int | None:
    states = ",".join("?" * len(among))
    sql = f"SELECT seq FROM deposits WHERE case_id = ? AND +cell = ? AND state IN ({states}) ORDER BY seq DESC LIMIT 1"
    row = db.execute(sql, (case_id, cell, *among)).fetchone()
    return None if row is None else int(row[0])


def _insert(db: sqlite3.Connection, event: StoredEvent, bound: Bound, kind: str, state: str) -> int:
    data, at = event.data, to_text(event.at)
    values: tuple[Any, ...] = (event.seq, data["case_id"], data["cell"], bound, kind, state, at)
    sql = "INSERT INTO deposits (seq, case_id, cell, bound, kind, state, requested_at) VALUES (?, ?, ?, ?, ?, ?, ?)"
    db.execute(sql, values)
    return event.seq


def _sum_up(db: sqlite3.Connection, case_id: str) -> None:
    """What waits for the citizen makes a case `returned` once it is fetched, and `disputed` while it is in doubt.

    An attempt that nothing came of changes nothing about what came before it.
    """
    sql = "SELECT state, bound FROM deposits WHERE case_id = ? ORDER BY ended_at, seq"
    rows = db.execute(sql, (case_id,)).fetchall()
    counting = [state for state, bound in rows if bound == Bound.STAFF or state in ("returned", "disputed")]
    if rows:
        came = [state for state in counting if state != "abandoned"]
        state = next((state for state in _FIRST if state in came), None)
        state = state or (came[-1] if came else _of_pages(db, case_id, "abandoned" if counting else "opened"))
        db.execute("UPDATE cases SET state = ? WHERE case_id = ?", (state, case_id))


def _of_pages(db: sqlite3.Connection, case_id: str, otherwise: str) -> str:
    """Of a case that came in with nothing but scanned pages; `otherwise`: of one that has none, as staff enter it."""
    row = db.execute("SELECT exported_at FROM scans WHERE case_id = ? AND whole", (case_id,)).fetchone()
    if row is None:
        return otherwise
    return "collected" if row[0] else "filed"


_APPLY: Final[Mapping[str, Callable[[sqlite3.Connection, StoredEvent], None]]] = {
    "DepositRequested": _reserve,
    "ResultRequested": _reserve,
    "DepositHeld": _hold,
    "ResultHeld": _hold,
    "CustodyDisputed": _dispute,
    "DepositAbandoned": _abandon,
    "CaseCancelled": _nothing,
    **dict.fromkeys(ENDS, _take_out),
}
