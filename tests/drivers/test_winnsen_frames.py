"""Winnsen frames against golden vectors, and the parser against everything a line can do.

Vectors: "Lock Control Board Serial Command Document V202104", as public drivers quote it; A2 and A5 are seen answers.
"""

from typing import Any

import pytest

from drivers.errors import ProtocolError
from drivers.link import Parser
from drivers.winnsen.frames import OTHER_ANSWER, Frame, Open, OpenReply, Query, StatusReply, status_parser
from tests.drivers.parser_contract import ParserContract, frames_in

Typed = Open | OpenReply | Query | StatusReply | Frame

VECTORS: list[tuple[str, Typed]] = [
    ("90 06 05 01 01 03", Open(1, 1)),
    ("90 07 85 01 01 01 03", OpenReply(1, 1, 1)),
    ("90 07 85 01 01 00 03", OpenReply(1, 1, 0)),
    ("90 07 A5 01 01 01 03", OpenReply(1, 1, 1, OTHER_ANSWER)),
    ("90 07 02 01 FF FF 03", Query(1)),
    ("90 07 82 01 01 00 03", StatusReply(1, 0x0001)),
    ("90 07 82 01 00 81 03", StatusReply(1, 0x8100)),
    ("90 07 A2 01 00 81 03", StatusReply(1, 0x8100, OTHER_ANSWER)),
    ("90 06 12 01 05 03", Frame(0x12, 1, b"\x05")),
    ("90 07 92 01 02 05 03", Frame(0x92, 1, b"\x02\x05")),
]


@pytest.mark.parametrize(("wire", "frame"), VECTORS)
def test_golden_vectors_both_ways(wire: str, frame: Typed) -> None:
    assert frame.encode() == bytes.fromhex(wire)
    assert type(frame).decode(bytes.fromhex(wire)) == frame


@pytest.mark.parametrize("frame", [Open(1, 0), Open(1, 17), Open(256, 1), Query(-1), StatusReply(300, 0)])
def test_what_the_frame_cannot_say_is_refused(frame: Typed) -> None:
    with pytest.raises(ValueError, match="allowed"):
        frame.encode()


@pytest.mark.parametrize(
    ("wire", "why"),
    [
        ("90 07 82 01 01 00 04", r"expected 90 \.\. 03"),
        ("91 07 82 01 01 00 03", r"expected 90 \.\. 03"),
        ("90 06 82 01 01 00 03", "expected 5 to 7 bytes"),
        ("90 07 85 01 01 00 03", "expected function 82 or a2 with 2 bytes, got 85 with 2"),
    ],
)
def test_a_broken_frame_says_what_was_expected(wire: str, why: str) -> None:
    with pytest.raises(ProtocolError, match=why):
        StatusReply.decode(bytes.fromhex(wire))


class TestStatus(ParserContract):
    GOOD = bytes.fromhex("90 07 82 01 01 00 03")
    WANTED = StatusReply(1, 0x0001)
    TWIN = bytes.fromhex("90 07 A2 01 90 07 03")
    WANTED_TWIN = StatusReply(1, 0x0790, OTHER_ANSWER)
    OTHERS = (
        bytes.fromhex("90 07 02 01 FF FF 03"),  # the echo of a two-wire adapter
        bytes.fromhex("90 07 82 02 01 00 03"),  # another station's
        bytes.fromhex("90 07 85 01 01 01 03"),  # the answer to an unlock, late
        bytes.fromhex("90 07 82 01 01 00 00"),  # a wrong end
    )
    CHECKED = False  # no checksum

    def parser(self) -> Parser[Any]:
        return status_parser(1)


def test_a_wrong_byte_is_found_outside_the_mask_only() -> None:
    for position in (0, 1, 2, 3, 6):
        for change in range(1, 256):
            bent = bytearray(TestStatus.GOOD)
            bent[position] ^= change
            found = frames_in(status_parser(1), bytes(bent))
            assert found in ([], [StatusReply(1, 1, OTHER_ANSWER)]), bent.hex(" ")
