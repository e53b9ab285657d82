"""Whose personal data is to be erased, and what is forgotten of a case beside its key."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from .codec import to_text
from .events import ErasureOrdered

TABLES_OF_A_CASE: Final = ("person_index", "agent_index", "one_time_codes")
"""Tables outside the chain with a column `case_id`, whose rows go with the key."""

TABLES_OF_A_PERSON: Final = ("person_index", "agent_index", "known_phones", "face_mismatches")
"""Tables with a column `person`, the keyed hash of an ID number: in no backup, and gone when a person asks for it."""

ENDED: Final = frozenset({"returned", "abandoned", "cleared"})
"""States of a case after which nothing more is to come. What staff have collected may still have a result."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How many days personal data is kept after the last fact of a case."""

    ended_days: int
    unfinished_days: int

    def before(self, state: str, now: datetime) -> datetime:
        """A case in this state that was last heard of before this has been kept long enough."""
        return now - timedelta(days=self.ended_days if state in ENDED else self.unfinished_days)


def forget_person(db: sqlite3.Connection, person: str) -> None:
    """Remove all that leads to a person, by keyed hash. The caller holds the transaction."""
    for table in TABLES_OF_A_PERSON:
        db.execute(f"DELETE FROM {table} WHERE person = ?", (person,))


def forget(db: sqlite3.Connection, case_ids: Iterable[str], now: datetime) -> None:
    """Remove what leads to the persons of these cases. The caller holds the transaction."""
    gone = "UPDATE outbox SET payload = x'', state = 'failed', settled_at = ?, error = 'the case was erased'"
    for case_id in case_ids:
        for table in TABLES_OF_A_CASE:
            db.execute(f"DELETE FROM {table} WHERE case_id = ?", (case_id,))
        unsent = " WHERE case_id = ? AND sealed = 1 AND state = 'queued'"
        db.execute(gone + unsent, (to_text(now), case_id))


def due(db: sqlite3.Connection, retention: Retention, now: datetime) -> list[str]:
    """Cases whose time has come, oldest first. Papers that lie in a compartment keep their case."""
    sql = (
        "SELECT last_fact_at, case_id FROM cases WHERE state = ? AND last_fact_at < ? AND case_id NOT IN"
        " (SELECT case_id FROM compartments WHERE case_id IS NOT NULL)"
    )
    states = [state for (state,) in db.execute("SELECT DISTINCT state FROM cases")]
    found = [row for one in states for row in db.execute(sql, (one, to_text(retention.before(one, now))))]
    return [case_id for _, case_id in sorted(found)]


def ordered(db: sqlite3.Connection) -> list[ErasureOrdered]:
    """Orders that are not carried out yet, oldest first. None of them is in a segment: they are looked for before."""
    case = "json_extract(CAST({0}.body AS TEXT), '$.data.case_id')"  # as the index events_case has it
    rows = db.execute(
        "SELECT body FROM events AS given WHERE type = 'ErasureOrdered' AND NOT EXISTS (SELECT 1 FROM events AS done"
        f" WHERE {case.format('done')} = {case.format('given')} AND done.seq > given.seq"
        " AND done.type = 'PersonalDataErased') ORDER BY seq"
    )
    return [ErasureOrdered(**json.loads(body)["data"]) for (body,) in rows]
