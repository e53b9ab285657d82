"""When a door counts as shut for whoever waits for it."""

import asyncio
from dataclasses import replace

from drivers.contracts.board import DoorState
from locker.doors import StillOpen
from tests.drivers.fake_board import FakeBoard
from tests.locker.rig import QUICK, MemoryLog, cabinet, service, until


def test_a_door_that_was_seen_open_once_is_not_called_shut_though_one_reading_is_not_believed_yet() -> None:
    slow = replace(
        QUICK, watch_interval_s=0.3, open_deadline_s=10.0
    )  # no reading comes in between to settle it

    async def work() -> None:
        board = FakeBoard(4)
        async with service(cabinet(), {"main": board}, MemoryLog(), slow) as (doors, _):
            assert (await doors.settled()).readings["A-01"].door is DoorState.CLOSED
            board.doors[1] = DoorState.OPEN
            await until(doors, lambda seen: seen.readings["A-01"].door is DoorState.OPEN)
            assert await doors.wait_closed("A-01", 0.0) == StillOpen()

    asyncio.run(work())
