"""Winnsen boards: the emulated one byte for byte, and what the suite of all boards does not ask of the driver.

The vectors stand in the vendor's V202104 document, as public drivers quote it.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
import serial

from drivers.boardtables import WinnsenConfig
from drivers.contracts.board import DoorState, LockBoard
from drivers.emulators.control import Control
from drivers.errors import ProtocolError
from drivers.link import Link
from drivers.winnsen.board import create
from tests.drivers.board_contract import read_until
from tests.drivers.emulated import cabinet, emulated

QUERY = "90 07 02 01 FF FF 03"
ALL_SHUT = "90 07 82 01 00 00 03"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("winnsen")
    with emulated("winnsen", folder, "--travel-ms", "5"):
        yield folder


@pytest.fixture
def line(shared: Path) -> Iterator[tuple[Path, Control]]:
    with cabinet(shared) as control:
        yield shared, control


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        (QUERY, ALL_SHUT),
        ("90 06 05 01 01 03", "90 07 85 01 01 01 03"),
        ("90 06 05 01 11 03", "90 07 85 01 11 00 03"),  # no such lock
        (f"FA 90 {QUERY}", ALL_SHUT),
        (f"90 07 02 01 FF FF 04 {QUERY}", ALL_SHUT),  # a wrong end before
        (f"90 07 02 02 FF FF 03 {QUERY}", ALL_SHUT),  # a station that is not there
    ],
)
def test_the_emulator_answers(line: tuple[Path, Control], request_: str, answer: str) -> None:
    expected = bytes.fromhex(answer)
    with serial.Serial(str(line[0] / "pty"), 9600, timeout=10) as port:
        port.write(bytes.fromhex(request_))
        assert port.read(len(expected)).hex(" ") == expected.hex(" ")


def test_it_tells_of_open_doors_and_only_of_those_asked_for(line: tuple[Path, Control]) -> None:
    folder, control = line
    control.do("door.open", channel=9)
    control.do("door.open", channel=16)
    with serial.Serial(str(folder / "pty"), 9600, timeout=10) as port:
        for mask, answer in (("FF FF", "90 07 82 01 00 81 03"), ("FF 01", "90 07 82 01 00 01 03")):
            port.write(bytes.fromhex(f"90 07 02 01 {mask} 03"))
            assert port.read(7) == bytes.fromhex(answer)


def test_some_boards_answer_with_another_function(tmp_path: Path) -> None:
    async def main(tested: LockBoard) -> None:
        await tested.connect()
        await tested.unlock(1)
        await read_until(tested, 1, DoorState.OPEN)
        await tested.close()

    with emulated("winnsen", tmp_path, "--answers", "a0"):
        asyncio.run(main(board(tmp_path)))
        with serial.Serial(str(tmp_path / "pty"), 9600, timeout=10) as port:
            port.write(bytes.fromhex("90 06 05 01 02 03"))
            assert port.read(7) == bytes.fromhex("90 07 A5 01 02 01 03")


def board(folder: Path, **settings: object) -> LockBoard:
    config = WinnsenConfig.model_validate({"url": str(folder / "pty"), "timeout_s": 5.0} | settings)
    return create(config, link=Link(config.url, baudrate=config.baudrate, name="test"))


def test_a_wrong_bit_that_no_checksum_gives_away_is_not_believed(line: tuple[Path, Control]) -> None:
    folder, control = line

    async def main() -> None:
        tested = board(folder)
        try:
            await tested.connect()
            control.do("fault", name="wrong_bit")
            told = [(await tested.read())[1].door for _ in range(4)]
            assert told == [DoorState.CLOSED] * 4
            control.do("door.open", channel=2)  # the same answers carry a true change of another lock
            await read_until(tested, 2, DoorState.OPEN)
            assert (await tested.read())[1].door is DoorState.CLOSED
        finally:
            await tested.close()

    asyncio.run(main())


def test_a_board_that_contradicts_itself_from_the_start_says_nothing(line: tuple[Path, Control]) -> None:
    folder, control = line

    async def main() -> None:
        tested = board(folder)
        try:
            control.do("fault", name="wrong_bit")
            with pytest.raises(ProtocolError, match="station 1 said"):
                await tested.connect()
            control.do("fault", name="none")
            await tested.connect()
        finally:
            await tested.close()

    asyncio.run(main())


def test_polarity_is_a_setting(line: tuple[Path, Control]) -> None:
    async def main() -> None:
        tested = board(line[0], closed_is_one=True)
        try:
            await tested.connect()
            assert {reading.door for reading in (await tested.read()).values()} == {DoorState.OPEN}
        finally:
            await tested.close()

    asyncio.run(main())
