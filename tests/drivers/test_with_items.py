"""Item sensors on a board of inputs beside a lock board that has none: both emulated, each on a line of its own."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from drivers.boardtables import ModbusInputsConfig, WinnsenConfig
from drivers.contracts.board import DoorState, ItemState
from drivers.contracts.health import DeviceStatus
from drivers.emulators.control import Control
from drivers.errors import DeviceRefused, LinkClosed
from drivers.link import Link
from drivers.modbus.items import ModbusItems, create
from drivers.winnsen.board import create as create_locks
from drivers.with_items import BoardWithItems, ItemSensor, ItemWatch
from tests.drivers.board_contract import read_until
from tests.drivers.emulated import emulated

UNKNOWN, ABSENT, PRESENT = ItemState.UNKNOWN, ItemState.ABSENT, ItemState.PRESENT


class Hands:
    """The two emulators."""

    def __init__(self, folder: Path, doors: Control, sensors: Control) -> None:
        self.folder = folder
        self.doors = doors
        self.sensors = sensors

    def locks(self) -> WinnsenConfig:
        return WinnsenConfig(url=str(self.folder / "locks" / "pty"), channels=4, timeout_s=5.0)

    def items(self, **settings: object) -> ModbusItems:
        table = {"url": str(self.folder / "items" / "pty"), "inputs": 16, "timeout_s": 0.6, "attempts": 2}
        config = ModbusInputsConfig.model_validate(table | settings)
        return create(config, link=Link(config.url, baudrate=config.baudrate, name="items"))

    def sees(self, number: int, *, on: bool = True) -> None:
        self.sensors.do("input.set", input=number, on=on)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hands]:
    folder = tmp_path_factory.mktemp("items")
    with ExitStack() as stack:
        for name in ("locks", "items"):
            (folder / name).mkdir()
        doors = stack.enter_context(
            emulated("winnsen", folder / "locks", "--channels", "4", "--travel-ms", "5")
        )
        sensors = stack.enter_context(emulated("modbus", folder / "items", "--channels", "0"))
        yield Hands(folder, doors, sensors)


@pytest.fixture
def hands(shared: Hands) -> Iterator[Hands]:
    yield shared
    for control in (shared.doors, shared.sensors):
        control.do("fault", name="none")
        control.do("cable.pull")
        control.do("cable.plug")
    for number in range(1, 17):
        shared.sees(number, on=False)
    for channel in range(1, 5):
        shared.doors.do("door.close", channel=channel)


def play(
    hands: Hands,
    scene: Callable[[BoardWithItems, ItemWatch], Awaitable[None]],
    *,
    wiring: Mapping[int, int],
    items: ModbusItems | None = None,
    clock: Callable[[], float] | None = None,
) -> None:
    config = hands.locks()
    bare = create_locks(config, link=Link(config.url, baudrate=config.baudrate, name="locks"))

    async def main() -> None:
        board = items or hands.items()
        watch = ItemWatch("di1", board) if clock is None else ItemWatch("di1", board, clock=clock)
        tested = BoardWithItems(
            bare, {channel: ItemSensor(watch, number) for channel, number in wiring.items()}
        )
        try:
            await tested.connect()
            await scene(tested, watch)
        finally:
            await tested.close()

    asyncio.run(main())


async def items_of(board: BoardWithItems) -> list[ItemState]:
    readings = await board.read()
    return [readings[channel].item for channel in range(1, board.channels + 1)]


def test_each_compartment_has_the_sensor_that_it_is_wired_to(hands: Hands) -> None:
    async def scene(board: BoardWithItems, watch: ItemWatch) -> None:
        assert await items_of(board) == [ABSENT, ABSENT, ABSENT, UNKNOWN]
        hands.sees(16)
        assert await items_of(board) == [ABSENT, PRESENT, ABSENT, UNKNOWN]
        hands.sees(1)
        hands.sees(16, on=False)
        assert await items_of(board) == [PRESENT, ABSENT, ABSENT, UNKNOWN]
        assert watch.health.status is DeviceStatus.ONLINE
        assert board.line.frames >= 3
        assert watch.line.frames == 1 + 3  # connected, and read with each poll

    play(hands, scene, wiring={1: 1, 2: 16, 3: 3})


def test_doors_are_the_lock_boards_matter(hands: Hands) -> None:
    async def scene(board: BoardWithItems, watch: ItemWatch) -> None:
        await board.unlock(3)
        await read_until(board, 3, DoorState.OPEN)
        hands.doors.do("cable.pull")
        with pytest.raises(LinkClosed):
            await board.read()

    play(hands, scene, wiring={3: 3})


def test_polarity_is_a_setting(hands: Hands) -> None:
    async def scene(board: BoardWithItems, watch: ItemWatch) -> None:
        hands.sees(2)
        assert await items_of(board) == [PRESENT, ABSENT, UNKNOWN, UNKNOWN]

    play(hands, scene, wiring={1: 1, 2: 2}, items=hands.items(item_is_one=False))


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("mute", DeviceStatus.OFFLINE),
        ("bad_checksum", DeviceStatus.OFFLINE),
        ("wrong_address", DeviceStatus.OFFLINE),
        ("half", DeviceStatus.OFFLINE),
        ("refuses", DeviceStatus.HARDWARE_ERROR),
        ("cable.pull", DeviceStatus.NO_DEVICE),
    ],
)
def test_a_board_of_inputs_that_fails_makes_items_unknown_and_leaves_the_doors_alone(
    hands: Hands, fault: str, status: DeviceStatus, caplog: pytest.LogCaptureFixture
) -> None:
    now_s = 0.0

    async def scene(board: BoardWithItems, watch: ItemWatch) -> None:
        nonlocal now_s
        hands.sees(1)
        assert await items_of(board) == [PRESENT, ABSENT, UNKNOWN, UNKNOWN]
        _set(hands, fault, on=True)
        for _ in range(5):
            now_s += 0.05  # in the first pause
            assert await items_of(board) == [UNKNOWN] * 4
        assert watch.health.status is status
        assert {reading.door for reading in (await board.read()).values()} == {DoorState.CLOSED}
        _set(hands, fault, on=False)
        now_s += 10.0  # the longest pause
        assert await items_of(board) == [PRESENT, ABSENT, UNKNOWN, UNKNOWN]

    with caplog.at_level(logging.INFO, logger="drivers.with_items"):
        play(hands, scene, wiring={1: 1, 2: 2}, clock=lambda: now_s)
    words = [record.getMessage().partition(" di1")[0] for record in caplog.records]
    assert words == ["item sensors"] * 3  # it answers, it is lost, it answers
    assert [record.levelname for record in caplog.records] == ["INFO", "WARNING", "INFO"]


def _set(hands: Hands, fault: str, *, on: bool) -> None:
    if fault == "cable.pull":
        hands.sensors.do(fault if on else "cable.plug")
    else:
        hands.sensors.do("fault", name=fault, on=on)


def test_a_silent_board_of_inputs_is_asked_after_growing_pauses(hands: Hands) -> None:
    now_s = 0.0
    asked: list[float] = []

    class Silent:
        async def connect(self) -> None:
            asked.append(now_s)
            raise DeviceRefused("not now")

        async def read(self) -> Mapping[int, ItemState]:
            raise AssertionError("never connected")

        async def close(self) -> None:
            """Nothing to release."""

    async def main() -> None:
        nonlocal now_s
        watch = ItemWatch("di1", Silent(), clock=lambda: now_s)
        while now_s < 60:
            assert await watch.seen() == {}
            now_s += 0.25

    asyncio.run(main())
    assert asked == [0, 0.5, 1.5, 3.5, 7.5, 15.5, 25.5, 35.5, 45.5, 55.5]


def test_a_kiosk_starts_though_its_board_of_inputs_is_missing(hands: Hands) -> None:
    async def scene(board: BoardWithItems, watch: ItemWatch) -> None:
        assert await items_of(board) == [UNKNOWN] * 4
        assert watch.health.status is DeviceStatus.NO_DEVICE

    hands.sensors.do("cable.pull")
    play(hands, scene, wiring={1: 1})
