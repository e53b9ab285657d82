"""A door of which no sensor says how it stands is not opened: nobody could say afterwards what became of it."""

import asyncio

import pytest

from drivers.contracts.board import DoorState
from locker.doors import DoorService, NotOpened
from locker.events import Reason
from locker.ledger import Ledger, complete
from tests.drivers.fake_board import FakeBoard
from tests.locker.rig import QUICK, MemoryLog, cabinet


@pytest.mark.parametrize("actor", ["citizen", "staff:1001", "technician:3001"])
def test_a_door_that_is_not_read_stays_shut_for_everybody(actor: str) -> None:
    async def work() -> tuple[object, MemoryLog, FakeBoard]:
        log, board, layout = MemoryLog(), FakeBoard(4), cabinet()
        board.doors[1] = DoorState.UNKNOWN
        doors = DoorService(layout, {"main": board}, Ledger(log, complete(layout, ())), settings=QUICK)
        try:
            await doors.start()
            return await doors.open("A-01", None, actor), log, board
        finally:
            await doors.close()

    answer, log, board = asyncio.run(work())
    assert answer == NotOpened(Reason.DOOR_UNKNOWN)
    assert board.unlocked == []
    assert "OpenRequested" not in log.names()
