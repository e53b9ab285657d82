"""KERONG CU16 frames against golden vectors, and the parser against everything a line can do.

Vectors: those marked * are in the tests of public drivers for this board; the others follow by the checksum rule.
"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import ProtocolError
from drivers.kerong.frames import StatusQuery, StatusReply, Unlock, checksum, status_parser
from drivers.link import Parser
from tests.drivers.parser_contract import ParserContract, frames_in

Frame = StatusQuery | Unlock | StatusReply

VECTORS: list[tuple[str, Frame]] = [
    ("02 00 30 03 35", StatusQuery(0)),  # *
    ("02 20 30 03 55", StatusQuery(2)),  # *
    ("02 00 31 03 36", Unlock(0, 1)),  # *
    ("02 02 31 03 38", Unlock(0, 3)),  # *
    ("02 0F 31 03 45", Unlock(0, 16)),  # *
    ("02 10 31 03 46", Unlock(1, 1)),
    ("02 1F 31 03 55", Unlock(1, 16)),
    ("02 00 35 FF FF 00 00 03 38", StatusReply(0, latches=0xFFFF, infrared=0)),
    ("02 00 35 FE FF 03 00 03 3A", StatusReply(0, latches=0xFFFE, infrared=0x0003)),
    ("02 10 35 FF FF 00 81 03 C9", StatusReply(1, latches=0xFFFF, infrared=0x8100)),
]


@pytest.mark.parametrize(("wire", "frame"), VECTORS)
def test_golden_vectors_both_ways(wire: str, frame: Frame) -> None:
    assert frame.encode() == bytes.fromhex(wire)
    assert type(frame).decode(bytes.fromhex(wire)) == frame


@pytest.mark.parametrize(
    "frame",
    [StatusQuery(10), StatusQuery(-1), Unlock(0, 0), Unlock(0, 17), Unlock(10, 1), StatusReply(11, 0, 0)],
)
def test_what_the_address_byte_cannot_say_is_refused(frame: Frame) -> None:
    with pytest.raises(ValueError, match="allowed"):
        frame.encode()


@pytest.mark.parametrize(
    ("wire", "why"),
    [
        ("02 00 35 FE FF 03 00 03 3B", "expected checksum 3a, got 3b"),
        ("02 00 35 FE FF 03 00 04 3B", "expected 02"),
        ("02 00 36 FE FF 03 00 03 3B", "expected 02"),
        ("02 00 35 FE FF 03 00 03", "expected 9 bytes, got 8"),
    ],
)
def test_a_broken_frame_says_what_was_expected(wire: str, why: str) -> None:
    with pytest.raises(ProtocolError, match=why):
        StatusReply.decode(bytes.fromhex(wire))


class TestStatus(ParserContract):
    GOOD = bytes.fromhex("02 00 35 FE FF 03 00 03 3A")
    WANTED = StatusReply(0, latches=0xFFFE, infrared=0x0003)
    WANTED_TWIN = StatusReply(0, latches=0x0202, infrared=0x3502)  # a head inside the data
    TWIN = WANTED_TWIN.encode()
    OTHERS = (
        StatusQuery(0).encode(),  # the echo of a two-wire adapter
        Unlock(0, 3).encode(),
        bytes.fromhex("02 10 35 FF FF 00 81 03 C9"),  # another board's
        bytes.fromhex("02 02 00 02 00 35"),  # what looks like a beginning
        bytes.fromhex("02 00 35 FE FF 03 00 03 3B"),  # a wrong checksum
    )

    def parser(self) -> Parser[Any]:
        return status_parser(0)


masks = st.integers(0, 0xFFFF)


@given(st.builds(StatusReply, st.integers(0, 9), masks, masks))
def test_every_reply_survives_the_wire(reply: StatusReply) -> None:
    assert StatusReply.decode(reply.encode()) == reply
    assert frames_in(status_parser(reply.board), reply.encode(), chunk=1) == [reply]


@given(
    st.binary(max_size=40).filter(lambda noise: 0x02 not in noise),
    st.builds(StatusReply, st.just(0), masks, masks),
)
def test_noise_before_a_frame_costs_nothing(noise: bytes, reply: StatusReply) -> None:
    assert frames_in(status_parser(0), noise + reply.encode()) == [reply]


def test_the_checksum_is_a_sum() -> None:
    assert checksum(bytes.fromhex("02 00 35 FF FF 00 00 03")) == 0x38
