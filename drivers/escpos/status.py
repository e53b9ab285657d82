"""What an ESC/POS printer says about itself.

| request | answer | bits |
|---|---|---|
| `10 04 01` | `0xx1xx10` | 08 offline, 20 waits for recovery, 40 feed button |
| `10 04 02` | same | 04 cover open, 08 feeding by button, 20 stopped at paper end, 40 error |
| `10 04 03` | same | 04 recoverable error, 08 cutter, 20 unrecoverable, 40 recovers by itself (head hot) |
| `10 04 04` | same | 0C near end, 60 paper end |
| `1D 72 01` | `0xx0xxxx`, in print order | 03 near end, 0C paper end |

DLE EOT is answered at once, offline too. Source: Epson ESC/POS reference as read in public drivers.
"""

from dataclasses import dataclass
from enum import IntFlag
from typing import Final

from drivers.contracts.health import DeviceStatus, ErrorAction, Health
from drivers.contracts.printer import PaperState, PrinterState
from drivers.link import Drop, NeedMore, Parsed

_PATTERN_MASK: Final = 0x93
_PATTERN: Final = 0x12
_IN_ORDER_MASK: Final = 0x90

QUERY_IN_ORDER: Final = b"\x1d\x72\x01"
DISCARD: Final = bytes.fromhex("10 14 08 01 03 14 01 06 02 08")  # DLE DC4 function 8: clear the buffers
DISCARDED: Final = b"\x37\x25\x00"
QUERIES: Final = (1, 2, 3, 4)


def query(number: int) -> bytes:
    """DLE EOT `number` (1 to 4)."""
    return bytes([0x10, 0x04, number])


class PrinterBits(IntFlag):
    """Answer to DLE EOT 1."""

    OFFLINE = 0x08
    WAITS_FOR_RECOVERY = 0x20


class CauseBits(IntFlag):
    """Answer to DLE EOT 2."""

    COVER_OPEN = 0x04
    PAPER_STOP = 0x20
    ERROR = 0x40


class ErrorBits(IntFlag):
    """Answer to DLE EOT 3."""

    RECOVERABLE = 0x04
    CUTTER = 0x08
    UNRECOVERABLE = 0x20
    HEAD_HOT = 0x40


class PaperBits(IntFlag):
    """Answer to DLE EOT 4; two bits a sensor, either counts."""

    NEAR_END = 0x0C
    END = 0x60


@dataclass(frozen=True, slots=True)
class StatusBytes:
    """The four answers of one poll; None where the printer kept silent."""

    printer: int | None
    cause: int | None
    error: int | None
    paper: int | None

    @property
    def silent(self) -> bool:
        """True when nothing was answered at all."""
        return (self.printer, self.cause, self.error, self.paper) == (None, None, None, None)


def parse_status(data: bytes) -> Parsed[int] | Drop | NeedMore:
    """Parser of a DLE EOT answer: one byte of the fixed pattern, everything else is dropped."""
    if not data:
        return NeedMore()
    return Parsed(data[0], 1) if data[0] & _PATTERN_MASK == _PATTERN else Drop()


def parse_in_order(data: bytes) -> Parsed[int] | Drop | NeedMore:
    """Parser of a GS r answer: one byte `0xx0xxxx`."""
    if not data:
        return NeedMore()
    return Parsed(data[0], 1) if data[0] & _IN_ORDER_MASK == 0 else Drop()


def parse_discarded(data: bytes) -> Parsed[bytes] | Drop | NeedMore:
    """Parser of the answer to `DISCARD`."""
    if data.startswith(DISCARDED):
        return Parsed(DISCARDED, len(DISCARDED))
    return NeedMore() if DISCARDED.startswith(data) else Drop()


def interpret(answers: StatusBytes) -> PrinterState:
    """The printer's state. Where it kept silent the state is unknown, never good."""
    if answers.silent:
        health = Health(DeviceStatus.OFFLINE, "printer: silent; check its power", ErrorAction.MAINTENANCE)
        return PrinterState(health, PaperState.UNKNOWN, None)
    cover_open = None if answers.cause is None else bool(answers.cause & CauseBits.COVER_OPEN)
    return PrinterState(_health(answers), _paper(answers), cover_open)


def stopped(answers: StatusBytes) -> bool:
    """True when the printer itself says that it does not print now."""
    causes = CauseBits.COVER_OPEN | CauseBits.PAPER_STOP | CauseBits.ERROR
    return (
        bool((answers.printer or 0) & PrinterBits.OFFLINE)
        or bool((answers.cause or 0) & causes)
        or bool((answers.paper or 0) & PaperBits.END)
    )


def _paper(answers: StatusBytes) -> PaperState:
    if (answers.cause or 0) & CauseBits.PAPER_STOP or (answers.paper or 0) & PaperBits.END:
        return PaperState.OUT
    if answers.paper is None:
        return PaperState.UNKNOWN
    return PaperState.LOW if answers.paper & PaperBits.NEAR_END else PaperState.FULL


def _health(answers: StatusBytes) -> Health:
    """The first trouble in the order in which a person would mend them."""
    error = answers.error or 0
    if error & ErrorBits.UNRECOVERABLE:
        return Health(DeviceStatus.HARDWARE_ERROR, "printer: fatal error", ErrorAction.MAINTENANCE)
    if error & ErrorBits.CUTTER:
        return Health(DeviceStatus.HARDWARE_ERROR, "printer: cutter jammed", ErrorAction.CLEAR)
    if error & ErrorBits.HEAD_HOT:
        return Health(DeviceStatus.HARDWARE_ERROR, "printer: head too hot", ErrorAction.SUSPEND)
    if (answers.cause or 0) & CauseBits.COVER_OPEN:
        return Health(DeviceStatus.USER_ERROR, "printer: cover open", ErrorAction.CLEAR)
    if _paper(answers) is PaperState.OUT:
        return Health(DeviceStatus.USER_ERROR, "printer: out of paper", ErrorAction.CLEAR)
    if (answers.cause or 0) & CauseBits.ERROR or error & ErrorBits.RECOVERABLE:
        return Health(DeviceStatus.HARDWARE_ERROR, "printer: error", ErrorAction.RESET)
    if None in (answers.printer, answers.cause, answers.error, answers.paper):
        return Health(DeviceStatus.OFFLINE, "printer: answers in part only", ErrorAction.MAINTENANCE)
    if (answers.printer or 0) & PrinterBits.OFFLINE:
        return Health(DeviceStatus.OFFLINE, "printer: offline", ErrorAction.RESET)
    return Health(DeviceStatus.ONLINE)
