"""The code scanner in the running program: a printed receipt, other codes, and a scanner that goes and comes back."""

import asyncio
from contextlib import suppress
from pathlib import Path

from drivers.contracts.health import DeviceStatus, ErrorAction
from drivers.emulators.control import Control
from drivers.registry import DriverKind, create, parse
from kiosk.receiptcode import receipt_code
from kiosk.runtime.codes import HELD_S, CodeWatch
from kiosk.session import events as ev
from tests.drivers.emulated import emulated
from tests.runtime.ear import ENOUGH_S, Ear, running

AGAIN_S = 0.2
KIOSK = "east-01"
CASE, OTHER = "261122-0007", "261122-0008"


async def held_up(control: Control, ear: Ear, text: str) -> ev.Event:
    """Hold a code to the scanner until it is heard: it may come before anybody listens."""
    async with asyncio.timeout(ENOUGH_S):
        while True:
            control.do("scan", text=text)
            with suppress(TimeoutError):
                return await ear.next(AGAIN_S)


def test_a_receipt_that_is_held_there_is_read_once(tmp_path: Path) -> None:
    now_s = [100.0]

    async def main(control: Control) -> None:
        table = {"driver": "serial_scanner", "url": str(tmp_path / "pty")}
        scanner = create(DriverKind.CODES, parse(DriverKind.CODES, table), profile="emulated")
        ear = Ear()
        watch = CodeWatch(
            scanner, KIOSK, ear.heard.put_nowait, ear.changed.set, retry_s=0.05, clock=lambda: now_s[0]
        )
        async with running(watch, ear):
            assert await held_up(control, ear, receipt_code(KIOSK, CASE)) == ev.CodeScanned(CASE)
            for _ in range(3):
                await asyncio.sleep(AGAIN_S)
                control.do("scan", text=receipt_code(KIOSK, CASE))
            assert await held_up(control, ear, receipt_code(KIOSK, OTHER)) == ev.CodeScanned(OTHER)
            assert ear.heard.empty()
            now_s[0] += HELD_S
            assert await held_up(control, ear, receipt_code(KIOSK, OTHER)) == ev.CodeScanned(OTHER)

    with emulated("scanner", tmp_path) as control:
        asyncio.run(main(control))


def test_receipts_are_told_from_other_codes_and_a_scanner_comes_back(tmp_path: Path) -> None:
    async def main(control: Control) -> None:
        table = {"driver": "serial_scanner", "url": str(tmp_path / "pty")}
        scanner = create(DriverKind.CODES, parse(DriverKind.CODES, table), profile="emulated")
        ear = Ear()
        watch = CodeWatch(scanner, KIOSK, ear.heard.put_nowait, ear.changed.set, retry_s=0.05)
        async with running(watch, ear):
            assert await held_up(control, ear, receipt_code(KIOSK, CASE)) == ev.CodeScanned(CASE)
            control.do("cable.pull")
            await ear.until(watch, DeviceStatus.OFFLINE)
            assert watch.health.action is ErrorAction.MAINTENANCE
            assert "check the cable" in watch.health.detail
            control.do("cable.plug")
            await ear.until(watch, DeviceStatus.ONLINE)
            while not ear.heard.empty():  # of the first one, held up more than once
                ear.heard.get_nowait()
            assert await held_up(control, ear, receipt_code("west-01", CASE)) == ev.CodeScanned()

    with emulated("scanner", tmp_path) as control:
        asyncio.run(main(control))
