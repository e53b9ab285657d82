"""The projection of what citizens promised to bring: a row for each case of which something is still missing."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from .types import StoredEvent

WAITED_FOR: Final = ("held", "disputed", "collected", "filed")  # cases in which papers that follow still help
_TO_COMPLETE: Final = (  # what its person fetched is to be completed, and nothing else was for them
    "c.state = 'returned' AND NOT EXISTS (SELECT 1 FROM deposits d WHERE d.case_id = c.case_id AND bound = 'citizen'"
    " AND kind <> 'to_complete' AND held_at IS NOT NULL AND d.state <> 'cleared')"
)


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """What is missing of one case. `until`: ISO date; `told`: that it is late was said."""

    case_id: str
    item_code: str
    department: str
    missing: tuple[str, ...]
    until: str
    told: bool


def project(db: sqlite3.Connection, event: StoredEvent) -> None:
    """Apply one event."""
    if event.type in _APPLY:
        _APPLY[event.type](db, event)


def open_promises(db: sqlite3.Connection) -> list[PromiseRow]:
    """What is still missing, the nearest day first."""
    return list(_rows(db, "ORDER BY until, p.case_id"))


def promise_of(db: sqlite3.Connection, case_id: str) -> PromiseRow | None:
    """What is still missing of one case; None: nothing."""
    return next(_rows(db, "AND p.case_id = ?", case_id), None)


def _rows(db: sqlite3.Connection, which: str, *values: str) -> Iterator[PromiseRow]:
    marks = ",".join("?" * len(WAITED_FOR))
    rows = db.execute(
        "SELECT p.case_id, item_code, department, missing, until, told FROM promises p"
        f" JOIN cases c ON c.case_id = p.case_id WHERE (c.state IN ({marks}) OR {_TO_COMPLETE}) {which}",
        (*WAITED_FOR, *values),
    )
    for case_id, item, department, missing, until, told in rows:
        yield PromiseRow(case_id, item, department, tuple(json.loads(missing)), until, bool(told))


def _signed(db: sqlite3.Connection, event: StoredEvent) -> None:
    data = event.data
    values = (data["case_id"], json.dumps(data["missing"], ensure_ascii=False), data["until"])
    db.execute("INSERT OR REPLACE INTO promises (case_id, missing, until) VALUES (?, ?, ?)", values)


def _followed(db: sqlite3.Connection, event: StoredEvent) -> None:
    data = event.data
    if not data["missing"]:
        db.execute("DELETE FROM promises WHERE case_id = ?", (data["case_id"],))
        return
    left = json.dumps(data["missing"], ensure_ascii=False)
    db.execute("UPDATE promises SET missing = ? WHERE case_id = ?", (left, data["case_id"]))


def _erased(db: sqlite3.Connection, event: StoredEvent) -> None:
    """Whose case it was is not known any more: nobody can be asked for the paper."""
    db.execute("DELETE FROM promises WHERE case_id = ?", (event.data["case_id"],))


def _late(db: sqlite3.Connection, event: StoredEvent) -> None:
    db.execute("UPDATE promises SET told = 1 WHERE case_id = ?", (event.data["case_id"],))


_APPLY: Final[Mapping[str, Callable[[sqlite3.Connection, StoredEvent], None]]] = {
    "PromiseSigned": _signed,
    "PapersFollowed": _followed,
    "PromiseOverdue": _late,
    "PersonalDataErased": _erased,
}
