"""A journal of years, written quickly: the events and cases that a busy kiosk would have, chained and sealed as usual.

Left out is what takes long and says nothing about a journal of this size: one fsync a fact, notices, keys of cases.
"""

import asyncio
import base64
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from kiosk.journal.codec import GENESIS, canonical, link, to_text
from kiosk.journal.journal import opened
from kiosk.journal.rotation import Rotation, Sizes

VISITS_A_DAY: Final = 400
DAYS_A_YEAR: Final = 365
FIRST_DAY: Final = datetime(2026, 1, 1, tzinfo=UTC)
VISITS_A_BATCH: Final = 5_000
CELLS: Final = tuple(f"A-{number:02d}" for number in range(1, 31))
COLLECTED: Final = """INSERT INTO cases
(case_id, cell, item_code, department, identity, state, opened_at, held_at, collected_at, collected_by, last_fact_at)
VALUES (:case, :cell, 'food-permit', 'dept', 'verified', 'collected', :at, :at, :at, '1001', :at)"""
SEALED: Final = base64.b64encode(bytes(220)).decode()  # as long as a name, two numbers and what seals them

Fact = tuple[str, dict[str, Any], bool]  # type, public fields, whether something is sealed


def case_number(visit: int) -> str:
    """The case of one visit, numbered as the kiosk does."""
    day = FIRST_DAY + timedelta(days=visit // VISITS_A_DAY)
    return f"{day:%y%m%d}-{visit % VISITS_A_DAY + 1:04d}"


def facts_of(visit: int) -> Iterator[Fact]:
    """What one deposit and its collection leave behind."""
    case, cell, session = case_number(visit), CELLS[visit % len(CELLS)], f"{visit:016x}"
    at = {"case_id": case, "cell": cell}
    put, got = ({"operation_id": f"{visit:08x}{turn}", **at} for turn in "ab")
    yield "SessionStarted", {"session_id": session}, False
    yield "ConsentGiven", {"session_id": session, "text_version": "1"}, False
    yield "CardRead", {"session_id": session, "kind": "resident"}, False
    yield "IdentityVerified", {"session_id": session, "engine": "mobilefacenets"}, False
    yield "CaseOpened", {"case_id": case, "department": "dept", "identity": "verified",
                         "item_code": "food-permit", "session_id": session}, True  # fmt: skip
    yield "DepositRequested", {"item_code": "food-permit", **at}, False
    yield "OpenRequested", {"actor": "citizen", **put}, False
    yield "DoorOpened", put, False
    yield "DoorClosed", {"item": "present", **put}, False
    yield "DepositHeld", {"evidence": "SENSOR", **at}, False
    yield "SessionEnded", {"reason": "done", "session_id": session}, False
    yield "RetrievalAuthorized", {"staff_no": "1001", **at}, False
    yield "OpenRequested", {"actor": "staff:1001", **got}, False
    yield "DoorOpened", got, False
    yield "DoorClosed", {"item": "notPresent", **got}, False
    yield "DepositCollected", {"staff_no": "1001", **at}, False


async def write_years(state_dir: Path, visits: int, sizes: Sizes) -> int:
    """Write a journal with so many visits, old events in segments; answers how many events there are."""
    head = 0
    for first in range(0, visits, VISITS_A_BATCH):
        async with opened(state_dir, ballast_bytes=0) as journal:
            await journal.write(lambda db: db.execute("PRAGMA user_version"))  # made where there was none
            file = journal.file
        await asyncio.to_thread(_write, file, range(first, min(visits, first + VISITS_A_BATCH)))
        async with opened(state_dir, ballast_bytes=0) as journal:
            await journal.read(lambda db: db.execute("PRAGMA synchronous=OFF"))
            rotation = Rotation(journal, sizes)
            while await rotation.step():
                pass
            head = (await journal.anchor()).seq
    return head


def _write(file: Path, visits: range) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous=OFF")
        db.execute("BEGIN")
        newest = db.execute("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1").fetchone()
        for row in _rows(visits, *(newest or (0, GENESIS))):
            db.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)", row)
        for visit in visits:
            at = to_text(FIRST_DAY + timedelta(days=visit / VISITS_A_DAY))
            db.execute(COLLECTED, {"case": case_number(visit), "cell": CELLS[visit % len(CELLS)], "at": at})
        db.execute("COMMIT")


def _rows(visits: range, seq: int, prev: bytes) -> Iterator[tuple[int, str, int, bytes, bytes, bytes]]:
    """Rows of the events table, chained to the event `seq` with hash `prev`."""
    for visit in visits:
        moment = FIRST_DAY + timedelta(days=visit / VISITS_A_DAY)
        for second, (kind, data, is_sealed) in enumerate(facts_of(visit)):
            seq += 1
            at = to_text(moment + timedelta(seconds=second))
            body: dict[str, Any] = {"at": at, "data": data, "seq": seq}
            if is_sealed:
                body["sealed"] = SEALED
            stored = canonical(body)
            hash_now = link(prev, kind, 1, stored)
            yield seq, kind, 1, stored, prev, hash_now
            prev = hash_now
