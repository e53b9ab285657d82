"""8A/80 frames against golden vectors, and the parsers against everything a line can do.

Vectors: those marked * stand in public drivers for this board or were captured from one; the others follow by the
checksum rule.
"""

from typing import Any

import pytest

from drivers.errors import ProtocolError
from drivers.link import Parser
from drivers.lock_8a80.frames import DoorEvent, Open, QueryAll, States, checksum, event_parser, states_parser
from tests.drivers.parser_contract import ParserContract

Frame = Open | QueryAll | States | DoorEvent

VECTORS: list[tuple[str, Frame]] = [
    ("8A 01 01 11 9B", Open(1, 1)),  # *
    ("8A 02 0C 11 95", Open(2, 12)),  # *
    ("8A 01 18 11 82", Open(1, 24)),  # *
    ("80 01 00 33 B2", QueryAll(1)),  # *
    ("80 02 00 33 B1", QueryAll(2)),  # *
    ("80 01 00 00 00 33 B2", States(1, bytes.fromhex("00 00 00"))),  # *
    ("80 01 00 00 02 33 B0", States(1, bytes.fromhex("00 00 02"))),  # *
    ("80 01 00 00 20 33 92", States(1, bytes.fromhex("00 00 20"))),  # *
    ("80 01 00 01 00 33 B3", States(1, bytes.fromhex("00 01 00"))),  # *
    ("80 01 80 00 00 33 32", States(1, bytes.fromhex("80 00 00"))),
    ("80 01 FF FF FF 33 4D", States(1, bytes.fromhex("FF FF FF"))),
    ("80 01 00 00 00 00 00 00 00 33 B2", States(1, bytes(7))),  # *
    ("82 01 01 11 93", DoorEvent(1, 1, is_one=True)),  # *
    ("82 01 01 00 82", DoorEvent(1, 1, is_one=False)),  # *
    ("81 01 01 11 90", DoorEvent(1, 1, is_one=True, head=0x81)),  # *
]


@pytest.mark.parametrize(("wire", "frame"), VECTORS)
def test_golden_vectors_both_ways(wire: str, frame: Frame) -> None:
    assert frame.encode() == bytes.fromhex(wire)
    assert type(frame).decode(bytes.fromhex(wire)) == frame


@pytest.mark.parametrize(
    "frame", [Open(0, 1), Open(33, 1), Open(1, 0), Open(1, 51), QueryAll(33), DoorEvent(1, 51, is_one=True)]
)
def test_what_the_frame_cannot_say_is_refused(frame: Frame) -> None:
    with pytest.raises(ValueError, match="allowed"):
        frame.encode()


@pytest.mark.parametrize(
    ("kind", "wire", "why"),
    [
        (States, "80 01 00 00 02 33 B1", "expected BCC b0, got b1"),
        (States, "80 01 00 00 02 34 B7", "expected 80 .. 33"),
        (States, "80 01 00", "expected 5 bytes, got 3"),
        (Open, "8A 01 01 00 8A", "expected 8a .. .. 11"),
        (Open, "80 01 01 11 91", "expected 8a in front"),
        (QueryAll, "80 01 01 33 B3", "expected 80 .. 00 33"),
        (DoorEvent, "82 01 01 12 90", "expected 82 bd lk 11 or 00"),
        (DoorEvent, "8A 01 01 11 9B", "expected 82 or 81 in front"),
    ],
)
def test_a_broken_frame_says_what_was_expected(kind: type[Frame], wire: str, why: str) -> None:
    with pytest.raises(ProtocolError, match=why):
        kind.decode(bytes.fromhex(wire))


def test_the_checksum_is_an_exclusive_or() -> None:
    assert checksum(bytes.fromhex("80 01 00 00 02 33")) == 0xB0


class TestStates(ParserContract):
    GOOD = bytes.fromhex("80 01 00 00 02 33 B0")
    WANTED = States(1, bytes.fromhex("00 00 02"))
    TWIN = bytes.fromhex("80 01 80 01 00 33 33")  # a head inside the data
    WANTED_TWIN = States(1, bytes.fromhex("80 01 00"))
    OTHERS = (
        QueryAll(1).encode(),  # the echo of a two-wire adapter
        Open(1, 1).encode(),  # or a confirmation: the same bytes
        bytes.fromhex("80 01 01 11 91"),  # the state of one lock
        bytes.fromhex("80 02 00 00 02 33 B3"),  # another board's
        bytes.fromhex("82 01 03 00 80"),  # said unasked; its last byte looks like a head
    )

    def parser(self) -> Parser[Any]:
        return states_parser(1, 3)


class TestStatesOf50(ParserContract):
    GOOD = bytes.fromhex("80 01 01 00 00 00 00 00 02 33 B1")
    WANTED = States(1, bytes.fromhex("01 00 00 00 00 00 02"))
    TWIN = bytes.fromhex("80 01 80 01 33 00 33 00 00 33 33")
    WANTED_TWIN = States(1, bytes.fromhex("80 01 33 00 33 00 00"))
    OTHERS = (QueryAll(1).encode(), bytes.fromhex("80 01 00 00 02 33 B0"))

    def parser(self) -> Parser[Any]:
        return states_parser(1, 7)


class TestEvents(ParserContract):
    GOOD = bytes.fromhex("82 01 01 11 93")
    WANTED = DoorEvent(1, 1, is_one=True)
    TWIN = bytes.fromhex("81 01 02 00 82")
    WANTED_TWIN = DoorEvent(1, 2, is_one=False, head=0x81)
    OTHERS = (
        TestStates.GOOD,
        bytes.fromhex("82 02 01 11 90"),  # another board's
        bytes.fromhex("82 01 00 11 92"),  # no lock
    )

    def parser(self) -> Parser[Any]:
        return event_parser(1)
