"""Listens to the reader of staff cards: whose card it is goes to the session, which asks for the PIN."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from drivers.contracts.health import DeviceStatus, ErrorAction, Health
from drivers.contracts.staffcard import CardUid, StaffCardReader
from drivers.errors import DeviceError
from kiosk.journal.errors import JournalError
from kiosk.session import events as ev
from kiosk.session import staffevents

logger = logging.getLogger(__name__)

LISTEN_S: Final = 1.0


@dataclass(slots=True)
class StaffCardWatch:
    """Listens for ever. `holder_of` answers the staff number of an active account, None for a card of nobody."""

    reader: StaffCardReader
    holder_of: Callable[[CardUid], Awaitable[str | None]]
    post: Callable[[ev.Event], None]
    changed: Callable[[], None]
    retry_s: float
    health: Health = field(default_factory=lambda: Health(DeviceStatus.STARTING))

    async def run(self) -> None:
        """Work until cancelled."""
        try:
            while True:
                await self._listen()
        finally:
            await self.reader.close()

    async def _listen(self) -> None:
        try:
            await self.reader.connect()
            self._take(Health(DeviceStatus.ONLINE))
            card = await self.reader.presented(timeout_s=LISTEN_S)
        except DeviceError as error:
            self._take(Health(DeviceStatus.OFFLINE, str(error), ErrorAction.MAINTENANCE))
            await asyncio.sleep(self.retry_s)
            return
        if card is None:
            return
        try:
            self.post(staffevents.StaffCardRead(await self.holder_of(card) or ""))
        except JournalError as error:
            logger.error("whose staff card was presented could not be looked up: %s", error)

    def _take(self, health: Health) -> None:
        if health != self.health:
            self.health = health
            self.changed()
