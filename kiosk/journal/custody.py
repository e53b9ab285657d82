"""The locker's log of custody, kept in the journal."""

from collections.abc import Sequence

from locker.events import Event as CustodyEvent
from locker.ports import Fact, NotRecorded

from .errors import JournalError
from .journal import Journal


class JournalCustody:
    """Implements `locker.ports.CustodyLog`."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    async def record(self, *events: CustodyEvent, along: Sequence[Fact] = ()) -> None:
        """Make all events durable in one transaction, then `along` in it. Raises `NotRecorded`."""
        try:
            await self._journal.append([*events, *along])
        except JournalError as error:
            raise NotRecorded(str(error)) from error
