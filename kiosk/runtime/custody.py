"""The locker's log, kept in the journal."""

from kiosk.journal.errors import JournalError
from kiosk.journal.journal import Journal
from locker.events import Event
from locker.ports import NotRecorded


class JournalLog:
    """`locker.ports.CustodyLog` over the journal."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    async def record(self, *events: Event) -> None:
        """Make all events durable in one transaction. Raises `NotRecorded`."""
        try:
            await self._journal.append(events)
        except JournalError as error:
            raise NotRecorded(str(error)) from error
