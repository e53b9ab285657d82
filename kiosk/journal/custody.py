"""The locker's log of custody, kept in the journal."""

from locker.events import Event as CustodyEvent
from locker.ports import NotRecorded

from .errors import JournalError
from .journal import Journal


class JournalCustody:
    """Implements `locker.ports.CustodyLog`."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    async def record(self, *events: CustodyEvent) -> None:
        """Make all events durable, in order, all or none. Raises `NotRecorded`."""
        try:
            await self._journal.append(events)
        except JournalError as error:
            raise NotRecorded(str(error)) from error
