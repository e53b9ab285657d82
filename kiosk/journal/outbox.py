"""The queue of notices: one line per channel and recipient, so that one refused number holds up nobody.

At least once: a row stays queued until `mark_sent` or `give_up` is durable. The receiver drops what it has seen
by `message_id`.
"""

import sqlite3
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final, Protocol, TypeVar

from .codec import from_text, to_text
from .errors import JournalError, KeyErased
from .sealing import KeyStore
from .types import Channel, OutboxMessage, OutboxState

T = TypeVar("T")

_COLUMNS: Final = (
    "message_id, event_seq, channel, recipient, payload, case_id, state, attempts,"
    " created_at, next_at, settled_at, error, sealed"
)
_HEADS: Final = (
    f"SELECT {_COLUMNS} FROM outbox WHERE id IN"
    " (SELECT min(id) FROM outbox WHERE state = 'queued' GROUP BY channel, recipient)"
    " AND channel = coalesce(?, channel)"
)
_SETTLE: Final = (
    "UPDATE outbox SET state = ?, settled_at = ?, error = ?, attempts = attempts + 1,"
    " payload = CASE sealed WHEN 1 THEN x'' ELSE payload END WHERE message_id = ? AND state = 'queued'"
)


class _Runner(Protocol):
    """What the outbox needs of the journal."""

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T: ...

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T: ...


class Outbox:
    """Notices still to be sent, and what became of the others. Times are aware datetimes."""

    def __init__(self, journal: _Runner, keys: KeyStore) -> None:
        self._journal = journal
        self._keys = keys
        self._wakes: list[Callable[[], None]] = []

    async def next(self, channel: Channel, recipient: str) -> OutboxMessage | None:
        """Head of one line, due or not (see `next_at`); None when the line is empty."""
        sql = (
            f"SELECT {_COLUMNS} FROM outbox WHERE state = 'queued' AND channel = ? AND recipient = ?"
            " ORDER BY id LIMIT 1"
        )
        found = await self._many(sql, (channel, recipient))
        return found[0] if found else None

    async def due(self, now: datetime, channel: Channel | None = None) -> list[OutboxMessage]:
        """Heads of all lines (of one channel) whose time has come, oldest first."""
        return await self._many(f"{_HEADS} AND next_at <= ? ORDER BY id", (channel, to_text(now)))

    async def next_time(self, channel: Channel | None = None) -> datetime | None:
        """When the earliest head of a line is due; None when nothing is queued."""
        found = await self._many(_HEADS, (channel,))
        return min((message.next_at for message in found), default=None)

    def on_change(self, wake: Callable[[], None]) -> None:
        """Call `wake` on the event loop after each transaction that added rows."""
        self._wakes.append(wake)

    def changed(self) -> None:
        """Rows were added: wake who waits for them."""
        for wake in tuple(self._wakes):
            wake()

    async def untold_cases(self, *, but_to: str) -> dict[str, datetime]:
        """Cases of which somebody was not told, and since when, `but_to` who begins so (the citizens)."""
        sql = (
            "SELECT case_id, created_at FROM outbox INDEXED BY outbox_unsent WHERE state != 'sent'"
            " AND case_id IS NOT NULL AND recipient NOT GLOB ? || '*' AND channel != ? ORDER BY created_at DESC"
        )
        values = (but_to, Channel.APPROVAL)
        rows = await self._journal.read(lambda db: db.execute(sql, values).fetchall())
        return {case_id: from_text(created_at) for case_id, created_at in rows}  # the oldest comes last

    async def get(self, message_id: str) -> OutboxMessage | None:
        """One row by its id."""
        found = await self._many(f"SELECT {_COLUMNS} FROM outbox WHERE message_id = ?", (message_id,))
        return found[0] if found else None

    async def of_event(self, event_seq: int) -> list[OutboxMessage]:
        """All rows that one event caused."""
        sql = f"SELECT {_COLUMNS} FROM outbox WHERE event_seq = ? ORDER BY id"
        return await self._many(sql, (event_seq,))

    async def mark_sent(self, message_id: str, at: datetime) -> None:
        """The channel took it. A personal payload is wiped."""
        await self._settle(message_id, OutboxState.SENT, at, "")

    async def give_up(self, message_id: str, at: datetime, error: str) -> None:
        """It will never be taken. A personal payload is wiped; the line moves on."""
        await self._settle(message_id, OutboxState.FAILED, at, error)

    async def mark_failed(self, message_id: str, retry_at: datetime, error: str) -> None:
        """One attempt failed; the line waits until `retry_at`. `error` carries no personal data."""
        sql = (
            "UPDATE outbox SET attempts = attempts + 1, next_at = ?, error = ?"
            " WHERE message_id = ? AND state = 'queued'"
        )
        await self._change(sql, (to_text(retry_at), error, message_id))

    async def hurry(self, channel: Channel, now: datetime) -> None:
        """Make every queued row of a channel due: its way to the world is back."""
        sql = "UPDATE outbox SET next_at = ? WHERE channel = ? AND state = 'queued' AND next_at > ?"
        moment = to_text(now)
        await self._journal.write(lambda db: db.execute(sql, (moment, channel, moment)))
        self.changed()

    async def _settle(self, message_id: str, state: OutboxState, at: datetime, error: str) -> None:
        await self._change(_SETTLE, (state, to_text(at), error, message_id))

    async def _change(self, sql: str, values: tuple[Any, ...]) -> None:
        changed = await self._journal.write(lambda db: db.execute(sql, values).rowcount)
        if changed != 1:
            raise JournalError(f"no queued message {values[-1]}: it was settled before, or never queued")

    def _many(self, sql: str, values: tuple[Any, ...]) -> Awaitable[list[OutboxMessage]]:
        return self._journal.read(lambda db: [self._message(row) for row in db.execute(sql, values)])

    def _message(self, row: tuple[Any, ...]) -> OutboxMessage:
        error = row[11]
        try:
            payload = self._keys.unseal(row[5], row[4], row[0].encode()) if row[12] and row[4] else row[4]
        except KeyErased:
            payload, error = b"", "the case was erased"
        state, times = OutboxState(row[6]), [from_text(text) if text else None for text in row[8:11]]
        created_at, next_at, settled_at = times
        assert created_at is not None  # NOT NULL column
        assert next_at is not None  # NOT NULL column
        return OutboxMessage(
            row[0],
            row[1],
            Channel(row[2]),
            row[3],
            payload,
            row[5],
            state,
            row[7],
            created_at,
            next_at,
            settled_at,
            error,
        )


def settle_inside(
    db: sqlite3.Connection, message_id: str, state: OutboxState, at: datetime, error: str = ""
) -> None:
    """Settle a row in the transaction of the fact that says so. A row that was settled meanwhile (its case was erased)
    stays as it is.
    """
    db.execute(_SETTLE, (state, to_text(at), error, message_id))
