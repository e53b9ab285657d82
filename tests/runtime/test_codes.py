"""The code scanner in the running program: a printed receipt, other codes, and a scanner that goes and comes back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from drivers.contracts.health import DeviceStatus, ErrorAction
from drivers.emulators.control import Control
from drivers.registry import DriverKind, create, parse
from kiosk.receiptcode import receipt_code
from kiosk.runtime.codes import CodeWatch
from kiosk.session import events as ev
from tests.drivers.emulated import emulated

ENOUGH_S = 20.0
AGAIN_S = 0.2
KIOSK = "east-01"
CASE = "261122-0007"


class Ear:
    """What the watch says."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[ev.Event] = asyncio.Queue()
        self.changed = asyncio.Event()

    async def after(self, control: Control, text: str) -> ev.Event:
        """Hold a code to the scanner until it is heard: it may come before anybody listens."""
        async with asyncio.timeout(ENOUGH_S):
            while True:
                control.do("scan", text=text)
                with suppress(TimeoutError):
                    return await asyncio.wait_for(self.heard.get(), AGAIN_S)

    async def until(self, watch: CodeWatch, status: DeviceStatus) -> None:
        async with asyncio.timeout(ENOUGH_S):
            while watch.health.status is not status:
                await self.changed.wait()
                self.changed.clear()


@asynccontextmanager
async def watching(folder: Path) -> AsyncIterator[tuple[CodeWatch, Ear]]:
    table = {"driver": "serial_scanner", "url": str(folder / "pty")}
    scanner = create(DriverKind.CODES, parse(DriverKind.CODES, table), profile="emulated")
    ear = Ear()
    watch = CodeWatch(scanner, KIOSK, ear.heard.put_nowait, ear.changed.set, retry_s=0.05)
    task = asyncio.create_task(watch.run())
    try:
        await ear.until(watch, DeviceStatus.ONLINE)
        yield watch, ear
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def test_receipts_are_told_from_other_codes_and_a_scanner_comes_back(tmp_path: Path) -> None:
    async def main(control: Control) -> None:
        async with watching(tmp_path) as (watch, ear):
            assert await ear.after(control, receipt_code(KIOSK, CASE)) == ev.CodeScanned(CASE)
            control.do("cable.pull")
            await ear.until(watch, DeviceStatus.OFFLINE)
            assert watch.health.action is ErrorAction.MAINTENANCE
            assert "check the cable" in watch.health.detail
            control.do("cable.plug")
            await ear.until(watch, DeviceStatus.ONLINE)
            while not ear.heard.empty():  # of the first one, held up more than once
                ear.heard.get_nowait()
            assert await ear.after(control, receipt_code("west-01", CASE)) == ev.CodeScanned()

    with emulated("scanner", tmp_path) as control:
        asyncio.run(main(control))
