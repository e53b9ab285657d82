"""Status bytes: every bit that matters, silence, and bytes that are no status."""

import pytest

from drivers.contracts.health import DeviceStatus, ErrorAction
from drivers.contracts.printer import PaperState
from drivers.escpos.status import StatusBytes, interpret, parse_in_order, parse_status, query, stopped
from drivers.link import Drop, NeedMore, Parsed


def poll(one: int | None, two: int | None, three: int | None, four: int | None) -> StatusBytes:
    return StatusBytes(one, two, three, four)


@pytest.mark.parametrize(
    ("answers", "status", "action", "paper", "cover", "stops"),
    [
        (poll(0x12, 0x12, 0x12, 0x12), DeviceStatus.ONLINE, None, PaperState.FULL, False, False),
        (poll(0x12, 0x12, 0x12, 0x1E), DeviceStatus.ONLINE, None, PaperState.LOW, False, False),
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
