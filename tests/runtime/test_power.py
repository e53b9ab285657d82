"""What the kiosk does when the mains go, with the real driver and the emulated UPS."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from drivers.contracts.health import DeviceStatus, ErrorAction
from drivers.emulators.control import Control
from drivers.nut.ups import create
from drivers.registry import NutConfig
from kiosk.journal.errors import JournalError
from kiosk.journal.events import KioskParked, MainsLost, MainsReturned
from kiosk.journal.types import Event
from kiosk.runtime.power import PowerLimits, PowerWatch
from tests.drivers.emulated import emulated_server

PATIENCE_S = 20.0
POLL_S = 0.02


@dataclass
class Rig:
    """A watch, what it recorded, and whether somebody is at the screen."""

    control: Control
    config: NutConfig
    facts: list[Event] = field(default_factory=list)
    busy: bool = False
    disk_full: bool = False
    refused: int = 0
    watch: PowerWatch = field(init=False)
    turn: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def watching(self, **limits: object) -> AsyncIterator["Rig"]:
        self.watch = PowerWatch(
            create(self.config), self.record, lambda: None, lambda: not self.busy,
            PowerLimits(poll_s=POLL_S, **limits),  # type: ignore[arg-type]  # field names as keywords
        )  # fmt: skip
        task = asyncio.create_task(self.watch.run())
        yield self
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def record(self, fact: Event) -> None:
        if self.disk_full:
            self.refused += 1
            raise JournalError("no room")
        self.facts.append(fact)

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not true():  # noqa: ASYNC110 - the watch tells nobody of its looks
                await asyncio.sleep(POLL_S)


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Control, int]]:
    with emulated_server("nut", tmp_path_factory.mktemp("ups"), "--address-file") as (control, address):
        yield control, int(address.rpartition(":")[2])


@pytest.fixture
def rig(process: tuple[Control, int]) -> Iterator[Rig]:
    control, port = process
    yield Rig(control, NutConfig(port=port, timeout_s=5))
    for act, values in (
        ("fault", {"name": "none"}), ("mains.return", {}), ("battery", {"charge": 100}), ("cable.plug", {}),
        ("battery.worn", {"on": False}),
    ):  # fmt: skip
        control.do(act, **values)


def test_a_short_cut_is_recorded_and_stops_nobody(rig: Rig) -> None:
    async def story() -> None:
        async with rig.watching():
            await rig.until(lambda: rig.watch.health.status is DeviceStatus.ONLINE)
            rig.control.do("mains.cut")
            await rig.until(lambda: rig.facts == [MainsLost(100)])
            assert not rig.watch.is_ending
            rig.control.do("mains.return")
            await rig.until(lambda: rig.facts[1:] == [MainsReturned(100)])

    asyncio.run(story())


def test_when_the_battery_ends_the_kiosk_parks_and_switches_the_machine_off(rig: Rig, tmp_path: Path) -> None:
    switched_off = tmp_path / "off"

    async def story() -> None:
        async with rig.watching(shutdown_command=("touch", str(switched_off))):
            rig.control.do("mains.cut")
            rig.control.do("battery", charge=12)
            await rig.until(switched_off.exists)
            assert rig.watch.is_ending
            rig.control.do("mains.return")
            await rig.until(lambda: not rig.watch.is_ending)
            assert not rig.watch.is_parked
            assert rig.facts[1:] == [KioskParked("power"), MainsReturned(12)]

    asyncio.run(story())


def test_a_battery_that_seems_to_recover_lets_nobody_begin_before_the_mains_are_back(rig: Rig) -> None:
    async def story() -> None:
        async with rig.watching():
            rig.control.do("mains.cut")
            rig.control.do("battery", charge=12)
            await rig.until(lambda: rig.watch.is_parked)
            rig.control.do("battery", charge=60)
            await asyncio.sleep(10 * POLL_S)  # looks that change nothing
            assert rig.watch.is_ending
            assert rig.watch.is_parked
            rig.control.do("mains.return")
            await rig.until(lambda: not rig.watch.is_ending)

    asyncio.run(story())


def test_the_kiosk_stays_parked_until_the_record_says_that_the_mains_are_back(rig: Rig) -> None:
    async def story() -> None:
        async with rig.watching():
            rig.control.do("mains.cut")
            rig.control.do("battery", charge=12)
            await rig.until(lambda: rig.watch.is_parked)
            rig.disk_full = True
            rig.control.do("mains.return")
            await rig.until(lambda: rig.refused > 2)  # looks that could not record it
            assert rig.watch.is_ending
            rig.disk_full = False
            await rig.until(lambda: not rig.watch.is_ending)
            assert rig.facts[1:] == [KioskParked("power"), MainsReturned(12)]

    asyncio.run(story())


def test_somebody_at_a_door_is_waited_for(rig: Rig) -> None:
    async def story() -> None:
        rig.busy = True
        async with rig.watching(finish_s=60):
            rig.control.do("mains.cut")
            rig.control.do("battery", charge=12)
            await rig.until(lambda: rig.watch.is_ending)
            await asyncio.sleep(10 * POLL_S)  # looks that change nothing
            assert not rig.watch.is_parked
            rig.busy = False
            await rig.until(lambda: rig.watch.is_parked)
        assert rig.facts[-1] == KioskParked("power")

    asyncio.run(story())


def test_but_not_for_ever(rig: Rig) -> None:
    async def story() -> None:
        rig.busy = True
        async with rig.watching(finish_s=0.2):
            rig.control.do("mains.cut")
            rig.control.do("battery", charge=12)
            await rig.until(lambda: rig.facts[-1:] == [KioskParked("power, somebody was cut off")])

    asyncio.run(story())


def test_a_ups_that_falls_silent_on_battery_counts_as_empty(rig: Rig) -> None:
    async def story() -> None:
        async with rig.watching(silent_s=0.3):
            rig.control.do("mains.cut")
            await rig.until(lambda: bool(rig.facts))
            rig.control.do("fault", name="stale")
            await rig.until(lambda: rig.watch.is_parked)
            assert (rig.watch.health.status, rig.watch.health.action) == (
                DeviceStatus.OFFLINE, ErrorAction.MAINTENANCE
            )  # fmt: skip

    asyncio.run(story())


def test_a_ups_that_falls_silent_on_mains_stops_nobody(rig: Rig) -> None:
    async def story() -> None:
        async with rig.watching(silent_s=0.05):
            await rig.until(lambda: rig.watch.health.status is DeviceStatus.ONLINE)
            rig.control.do("cable.pull")
            await rig.until(lambda: rig.watch.health.status is DeviceStatus.NO_DEVICE)
            await asyncio.sleep(10 * POLL_S)  # well past silent_s
            assert not rig.watch.is_ending
            rig.control.do("cable.plug")
            await rig.until(lambda: rig.watch.health.status is DeviceStatus.ONLINE)

    asyncio.run(story())


def test_a_wrong_name_is_a_matter_of_configuration(rig: Rig) -> None:
    async def story() -> None:
        rig.config = rig.config.model_copy(update={"ups": "other"})
        async with rig.watching():
            await rig.until(lambda: rig.watch.health.action is ErrorAction.CONFIGURATION)

    asyncio.run(story())


def test_a_full_disk_and_a_wrong_command_do_not_end_the_watch(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    async def story() -> None:
        rig.disk_full = True
        async with rig.watching(shutdown_command=("/nowhere/poweroff",)):
            rig.control.do("mains.cut")
            rig.control.do("battery", charge=12)
            await rig.until(lambda: "shutdown_command cannot be run" in caplog.text)
            rig.control.do("mains.return")
            await rig.until(lambda: not rig.watch.is_ending)
        assert "could not record" in caplog.text

    asyncio.run(story())
