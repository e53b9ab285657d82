"""Tables derived from the events, by type name and public fields alone: they can be rebuilt without any key."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any, Final, get_args

from pydantic import TypeAdapter

from locker.compartment import Compartment, Content, step
from locker.events import CompartmentEvent

from . import deposits, entrusted, promises
from .archive import DatabaseChain
from .codec import decode, to_text
from .types import StoredEvent

TABLES: Final = (
    "compartments",
    "cases",
    "deposits",
    "promises",
    "intents",
    "staff",
    "segments",
    "scans",
    "entrusted",
)

COMPARTMENT: Final = TypeAdapter(Compartment)
CUSTODY_EVENTS: Final[Mapping[str, TypeAdapter[CompartmentEvent]]] = {
    kind.__name__: TypeAdapter(kind) for kind in get_args(CompartmentEvent)
}

Apply = Callable[[sqlite3.Connection, StoredEvent], None]


def restored(machine: str) -> Compartment:
    """A compartment's state from its column. Not by `validate_json`, which keeps thousands of strings it has seen."""
    return COMPARTMENT.validate_python(json.loads(machine))


def project(db: sqlite3.Connection, event: StoredEvent) -> None:
    """Apply one event. Types without a projection change nothing."""
    for table in _ALL:
        if event.type in table:
            table[event.type](db, event)
    deposits.project(db, event)
    promises.project(db, event)
    entrusted.project(db, event)
    if event.type in CUSTODY_EVENTS:
        _custody(db, event)
    if event.data.get("case_id"):
        _heard_of(db, event, event.data["case_id"])


def rebuild(db: sqlite3.Connection, chain: DatabaseChain) -> int:
    """Empty the projections and play every event again; answers how many. The caller holds the transaction."""
    for table in TABLES:
        db.execute(f"DELETE FROM {table}")
    count = 0
    for _, kind, version, body, *_ in chain.stored():
        project(db, decode(kind, version, body))
        count += 1
    return count


def _case(db: sqlite3.Connection, event: StoredEvent, case_id: str, **columns: Any) -> None:
    db.execute(
        "INSERT OR IGNORE INTO cases (case_id, state, opened_at, last_fact_at) VALUES (:case, 'opened', :at, :at)",
        {"case": case_id, "at": to_text(event.at)},
    )
    for name, value in columns.items():
        db.execute(f"UPDATE cases SET {name} = ? WHERE case_id = ?", (value, case_id))


def _given(data: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The fields that the event has and that say something."""
    return {name: data[name] for name in names if data.get(name) not in (None, "")}


# --- cases -----------------------------------------------------------------------------------------------------------


def _case_opened(db: sqlite3.Connection, event: StoredEvent) -> None:
    known = _given(event.data, "item_code", "department", "identity")
    _case(db, event, event.data["case_id"], **known)


def _case_cancelled(db: sqlite3.Connection, event: StoredEvent) -> None:
    _case(db, event, event.data["case_id"], state="abandoned")


def _deposit_requested(db: sqlite3.Connection, event: StoredEvent) -> None:
    known = _given(event.data, "item_code", "department", "identity")
    _case(db, event, event.data["case_id"], state="requested", cell=event.data["cell"], **known)


def _result_requested(db: sqlite3.Connection, event: StoredEvent) -> None:
    _case(db, event, event.data["case_id"])


def _deposit_held(db: sqlite3.Connection, event: StoredEvent) -> None:
    data = event.data
    evidence = data.get("evidence") or ""
    at = to_text(event.at)
    _case(db, event, data["case_id"], state="held", cell=data["cell"], evidence=evidence, held_at=at)


def _deposit_abandoned(db: sqlite3.Connection, event: StoredEvent) -> None:
    _case(db, event, event.data["case_id"], state="abandoned")


def _deposit_collected(db: sqlite3.Connection, event: StoredEvent) -> None:
    by = event.data.get("staff_no") or event.data.get("actor") or ""
    state = "returned" if event.type == "DepositReturned" else "collected"
    _case(db, event, event.data["case_id"], state=state, collected_at=to_text(event.at), collected_by=by)


def _custody_disputed(db: sqlite3.Connection, event: StoredEvent) -> None:
    if event.data.get("case_id"):
        _case(db, event, event.data["case_id"], state="disputed")


def _heard_of(db: sqlite3.Connection, event: StoredEvent, case_id: str) -> None:
    """Until when personal data is kept follows from it. That somebody read or erased it is no life of the case."""
    if event.type == "PersonalDataErased":
        db.execute("UPDATE cases SET last_fact_at = NULL WHERE case_id = ?", (case_id,))
    elif event.type not in {"PersonalDataRead", "ErasureOrdered"}:
        once_erased = "AND (last_fact_at IS NOT NULL OR ?)"  # and came back with new papers
        sql = f"UPDATE cases SET last_fact_at = ? WHERE case_id = ? {once_erased}"
        db.execute(sql, (to_text(event.at), case_id, event.sealed))


# --- pages scanned instead of copied --------------------------------------------------------------------------------


def _pages_sealed(db: sqlite3.Connection, event: StoredEvent) -> None:
    data, at = event.data, to_text(event.at)
    values = (data["case_id"], data["pages"], data["size"], data["digest"], int(data["whole"]), at)
    db.execute("INSERT OR REPLACE INTO scans VALUES (?, ?, ?, ?, ?, ?, NULL, 0)", values)
    if data["whole"]:
        _case(db, event, data["case_id"], state="filed", held_at=at)


def _pages_added(db: sqlite3.Connection, event: StoredEvent) -> None:
    data = event.data
    values = (data["case_id"], data["total"], data["size"], data["digest"], to_text(event.at))
    db.execute(
        "INSERT INTO scans VALUES (?, ?, ?, ?, 0, ?, NULL, 0) ON CONFLICT (case_id)"
        " DO UPDATE SET pages = excluded.pages, size = excluded.size, digest = excluded.digest",
        values,
    )


def _pages_exported(db: sqlite3.Connection, event: StoredEvent) -> None:
    case_id, by, at = event.data["case_id"], event.data["staff_no"], to_text(event.at)
    db.execute(
        "UPDATE scans SET exported_at = coalesce(exported_at, ?), exported = ? WHERE case_id = ?",
        (at, event.data["pages"], case_id),
    )
    taken = "state = 'collected', collected_at = ?, collected_by = ?"
    db.execute(f"UPDATE cases SET {taken} WHERE case_id = ? AND state = 'filed'", (at, by, case_id))


def _pages_erased(db: sqlite3.Connection, event: StoredEvent) -> None:
    db.execute("DELETE FROM scans WHERE case_id = ?", (event.data["case_id"],))


# --- compartments: the machine of the locker, played again ------------------------------------------------------


def _custody(db: sqlite3.Connection, event: StoredEvent) -> None:
    fact = CUSTODY_EVENTS[event.type].validate_python(dict(event.data))
    row = db.execute("SELECT machine FROM compartments WHERE cell = ?", (fact.cell,)).fetchone()
    before = Compartment(fact.cell) if row is None else restored(row[0])
    after = step(before, fact).state
    if before.content is Content.HELD and after.content is Content.UNKNOWN:
        deposits.doubted(db, before.case_id, fact.cell)
    if event.type == "CompartmentCleared":
        held = after.content is Content.HELD
        deposits.cleared(db, before.case_id, fact.cell, held=held, at=to_text(event.at))
    columns = (
        after.cell,
        after.status,
        after.content,
        after.case_id,
        after.uses,
        COMPARTMENT.dump_json(after).decode(),
    )
    db.execute("INSERT OR REPLACE INTO compartments VALUES (?, ?, ?, ?, ?, ?)", columns)


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


# --- sealed segments -------------------------------------------------------------------------------------------------


def _segment_sealed(db: sqlite3.Connection, event: StoredEvent) -> None:
    data = event.data
    values = (data["first"], data["last"], data["hash"], data["sha256"])
    db.execute("INSERT OR REPLACE INTO segments VALUES (?, ?, ?, ?)", values)


_CASES: Final[Mapping[str, Apply]] = {
    "CaseOpened": _case_opened,
    "CaseEntered": _case_opened,
    "CaseCancelled": _case_cancelled,
    "DepositRequested": _deposit_requested,
    "ResultRequested": _result_requested,
    "DepositHeld": _deposit_held,
    "DepositAbandoned": _deposit_abandoned,
    "DepositCollected": _deposit_collected,
    "DepositReturned": _deposit_collected,
    "CustodyDisputed": _custody_disputed,
}
_INTENTS: Final[Mapping[str, Apply]] = {
    "OpenRequested": _intent,
    "DoorOpened": _intent_settled,
    "OpeningFailed": _intent_settled,
    "OpenOutcomeUnknown": _intent_settled,
}
_STAFF: Final[Mapping[str, Apply]] = {
    "StaffAdded": _staff_added,
    "StaffChanged": _staff_added,
    "StaffDisabled": _staff_disabled,
    "StaffPinReset": _staff_trusted,
    "StaffSignedIn": _staff_trusted,
    "StaffPinWrong": _staff_pin_wrong,
    "StaffLockedOut": _staff_locked,
}
_SEGMENTS: Final[Mapping[str, Apply]] = {"SegmentSealed": _segment_sealed}
_SCANS: Final[Mapping[str, Apply]] = {
    "PagesSealed": _pages_sealed,
    "PagesAdded": _pages_added,
    "PagesExported": _pages_exported,
    "PersonalDataErased": _pages_erased,
}
_ALL: Final = (_CASES, _SCANS, _INTENTS, _STAFF, _SEGMENTS)
