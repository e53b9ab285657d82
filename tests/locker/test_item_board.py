"""Custody where the lock board sees no papers and a board of inputs does: the door service on two emulated lines."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from drivers.boardtables import ModbusInputsConfig, WklyConfig
from drivers.buses import Buses, create_boards
from drivers.contracts.board import ItemState
from drivers.contracts.health import DeviceStatus
from drivers.emulators.control import Control
from drivers.modbus.items import create
from drivers.with_items import BoardWithItems, ItemSensor, ItemWatch
from locker.doors import Closed, DoorService, Opened
from locker.events import DepositRequested
from tests.drivers.emulated import emulated
from tests.locker.rig import MemoryLog, cabinet, service

QUICK = ("--open-ms", "30", "--query-all-ms", "5", "--travel-ms", "5", "--channels", "4")
Line = tuple[Path, Control, Control]


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    folder = tmp_path_factory.mktemp("custody")
    with ExitStack() as stack:
        for name in ("locks", "items"):
            (folder / name).mkdir()
        doors = stack.enter_context(emulated("wkly", folder / "locks", *QUICK))
        sensors = stack.enter_context(emulated("modbus", folder / "items", "--channels", "0"))
        yield folder, doors, sensors


def board(folder: Path) -> tuple[BoardWithItems, ItemWatch]:
    locks = WklyConfig(url=str(folder / "locks" / "pty"), channels=4, settle_s=0.06)
    items = ModbusInputsConfig(url=str(folder / "items" / "pty"), inputs=16)
    buses = Buses()
    bare = create_boards({"main": locks}, profile="emulated", buses=buses)["main"]
    watch = ItemWatch("di1", create(items, link=buses.line("di1", items)))
    return BoardWithItems(bare, {3: ItemSensor(watch, 16)}), watch


@pytest.mark.parametrize(("silent", "item"), [(False, ItemState.PRESENT), (True, ItemState.UNKNOWN)])
def test_what_is_put_in_is_seen_or_unknown_never_absent(line: Line, *, silent: bool, item: ItemState) -> None:
    folder, hand, sensors = line
    log = MemoryLog()

    async def deposit(doors: DoorService) -> None:
        assert isinstance(await doors.open("A-03", "C-1", "citizen"), Opened)
        if silent:
            sensors.do("cable.pull")
        waiting = asyncio.create_task(doors.wait_closed("A-03", 20.0))
        sensors.do("input.set", input=16, on=True)
        hand.do("door.close", channel=3)
        assert await waiting == Closed(item)

    async def main() -> None:
        tested, watch = board(folder)
        async with service(cabinet(), {"main": tested}, log) as (doors, ledger):
            await ledger.record(DepositRequested("C-1", "A-03", "item"))
            await deposit(doors)
            assert doors.snapshot().boards["main"].status is DeviceStatus.ONLINE
            asked = {passage.data[:2] for passage in tested.passages + watch.passages if passage.sent}
            assert asked == {b"WK", b"\x01\x02"}  # a technician sees both lines
            assert watch.health.status is (DeviceStatus.NO_DEVICE if silent else DeviceStatus.ONLINE)

    sensors.do("input.set", input=16, on=False)
    try:
        asyncio.run(main())
    finally:
        sensors.do("cable.plug")
    assert log.names() == ["DepositRequested", "OpenRequested", "DoorOpened", "DoorClosed"]
