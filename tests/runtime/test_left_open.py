"""A door that stays open is told to staff, also where the journal takes nothing at first."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from drivers.contracts.board import DoorState
from kiosk.journal.custody import JournalCustody
from kiosk.journal.journal import opened
from kiosk.runtime.custodyacts import ActLimits, CustodyActs
from kiosk.session import effects as do
from locker.doors import DoorService
from locker.ledger import Ledger, complete
from tests.drivers.fake_board import FakeBoard
from tests.locker.rig import QUICK, cabinet

CELL = "A-01"
LONG_S = 30.0


def _nothing(*_: Any) -> Any:
    raise AssertionError("waiting for a door asks for nothing else")


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(LONG_S):
        while not true():  # noqa: ASYNC110  # what is awaited has no event of its own
            await asyncio.sleep(0.01)


def test_the_word_of_a_door_left_open_is_said_again_until_the_journal_has_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    board = FakeBoard(4)
    board.doors[1] = DoorState.OPEN

    async def work() -> list[str]:
        async with opened(tmp_path, ballast_bytes=0) as journal:
            here = cabinet()
            ledger = Ledger(JournalCustody(journal), complete(here, ()))
            doors = DoorService(here, {"main": board}, ledger, settings=QUICK)
            await doors.start()
            nobody: Any = None
            unasked: Any = _nothing
            acts = CustodyActs(
                journal, ledger, doors, here, unasked, unasked, unasked, unasked, lambda: datetime.now(UTC),
                nobody, nobody, nobody, ActLimits(door_open_limit_s=0.1),
            )  # fmt: skip
            told: list[str] = []
            journal.listen(lambda recorded: told.append(type(recorded.event).__name__))
            await journal.read(
                lambda db: db.execute("PRAGMA query_only = ON")
            )  # as a disk that takes nothing
            await acts.perform(do.WaitClosed(CELL, "261122-0001"))
            await _until(lambda: "a door left open could not be recorded" in caplog.text)
            await journal.read(lambda db: db.execute("PRAGMA query_only = OFF"))
            await _until(lambda: "DoorLeftOpen" in told)
            await acts.close()
            await doors.close()
            return told

    assert asyncio.run(work()).count("DoorLeftOpen") == 1
