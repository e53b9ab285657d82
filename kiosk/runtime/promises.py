"""Looks for promised papers whose day has passed, and says so once: a fact, and with it the notices."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kiosk.journal.errors import JournalError
from kiosk.journal.journal import Journal
from kiosk.journal.promiseevents import PromiseOverdue
from kiosk.journal.promises import open_promises

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PromiseWatch:
    """`now`: local time; a promise is late from the first moment of the day after."""

    journal: Journal
    now: Callable[[], datetime]
    look_every_s: float

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            try:
                await self.once()
            except JournalError as error:
                logger.error("late promises could not be looked for: %s", error)
            await asyncio.sleep(self.look_every_s)

    async def once(self) -> int:
        """Say what is late and was not said; answers how many that were."""
        today = self.now().date().isoformat()
        rows = await self.journal.read(open_promises)
        late = [row for row in rows if row.until < today and not row.told]
        await self.journal.append([PromiseOverdue(row.case_id, row.missing, row.until) for row in late])
        return len(late)
