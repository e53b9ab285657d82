"""What was asked of a compartment and has no end in the record is settled from the sensors.

At the start, when a board that was silent answers, and later where an end could not be written, or came when nobody
stood there any more.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field

from drivers.contracts.health import DeviceStatus
from kiosk.journal.errors import JournalError
from kiosk.journal.journal import Journal
from kiosk.session import events as ev
from locker.cabinet import Cabinet
from locker.compartment import Content
from locker.doors import DoorService
from locker.ledger import Ledger
from locker.ports import NotRecorded
from locker.reservations import reserved

from .restart import resolve

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Unfinished:
    """Settles it. `give_codes`: results that are found to be held get their code; `make_up`: for slips and codes that
    could not be written; `is_nobody_there`: the first page stands; `in_use`: the compartment of whoever stands there,
    empty when there is none.

    `post` takes doors that stand open; `limit_s`: how long something has to be loose, so that no outcome on its way is
    overtaken.
    """

    journal: Journal
    ledger: Ledger
    doors: DoorService
    cabinet: Cabinet
    give_codes: Callable[[], Awaitable[object]]
    make_up: Callable[[], Awaitable[object]]
    is_nobody_there: Callable[[], bool]
    in_use: Callable[[], str]
    post: Callable[[ev.Event], None]
    limit_s: float
    every_s: float = 10.0
    _since: dict[str, float] = field(default_factory=dict)

    async def of_boards(self, boards: frozenset[str]) -> frozenset[str]:
        """Ask the sensors of these boards what became of what was cut off; answers which boards are silent.

        Raises `JournalError`, `NotRecorded`.
        """
        sensors = await self.doors.settled()
        heard = {name for name in boards if sensors.boards[name].status is DeviceStatus.ONLINE}
        await self._settle([cell.name for cell in self.cabinet.cells if cell.board in heard])
        return boards - heard

    async def late(self, silent: frozenset[str]) -> None:
        """A board that was silent at the start is asked when it answers for the first time."""
        changed = asyncio.Event()
        stop = self.doors.subscribe(lambda _: changed.set())
        try:
            while silent:
                await changed.wait()
                changed.clear()
                silent = await self.of_boards(silent)
        finally:
            stop()

    async def run(self) -> None:
        """Look for loose ends until cancelled."""
        while True:
            await asyncio.sleep(self.every_s)
            try:
                await self.look(asyncio.get_running_loop().time())
            except (JournalError, NotRecorded) as error:
                logger.error("what a visit left unfinished could not be recorded: %s", error)

    async def look(self, now_s: float) -> None:
        """Once, at `now_s` of the loop's clock. Raises `JournalError`, `NotRecorded`: the next look tries again."""
        loose = await self._loose()
        self._since = {cell: self._since.get(cell, now_s) for cell in loose}
        over = [cell for cell, since_s in self._since.items() if now_s - since_s >= self.limit_s]
        if self.is_nobody_there():
            await self.make_up()
            if over:
                await self._settle(over)

    async def _settle(self, cells: Collection[str]) -> None:
        seen = await self.doors.settled()
        readings = {cell: seen.readings[cell] for cell in cells}
        for event in await resolve(self.journal, self.ledger, readings, self.in_use):
            self.post(event)
        await self.give_codes()

    async def _loose(self) -> frozenset[str]:
        """Asked for, and neither held, given up nor in dispute; what was never opened has a limit of its own."""
        known = self.ledger.compartments
        asked = {cell for cell, one in known.items() if one.case_id and one.content is not Content.HELD}
        asked -= {*reserved(known), self.in_use()}
        if not asked:
            return frozenset()
        return frozenset(row.cell for row in await self.journal.deposits("requested") if row.cell in asked)
