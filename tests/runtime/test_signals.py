"""What the kiosk does with contacts and lamps, with the real driver and an emulated Modbus board."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from drivers.boardtables import ModbusSignalsConfig
from drivers.contracts.health import DeviceStatus
from drivers.emulators.control import Control
from drivers.errors import DeviceError
from drivers.link import Link
from drivers.modbus.signals import create
from kiosk.journal.errors import JournalError
from kiosk.journal.events import CabinetForced, CabinetOpened, CabinetShaken, CabinetShut
from kiosk.journal.types import Event
from kiosk.runtime.signals import SignalLimits, SignalWatch, is_door_open, staff_at
from kiosk.session import staffstate as ss
from kiosk.session import state as st
from tests.drivers.emulated import emulated

PATIENCE_S = 20.0
POLL_S = 0.02
DOOR, VIBRATION = 5, 6  # inputs
LAMP, BUZZER, FAN = "3", "4", "5"  # relays
WIRING = {
    "inputs": {"cabinet_door": {"number": DOOR}, "vibration": {"number": VIBRATION}},
    "outputs": {"lamp_free": {"number": 3}, "buzzer": {"number": 4}, "fan": {"number": 5}},
}


@dataclass
class Rig:
    """A watch, what it recorded, who is signed in, whether the kiosk serves."""

    control: Control
    url: str
    facts: list[Event] = field(default_factory=list)
    staff_no: str = ""
    serving: bool = True
    disk_full: bool = False
    refused: int = 0
    watch: SignalWatch = field(init=False)

    @asynccontextmanager
    async def watching(self, **limits: float) -> AsyncIterator["Rig"]:
        config = ModbusSignalsConfig.model_validate(
            {"url": self.url, "timeout_s": 2, "attempts": 1, **WIRING}
        )
        board = create(config, link=Link(config.url, baudrate=config.baudrate, name="signals"))
        self.watch = SignalWatch(
            board, self.record, lambda: None, lambda: self.serving, lambda: self.staff_no,
            SignalLimits(**{"poll_s": POLL_S, "retry_s": POLL_S, **limits}),
        )  # fmt: skip
        task = asyncio.create_task(self.watch.run())
        await self.until(lambda: self.watch.health.status is DeviceStatus.ONLINE)
        yield self
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await board.close()

    async def record(self, fact: Event) -> None:
        if self.disk_full:
            self.refused += 1
            raise JournalError("no room")
        self.facts.append(fact)

    def relay(self, number: str) -> bool:
        return bool(self.control.do("state")["outputs"]["1"][number]["on"])

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not true():  # noqa: ASYNC110 - the watch tells nobody of its looks
                await asyncio.sleep(POLL_S)


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Control, str]]:
    folder: Path = tmp_path_factory.mktemp("cabinet")
    with emulated("modbus", folder, "--channels", "2", "--outputs", "8", "--inputs", "8") as control:
        yield control, str(folder / "pty")


@pytest.fixture
def rig(process: tuple[Control, str]) -> Iterator[Rig]:
    control, url = process
    yield Rig(control, url)
    control.do("fault", name="none")
    for number in (DOOR, VIBRATION):
        control.do("input.set", input=number, on=False)


def test_a_service_door_opened_by_nobody_is_an_alarm_by_staff_a_record(rig: Rig) -> None:
    async def story() -> None:
        async with rig.watching():
            rig.control.do("input.set", input=DOOR, on=True)
            await rig.until(lambda: rig.facts == [CabinetForced("cabinet_door")])
            rig.control.do("input.set", input=DOOR, on=False)
            await rig.until(lambda: rig.facts[1:] == [CabinetShut("cabinet_door")])
            rig.staff_no = "1001"
            rig.control.do("input.set", input=DOOR, on=True)
            await rig.until(lambda: rig.facts[2:] == [CabinetOpened("cabinet_door", "1001")])

    asyncio.run(story())


def test_a_door_that_stands_open_at_the_start_is_told(rig: Rig) -> None:
    rig.control.do("input.set", input=DOOR, on=True)

    async def story() -> None:
        async with rig.watching():
            await rig.until(lambda: rig.facts == [CabinetForced("cabinet_door")])

    asyncio.run(story())


def test_a_board_that_was_away_while_the_door_was_opened(rig: Rig) -> None:
    async def story() -> None:
        async with rig.watching():
            rig.control.do("fault", name="mute")
            await rig.until(lambda: rig.watch.health.status is DeviceStatus.OFFLINE)
            assert rig.facts == []  # silence says nothing of the door
            rig.control.do("input.set", input=DOOR, on=True)
            rig.control.do("fault", name="none")
            await rig.until(lambda: rig.facts == [CabinetForced("cabinet_door")])

    asyncio.run(story())


def test_what_could_not_be_recorded_is_told_when_it_can_be(rig: Rig) -> None:
    async def story() -> None:
        async with rig.watching():
            rig.disk_full = True
            rig.control.do("input.set", input=DOOR, on=True)
            await rig.until(lambda: rig.refused > 2)  # looks that cannot be recorded
            rig.control.do("input.set", input=DOOR, on=False)
            rig.control.do("input.set", input=VIBRATION, on=True)
            seen = rig.refused
            await rig.until(lambda: rig.refused > seen + 2)
            rig.disk_full = False
            alarms = [CabinetForced("cabinet_door"), CabinetShut("cabinet_door"), CabinetShaken("vibration")]
            await rig.until(lambda: rig.facts == alarms)

    asyncio.run(story())


def test_blows_close_together_are_one(rig: Rig) -> None:
    async def story() -> None:
        async with rig.watching(shaken_again_s=60):
            for _ in range(3):
                rig.control.do("input.set", input=VIBRATION, on=True)
                await rig.until(lambda: bool(rig.facts))
                rig.control.do("input.set", input=VIBRATION, on=False)
                await asyncio.sleep(3 * POLL_S)
            assert rig.facts == [CabinetShaken("vibration")]

    asyncio.run(story())


def test_the_lamp_follows_the_service_and_comes_back_with_the_board(rig: Rig) -> None:
    async def story() -> None:
        async with rig.watching():
            await rig.until(lambda: rig.relay(LAMP) and rig.relay(FAN))
            rig.serving = False
            await rig.until(lambda: not rig.relay(LAMP))
            rig.serving = True
            await rig.until(lambda: rig.relay(LAMP))
            rig.control.do("power.off")
            await rig.until(lambda: rig.watch.health.status is DeviceStatus.OFFLINE)
            rig.control.do("power.on")
            await rig.until(lambda: rig.relay(LAMP) and rig.relay(FAN))
        assert not rig.relay(LAMP)
        assert not rig.relay(FAN)

    asyncio.run(story())


def test_the_buzzer_sounds_and_ends_by_itself_and_its_silence_stops_nobody(rig: Rig) -> None:
    async def story() -> None:
        async with rig.watching(buzzer_s=0.3):
            await rig.watch.buzz()
            assert rig.relay(BUZZER)
            await rig.until(lambda: not rig.relay(BUZZER))
            rig.control.do("fault", name="refuses")
            await rig.watch.buzz()

    asyncio.run(story())


def test_a_technician_sees_the_lamp_blink_and_then_it_is_as_it_was(rig: Rig) -> None:
    async def story() -> None:
        async with rig.watching():
            await rig.until(lambda: rig.relay(LAMP))
            blinking = asyncio.create_task(rig.watch.blink())
            await rig.until(lambda: not rig.relay(LAMP))
            await blinking
            await rig.until(lambda: rig.relay(LAMP))

    asyncio.run(story())


def test_a_technician_is_told_that_lamp_and_buzzer_do_not_answer(rig: Rig) -> None:
    async def story() -> None:
        async with rig.watching():
            rig.control.do("fault", name="refuses")
            for attempt in (rig.watch.blink, rig.watch.sound_buzzer):
                with pytest.raises(DeviceError):
                    await attempt()

    asyncio.run(story())


def test_who_counts_as_signed_in() -> None:
    assert staff_at(ss.StaffList("1001")) == "1001"
    assert staff_at(st.Inspecting(st.Bench("2001"))) == "2001"
    assert staff_at(ss.SigningIn("1001")) == ""
    assert staff_at(st.Idle()) == ""
    assert is_door_open(st.DoorLeftOpen("A-01"))
    assert not is_door_open(st.TakingCard())
