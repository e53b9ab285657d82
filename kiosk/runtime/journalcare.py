"""Looks after the journal while nobody is at the screen: old events into segments, personal data that is overdue."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from kiosk.journal.erasing import Retention
from kiosk.journal.errors import JournalError
from kiosk.journal.journal import Journal
from kiosk.journal.rotation import Rotation

logger = logging.getLogger(__name__)

BY: Final = "nightdesk"
RETENTION: Final = "RETENTION"


@dataclass(slots=True)
class JournalCare:
    """`is_idle`: whether nobody is at the screen, `has_room`: whether the disk can take a segment, `sweep_staff`:
    erases the names of staff whose time has come; `sweep_pages`: removes scanned pages that no key opens any more.

    The sweep of personal data runs once a day, after each start too.
    """

    journal: Journal
    rotation: Rotation
    retention: Retention
    is_idle: Callable[[], bool]
    has_room: Callable[[], bool]
    now: Callable[[], datetime]
    look_every_s: float
    sweep_staff: Callable[[], Awaitable[int]]
    sweep_pages: Callable[[], Awaitable[int]]
    _swept_on: date | None = None
    _complaint: str = ""

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            await asyncio.sleep(self.look_every_s)
            try:
                await self.once()
            except (JournalError, OSError) as error:
                if str(error) != self._complaint:
                    logger.error("the journal could not be looked after: %s", error)
                self._complaint = str(error)
            else:
                self._complaint = ""

    async def once(self) -> None:
        """Do what is to be done, for as long as nobody comes."""
        if self.is_idle() and self._swept_on != self.now().date():
            await self.sweep()
        while self.is_idle() and self.has_room() and await self.rotation.step():
            pass

    async def sweep(self) -> int:
        """Erase the personal data of cases whose time has come; answers how many that were."""
        await self.journal.carry_out_erasures()
        today, due = self.now().date(), await self.journal.overdue(self.retention)
        if due:
            await self.journal.erase(due, by=BY, reason=RETENTION)
            logger.info("personal data of %d cases was erased, their time had come", len(due))
        if cases := await self.sweep_pages():
            logger.info("the scanned pages of %d cases were removed", cases)
        if names := await self.sweep_staff():
            logger.info("the names of %d members of staff were erased, their time had come", names)
        self._swept_on = today
        return len(due)
