"""The watch over the machine outlives a journal that cannot be read for a while."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from drivers.contracts.health import DeviceStatus, Health
from kiosk.journal.custody import JournalCustody
from kiosk.journal.errors import JournalError
from kiosk.journal.events import CaseOpened, DiskFull
from kiosk.journal.journal import Journal, opened
from kiosk.runtime import watching
from kiosk.runtime.watching import MachineWatch
from kiosk.session import events as ev
from locker import events as custody
from locker.doors import DoorService
from locker.ledger import Ledger, complete
from tests.drivers.fake_board import FakeBoard
from tests.locker.rig import cabinet

CASE, CELL = "261122-0001", "A-01"
NOW = datetime(2026, 11, 22, 14, 47, tzinfo=UTC)
LONG_S = 30.0


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(LONG_S):
        while not true():  # noqa: ASYNC110  # what is awaited has no event of its own
            await asyncio.sleep(0.01)


async def watch_over(journal: Journal, posted: list[ev.Event]) -> tuple[MachineWatch, Ledger]:
    """A cabinet whose doors nobody moves."""
    here = cabinet()
    ledger = Ledger(JournalCustody(journal), complete(here, (await journal.compartments()).values()))
    doors = DoorService(here, {"main": FakeBoard(4)}, ledger)
    watch = MachineWatch(
        journal, doors, ledger, here, dict, None, posted.append, lambda: NOW, undelivered_after_s=60
    )
    return watch, ledger


def rename(folder: Path, before: str, after: str) -> None:
    """Break what is read, or mend it, as a damaged page would."""
    with contextlib.closing(sqlite3.connect(folder / "journal.db")) as db:
        db.execute(f"ALTER TABLE {before} RENAME TO {after}")


def test_a_journal_that_cannot_be_read_is_asked_again_and_the_facts_are_right_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(watching, "LOOK_EVERY_S", 0.02)
    posted: list[ev.Event] = []

    async def work() -> None:
        async with opened(tmp_path, ballast_bytes=0, clock=lambda: NOW) as journal:
            watch, ledger = await watch_over(journal, posted)
            journal.listen(watch.recorded)
            task = asyncio.create_task(watch.run())
            watch.changed()
            await until(lambda: bool(posted))
            rename(tmp_path, "deposits", "gone")
            await journal.append(DiskFull(0))  # any fact: the watch looks again
            await until(lambda: "the state of the machine could not be read" in caplog.text)
            rename(tmp_path, "gone", "deposits")
            await journal.prepare(CASE)
            await journal.append(
                CaseOpened(CASE, "s", "permit", "", "card_only", "测试", "110101199003070000", "13800000000")
            )
            await ledger.record(
                custody.DepositRequested(CASE, CELL, "permit"),
                custody.DepositHeld(CASE, CELL, custody.Evidence.SENSOR),
            )
            await until(lambda: [case.case_id for case in last(posted).facts.cases] == [CASE])
            rename(tmp_path, "outbox", "gone")
            await journal.write(lambda _db: None)  # something changed: late notices are counted again
            await until(lambda: "whether notices are late could not be read" in caplog.text)
            rename(tmp_path, "gone", "outbox")
            assert not task.done()
            task.cancel()
            await watch.doors.close()

    asyncio.run(work())


def last(posted: list[ev.Event]) -> ev.FactsChanged:
    newest = posted[-1]
    assert isinstance(newest, ev.FactsChanged)
    return newest


def test_what_the_disk_does_not_give_is_the_journal_s_error(tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(tmp_path, ballast_bytes=0, clock=lambda: NOW) as journal:
            with pytest.raises(JournalError, match="could not be read or written: no such table: nowhere"):
                await journal.read(lambda db: db.execute("SELECT * FROM nowhere"))

    asyncio.run(work())


def test_a_code_scanner_counts_while_it_listens(tmp_path: Path) -> None:
    posted: list[ev.Event] = []
    seen: list[bool] = []
    others: dict[str, Health] = {}

    async def work() -> None:
        async with opened(tmp_path, ballast_bytes=0, clock=lambda: NOW) as journal:
            watch, _ = await watch_over(journal, posted)
            watch.others = lambda: others
            task = asyncio.create_task(watch.run())
            for state in (DeviceStatus.STARTING, DeviceStatus.ONLINE, DeviceStatus.OFFLINE):
                others["scanner"] = Health(state)
                said = len(posted)
                watch.changed()
                await until(lambda: len(posted) > said)  # noqa: B023 - it is awaited in the same turn
                newest = posted[-1]
                assert isinstance(newest, ev.FactsChanged)
                seen.append(newest.facts.reads_codes)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    asyncio.run(work())
    assert seen == [False, True, False]
