"""CU48 frames against golden vectors, and the parser against everything a line can do.

Vectors: those marked * stand in public drivers for these boards; the others follow by the checksum rule. Nothing of
0x80 is known from more than one source.
"""

from dataclasses import replace
from typing import Any, ClassVar

import pytest

from drivers.errors import ProtocolError
from drivers.kerong_cu48.frames import DIALECTS, StatusQuery, StatusReply, Unlock, status_parser
from drivers.link import Parser
from tests.drivers.parser_contract import ParserContract

X50, X60, X80 = (DIALECTS[name] for name in ("0x50", "0x60", "0x80"))
LOCK_FIRST = replace(X60, lock_first=True)
SHUT = b"\xff" * 6

Frame = StatusQuery | Unlock | StatusReply

VECTORS: list[tuple[str, Frame]] = [
    ("02 00 00 50 03 55", StatusQuery(X50, 0)),  # *
    ("02 00 00 51 03 56", Unlock(X50, 0, 1)),  # *
    ("02 00 09 51 03 5F", Unlock(X50, 0, 10)),  # *
    ("02 00 2F 51 03 85", Unlock(X50, 0, 48)),  # *
    ("02 00 00 65 FF FF FF FF FF FF 03 64", StatusReply(X50, 0, SHUT)),  # *
    ("02 00 00 65 FE FF FF FF FF FF 03 63", StatusReply(X50, 0, b"\xfe" + SHUT[1:])),  # *
    ("02 00 00 65 FF FD FF FF FF FF 03 62", StatusReply(X50, 0, b"\xff\xfd" + SHUT[2:])),  # *
    ("02 00 00 60 03 65", StatusQuery(X60, 0)),  # *
    ("02 00 00 61 03 66", Unlock(X60, 0, 1)),  # *
    ("02 00 01 61 03 67", Unlock(X60, 0, 2)),  # *
    ("02 01 00 61 03 67", Unlock(LOCK_FIRST, 0, 2)),  # *
    ("02 00 05 60 03 6A", StatusQuery(LOCK_FIRST, 5)),
    ("02 05 00 75 FE FF FF 03 7B", StatusReply(X60, 5, b"\xfe\xff\xff")),
    ("02 00 00 80 00 00 03 85", StatusQuery(X80, 0)),  # *
    ("02 00 00 81 00 02 01 F4 03 7D", Unlock(X80, 0, 1, pulse_ms=500)),  # *
    ("02 00 00 80 10 06 FE FF FF FF FF FF 03 94", StatusReply(X80, 0, b"\xfe" + SHUT[1:])),
    ("02 00 00 80 11 00 03 96", StatusReply(X80, 0, b"", result=0x11)),
]


@pytest.mark.parametrize(("wire", "frame"), VECTORS)
def test_golden_vectors_both_ways(wire: str, frame: Frame) -> None:
    assert frame.encode() == bytes.fromhex(wire)
    assert type(frame).decode(frame.dialect, bytes.fromhex(wire)) == frame


@pytest.mark.parametrize(
    "frame", [StatusQuery(X50, 256), StatusQuery(X60, -1), Unlock(X50, 0, 0), Unlock(X80, 0, 65)]
)
def test_what_the_frame_cannot_say_is_refused(frame: Frame) -> None:
    with pytest.raises(ValueError, match="allowed"):
        frame.encode()


@pytest.mark.parametrize(
    ("dialect", "wire", "why"),
    [
        (X50, "02 00 00 65 FF FF FF FF FF FF 03 65", "expected checksum 64, got 65"),
        (X50, "02 00 00 75 FF FF FF FF FF FF 03 74", "expected 02 .. .. 65"),
        (X50, "02 00 00 65 03", "expected 6 bytes, got 5"),
        (X80, "02 00 00 80 10 06 FE FF FF FF FF 03 94", "expected 14 bytes, got 13"),
        (X80, "02 00", "expected 8 bytes, got 2"),
    ],
)
def test_a_broken_frame_says_what_was_expected(dialect: Any, wire: str, why: str) -> None:
    with pytest.raises(ProtocolError, match=why):
        StatusReply.decode(dialect, bytes.fromhex(wire))


class TestStatus50(ParserContract):
    GOOD = bytes.fromhex("02 00 00 65 FF FD FF FF FF FF 03 62")
    WANTED = StatusReply(X50, 0, bytes.fromhex("FF FD FF FF FF FF"))
    WANTED_TWIN = StatusReply(X50, 0, bytes.fromhex("02 00 00 65 02 03"))  # a head inside the data
    TWIN = WANTED_TWIN.encode()
    OTHERS = (
        StatusQuery(X50, 0).encode(),  # the echo of a two-wire adapter
        Unlock(X50, 0, 48).encode(),
        StatusReply(X50, 1, SHUT).encode(),  # another board's
        StatusReply(X60, 0, SHUT).encode(),
    )

    def parser(self) -> Parser[Any]:
        return status_parser(X50, 0, 6)


class TestStatus60LockFirst(ParserContract):
    GOOD = StatusReply(LOCK_FIRST, 2, b"\xfe\xff\xff").encode()
    WANTED = StatusReply(LOCK_FIRST, 2, b"\xfe\xff\xff")
    WANTED_TWIN = StatusReply(LOCK_FIRST, 2, b"\x02\x00\x02")
    TWIN = WANTED_TWIN.encode()
    OTHERS = (StatusQuery(LOCK_FIRST, 2).encode(), StatusReply(X60, 2, b"\xfe\xff\xff").encode())

    def parser(self) -> Parser[Any]:
        return status_parser(LOCK_FIRST, 2, 3)


class TestStatus80(ParserContract):
    GOOD = bytes.fromhex("02 00 00 80 10 06 FE FF FF FF FF FF 03 94")
    WANTED = StatusReply(X80, 0, b"\xfe" + SHUT[1:])
    WANTED_TWIN = StatusReply(X80, 0, b"", result=0x11)  # an error comes without states
    TWIN = WANTED_TWIN.encode()
    OTHERS: ClassVar = (
        StatusQuery(X80, 0).encode(),  # its echo has the command of the answer
        bytes.fromhex("02 00 00 81 10 00 03 96"),  # the answer to an unlock, late
        StatusReply(X80, 1, SHUT).encode(),
    )

    def parser(self) -> Parser[Any]:
        return status_parser(X80, 0, 6)
