"""CU48 boards: the emulated ones byte for byte, and what the suite of all boards does not ask of the driver.

Vectors as in test_kerong_cu48_frames.py.
"""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import serial
from pydantic import ValidationError

from drivers.boardtables import KerongCu48Config
from drivers.contracts.board import DoorState
from drivers.errors import DeviceRefused
from drivers.kerong_cu48.board import create
from drivers.link import Link
from tests.drivers.emulated import emulated

QUERY_50 = "02 00 00 50 03 55"
QUERY_80 = "02 00 00 80 00 00 03 85"


def asked(folder: Path, request_: str, length: int) -> str:
    """What the emulator answers."""
    with serial.Serial(str(folder / "pty"), 19200, timeout=10) as port:
        port.write(bytes.fromhex(request_))
        return bytes(port.read(length)).hex(" ").upper()


@pytest.mark.parametrize(
    ("options", "dialogue"),
    [
        (
            ("--channels", "48"),
            [
                (QUERY_50, "02 00 00 65 FF FF FF FF FF FF 03 64"),
                (f"02 00 00 50 03 56 02 {QUERY_50}", "02 00 00 65 FF FF FF FF FF FF 03 64"),
                (f"02 01 00 50 03 56 {QUERY_50}", "02 00 00 65 FF FF FF FF FF FF 03 64"),
            ],
        ),
        (
            ("--dialect", "0x60", "--board", "5", "--channels", "17", "--state-bytes", "3", "--ack-unlock"),
            [
                ("02 05 00 60 03 6A", "02 05 00 75 FF FF 01 03 7E"),
                ("02 05 01 61 03 6C", "02 05 00 75 FF FF 01 03 7E"),  # the state before the lock moves
            ],
        ),
        (
            (
                "--dialect",
                "0x60",
                "--board",
                "5",
                "--lock-byte",
                "1",
                "--channels",
                "8",
                "--state-bytes",
                "1",
            ),
            [("02 00 05 60 03 6A", "02 00 05 75 FF 03 7E")],
        ),
        (
            ("--dialect", "0x80", "--channels", "24", "--state-bytes", "3", "--ack-unlock"),
            [
                (QUERY_80, "02 00 00 80 10 03 FF FF FF 03 95"),
                ("02 00 00 81 00 02 01 F4 03 7D", "02 00 00 81 10 00 03 96"),
                ("02 00 30 81 00 02 01 F4 03 AD", "02 00 30 81 11 00 03 C7"),  # no such lock
            ],
        ),
    ],
)
def test_the_emulator_answers(
    tmp_path: Path, options: tuple[str, ...], dialogue: list[tuple[str, str]]
) -> None:
    with emulated("cu48", tmp_path, "--travel-ms", "60000", *options):
        for request_, answer in dialogue:
            assert asked(tmp_path, request_, len(bytes.fromhex(answer))) == answer


def test_opening_opens_the_lock_that_the_frame_names(tmp_path: Path) -> None:
    with emulated("cu48", tmp_path, "--travel-ms", "0") as control:
        with serial.Serial(str(tmp_path / "pty"), 19200, timeout=10) as port:
            port.write(bytes.fromhex("02 00 09 51 03 5F") + bytes.fromhex(QUERY_50))
            port.read(12)
            port.write(bytes.fromhex(QUERY_50))
            assert port.read(12) == bytes.fromhex("02 00 00 65 FF FD FF FF FF FF 03 62")
        doors = control.do("state")["channels"]
        assert [channel for channel, box in doors.items() if box["door"] == "open"] == ["10"]


def play(folder: Path, settings: dict[str, Any], scene: Any) -> None:
    config = KerongCu48Config.model_validate({"url": str(folder / "pty"), "timeout_s": 5.0} | settings)

    async def main() -> None:
        board = create(config, link=Link(config.url, baudrate=config.baudrate, name="test"))
        try:
            await scene(board)
        finally:
            await board.close()

    asyncio.run(main())


@pytest.mark.parametrize("dialect", ["0x50", "0x80"])
def test_polarity_is_a_setting(tmp_path: Path, dialect: str) -> None:
    async def scene(board: Any) -> None:
        await board.connect()
        assert {reading.door for reading in (await board.read()).values()} == {DoorState.OPEN}

    with emulated("cu48", tmp_path, "--dialect", dialect):
        play(tmp_path, {"dialect": dialect, "closed_is_one": False}, scene)


def test_a_board_that_says_no_is_refused_not_believed(tmp_path: Path) -> None:
    async def scene(board: Any) -> None:
        with pytest.raises(DeviceRefused, match="result 11, not 10"):
            await board.connect()

    with emulated("cu48", tmp_path, "--dialect", "0x80", "--fault", "refuses"):
        play(tmp_path, {"dialect": "0x80"}, scene)


def test_channels_that_the_board_did_not_tell_of_are_unknown(tmp_path: Path) -> None:
    async def scene(board: Any) -> None:
        await board.connect()
        readings = await board.read()
        assert readings[24].door is DoorState.CLOSED
        assert readings[25].door is DoorState.UNKNOWN

    with emulated("cu48", tmp_path, "--dialect", "0x80", "--channels", "24", "--state-bytes", "3"):
        play(tmp_path, {"dialect": "0x80"}, scene)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"channels": 25, "state_bytes": 3}, "3 state_bytes tell of 24 at most"),
        ({"lock_byte": 1}, "of dialect 0x60 only"),
        ({"dialect": "0x70"}, "dialect"),
        ({"pulse_ms": 3000}, "pulse_ms"),  # a solenoid burns
    ],
)
def test_settings_that_do_not_fit_are_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        KerongCu48Config.model_validate({"url": "/dev/ttyUSB0"} | settings)
