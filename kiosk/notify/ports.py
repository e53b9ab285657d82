"""What the couriers need from the rest of the kiosk; `kiosk.journal.Outbox` gives the queue."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Protocol

from kiosk.journal.types import Channel, Notice, OutboxMessage

ResolveNumber = Callable[[str], Awaitable[str | None]]
"""Recipient id -> telephone number at this moment; `None` when there is none (disabled, erased)."""


class Outbox(Protocol):
    """The queue of notices: one line per channel and recipient, in the order of the facts; aware times."""

    async def due(self, now: datetime, channel: Channel | None = None) -> list[OutboxMessage]:
        """Heads of all lines whose time has come, oldest first."""

    async def next_time(self, channel: Channel | None = None) -> datetime | None:
        """When the earliest head of a line is due; None when nothing is queued."""

    async def mark_sent(self, message_id: str, at: datetime) -> None:
        """The channel took it."""

    async def mark_failed(self, message_id: str, retry_at: datetime, error: str) -> None:
        """One attempt failed; the line waits until `retry_at`."""

    async def give_up(self, message_id: str, at: datetime, error: str) -> None:
        """It will never be taken; the line moves on."""

    async def hurry(self, channel: Channel, now: datetime) -> None:
        """Make every queued row of a channel due."""


class UndeliveredReport(Protocol):
    """Journals `NoticeUndelivered` together with the follow-up: one transaction."""

    async def __call__(self, row: OutboxMessage, *, reason: str, follow_up: Sequence[Notice]) -> None:
        """`follow_up` is for the next recipient; empty when there is none left."""
