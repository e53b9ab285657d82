"""The emulated board, byte for byte: vectors that name neither the driver nor its tables."""

from pathlib import Path

import pytest
import serial

from tests.locker.rig import emulator

OPEN_1 = "02 00 31 03 36"
STATUS = "02 00 30 03 35"


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        (STATUS, "02 00 35 FF FF 00 00 03 38"),
        ("02 00 37 03 3C", "02 00 38 00 32 03 6F"),
        ("02 00 37 00 64 03 A0", "02 00 38 00 64 03 A1"),
        ("02 F0 32 03 27", "02 00 36 FF FF 00 00 03 39"),
        ("02 00 32 03 37", "02 00 36 FF FF 00 00 03 39"),
        ("99 02 " + STATUS, "02 00 35 FF FF 00 00 03 38"),
        ("02 00 30 03 36", ""),  # wrong sum
        ("02 10 30 03 45", ""),  # another board
        (OPEN_1, ""),
    ],
)
def test_answers(tmp_path: Path, request_: str, answer: str) -> None:
    with emulator(tmp_path), serial.Serial(str(tmp_path / "pty"), 19200, timeout=0.15) as port:
        port.write(bytes.fromhex(request_))
        assert port.read(20) == bytes.fromhex(answer)


def test_an_acknowledging_board_tells_the_state_before_the_lock_moved(tmp_path: Path) -> None:
    with emulator(tmp_path, "--ack-unlock", "--channels", "2") as control:
        with serial.Serial(str(tmp_path / "pty"), 19200, timeout=0.15) as port:
            port.write(bytes.fromhex(OPEN_1))
            assert port.read(9) == bytes.fromhex("02 00 35 03 00 00 00 03 3D")
            answers: list[bytes] = []
            while len(set(answers)) < 2:
                assert len(answers) < 50
                port.write(bytes.fromhex(STATUS))
                answers.append(port.read(9))
            assert answers[-1] == bytes.fromhex("02 00 35 02 00 00 00 03 3C")
        assert control.do("state")["channels"] == {
            "1": {"door": "open", "item": False, "unlocks": 1},
            "2": {"door": "closed", "item": False, "unlocks": 0},
        }
