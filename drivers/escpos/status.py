"""What an ESC/POS printer says about itself.

| request | answer | bits |
|---|---|---|
| `10 04 01` | `0xx1xx10` | 08 offline, 20 waits for recovery, 40 feed button |
| `10 04 02` | same | 04 cover open, 08 feeding by button, 20 stopped at paper end, 40 error |
| `10 04 03` | same | 04 recoverable error, 08 cutter, 20 unrecoverable, 40 recovers by itself (head hot) |
| `10 04 04` | same | 0C near end, 60 paper end |
| `1D 72 01` | `0xx0xxxx`, in print order | 03 near end, 0C paper end |
| `1D 61 n` | `0xx1xx00` and three `0xx0xxxx`, at once and on each change | see `AutomaticStatus` |

DLE EOT is answered at once, offline too. Every first byte tells which answer it begins.
Source: Epson ESC/POS reference as read in public drivers.
"""

from dataclasses import dataclass
from enum import IntFlag
from typing import Final

from drivers.contracts.health import DeviceStatus, ErrorAction, Health
from drivers.contracts.printer import PaperState, PrinterState
from drivers.link import Drop, NeedMore, Parsed

_PATTERN_MASK: Final = 0x93
_PATTERN: Final = 0x12
_AUTOMATIC: Final = 0x10
AUTOMATIC_BYTES: Final = 4
_IN_ORDER_MASK: Final = 0x90

QUERY_IN_ORDER: Final = b"\x1d\x72\x01"
DISCARD: Final = bytes.fromhex("10 14 08 01 03 14 01 06 02 08")  # DLE DC4 function 8: clear the buffers
DISCARDED: Final = b"\x37\x25\x00"
QUERIES: Final = (1, 2, 3, 4)
INFORMATION: Final = (66, 67, 65)  # maker, model, firmware
_MOST_INFORMATION: Final = 80
INITIALISE: Final = b"\x1b\x40"  # ESC @: also ends automatic status back
REPORT_CHANGES: Final = b"\x1d\x61\x0e"  # GS a: online or offline, errors, paper
REPORT_NOTHING: Final = b"\x1d\x61\x00"


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


class FirstBits(IntFlag):
    """First byte of an automatic status."""

    OFFLINE = 0x08
    COVER_OPEN = 0x20


class RollBits(IntFlag):
    """Third byte of an automatic status; two bits a sensor."""

    NEAR_END = 0x03
    END = 0x0C


@dataclass(frozen=True, slots=True)
class AutomaticStatus:
    """Four bytes that the printer sends by itself (GS a): printer, errors, paper, reserved.

    `errors` has the bits of `ErrorBits`.
    """

    printer: int
    errors: int
    paper: int

    @classmethod
    def decode(cls, data: bytes) -> "AutomaticStatus":
        """From four bytes. Raises `ValueError` for others than `0xx1xx00 0xx0xxxx 0xx0xxxx 0xx0xxxx`."""
        fits = len(data) == AUTOMATIC_BYTES and data[0] & _PATTERN_MASK == _AUTOMATIC
        if not fits or any(byte & _IN_ORDER_MASK for byte in data[1:]):
            raise ValueError(f"no automatic status: {data.hex(' ')}")
        return cls(*data[:3])

    def encode(self) -> bytes:
        """As it comes over the line."""
        return bytes((self.printer, self.errors, self.paper, 0))

    def as_answers(self) -> StatusBytes:
        """The same in the bits of DLE EOT."""
        ended = bool(self.paper & RollBits.END)
        errors = self.errors & (
            ErrorBits.RECOVERABLE | ErrorBits.CUTTER | ErrorBits.UNRECOVERABLE | ErrorBits.HEAD_HOT
        )
        return StatusBytes(
            _PATTERN | (PrinterBits.OFFLINE if self.printer & FirstBits.OFFLINE else 0),
            _PATTERN
            | (CauseBits.COVER_OPEN if self.printer & FirstBits.COVER_OPEN else 0)
            | (CauseBits.PAPER_STOP if ended else 0)
            | (CauseBits.ERROR if errors else 0),
            _PATTERN | errors,
            _PATTERN
            | (PaperBits.NEAR_END if self.paper & RollBits.NEAR_END else 0)
            | (PaperBits.END if ended else 0),
        )


@dataclass(frozen=True, slots=True)
class RealTimeStatus:
    """One answer to DLE EOT. Which one is known from the question only."""

    bits: int


@dataclass(frozen=True, slots=True)
class InOrderStatus:
    """The answer to GS r: everything before the question was printed."""

    bits: int


Answer = RealTimeStatus | AutomaticStatus | InOrderStatus


def parse_answer(data: bytes) -> Parsed[Answer] | Drop | NeedMore:
    """Parser of all that a printer says about itself: the last three bytes of an automatic status look like GS r's
    answer, so that a line on which both come has to be read without a gap.
    """
    if not data:
        return NeedMore()
    if data[0] & _PATTERN_MASK == _PATTERN:
        return Parsed(RealTimeStatus(data[0]), 1)
    if data[0] & _IN_ORDER_MASK == 0:
        return Parsed(InOrderStatus(data[0]), 1)
    if data[0] & _PATTERN_MASK != _AUTOMATIC or any(
        byte & _IN_ORDER_MASK for byte in data[1:AUTOMATIC_BYTES]
    ):
        return Drop()
    if len(data) < AUTOMATIC_BYTES:
        return NeedMore()
    return Parsed(AutomaticStatus.decode(data[:AUTOMATIC_BYTES]), AUTOMATIC_BYTES)


def ask_information(number: int) -> bytes:
    """GS I `number`: one of `INFORMATION`."""
    return bytes([0x1D, 0x49, number])


def parse_information(data: bytes) -> Parsed[str] | Drop | NeedMore:
    """Parser of an answer to GS I: `_`, up to 80 characters, NUL."""
    if not data:
        return NeedMore()
    if not data.startswith(b"_"):
        return Drop()
    text, end, _ = data[1:].partition(b"\0")
    if len(text) > _MOST_INFORMATION or not all(0x20 <= byte < 0x7F for byte in text):
        return Drop()
    return Parsed(text.decode("ascii"), len(text) + 2) if end else NeedMore()


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
    if _paper(answers) is PaperState.LOW:
        return Health(DeviceStatus.ONLINE, "printer: paper is running out", ErrorAction.CLEAR)
    return Health(DeviceStatus.ONLINE)
