"""A device that loses its power loses what it kept in memory, and says nothing until it is back."""

from pathlib import Path
from typing import Final

import serial

from tests.drivers.emulated import emulated

FIND: Final = bytes.fromhex("AAAAAA96690003200122")
SELECT: Final = bytes.fromhex("AAAAAA96690003200221")
READ: Final = bytes.fromhex("AAAAAA96690003300132")
ENOUGH_S: Final = 5.0


def asked(line: serial.Serial, request: bytes, until: bytes) -> bytes:
    """What comes back up to these bytes, or until nothing more does."""
    line.write(request)
    return bytes(line.read_until(until))


def test_a_modem_forgets_its_settings_and_looks_for_its_network_again(tmp_path: Path) -> None:
    with (
        emulated("gsm", tmp_path, "--search-time", "0.3") as control,
        serial.Serial(str(tmp_path / "pty"), 115200, timeout=ENOUGH_S) as line,
    ):
        asked(line, b"ATE0\r", b"OK\r\n")
        asked(line, b"AT+CMGF=0\r", b"OK\r\n")
        assert asked(line, b"AT+CMGS=20\r", b"> ").endswith(b"> ")
        control.do("power.off")
        control.do("power.on")
        assert not control.do("state")["at_prompt"]
        assert asked(line, b"AT\r", b"OK\r\n") == b"AT\r\r\nOK\r\n"  # it echoes again
        assert b"+CREG: 0,2" in asked(line, b"AT+CREG?\r", b"OK\r\n")
        while b"+CREG: 0,1" not in (told := asked(line, b"AT+CREG?\r", b"OK\r\n")):
            assert b"OK" in told, "the modem has fallen silent"
        assert b"+CMS ERROR: 304" in asked(line, b"AT+CMGS=20\r", b"304\r\n")  # in text mode


def test_a_reader_has_to_find_a_card_that_lies_there_again(tmp_path: Path) -> None:
    with (
        emulated("samv", tmp_path, "--read-delay-ms", "10") as control,
        serial.Serial(str(tmp_path / "pty"), 115200, timeout=ENOUGH_S) as line,
    ):
        control.do("card.place", person="jia")
        for request, status in ((FIND, b"\x00\x00\x9f"), (SELECT, b"\x00\x00\x90"), (READ, b"\x00\x00\x90")):
            assert status in asked(line, request, status)
        control.do("power.off")
        control.do("power.on")
        line.reset_input_buffer()
        assert control.do("state")["stage"] == "placed"
        assert b"\x00\x00\x9f" in asked(line, FIND, b"\x00\x00\x9f")


def test_a_reader_of_staff_cards_without_power_sees_none(tmp_path: Path) -> None:
    with (
        emulated("staffcard", tmp_path) as control,
        serial.Serial(str(tmp_path / "pty"), 9600, timeout=ENOUGH_S) as line,
    ):
        control.do("power.off")
        control.do("card.present", name="zhang")
        control.do("power.on")
        control.do("card.present", name="li")
        assert asked(line, b"", b"\n") == b"5F3C9A17\r\n"


def test_a_board_pulls_no_lock_for_an_order_from_before(tmp_path: Path) -> None:
    with (
        emulated("kerong", tmp_path, "--travel-ms", "60000") as control,
        serial.Serial(str(tmp_path / "pty"), 19200, timeout=ENOUGH_S) as line,
    ):
        line.write(bytes.fromhex("0200310336"))  # lock 1; its latch is still travelling
        line.write(bytes.fromhex("0200320337"))
        line.read_until(b"\x03")
        assert control.do("state")["channels"]["1"]["unlocks"] == 1
        control.do("power.off")
        control.do("power.on")
        assert control.do("state")["channels"]["1"]["door"] == "closed"


def test_a_printer_loses_what_it_was_sent(tmp_path: Path) -> None:
    with (
        emulated("escpos", tmp_path, "--print-speed", "0.01") as control,
        serial.Serial(str(tmp_path / "pty"), 38400, timeout=ENOUGH_S) as line,
    ):
        line.write(b"\x1b@half a receipt\n\x1dV\x00")
        asked(line, b"\x10\x04\x01", b"\x12")
        control.do("power.off")
        control.do("power.on")
        line.reset_input_buffer()
        line.write(b"\x1d\x72\x01")
        assert len(line.read(1)) == 1  # nothing stands before the question any more
        told = control.do("state")
        assert (told["jobs_printed"], told["waiting"]) == (0, 0)
