"""Two buses, one of which stalls: the other is scanned as before, and the loop's own beat goes on."""

import asyncio
import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.boardtables import KerongCu16Config
from drivers.buses import Buses, create_boards
from drivers.contracts.health import DeviceStatus
from drivers.emulators.control import Control
from locker.boardwatch import BoardWatch, DoorSettings
from locker.ports import LoopClock
from tests.drivers.emulated import emulated

PATIENT_S = 10.0  # the silent bus is waited for so long
SCANS = 30
BEAT_S = 0.01
LOST_BEAT_S = 1.0  # a machine with other work; the silent bus would cost ten times as much


@pytest.fixture
def lines(tmp_path: Path) -> Iterator[dict[str, tuple[str, Control]]]:
    with contextlib.ExitStack() as stack:
        found = {}
        for name in ("dead", "live"):
            folder = tmp_path / name
            folder.mkdir()
            control = stack.enter_context(emulated("kerong", folder, "--board", "0", "--board", "1"))
            found[name] = (str(folder / "pty"), control)
        yield found


def watches(
    lines: dict[str, tuple[str, Control]], counts: dict[str, int], told: asyncio.Event
) -> dict[str, BoardWatch]:
    configs = {
        f"{name} {number}": KerongCu16Config(url=url, board=number, timeout_s=PATIENT_S, attempts=1)
        for name, (url, _) in lines.items()
        for number in (0, 1)
    }

    async def polled(watch: BoardWatch) -> None:
        counts[watch.name] = counts.get(watch.name, 0) + 1
        told.set()

    settings = DoorSettings(poll_interval_s=0.0)
    return {
        name: BoardWatch(name, board, {1: f"{name} 1"}, settings=settings, clock=LoopClock(), polled=polled)
        for name, board in create_boards(configs, profile="emulated", buses=Buses()).items()
    }


def test_a_stalled_bus_holds_up_no_other_and_not_the_loop(lines: dict[str, tuple[str, Control]]) -> None:
    counts: dict[str, int] = {}
    polled = asyncio.Event()
    gaps_s: list[float] = []

    async def beat() -> None:
        last_s = time.monotonic()
        while True:
            await asyncio.sleep(BEAT_S)
            gaps_s.append(time.monotonic() - last_s)
            last_s += gaps_s[-1]

    async def seen(*names: str, more: int) -> None:
        wanted = {name: counts.get(name, 0) + more for name in names}
        async with asyncio.timeout(60):
            while any(counts.get(name, 0) < count for name, count in wanted.items()):
                polled.clear()
                await polled.wait()

    async def main() -> None:
        all_watches = watches(lines, counts, polled)
        tasks = [asyncio.create_task(watch.run()) for watch in all_watches.values()]
        await seen(*all_watches, more=1)
        lines["dead"][1].do("fault", name="mute")
        await seen("live 0", more=3)  # what was on its way on the other line has come too
        before = counts["dead 0"] + counts["dead 1"]
        tasks.append(asyncio.create_task(beat()))
        await seen("live 0", "live 1", more=SCANS)
        tasks[-1].cancel()
        assert counts["dead 0"] + counts["dead 1"] <= before + 2  # it was silent all the time
        assert all_watches["live 0"].health.status is DeviceStatus.ONLINE
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        lines["dead"][1].do("cable.pull")  # ends the wait
        for name in ("dead 0", "live 0"):
            await all_watches[name].close()

    asyncio.run(main())
    assert len(gaps_s) > SCANS
    assert max(gaps_s) < LOST_BEAT_S
