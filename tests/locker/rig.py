"""A cabinet on emulated lock boards, and a log in memory, for tests of the locker."""

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from drivers.boardtables import KerongCu16Config
from drivers.contracts.board import LockBoard
from drivers.emulators.control import Control
from drivers.kerong.board import create
from drivers.link import Link
from locker.boardwatch import DoorSettings
from locker.cabinet import Cabinet, Cell, Size
from locker.doors import DoorService, Snapshot
from locker.events import Event
from locker.ledger import Ledger, complete
from locker.ports import Fact, NotRecorded

QUICK = DoorSettings(
    poll_interval_s=0.03,
    watch_interval_s=0.005,
    open_deadline_s=0.6,
    late_s=0.2,
    gap_s=0.3,
    retry_first_s=0.05,
    retry_most_s=0.1,
)
Line = tuple[Path, Control]
SIZES = (Size.S, Size.S, Size.M, Size.L)


def cabinet(*boards: str) -> Cabinet:
    """Four compartments per board: A-01 to A-04 on the first, B-01 … on the second."""
    cells = [
        Cell(f"{'ABC'[column]}-{row + 1:02}", size, board, row + 1, row=row, column=column)
        for column, board in enumerate(boards or ("main",))
        for row, size in enumerate(SIZES)
    ]
    return Cabinet(tuple(cells))


class MemoryLog:
    """A `CustodyLog` whose disk can be full, or `full_for` one type of event."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.is_full = False
        self.full_for = ""
        self._news = asyncio.Event()

    async def record(self, *events: Event, along: Sequence[Fact] = ()) -> None:
        await asyncio.sleep(0)
        if self.is_full or self.full_for in {type(event).__name__ for event in events}:
            raise NotRecorded("the disk is full")
        self.events += events
        self._news.set()

    def names(self) -> list[str]:
        """Types of the events so far."""
        return [type(event).__name__ for event in self.events]

    async def until(self, name: str, *, timeout_s: float = 5.0) -> Event:
        """The first event of this type, waited for."""
        async with asyncio.timeout(timeout_s):
            while name not in self.names():
                self._news.clear()
                await self._news.wait()
        return self.events[self.names().index(name)]


@contextlib.contextmanager
def emulator(folder: Path, *options: str) -> Iterator[Control]:
    """An emulated line in a process of its own, at `folder/pty`."""
    places = ("--pty", str(folder / "pty"), "--control", str(folder / "control"))
    process = subprocess.Popen(
        [sys.executable, "-m", "drivers.emulators.kerong", *places, "--travel-ms", "20", *options],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout:
        try:
            assert process.stdout.readline().startswith("ready")
            control = Control(folder / "control")
            try:
                yield control
            finally:
                control.close()
        finally:
            process.kill()
            process.wait()


def board(folder: Path, *, wire: Link | None = None, **options: Any) -> LockBoard:
    """The driver on `folder/pty`, or on a line that it shares; quick to give up unless told otherwise."""
    config = KerongCu16Config.model_validate({"url": str(folder / "pty"), "timeout_s": 0.1} | options)
    return create(config, link=wire or Link(config.url, baudrate=config.baudrate, name="test"))


@contextlib.asynccontextmanager
async def service(
    layout: Cabinet, boards: Mapping[str, LockBoard], log: MemoryLog, settings: DoorSettings = QUICK
) -> AsyncIterator[tuple[DoorService, Ledger]]:
    """A started door service; ended at the end, whatever happens."""
    ledger = Ledger(log, complete(layout, ()))
    doors = DoorService(layout, boards, ledger, settings=settings)
    try:
        await doors.start()
        yield doors, ledger
    finally:
        await doors.close()


async def until(doors: DoorService, condition: Callable[[Snapshot], bool], *, timeout_s: float = 5.0) -> None:
    """Return as soon as a snapshot meets the condition."""
    news = asyncio.Event()
    stop = doors.subscribe(lambda _: news.set())
    try:
        async with asyncio.timeout(timeout_s):
            while not condition(doors.snapshot()):
                news.clear()
                await news.wait()
    finally:
        stop()


Scene = Callable[[DoorService, Ledger, MemoryLog, Control], Awaitable[None]]


def play(line: Line, scene: Scene, settings: DoorSettings = QUICK) -> MemoryLog:
    """Run one scene on a started service; the events of it."""
    folder, control = line
    log = MemoryLog()

    async def main() -> None:
        async with service(cabinet(), {"main": board(folder)}, log, settings) as (doors, ledger):
            await scene(doors, ledger, log, control)

    asyncio.run(main())
    return log


def all_shut(line: Line) -> None:
    """Every door closed and nothing inside, as each test begins."""
    _, control = line
    control.do("fault", name="none")
    control.do("cable.plug")
    for channel in range(1, 5):
        control.do("door.open", channel=channel)
        control.do("item.take", channel=channel)
        control.do("door.close", channel=channel)
