"""SAM_V frames against golden vectors (docs/protocols/sam-v.md) and against lines that lie."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import ProtocolError
from drivers.link import Drop, NeedMore, Parsed
from drivers.samv.frames import (
    FIND,
    PREAMBLE,
    READ_BASE,
    READ_NEW_ADDRESS,
    SAM_ID,
    SAM_STATUS,
    SELECT,
    Request,
    Response,
    Status,
    answers,
    parse,
    parser_for,
    sam_number,
    split_base,
)
from tests.drivers.samv_vectors import worked_text

MODULE_NUMBER = bytes.fromhex("05 00 01 00 D1 95 33 01 F1 FF 07 00 B0 E0 A0 00")

REQUESTS = [
    (Request(0x10, 0xFF), "00 03 10 FF EC"),
    (SAM_STATUS, "00 03 11 FF ED"),
    (SAM_ID, "00 03 12 FF EE"),
    (FIND, "00 03 20 01 22"),
    (SELECT, "00 03 20 02 21"),
    (READ_BASE, "00 03 30 01 32"),
    (Request(0x30, 0x10), "00 03 30 10 23"),
    (READ_NEW_ADDRESS, "00 03 30 03 30"),
    (Request(0x30, 0x05), "00 03 30 05 36"),
    (Request(0x60, 0x00), "00 03 60 00 63"),
    (Request(0x60, 0x04), "00 03 60 04 67"),
    (Request(0x61, 0xFF, b"\x58"), "00 04 61 FF 58 C2"),
]
RESPONSES = [
    (Status.SUCCESS, b"", "00 04 00 00 90 94"),
    (Status.FOUND, bytes(4), "00 08 00 00 9F 00 00 00 00 97"),
    (Status.FIND_FAILED, b"", "00 04 00 00 80 84"),
    (Status.SUCCESS, bytes(8), "00 0C 00 00 90 00 00 00 00 00 00 00 00 9C"),
    (Status.SELECT_FAILED, b"", "00 04 00 00 81 85"),
    (Status.READ_FAILED, b"", "00 04 00 00 41 45"),
    (Status.NO_SUCH_ITEM, b"", "00 04 00 00 91 95"),
    (Status.CHECKSUM_ERROR, b"", "00 04 00 00 10 14"),
    (Status.LENGTH_ERROR, b"", "00 04 00 00 11 15"),
    (Status.UNKNOWN_COMMAND, b"", "00 04 00 00 21 25"),
    (Status.SELF_TEST_FAILED, b"", "00 04 00 00 60 64"),
    (Status.NOT_AUTHORISED, b"", "00 04 00 00 66 62"),
    (Status.SAM_REJECTS_CARD, b"", "00 04 00 00 32 36"),
    (
        Status.SUCCESS,
        MODULE_NUMBER,
        "00 14 00 00 90 05 00 01 00 D1 95 33 01 F1 FF 07 00 B0 E0 A0 00 0F",
    ),
    (Status.SUCCESS, bytes(range(0x1C)), f"00 20 00 00 90 {bytes(range(0x1C)).hex()} B0"),
    (
        Status.SUCCESS,
        "上海市示例路3号".ljust(35).encode("utf-16-le"),
        "00 4A 00 00 90 0A 4E 77 6D 02 5E 3A 79 8B 4F EF 8D 33 00 F7 53" + "20 00" * 27 + "8A",
    ),
]


def frame(after_preamble: str) -> bytes:
    return bytes.fromhex("AA AA AA 96 69" + after_preamble)


def worked_frame() -> bytes:
    photo = bytes.fromhex("57 4C 66 00 7E 00 32 00").ljust(1024, b"\0")
    return Response(0, 0, 0x90, bytes.fromhex("01 00 04 00") + worked_text() + photo).encode()


@pytest.mark.parametrize(("request_", "expected"), REQUESTS)
def test_requests_are_the_published_bytes(request_: Request, expected: str) -> None:
    assert request_.encode() == frame(expected)


@pytest.mark.parametrize(("status", "data", "expected"), RESPONSES)
def test_responses_are_the_published_bytes_both_ways(status: Status, data: bytes, expected: str) -> None:
    whole = frame(expected)
    assert Response(0, 0, status, data).encode() == whole
    parsed = parse(whole)
    assert parsed == Parsed(Response(0, 0, status, data), len(whole))
    assert isinstance(parsed, Parsed)
    assert parsed.frame.status is status


def test_the_worked_reading_is_the_published_one() -> None:
    whole = worked_frame()
    assert len(whole) == 1295
    assert whole[-1] == 0xB9
    assert (
        hashlib.sha256(whole).hexdigest()
        == "20a9cbaef17fda2bf34b181efaceb80db6948369151735ed191fe4e5e8feff63"
    )
    parsed = parse(whole)
    assert isinstance(parsed, Parsed)
    text, photo = split_base(parsed.frame.data)
    assert text == worked_text()
    assert photo[:8] == bytes.fromhex("57 4C 66 00 7E 00 32 00")
    assert len(photo) == 1024


@pytest.mark.parametrize(
    ("data_bytes", "header", "total"),
    [(4 + 1280, "05 08", 1295), (6 + 2304, "09 0A", 2321), (6 + 1280, "05 0A", 1297), (70, "00 4A", 81)],
)
def test_long_answers_have_the_published_lengths(data_bytes: int, header: str, total: int) -> None:
    whole = Response(0, 0, 0x90, bytes(data_bytes)).encode()
    assert whole[5:7] == bytes.fromhex(header)
    assert len(whole) == total
    assert isinstance(parse(whole), Parsed)


@pytest.mark.parametrize("whole", [frame("00 04 00 00 90 94"), worked_frame()], ids=["short", "reading"])
def test_byte_by_byte_only_the_last_byte_makes_a_frame(whole: bytes) -> None:
    for count in range(len(whole)):
        assert parse(whole[:count]) == NeedMore()
    assert isinstance(parse(whole), Parsed)


def all_frames(received: bytes) -> list[Response]:
    found = []
    while received:
        match parse(received):
            case Parsed(response, count):
                found.append(response)
                received = received[count:]
            case Drop(count):
                received = received[count:]
            case NeedMore():
                break
    return found


FOUND = Response(0, 0, 0x9F, bytes(4))


@pytest.mark.parametrize(
    "garbage", ["FA FD 99 99", "AA", "AA AA", "AA AA AA 96", "AA AA AA 96 69 00 03", "00"]
)
def test_a_frame_inside_garbage_is_found(garbage: str) -> None:
    assert all_frames(bytes.fromhex(garbage) + FOUND.encode() + b"\xaa\x01") == [FOUND]


def test_two_glued_frames_are_two() -> None:
    second = Response(0, 0, 0x80)
    whole = FOUND.encode() + second.encode()
    assert parse(whole) == Parsed(FOUND, len(FOUND.encode()))
    assert all_frames(whole) == [FOUND, second]


def test_a_preamble_inside_the_data_starts_nothing() -> None:
    inside = Response(0, 0, 0x90, b"\x01" + Response(0, 0, 0x80).encode() + PREAMBLE)
    assert all_frames(inside.encode()) == [inside]


def test_no_single_wrong_byte_makes_a_frame() -> None:
    whole = FOUND.encode()
    for at in range(len(whole)):
        wrong = bytearray(whole)
        wrong[at] ^= 0x01
        assert all_frames(bytes(wrong)) == []


@pytest.mark.parametrize("length", ["00 03", "0A 01", "FF FF", "00 00"])
def test_an_impossible_length_is_dropped_at_once(length: str) -> None:
    assert parse(frame(length)) == Drop()


@given(st.binary(max_size=64))
def test_noise_never_breaks_the_parser(noise: bytes) -> None:
    assert isinstance(parse(noise), Parsed | Drop | NeedMore)


@given(st.binary(max_size=300))
def test_what_is_encoded_is_parsed(data: bytes) -> None:
    whole = Response(0, 0, 0x90, data).encode()
    assert parse(whole) == Parsed(Response(0, 0, 0x90, data), len(whole))


@pytest.mark.parametrize(("sw1", "sw2", "sw3"), [(1, 0, 0x90), (0, 1, 0x90), (0, 0, 0x42), (0, 0, 0x01)])
def test_an_answer_outside_the_table_has_no_meaning(sw1: int, sw2: int, sw3: int) -> None:
    assert Response(sw1, sw2, sw3).status is None


def test_no_repr_shows_a_cards_data() -> None:
    assert "secret" not in repr(Response(0, 0, 0x90, b"secret"))


READING = Response(0, 0, 0x90, bytes(1284))


@pytest.mark.parametrize(
    ("request_", "late"),
    [
        (SAM_STATUS, READING),
        (SELECT, READING),
        (READ_NEW_ADDRESS, READING),
        (READ_NEW_ADDRESS, Response(0, 0, 0x90)),
        (READ_NEW_ADDRESS, Response(0, 0, 0x90, bytes(71))),
        (READ_NEW_ADDRESS, Response(0, 0, 0x90, bytes(350))),
        (READ_BASE, Response(0, 0, 0x90, bytes(8))),
        (READ_BASE, Response(0, 0, 0x81)),
        (SAM_ID, Response(0, 0, 0x90)),
        (FIND, Response(0, 0, 0x90)),
        (FIND, Response(0, 0, 0x81)),
        (SELECT, Response(0, 0, 0x80)),
        (SELECT, FOUND),
        (SAM_STATUS, Response(0, 0, 0x41)),
        (FIND, Response(0, 0, 0x41)),
        (SELECT, Response(0, 0, 0x91)),
    ],
)
def test_a_late_answer_to_another_request_is_passed_over(request_: Request, late: Response) -> None:
    assert not answers(request_, late)
    right = Response(0, 0, 0x60)
    parser = parser_for(request_)
    whole = late.encode() + right.encode()
    assert parser(whole) == Drop(len(late.encode()))
    assert parser(right.encode()) == Parsed(right, len(right.encode()))


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_up_to_four_addresses_answer(count: int) -> None:
    assert answers(READ_NEW_ADDRESS, Response(0, 0, 0x90, bytes(70 * count)))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x01\x00\x04",
        bytes.fromhex("01000400") + bytes(1279),
        bytes.fromhex("01000400") + bytes(1281),
        bytes.fromhex("01010400") + bytes(1280),
        bytes.fromhex("010003FF") + bytes(1280),
        bytes.fromhex("00010004") + bytes(1280),  # the wrong way round
    ],
)
def test_a_reading_of_other_lengths_is_refused(data: bytes) -> None:
    with pytest.raises(ProtocolError, match="ID reader"):
        split_base(data)


def test_the_module_number_reads_as_printed() -> None:
    assert sam_number(MODULE_NUMBER) == "05.01-20157905-0000524273-0010543280"
    with pytest.raises(ProtocolError, match="15 bytes"):
        sam_number(MODULE_NUMBER[:15])
