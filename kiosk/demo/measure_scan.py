"""A cabinet of 256 doors: 16 CU16 boards on two buses, scanned, with one door awaited, and while nobody is there.

What a scan must take is the time of its bytes on the wire and what the emulated boards take to answer.
"""

import asyncio
import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

import serial

from drivers.boardtables import KerongCu16Config
from drivers.buses import Buses, create_boards
from drivers.contracts.board import DoorState, LockBoard
from drivers.emulators.base import BITS_PER_BYTE
from drivers.emulators.control import Control
from drivers.emulators.kerong import ANSWER_DELAY_S, KerongEmulator
from drivers.kerong.frames import STATUS_REPLY_BYTES, StatusQuery
from locker.boardwatch import BoardWatch, DoorSettings
from locker.ports import LoopClock

from .figures import Figure, figure

BUSES: Final = ("a", "b")
BOARDS: Final = range(8)  # on each; a bus addresses ten at most
DOORS: Final = 16  # of a board
ALLOWANCE: Final = 1.25
QUESTION: Final = [StatusQuery(board).encode() for board in BOARDS]
EXCHANGE_S: Final = (
    len(QUESTION[0]) + STATUS_REPLY_BYTES
) * BITS_PER_BYTE / KerongEmulator.BAUDRATE + ANSWER_DELAY_S
SCAN_S: Final = len(BOARDS) * EXCHANGE_S
SLICES: Final = 10
SEEN_TIMEOUT_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Scans:
    """How much is measured. `poll_s`: how often a board is asked while nobody waits for it."""

    scans: int
    openings: int
    idle_s: float
    poll_s: float


@dataclass(frozen=True, slots=True)
class Line:
    """One bus with its emulated boards."""

    url: str
    control: Path


@contextlib.contextmanager
def cabinet(folder: Path) -> Iterator[dict[str, Line]]:
    """The boards of both buses, each bus a process; ended at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers = [option for board in BOARDS for option in ("--board", str(board))]
    lines = {bus: Line(str(folder / f"bus_{bus}"), folder / f"bus_{bus}.control") for bus in BUSES}
    with contextlib.ExitStack() as stack:
        for line in lines.values():
            command = [sys.executable, "-m", "drivers.emulators.kerong", "--pty", line.url, "--control"]
            process = stack.enter_context(
                subprocess.Popen([*command, str(line.control), *numbers], stdout=subprocess.PIPE)
            )
            stack.callback(process.terminate)
            assert process.stdout is not None
            if not process.stdout.readline().startswith(b"ready"):
                raise RuntimeError(f"the emulated boards of {line.url} did not start")
        yield lines


def figures(folder: Path, plan: Scans) -> list[Figure]:
    """All that can be measured without a window."""
    with cabinet(folder) as lines:
        naive_ms, naive_cpu_ms = _naive(lines, plan.scans)
        ours = asyncio.run(_ours(lines, plan))
    scan_ms, exchange_ms = 1000 * SCAN_S, 1000 * EXCHANGE_S
    wire = "ms: wire and boards"
    meanwhile = f"the 15 other boards are asked every {plan.poll_s:g} s meanwhile"
    return [
        figure("scan of 256 doors", "ms", ours.scans_ms, ALLOWANCE * scan_ms, f"{scan_ms:.0f} {wire}",
               "16 boards on two buses, both at once"),
        figure("scan, naive loop", "ms", naive_ms, None, f"{len(BUSES) * scan_ms:.0f} {wire}",
               "one board after the other, blocking"),
        figure("scan: processor", "ms", [ours.scan_cpu_ms]),
        figure("scan, naive loop: processor", "ms", [naive_cpu_ms]),
        figure("awaited door moves -> seen", "ms", ours.seen_ms, ALLOWANCE * scan_ms, f"{exchange_ms:.0f} {wire}",
               meanwhile),
        figure("awaited door: answer to answer on its bus", "ms", ours.answer_ms, ALLOWANCE * exchange_ms,
               f"{exchange_ms:.1f} {wire}"),
        figure("awaited door: processor for all boards", "% of a core", [ours.awaited_percent], None, "", meanwhile),
        figure("no door awaited: processor for all boards", "% of a core", [ours.idle_percent], None, "",
               f"16 boards asked every {plan.poll_s:g} s"),
    ]  # fmt: skip


def site(demo_text: str) -> str:
    """The demo's settings with this cabinet instead of its own."""
    before, rest = demo_text.split("[[devices.boards]]", 1)
    boards = "\n".join(
        f'[[devices.boards]]\nname = "{bus}{board}"\ndriver = "kerong_cu16"\nboard = {board}\n'
        f'url = "{{runtime_dir}}/bus_{bus}"\n'
        for bus in BUSES
        for board in BOARDS
    )
    cells = ",\n".join(
        f'{{ name = "{bus.upper()}-{DOORS * board + door + 1:03}", size = "S", board = "{bus}{board}",'
        f" channel = {door + 1}, row = {door + 1}, column = {len(BOARDS) * place + board + 1},"
        f" bottom_mm = {1700 - 100 * door}, top_mm = {1790 - 100 * door} }}"
        for place, bus in enumerate(BUSES)
        for board in BOARDS
        for door in range(DOORS)
    )
    after = rest[rest.index("cells = [") :].split("\n]\n", 1)[1]
    return f"{before}{boards}\n[cabinet]\ncells = [\n{cells}\n]\n{after}"


def _naive(lines: Mapping[str, Line], scans: int) -> tuple[list[float], float]:
    """Times of whole scans and processor time of one, both in ms, of the loop that everybody writes first."""
    times = []
    with contextlib.ExitStack() as stack:
        ports = [
            stack.enter_context(serial.Serial(line.url, KerongEmulator.BAUDRATE, timeout=1))
            for line in lines.values()
        ]
        cpu = time.process_time()
        for _ in range(scans):
            began = time.perf_counter()
            for port in ports:
                for question in QUESTION:
                    port.reset_input_buffer()
                    port.write(question)
                    if len(port.read(STATUS_REPLY_BYTES)) != STATUS_REPLY_BYTES:
                        raise RuntimeError(f"{port.name}: no answer")
            times.append(1000 * (time.perf_counter() - began))
        return times, 1000 * (time.process_time() - cpu) / scans


@dataclass(slots=True)
class _Ours:
    scans_ms: list[float]
    scan_cpu_ms: float
    idle_percent: float = 0.0
    answer_ms: list[float] = field(default_factory=list)
    awaited_percent: float = 0.0
    seen_ms: list[float] = field(default_factory=list)


async def _ours(lines: Mapping[str, Line], plan: Scans) -> _Ours:
    boards = create_boards(
        {
            f"{bus}{board}": KerongCu16Config(url=line.url, board=board)
            for bus, line in lines.items()
            for board in BOARDS
        },
        profile="emulated",
        buses=Buses(),
    )
    try:
        for board in boards.values():
            await board.connect()
        found = _Ours(*await _scans(boards, plan.scans))
        async with _Watched(boards, plan.poll_s) as watched:
            await asyncio.sleep(plan.poll_s)
            found.idle_percent = await _percent(plan.idle_s)
            with watched.awaited.watched():
                for _ in range(SLICES):
                    before = watched.answers
                    found.awaited_percent += await _percent(plan.idle_s / SLICES) / SLICES
                    # where the machine did something else and none came: so long at least
                    answers = max(1, watched.answers - before)
                    found.answer_ms.append(1000 * plan.idle_s / SLICES / answers)
                with contextlib.closing(Control(lines[BUSES[0]].control)) as control:
                    for _ in range(plan.openings):
                        for act, door in (("door.open", DoorState.OPEN), ("door.close", DoorState.CLOSED)):
                            found.seen_ms.append(await watched.seen(control, act, door))
        return found
    finally:
        for board in boards.values():
            await board.close()


async def _scans(boards: Mapping[str, LockBoard], scans: int) -> tuple[list[float], float]:
    """Times of whole scans and processor time of one, both in ms."""

    async def read(bus: str) -> None:
        for board in BOARDS:
            await boards[f"{bus}{board}"].read()

    times, cpu = [], time.process_time()
    for _ in range(scans):
        began = time.perf_counter()
        await asyncio.gather(*(read(bus) for bus in BUSES))
        times.append(1000 * (time.perf_counter() - began))
    return times, 1000 * (time.process_time() - cpu) / scans


async def _percent(seconds: float) -> float:
    """What this process uses meanwhile, in percent of a core."""
    began, cpu = time.perf_counter(), time.process_time()
    await asyncio.sleep(seconds)  # the measurement itself
    return 100 * (time.process_time() - cpu) / (time.perf_counter() - began)


class _Watched:
    """All boards under observation while entered. `awaited`: the last board of the first bus; `answers` of that bus."""

    def __init__(self, boards: Mapping[str, LockBoard], poll_s: float) -> None:
        settings = DoorSettings(poll_interval_s=poll_s)
        self._watches = {
            name: BoardWatch(
                name, board, {1: name}, settings=settings, clock=LoopClock(), polled=self._polled
            )
            for name, board in boards.items()
        }
        self._tasks: list[asyncio.Task[None]] = []
        self._passed = asyncio.Event()
        self.awaited = self._watches[f"{BUSES[0]}{BOARDS[-1]}"]
        self.answers = 0

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(watch.run()) for watch in self._watches.values()]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _polled(self, watch: BoardWatch) -> None:
        self.answers += watch.name.startswith(BUSES[0])
        self._passed.set()

    async def seen(self, control: Control, act: str, door: DoorState) -> float:
        """Move the awaited door; ms until it is seen."""
        began = time.perf_counter()
        await asyncio.to_thread(control.do, act, board=BOARDS[-1], channel=1)
        async with asyncio.timeout(SEEN_TIMEOUT_S):
            while self.awaited.readings[self.awaited.name].door is not door:
                self._passed.clear()
                await self._passed.wait()
        return 1000 * (time.perf_counter() - began)
