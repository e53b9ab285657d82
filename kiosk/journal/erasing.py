"""Whose personal data is to be erased, and what is forgotten of a case beside its key."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from .codec import from_text, to_text

TABLES_OF_A_CASE: Final = ("person_index", "one_time_codes")
"""Tables outside the chain with a column `case_id`, whose rows go with the key."""

TABLES_OF_A_PERSON: Final = ("person_index", "known_phones", "face_mismatches")
"""Tables with a column `person`, the keyed hash of an ID number: in no backup, and gone when a person asks for it."""

ENDED: Final = frozenset({"returned", "abandoned", "cleared"})
"""States of a case after which nothing more is to come. What staff have collected may still have a result."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How many days personal data is kept after the last fact of a case."""

    ended_days: int
    unfinished_days: int

    def of(self, state: str) -> timedelta:
        """For a case in this state."""
        return timedelta(days=self.ended_days if state in ENDED else self.unfinished_days)


def forget(db: sqlite3.Connection, case_ids: Iterable[str], person: str, now: datetime) -> None:
    """Remove what leads to the persons of these cases, and all of `person` where one is named.

    The caller holds the transaction.
    """
    for table in TABLES_OF_A_PERSON:
        db.execute(f"DELETE FROM {table} WHERE person = ?", (person,))
    gone = "UPDATE outbox SET payload = x'', state = 'failed', settled_at = ?, error = 'the case was erased'"
    for case_id in case_ids:
        for table in TABLES_OF_A_CASE:
            db.execute(f"DELETE FROM {table} WHERE case_id = ?", (case_id,))
        unsent = " WHERE case_id = ? AND sealed = 1 AND state = 'queued'"
        db.execute(gone + unsent, (to_text(now), case_id))


def due(db: sqlite3.Connection, retention: Retention, now: datetime) -> list[str]:
    """Cases whose time has come, oldest first. Papers that lie in a compartment keep their case."""
    shortest = now - timedelta(days=min(retention.ended_days, retention.unfinished_days))
    rows = db.execute(
        "SELECT case_id, state, last_fact_at FROM cases WHERE last_fact_at < ? AND case_id NOT IN"
        " (SELECT case_id FROM compartments WHERE case_id IS NOT NULL) ORDER BY last_fact_at",
        (to_text(shortest),),
    )
    return [case_id for case_id, state, last in rows if from_text(last) < now - retention.of(state)]
