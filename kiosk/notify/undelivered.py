"""Journals what could not be delivered, with the notice for the next recipient, in one transaction."""

from collections.abc import Sequence
from typing import Protocol

from kiosk.journal.events import NoticeUndelivered
from kiosk.journal.types import Event, Notice, OutboxMessage, Recorded


class Appends(Protocol):
    """The journal, as far as a report needs it."""

    async def append(
        self, events: Sequence[Event] | Event, notices: Sequence[Notice] | None = None
    ) -> list[Recorded]:
        """Facts and notices, durable together."""


class JournalReport:
    """`UndeliveredReport` over the journal."""

    def __init__(self, journal: Appends) -> None:
        self._journal = journal

    async def __call__(self, row: OutboxMessage, *, reason: str, follow_up: Sequence[Notice]) -> None:
        """See `UndeliveredReport`."""
        event = NoticeUndelivered(
            row.message_id, row.event_seq, row.channel.value, row.recipient, reason, row.case_id
        )
        await self._journal.append(event, follow_up)
