"""Staff cards in the running program: reader, registry and session together, and a reader that goes and comes back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from argon2 import PasswordHasher

from drivers.contracts.health import DeviceStatus, ErrorAction
from drivers.contracts.staffcard import CardUid
from drivers.emulators.control import Control
from drivers.registry import DriverKind, create, parse
from kiosk.journal import opened
from kiosk.runtime.staffcards import StaffCardWatch
from kiosk.session import staffevents as told
from kiosk.staff import Role, StaffRegistry
from tests.drivers.emulated import emulated
from tests.runtime.ear import Ear, running


@asynccontextmanager
async def watching(folder: Path, staff: StaffRegistry) -> AsyncIterator[tuple[StaffCardWatch, Ear]]:
    table = {"driver": "staff_card_serial", "url": str(folder / "pty")}
    reader = create(DriverKind.STAFF_CARD, parse(DriverKind.STAFF_CARD, table), profile="emulated")
    ear = Ear()
    watch = StaffCardWatch(reader, staff.holder_of, ear.heard.put_nowait, ear.changed.set, retry_s=0.05)
    async with running(watch, ear):
        yield watch, ear


def test_whose_card_it_is_and_a_reader_that_comes_back(tmp_path: Path) -> None:
    async def main(control: Control) -> None:
        hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        async with opened(tmp_path / "state", ballast_bytes=0) as journal:
            staff = StaffRegistry(journal, hasher=hasher)
            card = CardUid.parse(control.do("people")["people"]["zhang"])
            await staff.add("1001", name="柜员测试", pin="402915", role=Role.STAFF, card=card, by="cli")
            async with watching(tmp_path, staff) as (watch, ear):
                control.do("card.present", name="zhang")
                assert await ear.next() == told.StaffCardRead("1001")
                control.do("card.present", name="stranger")
                assert await ear.next() == told.StaffCardRead("")
                control.do("cable.pull")
                await ear.until(watch, DeviceStatus.OFFLINE)
                assert watch.health.action is ErrorAction.MAINTENANCE
                assert "check the cable" in watch.health.detail
                control.do("cable.plug")
                await ear.until(watch, DeviceStatus.ONLINE)
                control.do("card.present", name="zhang")
                assert await ear.next() == told.StaffCardRead("1001")
                await staff.disable("1001", by="cli")
                control.do("card.present", name="zhang")
                assert await ear.next() == told.StaffCardRead("")

    with emulated("staffcard", tmp_path) as control:
        asyncio.run(main(control))
