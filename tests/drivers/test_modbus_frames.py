"""Modbus RTU frames against golden vectors, and the parser against everything a line can do.

Vectors: Waveshare's manual of the Modbus RTU Relay boards, as quoted by two public integrations.
"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import ProtocolError
from drivers.link import Parser
from drivers.modbus.frames import (
    OFF,
    ON,
    Bits,
    CoilsWritten,
    ReadBits,
    Refusal,
    Request,
    Table,
    WriteCoil,
    WriteCoils,
    answer_parser,
    checksum,
)
from tests.drivers.parser_contract import ParserContract, frames_in

Frame = ReadBits | Bits | WriteCoil | WriteCoils | CoilsWritten | Refusal

NONE = (False,) * 8
VECTORS: list[tuple[str, Frame]] = [
    ("01 05 00 00 FF 00 8C 3A", WriteCoil(1, 0, ON)),
    ("01 05 00 00 00 00 CD CA", WriteCoil(1, 0, OFF)),
    ("01 05 00 01 FF 00 DD FA", WriteCoil(1, 1, ON)),
    ("01 05 00 00 55 00 F2 9A", WriteCoil(1, 0, 0x5500)),
    ("01 05 00 FF FF 00 BC 0A", WriteCoil(1, 0xFF, ON)),
    ("01 05 00 FF 00 00 FD FA", WriteCoil(1, 0xFF, OFF)),
    ("01 05 02 00 00 07 8D B0", WriteCoil.flash(1, 0, 0.7)),
    ("01 05 02 00 00 05 0C 71", WriteCoil.flash(1, 0, 0.5)),
    ("01 05 04 00 00 08 CD 3C", WriteCoil(1, 0x0400, 8)),
    ("01 01 00 00 00 08 3D CC", ReadBits(1, Table.COILS, 0, 8)),
    ("01 01 01 01 90 48", Bits(1, Table.COILS, (True, *NONE[1:]))),
    ("01 02 00 00 00 08 79 CC", ReadBits(1, Table.INPUTS, 0, 8)),
    ("01 02 01 00 A1 88", Bits(1, Table.INPUTS, NONE)),
    ("01 02 01 05 61 8B", Bits(1, Table.INPUTS, (True, False, True, *NONE[3:]))),
    ("01 0F 00 00 00 08 01 FF BE D5", WriteCoils(1, 0, (True,) * 8)),
    ("01 0F 00 00 00 08 54 0D", CoilsWritten(1, 0, 8)),
    ("01 85 02 C3 51", Refusal(1, 0x05, 2)),
    ("01 82 02 C1 61", Refusal(1, 0x02, 2)),
]


@pytest.mark.parametrize(("wire", "frame"), VECTORS)
def test_golden_vectors_both_ways(wire: str, frame: Frame) -> None:
    assert frame.encode() == bytes.fromhex(wire)
    assert type(frame).decode(bytes.fromhex(wire)) == frame


@pytest.mark.parametrize(
    ("wire", "why"),
    [
        ("01 02 01 05 61 8C", "expected checksum 618b, got 618c"),
        ("01 02 01", "expected 4 bytes or more"),
        ("01 85 02 C3 51", "expected a ReadCoilsResponse"),
    ],
)
def test_a_broken_frame_says_what_was_expected(wire: str, why: str) -> None:
    with pytest.raises(ProtocolError, match=why):
        Bits.decode(bytes.fromhex(wire))


@pytest.mark.parametrize("duration_s", [0.0, 0.04, -1.0, 3276.8])
def test_a_flash_that_the_board_cannot_time_is_refused(duration_s: float) -> None:
    with pytest.raises(ValueError, match=r"allowed 0\.1 to 3276\.7 s"):
        WriteCoil.flash(1, 0, duration_s)


def test_a_refusal_says_why() -> None:
    assert Refusal(1, 5, 2).reason == "illegal address"
    assert Refusal(1, 5, 99).reason == "code 99"


def test_the_checksum_stands_low_byte_first() -> None:
    assert checksum(bytes.fromhex("01 05 00 00 FF 00")) == 0x8C3A


class TestInputs(ParserContract):
    GOOD = bytes.fromhex("01 02 01 05 61 8B")
    WANTED = Bits(1, Table.INPUTS, (True, False, True, *NONE[3:]))
    TWIN = Bits(1, Table.INPUTS, (True, *NONE[1:])).encode()  # 01, the unit's number, as data
    WANTED_TWIN = Bits(1, Table.INPUTS, (True, *NONE[1:]))
    OTHERS = (
        bytes.fromhex("01 02 00 00 00 08 79 CC"),  # the echo of a two-wire adapter
        bytes.fromhex("01 01 01 01 90 48"),  # relays, not inputs
        Bits(2, Table.INPUTS, NONE).encode(),  # another unit's
        Bits(1, Table.INPUTS, NONE + NONE).encode(),  # another question's
        bytes.fromhex("01 85 02 C3 51"),
    )

    def parser(self) -> Parser[Any]:
        return answer_parser(ReadBits(1, Table.INPUTS, 0, 8))


class TestFlash(ParserContract):
    GOOD = bytes.fromhex("01 05 02 00 00 05 0C 71")
    WANTED = WriteCoil.flash(1, 0, 0.5)
    TWIN = bytes.fromhex("01 85 02 C3 51")
    WANTED_TWIN = Refusal(1, 5, 2)
    OTHERS = (
        bytes.fromhex("01 05 02 00 00 07 8D B0"),  # another duration
        bytes.fromhex("01 05 00 00 FF 00 8C 3A"),
        WriteCoil.flash(2, 0, 0.5).encode(),
        bytes.fromhex("01 82 02 C1 61"),
    )

    def parser(self) -> Parser[Any]:
        return answer_parser(WriteCoil.flash(1, 0, 0.5))


requests = st.one_of(
    st.builds(ReadBits, st.integers(1, 247), st.sampled_from(Table), st.just(0), st.integers(1, 64)),
    st.builds(WriteCoil, st.integers(1, 247), st.integers(0, 0x0FFF), st.integers(0, 0xFFFF)),
    st.builds(WriteCoils, st.integers(1, 247), st.just(0), st.lists(st.booleans(), min_size=1).map(tuple)),
)


@given(requests, st.data())
def test_every_request_finds_its_answer_behind_noise(request_: Request, data: st.DataObject) -> None:
    answer: Frame
    match request_:
        case ReadBits(unit, table, _, count):
            size = (count + 7) // 8 * 8
            bits = data.draw(st.lists(st.booleans(), min_size=size, max_size=size))
            answer = Bits(unit, table, tuple(bits))
        case WriteCoil():
            answer = request_
        case WriteCoils(unit, first, bits_sent):
            answer = CoilsWritten(unit, first, len(bits_sent))
    noise = data.draw(st.binary(max_size=20).filter(lambda some: request_.unit not in some))
    assert type(request_).decode(request_.encode()) == request_
    assert frames_in(answer_parser(request_), noise + answer.encode(), chunk=1) == [answer]
