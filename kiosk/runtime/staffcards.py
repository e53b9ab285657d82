"""Listens to the reader of staff cards: whose card it is goes to the session, which asks for the PIN."""

import logging
from collections.abc import Awaitable, Callable
from typing import Final

from drivers.contracts.staffcard import CardUid, StaffCardReader
from kiosk.journal.errors import JournalError
from kiosk.session import events as ev
from kiosk.session import staffevents

from .listening import Listening

logger = logging.getLogger(__name__)

LISTEN_S: Final = 1.0


class StaffCardWatch(Listening):
    """`holder_of` answers the staff number of an active account, None for a card of nobody."""

    def __init__(
        self, reader: StaffCardReader, holder_of: Callable[[CardUid], Awaitable[str | None]],
        post: Callable[[ev.Event], None], changed: Callable[[], None], retry_s: float,
    ) -> None:  # fmt: skip
        super().__init__(reader, changed, retry_s)
        self._reader = reader
        self._holder_of = holder_of
        self._post = post

    async def hear(self) -> None:
        """The next card."""
        card = await self._reader.presented(timeout_s=LISTEN_S)
        if card is None:
            return
        try:
            self._post(staffevents.StaffCardRead(await self._holder_of(card) or ""))
        except JournalError as error:
            logger.error("whose staff card was presented could not be looked up: %s", error)
