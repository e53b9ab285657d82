"""Tables derived from the events, by type name and public fields alone: they can be rebuilt without any key."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any, Final

from .codec import decode, to_text
from .types import StoredEvent

TABLES: Final = ("compartments", "cases", "intents", "staff")

Apply = Callable[[sqlite3.Connection, StoredEvent], None]


def project(db: sqlite3.Connection, event: StoredEvent) -> None:
    """Apply one event. Types without a projection change nothing."""
    for apply in _APPLY.get(event.type, ()):
        apply(db, event)


def rebuild(db: sqlite3.Connection) -> int:
    """Empty the projections and play every event again; answers how many. The caller holds the transaction."""
    for table in TABLES:
        db.execute(f"DELETE FROM {table}")
    count = 0
    for kind, version, body in db.execute("SELECT type, version, body FROM events ORDER BY seq"):
        project(db, decode(kind, version, body))
        count += 1
    return count


def _compartment(db: sqlite3.Connection, cell: str, **columns: Any) -> None:
    db.execute("INSERT OR IGNORE INTO compartments (cell) VALUES (?)", (cell,))
    for name, value in columns.items():
        db.execute(f"UPDATE compartments SET {name} = ? WHERE cell = ?", (value, cell))


def _case(db: sqlite3.Connection, event: StoredEvent, case_id: str, **columns: Any) -> None:
    db.execute(
        "INSERT OR IGNORE INTO cases (case_id, state, opened_at) VALUES (?, 'opened', ?)",
        (case_id, to_text(event.at)),
    )
    for name, value in columns.items():
        db.execute(f"UPDATE cases SET {name} = ? WHERE case_id = ?", (value, case_id))


def _given(data: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The fields that the event has and that say something."""
    return {name: data[name] for name in names if data.get(name) not in (None, "")}


def _case_state(db: sqlite3.Connection, case_id: str | None) -> str:
    row = db.execute("SELECT state FROM cases WHERE case_id = ?", (case_id,)).fetchone()
    return "" if row is None else str(row[0])


# --- cases -----------------------------------------------------------------------------------------------------------


def _case_opened(db: sqlite3.Connection, event: StoredEvent) -> None:
    known = _given(event.data, "item_code", "department", "identity")
    _case(db, event, event.data["case_id"], **known)


def _case_cancelled(db: sqlite3.Connection, event: StoredEvent) -> None:
    _case(db, event, event.data["case_id"], state="abandoned")


def _deposit_requested(db: sqlite3.Connection, event: StoredEvent) -> None:
    known = _given(event.data, "item_code", "department", "identity")
    _case(db, event, event.data["case_id"], state="requested", cell=event.data["cell"], **known)
    _compartment(db, event.data["cell"], case_id=event.data["case_id"])


def _deposit_held(db: sqlite3.Connection, event: StoredEvent) -> None:
    data = event.data
    evidence = data.get("evidence") or ""
    at = to_text(event.at)
    _case(db, event, data["case_id"], state="held", cell=data["cell"], evidence=evidence, held_at=at)
    _compartment(db, data["cell"], content="held", case_id=data["case_id"])


def _deposit_abandoned(db: sqlite3.Connection, event: StoredEvent) -> None:
    _case(db, event, event.data["case_id"], state="abandoned")
    _empty(db, event)


def _deposit_collected(db: sqlite3.Connection, event: StoredEvent) -> None:
    by = event.data.get("staff_no") or event.data.get("actor") or ""
    state = "returned" if event.type == "DepositReturned" else "collected"
    _case(db, event, event.data["case_id"], state=state, collected_at=to_text(event.at), collected_by=by)
    _empty(db, event)


def _custody_disputed(db: sqlite3.Connection, event: StoredEvent) -> None:
    if event.data.get("case_id"):
        _case(db, event, event.data["case_id"], state="disputed")
    _content_unknown(db, event)


# --- compartments ----------------------------------------------------------------------------------------------------


def _empty(db: sqlite3.Connection, event: StoredEvent) -> None:
    _compartment(db, event.data["cell"], content="empty", case_id=None)


def _content_unknown(db: sqlite3.Connection, event: StoredEvent) -> None:
    _compartment(db, event.data["cell"], content="unknown")


def _door_opened(db: sqlite3.Connection, event: StoredEvent) -> None:
    cell = event.data["cell"]
    _compartment(db, cell)
    db.execute("UPDATE compartments SET uses = uses + 1 WHERE cell = ?", (cell,))
    row = db.execute("SELECT case_id FROM compartments WHERE cell = ?", (cell,)).fetchone()
    if _case_state(db, row[0]) == "requested":
        _content_unknown(db, event)  # papers may be in from here on, whatever happens next


def _opening_failed(db: sqlite3.Connection, event: StoredEvent) -> None:
    """The door never opened: what was asked for it goes to another compartment."""
    row = db.execute(
        "SELECT case_id, content FROM compartments WHERE cell = ?", (event.data["cell"],)
    ).fetchone()
    if row is not None and row[1] == "empty" and _case_state(db, row[0]) == "requested":
        db.execute("UPDATE compartments SET case_id = NULL WHERE cell = ?", (event.data["cell"],))


def _out_of_service(db: sqlite3.Connection, event: StoredEvent) -> None:
    _compartment(db, event.data["cell"], status="inoperative")


def _forced(db: sqlite3.Connection, event: StoredEvent) -> None:
    _compartment(db, event.data["cell"], status="manipulated")


def _cleared(db: sqlite3.Connection, event: StoredEvent) -> None:
    """A person looked. What is held stays held; everything else is empty now."""
    cell = event.data["cell"]
    _compartment(db, cell, status="ok")
    row = db.execute("SELECT case_id FROM compartments WHERE cell = ?", (cell,)).fetchone()
    if _case_state(db, row[0]) != "held":
        _compartment(db, cell, content="empty", case_id=None)


# --- open intents ----------------------------------------------------------------------------------------------------


def _intent(db: sqlite3.Connection, event: StoredEvent) -> None:
    data = event.data
    values = (data["operation_id"], data["cell"], data.get("case_id"), data.get("actor") or "", event.seq)
    db.execute("INSERT OR REPLACE INTO intents VALUES (?, ?, ?, ?, ?, ?)", (*values, to_text(event.at)))


def _intent_settled(db: sqlite3.Connection, event: StoredEvent) -> None:
    if event.data.get("operation_id"):
        db.execute("DELETE FROM intents WHERE operation_id = ?", (event.data["operation_id"],))


# --- staff -----------------------------------------------------------------------------------------------------------


def _staff_added(db: sqlite3.Connection, event: StoredEvent) -> None:
    data = event.data
    lists = (json.dumps(data["departments"]), json.dumps(data["told_for"]))
    db.execute(
        "INSERT INTO staff (staff_no, role, departments, told_for, active, added_seq) VALUES (?, ?, ?, ?, 1, ?)"
        " ON CONFLICT (staff_no) DO UPDATE SET role = excluded.role, departments = excluded.departments,"
        " told_for = excluded.told_for",
        (data["staff_no"], data["role"], *lists, event.seq),
    )


def _staff_disabled(db: sqlite3.Connection, event: StoredEvent) -> None:
    db.execute("UPDATE staff SET active = 0 WHERE staff_no = ?", (event.data["staff_no"],))


def _staff_trusted(db: sqlite3.Connection, event: StoredEvent) -> None:
    sql = "UPDATE staff SET failures = 0, locked_until = NULL, lock_s = 0 WHERE staff_no = ?"
    db.execute(sql, (event.data["staff_no"],))


def _staff_pin_wrong(db: sqlite3.Connection, event: StoredEvent) -> None:
    db.execute(
        "UPDATE staff SET failures = ? WHERE staff_no = ?", (event.data["failures"], event.data["staff_no"])
    )


def _staff_locked(db: sqlite3.Connection, event: StoredEvent) -> None:
    data = event.data
    sql = "UPDATE staff SET locked_until = ?, lock_s = ? WHERE staff_no = ?"
    db.execute(sql, (data["until"], data["wait_s"], data["staff_no"]))


_APPLY: Final[Mapping[str, tuple[Apply, ...]]] = {
    "CaseOpened": (_case_opened,),
    "CaseCancelled": (_case_cancelled,),
    "DepositRequested": (_deposit_requested,),
    "OpenRequested": (_intent,),
    "DoorOpened": (_intent_settled, _door_opened),
    "OpeningFailed": (_intent_settled, _opening_failed),
    "OpenOutcomeUnknown": (_intent_settled, _content_unknown),
    "DepositHeld": (_deposit_held,),
    "DepositAbandoned": (_deposit_abandoned,),
    "DepositCollected": (_deposit_collected,),
    "DepositReturned": (_deposit_collected,),
    "CustodyDisputed": (_custody_disputed,),
    "DoorForced": (_forced,),
    "CompartmentOutOfService": (_out_of_service,),
    "CompartmentCleared": (_cleared,),
    "ItemSeenInEmptyCompartment": (_content_unknown,),
    "StaffAdded": (_staff_added,),
    "StaffChanged": (_staff_added,),
    "StaffDisabled": (_staff_disabled,),
    "StaffPinReset": (_staff_trusted,),
    "StaffSignedIn": (_staff_trusted,),
    "StaffPinWrong": (_staff_pin_wrong,),
    "StaffLockedOut": (_staff_locked,),
}
