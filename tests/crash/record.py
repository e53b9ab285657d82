"""Reads a journal's file and its segments for the checker: stored bytes, and what docs/journal.md says of them.

Nothing of the product is imported here or in the files that use this: a mistake must not agree with itself.
"""

import hashlib
import json
import sqlite3
import struct
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

GENESIS: Final = bytes(32)
BUSY_TIMEOUT_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Fact:
    """One event. `data`: its public fields; `hash`: as stored; `follows`: it is the next link of the chain."""

    seq: int
    type: str
    data: Mapping[str, Any]
    hash: bytes
    follows: bool

    def __getitem__(self, name: str) -> Any:
        """A public field, None where the event has none of that name."""
        return self.data.get(name)


@dataclass(frozen=True, slots=True)
class Notice:
    """One row of the outbox. `payload`: empty where it is sealed, or has moved into a segment."""

    message_id: str
    seq: int
    channel: str
    recipient: str
    state: str
    payload: bytes = b""


@dataclass(frozen=True, slots=True)
class Slot:
    """A compartment as the product's own table has it."""

    content: str
    case_id: str | None


@dataclass(frozen=True, slots=True)
class Record:
    """All of one journal at one moment."""

    facts: tuple[Fact, ...]
    notices: tuple[Notice, ...]
    slots: Mapping[str, Slot]


def read(path: Path) -> Record:
    """Everything in `path`, its log and its segments, in one snapshot. Changes nothing.

    Raises `sqlite3.Error` for what is no journal.
    """
    with closing(_opened(path)) as db:
        db.execute("BEGIN")
        rows: dict[int, tuple[Any, ...]] = {}
        notices: list[Notice] = []
        for (first,) in db.execute("SELECT first FROM segments ORDER BY first"):
            with closing(_opened(path.with_name("segments") / f"{first:012d}.db")) as segment:
                rows |= {row[0]: row for row in segment.execute(_EVENTS)}
                notices += [Notice(*row) for row in segment.execute(_SETTLED)]
        rows |= {row[0]: row for row in db.execute(_EVENTS)}
        here = [Notice(*row) for row in db.execute(_NOTICES)]
        slots = {cell: Slot(content, case) for cell, content, case in db.execute(_SLOTS)}
    ids = {notice.message_id for notice in here}  # one that was queued when its fact moved is in both
    notices = [notice for notice in notices if notice.message_id not in ids] + here
    return Record(_chained(rows[seq] for seq in sorted(rows)), tuple(notices), slots)


_EVENTS: Final = "SELECT seq, type, version, body, prev, hash FROM events"
_SETTLED: Final = "SELECT message_id, event_seq, channel, recipient, state FROM notices"
_NOTICES: Final = (
    "SELECT message_id, event_seq, channel, recipient, state,"
    " CASE sealed WHEN 1 THEN x'' ELSE payload END FROM outbox"
)
_SLOTS: Final = "SELECT cell, content, case_id FROM compartments"


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=BUSY_TIMEOUT_S)


def _chained(rows: Any) -> tuple[Fact, ...]:
    facts = []
    seq, prev = 0, GENESIS
    for number, kind, version, body, before, own in rows:
        told = json.loads(body)
        follows = (number, before, own, told["seq"]) == (
            seq + 1,
            prev,
            link(prev, kind, version, body),
            number,
        )
        facts.append(Fact(number, kind, told["data"], own, follows))
        seq, prev = number, own
    return tuple(facts)


def link(prev: bytes, kind: str, version: int, body: bytes) -> bytes:
    """The hash of an event, as docs/journal.md defines it."""
    name = kind.encode()
    head = prev + struct.pack(">H", len(name)) + name + struct.pack(">IQ", version, len(body))
    return hashlib.sha256(head + body).digest()
