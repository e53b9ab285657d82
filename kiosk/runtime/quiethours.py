"""Counts the kiosk's own history, once an hour and off the loop: visitors and free compartments by hour and weekday.

What was counted stays in memory; only what is new since is read. Segments of old journals count like the journal's
own file.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from kiosk.journal import queries
from kiosk.journal.errors import JournalError
from kiosk.journal.journal import Journal
from kiosk.session import events as ev
from kiosk.session.quietfacts import QuietHours, quiet_hours

logger = logging.getLogger(__name__)

VISIT: Final = "SessionStarted"
AFTER_START_S: Final = 20.0  # a start has more urgent things to read
EVERY_S: Final = 3600.0
AT_ONCE: Final = 500  # facts; whoever waits for the journal is served in between


@dataclass(slots=True)
class QuietWatch:
    """Posts `QuietTold`. `cells`: compartments of the cabinet; `now`: local time; `least_days`: before that, None."""

    journal: Journal
    post: Callable[[ev.Event], None]
    now: Callable[[], datetime]
    cells: int
    weeks: int
    least_days: int
    _visits: Counter[tuple[date, int]] = field(default_factory=Counter)
    _seq: int = 0  # the last fact that was looked at
    _begun: date | None = None  # the day of the first fact there is

    async def run(self) -> None:
        """Work until cancelled."""
        await asyncio.sleep(AFTER_START_S)
        while True:
            try:
                self.post(ev.QuietTold(await self.counted()))
            except JournalError as error:
                logger.error("visitors could not be counted: %s", error)
            await asyncio.sleep(EVERY_S)

    async def counted(self) -> QuietHours | None:
        """What is known now; None while there are too few whole days. Raises `JournalError`."""
        now = self.now()
        last = now.date() - timedelta(days=1)
        first = now.date() - timedelta(weeks=self.weeks)
        if not self._seq:
            await self._begin(datetime(first.year, first.month, first.day, tzinfo=now.tzinfo))
        await self._read_on(now)
        for moment in [moment for moment in self._visits if moment[0] < first]:
            del self._visits[moment]
        if self._begun is not None:
            first = max(first, self._begun + timedelta(days=1))  # its first day is no whole one
        if self._begun is None or (last - first).days + 1 < self.least_days:
            return None
        since = datetime(first.year, first.month, first.day, tzinfo=now.tzinfo)
        lain = await self.journal.read(lambda db: queries.lain_since(db, since))
        local = [
            (begin.astimezone(now.tzinfo), None if end is None else end.astimezone(now.tzinfo))
            for begin, end in lain
        ]
        return quiet_hours(self._visits, local, first, last, self.cells)

    async def _begin(self, since: datetime) -> None:
        """Find by halves where the time that counts begins: times never decrease from fact to fact."""
        oldest = await self.journal.events(limit=1)
        newest = await self.journal.last_event()
        if not oldest or newest is None:
            return
        self._begun = oldest[0].at.astimezone(since.tzinfo).date()
        low, high = oldest[0].seq - 1, newest.seq
        while low < high:
            middle = (low + high) // 2
            found = await self.journal.events(after=middle, limit=1)
            if found and found[0].at < since:
                low = found[0].seq
            else:
                high = middle
        self._seq = low

    async def _read_on(self, now: datetime) -> None:
        newest = await self.journal.last_event()
        while True:
            found = await self.journal.events(after=self._seq, kinds=[VISIT], limit=AT_ONCE)
            for event in found:
                at = event.at.astimezone(now.tzinfo)
                self._visits[at.date(), at.hour] += 1
            if len(found) < AT_ONCE:
                break
            self._seq = found[-1].seq
        self._seq = max(self._seq, found[-1].seq if found else 0, 0 if newest is None else newest.seq)
