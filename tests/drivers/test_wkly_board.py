"""WKLY boards: the emulated one byte for byte, and what the suite of all boards does not ask of the driver.

The vectors stand in public drivers for this board, with the doors that each test says.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
import serial

from drivers.boardtables import WklyConfig
from drivers.contracts.board import DoorState, LockBoard
from drivers.emulators.control import Control
from drivers.link import Link
from drivers.wkly.board import create
from tests.drivers.board_contract import read_until
from tests.drivers.emulated import cabinet, emulated

QUICK = ("--channels", "12", "--open-ms", "30", "--query-ms", "5", "--query-all-ms", "5", "--travel-ms", "5")
ALL_SHUT = f"57 4B 4C 59 15 00 84 0C {'01 ' * 12} 94"
QUERY_ALL = "57 4B 4C 59 08 00 84 85"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("wkly")
    with emulated("wkly", folder, *QUICK, "--board", "0", "--board", "1", "--events"):
        yield folder


@pytest.fixture
def line(shared: Path) -> Iterator[tuple[Path, Control]]:
    with cabinet(shared) as control:
        yield shared, control


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        (QUERY_ALL, ALL_SHUT),
        ("57 4B 4C 59 09 00 83 01 82", "57 4B 4C 59 0B 00 83 00 01 01 81"),
        ("57 4B 4C 59 09 00 81 01 80", "57 4B 4C 59 0A 00 81 00 01 83"),
        (f"99 57 4B {QUERY_ALL}", ALL_SHUT),
        (f"57 4B 4C 59 08 00 84 86 {QUERY_ALL}", ALL_SHUT),  # a wrong sum before
        (f"57 4B 4C 59 08 02 84 87 {QUERY_ALL}", ALL_SHUT),  # a board that is not there
        (
            "57 4B 4C 59 09 01 82 04 87",  # what comes first is the event
            "57 4B 4C 59 0A 01 85 04 00 83 57 4B 4C 59 0B 01 82 00 04 00 85",
        ),
    ],
)
def test_the_emulator_answers(line: tuple[Path, Control], request_: str, answer: str) -> None:
    expected = bytes.fromhex(answer)
    with serial.Serial(str(line[0] / "pty"), 9600, timeout=10) as port:
        port.write(bytes.fromhex(request_))
        assert port.read(len(expected)).hex(" ") == expected.hex(" ")


def test_it_says_which_door_a_hand_has_moved(line: tuple[Path, Control]) -> None:
    folder, control = line
    with serial.Serial(str(folder / "pty"), 9600, timeout=10) as port:
        control.do("door.open", board=1, channel=4)
        control.do("door.close", board=1, channel=4)
        assert port.read(20) == bytes.fromhex("57 4B 4C 59 0A 01 85 04 00 83 57 4B 4C 59 0A 01 85 04 01 82")


def board(folder: Path, wire: Link, **settings: object) -> LockBoard:
    table = {"url": str(folder / "pty"), "settle_s": 0.06, "timeout_s": 5.0} | settings
    return create(WklyConfig.model_validate(table), link=wire)


def test_a_door_that_was_open_between_two_polls_is_seen(line: tuple[Path, Control]) -> None:
    folder, control = line
    wire = Link(str(folder / "pty"), baudrate=9600, name="test")
    near, far = board(folder, wire, board=0), board(folder, wire, board=1)

    async def main() -> None:
        try:
            await near.connect()
            await far.connect()
            for act in ("door.open", "door.close"):
                control.do(act, board=1, channel=4)
            async with asyncio.timeout(10):
                while (readings := await far.read())[4].door is not DoorState.OPEN:
                    await near.read()  # what the other board's poll finds on the line is not lost
            assert [n for n, reading in readings.items() if reading.door is DoorState.OPEN] == [4]
            await read_until(far, 4, DoorState.CLOSED)
            assert {reading.door for reading in (await near.read()).values()} == {DoorState.CLOSED}
        finally:
            await near.close()

    asyncio.run(main())


@pytest.mark.parametrize(
    ("settings", "door"),
    [({"closed_is_one": False}, DoorState.OPEN), ({"channels": 13}, DoorState.CLOSED)],
)
def test_polarity_is_a_setting_and_what_is_not_told_is_unknown(
    line: tuple[Path, Control], settings: dict[str, object], door: DoorState
) -> None:
    tested = board(line[0], Link(str(line[0] / "pty"), baudrate=9600, name="test"), **settings)

    async def main() -> None:
        try:
            await tested.connect()
            readings = await tested.read()
            assert {readings[channel].door for channel in range(1, 13)} == {door}
            assert all(readings[n].door is DoorState.UNKNOWN for n in range(13, tested.channels + 1))
        finally:
            await tested.close()

    asyncio.run(main())
