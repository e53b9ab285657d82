"""8A/80 boards: the emulated ones byte for byte, and what the suite of all boards does not ask of the driver.

Vectors as in test_lock_8a80_frames.py.
"""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import serial
from pydantic import ValidationError

from drivers.boardtables import Lock8a80Config
from drivers.contracts.board import DoorState
from drivers.link import Link
from drivers.lock_8a80.board import create
from tests.drivers.emulated import emulated

SLOW = ("--travel-ms", "60000", "--answer-ms", "0")  # no door moves while the bytes are compared
ALL_ZERO = "80 01 00 00 00 33 B2"
QUERY = "80 01 00 33 B2"


@pytest.mark.parametrize(
    ("options", "dialogue"),
    [
        (
            (),
            [
                (QUERY, ALL_ZERO),
                ("80 01 01 33 B3", "80 01 01 00 80"),
                (f"80 01 00 33 B3 8A {QUERY}", ALL_ZERO),  # a wrong BCC, a stray head
                (f"80 02 00 33 B1 {QUERY}", ALL_ZERO),  # a board that is not there
                (f"8A 01 01 11 9B {QUERY}", ALL_ZERO),  # does not confirm
                (f"8A 01 03 11 05 9C {QUERY}", ALL_ZERO),  # holds for 5 s
                (f"90 01 02 02 02 93 {QUERY}", ALL_ZERO),
            ],
        ),
        (
            ("--ack-open", "--shut-is-one"),
            [
                ("8A 01 01 11 9B", "8A 01 01 11 9B"),  # the request again
                (QUERY, "80 01 FF FF FF 33 4D"),
                ("80 01 01 33 B3", "80 01 01 11 91"),
            ],
        ),
        (
            ("--channels", "50", "--state-bytes", "7"),
            [
                (QUERY, "80 01 00 00 00 00 00 00 00 33 B2"),
                (f"90 01 FF FF FF FF FF FF 03 92 {QUERY}", "80 01 00 00 00 00 00 00 00 33 B2"),
            ],
        ),
        (
            ("--channels", "9", "--shut-is-one", "--board", "2"),
            [("80 02 00 33 B1", "80 02 00 01 FF 33 4F")],  # the last byte tells of 1 to 8
        ),
        (
            ("--channels", "9", "--shut-is-one", "--low-byte", "first"),
            [(QUERY, "80 01 FF 01 00 33 4C")],
        ),
    ],
)
def test_the_emulator_answers(
    tmp_path: Path, options: tuple[str, ...], dialogue: list[tuple[str, str]]
) -> None:
    with (
        emulated("lock_8a80", tmp_path, *SLOW, *options),
        serial.Serial(str(tmp_path / "pty"), 9600, timeout=10) as port,
    ):
        for request_, answer in dialogue:
            port.write(bytes.fromhex(request_))
            assert port.read(len(bytes.fromhex(answer))).hex(" ").upper() == answer


@pytest.mark.parametrize(
    ("request_", "opened"),
    [
        ("8A 01 18 11 82", [24]),
        ("8A 01 00 11 9A", list(range(1, 25))),
        ("90 01 02 02 02 93", [2, 10, 18]),
    ],
)
def test_what_is_named_opens(tmp_path: Path, request_: str, opened: list[int]) -> None:
    with emulated("lock_8a80", tmp_path, "--unasked", "82", "--travel-ms", "0") as control:
        with serial.Serial(str(tmp_path / "pty"), 9600, timeout=10) as port:
            port.write(bytes.fromhex(request_))
            said = port.read(5 * len(opened))
        assert [said[at + 2] for at in range(0, len(said), 5)] == opened
        doors = control.do("state")["channels"]
        assert [int(channel) for channel, box in doors.items() if box["door"] == "open"] == opened


def test_an_echo_is_no_door_that_opened(tmp_path: Path) -> None:
    async def main(config: Lock8a80Config) -> None:
        link = Link(config.url, baudrate=config.baudrate, name="test", echo=config.echo)
        board = create(config, link=link)
        try:
            await board.connect()
            await board.unlock(1)  # its echo is the confirmation, byte for byte
            assert {reading.door for reading in (await board.read()).values()} == {DoorState.CLOSED}
            assert link.counters.echoes == 2
        finally:
            await board.close()

    with emulated("lock_8a80", tmp_path, "--fault", "echo", "--fault", "stuck", "--ack-open"):
        for echo in (True, False):  # told, and found out
            asyncio.run(main(Lock8a80Config(url=str(tmp_path / "pty"), timeout_s=5.0, echo=echo)))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"channels": 25}, "3 state_bytes tell of 24 at most"),
        ({"state_bytes": 6}, "state_bytes"),
        ({"board": 0}, "board"),
        ({"low_byte": "middle"}, "low_byte"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Lock8a80Config.model_validate({"url": "/dev/ttyUSB0"} | settings)
