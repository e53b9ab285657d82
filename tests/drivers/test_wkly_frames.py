"""WKLY frames against golden vectors, and the parser against everything a line can do.

Vectors: those marked * stand in public drivers for this board; the others follow by the checksum rule.
"""

from typing import Any

import pytest

from drivers.errors import ProtocolError
from drivers.link import Parser
from drivers.wkly.frames import (
    COMMANDS,
    FAILED,
    OK,
    DoorEvent,
    DoorReply,
    DoorsReply,
    Frame,
    Open,
    QueryAll,
    checksum,
    doors_parser,
    events_parser,
)
from tests.drivers.parser_contract import ParserContract

Typed = Open | QueryAll | DoorReply | DoorsReply | DoorEvent | Frame

VECTORS: list[tuple[str, Typed]] = [
    ("57 4B 4C 59 09 00 82 01 83", Open(0, 1)),  # *
    ("57 4B 4C 59 09 01 82 02 81", Open(1, 2)),  # *
    ("57 4B 4C 59 09 01 82 0B 88", Open(1, 11)),  # *
    ("57 4B 4C 59 0B 00 82 00 01 00 81", DoorReply(0, 0x82, OK, 1, 0)),  # *
    ("57 4B 4C 59 0B 01 82 00 04 00 85", DoorReply(1, 0x82, OK, 4, 0)),  # *
    ("57 4B 4C 59 0B 00 83 00 01 01 81", DoorReply(0, 0x83, OK, 1, 1)),  # *
    ("57 4B 4C 59 08 00 84 85", QueryAll(0)),  # *
    (f"57 4B 4C 59 15 00 84 0C {'01 ' * 12} 94", DoorsReply(0, b"\x01" * 12)),  # *
    ("57 4B 4C 59 0B 00 84 00 01 01 86", DoorsReply(0, b"\x01", OK)),
    ("57 4B 4C 59 0A 00 84 FF 00 78", DoorsReply(0, b"", FAILED)),
    ("57 4B 4C 59 0A 01 85 04 00 83", DoorEvent(1, 4, 0)),  # *
    ("57 4B 4C 59 0A 01 85 04 01 82", DoorEvent(1, 4, 1)),  # *
    ("57 4B 4C 59 09 00 81 01 80", Frame(0, 0x81, b"\x01")),  # *
    ("57 4B 4C 59 0A 00 81 00 01 83", Frame(0, 0x81, b"\x00\x01")),  # *
    ("57 4B 4C 59 09 00 83 01 82", Frame(0, 0x83, b"\x01")),  # *
    ("57 4B 4C 59 08 01 86 86", Frame(1, 0x86)),  # *
    ("57 4B 4C 59 09 00 86 00 86", Frame(0, 0x86, b"\x00")),  # *
    ("57 4B 4C 59 0B 00 87 03 05 07 84", Frame(0, 0x87, b"\x03\x05\x07")),  # *
    ("57 4B 4C 59 09 00 88 08 80", Frame(0, 0x88, b"\x08")),  # *
    ("57 4B 4C 59 09 00 89 01 88", Frame(0, 0x89, b"\x01")),  # *
]
EVENT = bytes.fromhex("57 4B 4C 59 0A 01 85 04 00 83")


@pytest.mark.parametrize(("wire", "frame"), VECTORS)
def test_golden_vectors_both_ways(wire: str, frame: Typed) -> None:
    assert frame.encode() == bytes.fromhex(wire)
    assert type(frame).decode(bytes.fromhex(wire)) == frame
    assert Frame.decode(bytes.fromhex(wire)).command in COMMANDS


@pytest.mark.parametrize("frame", [Open(32, 1), Open(-1, 1), Open(0, 0), Open(0, 65), QueryAll(32)])
def test_what_the_frame_cannot_say_is_refused(frame: Typed) -> None:
    with pytest.raises(ValueError, match="allowed"):
        frame.encode()


@pytest.mark.parametrize(
    ("wire", "why"),
    [
        ("57 4B 4C 59 0A 01 85 04 00 84", "expected checksum 83, got 84"),
        ("57 4B 4C 59 0A 01 85 04 00", "expected 10 bytes, got 9"),
        ("57 4B 4C 58 0A 01 85 04 00 83", "expected 57 4b 4c 59"),
        ("57 4B 4C 59 09 01 82 02 81", "expected command 85 with 2 bytes, got 82 with 1"),
    ],
)
def test_a_broken_frame_says_what_was_expected(wire: str, why: str) -> None:
    with pytest.raises(ProtocolError, match=why):
        DoorEvent.decode(bytes.fromhex(wire))


def test_the_checksum_is_an_exclusive_or() -> None:
    assert checksum(bytes.fromhex("57 4B 4C 59")) == 0x09


class TestDoors(ParserContract):
    GOOD = DoorsReply(1, bytes((1, 0, 1))).encode()
    WANTED = DoorsReply(1, bytes((1, 0, 1)))
    TWIN = DoorsReply(1, bytes.fromhex("57 4B 4C 59 09 01 84")).encode()  # a head inside the data
    WANTED_TWIN = DoorsReply(1, bytes.fromhex("57 4B 4C 59 09 01 84"))
    OTHERS = (
        QueryAll(1).encode(),  # the echo of a two-wire adapter
        DoorsReply(0, bytes((1, 1, 1))).encode(),  # another board's
        DoorReply(1, 0x82, OK, 4, 0).encode(),  # the answer to an unlock, late
        Frame(1, 0x84, bytes((9, 1))).encode(),  # a count that is not true
        EVENT,
    )

    def parser(self) -> Parser[Any]:
        return doors_parser(1)


class TestEvents(ParserContract):
    GOOD = EVENT
    WANTED = DoorEvent(1, 4, 0)
    TWIN = bytes.fromhex("57 4B 4C 59 0A 01 85 04 01 82")
    WANTED_TWIN = DoorEvent(1, 4, 1)
    OTHERS = (DoorEvent(2, 4, 0).encode(), TestDoors.GOOD, Frame(1, 0x85, b"\x04").encode())

    def parser(self) -> Parser[Any]:
        return events_parser(1)
