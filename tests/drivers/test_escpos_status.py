"""Status bytes: every bit that matters, silence, and bytes that are no status."""

import pytest

from drivers.contracts.health import DeviceStatus, ErrorAction
from drivers.contracts.printer import PaperState
from drivers.escpos.status import (
    AutomaticStatus,
    InOrderStatus,
    RealTimeStatus,
    StatusBytes,
    interpret,
    parse_answer,
    parse_in_order,
    parse_information,
    parse_status,
    query,
    stopped,
)
from drivers.link import Drop, NeedMore, Parsed


def poll(one: int | None, two: int | None, three: int | None, four: int | None) -> StatusBytes:
    return StatusBytes(one, two, three, four)


@pytest.mark.parametrize(
    ("answers", "status", "action", "paper", "cover", "stops"),
    [
        (poll(0x12, 0x12, 0x12, 0x12), DeviceStatus.ONLINE, None, PaperState.FULL, False, False),
        (poll(0x12, 0x12, 0x12, 0x1E), DeviceStatus.ONLINE, ErrorAction.CLEAR, PaperState.LOW, False, False),
        (poll(0x1A, 0x32, 0x12, 0x7E), DeviceStatus.USER_ERROR, ErrorAction.CLEAR, PaperState.OUT, False, True),
        (poll(0x12, 0x12, 0x12, 0x72), DeviceStatus.USER_ERROR, ErrorAction.CLEAR, PaperState.OUT, False, True),
        (poll(0x1A, 0x16, 0x12, 0x12), DeviceStatus.USER_ERROR, ErrorAction.CLEAR, PaperState.FULL, True, True),
        (poll(0x1A, 0x52, 0x1A, 0x12), DeviceStatus.HARDWARE_ERROR, ErrorAction.CLEAR, PaperState.FULL, False, True),
        (
            poll(0x1A, 0x52, 0x32, 0x12), DeviceStatus.HARDWARE_ERROR, ErrorAction.MAINTENANCE,
            PaperState.FULL, False, True,
        ),
        (poll(0x1A, 0x52, 0x52, 0x12), DeviceStatus.HARDWARE_ERROR, ErrorAction.SUSPEND, PaperState.FULL, False, True),
        (poll(0x12, 0x52, 0x12, 0x12), DeviceStatus.HARDWARE_ERROR, ErrorAction.RESET, PaperState.FULL, False, True),
        (poll(0x1A, 0x12, 0x12, 0x12), DeviceStatus.OFFLINE, ErrorAction.RESET, PaperState.FULL, False, True),
        (poll(None, None, None, None), DeviceStatus.OFFLINE, ErrorAction.MAINTENANCE, PaperState.UNKNOWN, None, False),
        (poll(0x12, None, 0x12, None), DeviceStatus.OFFLINE, ErrorAction.MAINTENANCE, PaperState.UNKNOWN, None, False),
    ],
)  # fmt: skip
def test_interpretation(
    answers: StatusBytes,
    status: DeviceStatus,
    action: ErrorAction | None,
    paper: PaperState,
    cover: bool | None,
    stops: bool,
) -> None:
    seen = interpret(answers)
    assert (seen.health.status, seen.health.action, seen.paper, seen.cover_open) == (
        status,
        action,
        paper,
        cover,
    )
    assert stopped(answers) is stops


def test_requests() -> None:
    assert [query(number).hex() for number in (1, 2, 3, 4)] == ["100401", "100402", "100403", "100404"]


def test_only_the_fixed_pattern_is_a_status() -> None:
    good = {byte for byte in range(256) if isinstance(parse_status(bytes([byte])), Parsed)}
    assert good == {byte for byte in range(128) if f"{byte:08b}"[3] == "1" and f"{byte:08b}"[6:] == "10"}
    assert parse_status(b"") == NeedMore()
    assert parse_status(b"\xfa\x12") == Drop()


def test_an_answer_in_print_order_is_never_a_real_time_one() -> None:
    for byte in range(256):
        pair = (parse_status(bytes([byte])), parse_in_order(bytes([byte])))
        assert not all(isinstance(found, Parsed) for found in pair)
    assert parse_in_order(b"\x0f") == Parsed(0x0F, 1)
    assert parse_in_order(b"\x13") == Drop()  # XOFF


AUTOMATIC = {  # computed from the bits of Epson's reference
    "10 00 00 00": poll(0x12, 0x12, 0x12, 0x12),
    "38 00 00 00": poll(0x1A, 0x16, 0x12, 0x12),  # cover open
    "10 00 03 00": poll(0x12, 0x12, 0x12, 0x1E),  # near end
    "18 00 0F 00": poll(0x1A, 0x32, 0x12, 0x7E),  # paper end
    "18 08 00 00": poll(0x1A, 0x52, 0x1A, 0x12),  # cutter
    "18 40 00 00": poll(0x1A, 0x52, 0x52, 0x12),  # head hot
    "18 20 00 00": poll(0x1A, 0x52, 0x32, 0x12),  # unrecoverable
    "18 04 00 00": poll(0x1A, 0x52, 0x16, 0x12),  # recoverable
}


@pytest.mark.parametrize(("wire", "answers"), AUTOMATIC.items(), ids=AUTOMATIC)
def test_what_comes_by_itself_says_the_same_as_dle_eot(wire: str, answers: StatusBytes) -> None:
    status = AutomaticStatus.decode(bytes.fromhex(wire))
    assert status.encode() == bytes.fromhex(wire)
    assert status.as_answers() == answers


@pytest.mark.parametrize(
    "wire", ["", "10 00 00", "10 00 00 00 00", "12 00 00 00", "10 10 00 00", "10 00 00 90"]
)
def test_what_is_no_automatic_status_is_refused(wire: str) -> None:
    with pytest.raises(ValueError, match="no automatic status"):
        AutomaticStatus.decode(bytes.fromhex(wire))


def test_what_a_printer_says_it_is() -> None:
    assert parse_information(b"_EPSON\0") == Parsed("EPSON", 7)
    assert parse_information(b"_\0") == Parsed("", 2)
    assert all(parse_information(b"_EPSON"[:end]) == NeedMore() for end in range(7))
    for strange in (b"\x12", b"_\x12EPSON\0", b"_" + b"x" * 81):
        assert parse_information(strange) == Drop()


def heard(data: bytes) -> list[object]:
    """Everything in `data`, a byte at a time."""
    found: list[object] = []
    pending = b""
    for byte in data:
        pending += bytes([byte])
        while pending:
            match parse_answer(pending):
                case Parsed(frame, count):
                    found.append(frame)
                    pending = pending[count:]
                case Drop(count):
                    pending = pending[count:]
                case NeedMore():
                    break
    return found


def test_answers_of_all_kinds_are_told_apart_byte_by_byte() -> None:
    cover = AutomaticStatus(0x38, 0, 0)
    assert heard(b"\x12\x10\x00\x03\x00\x0f\x38\x00\x00\x00\x32") == [
        RealTimeStatus(0x12),
        AutomaticStatus(0x10, 0, 3),
        InOrderStatus(0x0F),
        cover,
        RealTimeStatus(0x32),
    ]
    assert heard(b"\xfa\xfd\x99\x99" + cover.encode()) == [cover]
    assert heard(b"\x10\x13" + cover.encode()) == [cover]  # one that broke off, XOFF, a whole one
    assert heard(cover.encode() * 2) == [cover, cover]


def test_the_end_of_an_automatic_status_is_no_proof_of_printing() -> None:
    for wire in map(bytes.fromhex, AUTOMATIC):
        assert not any(isinstance(answer, InOrderStatus) for answer in heard(wire))
