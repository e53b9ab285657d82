"""What comes while other facts are written is written as well."""

import asyncio
from collections.abc import Sequence

import pytest

from drivers.contracts.board import DoorState
from locker.doors import DoorService
from locker.events import DoorForced, DoorOpened, Event
from locker.ledger import Ledger, complete
from locker.ports import Fact, NotRecorded
from tests.drivers.fake_board import FakeBoard
from tests.locker.rig import QUICK, MemoryLog, cabinet


class Stalling(MemoryLog):
    """A log whose disk holds up the first `DoorOpened` until `goes_on`, and then has no room for it."""

    def __init__(self) -> None:
        super().__init__()
        self.stalled, self.goes_on = asyncio.Event(), asyncio.Event()

    async def record(self, *events: Event, along: Sequence[Fact] = ()) -> None:
        if isinstance(events[0], DoorOpened) and not self.stalled.is_set():
            self.stalled.set()
            await self.goes_on.wait()
            raise NotRecorded("the disk is full")
        await super().record(*events, along=along)


class Asked(Ledger):
    """Says when it is asked to record a door that was forced, which may have to wait for its turn."""

    forced: asyncio.Event

    async def record(self, *events: Event, along: Sequence[Fact] = ()) -> None:
        if isinstance(events[0], DoorForced):
            self.forced.set()
        await super().record(*events, along=along)


def test_an_outcome_that_fails_while_a_sighting_waits_to_be_written_is_written_after_it() -> None:
    """The sighting was counted before the outcome came to the same list: it may take away no more than itself."""

    async def work() -> list[str]:
        log, board, layout = Stalling(), FakeBoard(4), cabinet()
        ledger = Asked(log, complete(layout, ()))
        ledger.forced = asyncio.Event()
        doors = DoorService(layout, {"main": board}, ledger, settings=QUICK)
        try:
            await doors.start()
            opening = asyncio.create_task(doors.open("A-01", "C-1", "citizen"))
            async with asyncio.timeout(10):
                await log.stalled.wait()
                board.doors[2] = DoorState.OPEN
                await ledger.forced.wait()
            log.goes_on.set()
            with pytest.raises(NotRecorded):
                await opening
            await log.until("DoorOpened")
        finally:
            await doors.close()
        return log.names()

    assert asyncio.run(work()) == ["OpenRequested", "DoorForced", "DoorOpened"]
