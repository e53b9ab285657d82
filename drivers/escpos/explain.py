"""What an ESC/POS printer was asked about itself and what it said, in words; print data stay unexplained.

An answer to DLE EOT is one byte that does not say which n was asked. It follows from the requests before it in the
capture, else from `Capture.asked`; else every reading is given.
"""

from collections.abc import Sequence
from enum import IntFlag
from typing import Final

from drivers.explain import Capture, Field, Frame, spaced
from drivers.link import NeedMore, Parsed

from .status import (
    AUTOMATIC_BYTES,
    DISCARD,
    DISCARDED,
    INITIALISE,
    QUERIES,
    QUERY_IN_ORDER,
    REPORT_NOTHING,
    AutomaticStatus,
    CauseBits,
    ErrorBits,
    FirstBits,
    InOrderStatus,
    PaperBits,
    PrinterBits,
    RealTimeStatus,
    RollBits,
    parse_answer,
    query,
)

_EOT: Final = query(1)[:2]
_ENQ: Final = b"\x10\x05"
_GS_A: Final = REPORT_NOTHING[:2]
_GS_R: Final = QUERY_IN_ORDER[:2]
_REQUEST_BYTES: Final = 3  # a head of two bytes and n
_PAPER: Final = 1
_DRAWER: Final = 2
_LOOK_BACK: Final = 64  # printers keep four answers back at most
_BLANK, _TILDE = 0x20, 0x7E
_WELL: Final = ("nothing amiss",)

_EOT_REQUEST: Final = "DLE EOT request"
_EOT_ANSWER: Final = "DLE EOT answer"
_GS_R_REQUEST: Final = "GS r request"
_GS_R_ANSWER: Final = "GS r answer"
_CONSTANTS: Final = (
    (DISCARD, "clear the buffers"),
    (DISCARDED, "buffers cleared"),
    (INITIALISE, "initialise, switches automatic status off"),
)

_RECOVERIES: Final = {1: "recover and restart the line", 2: "recover and clear the buffers"}
_BITS: Final[dict[int, type[IntFlag]]] = {1: PrinterBits, 2: CauseBits, 3: ErrorBits, 4: PaperBits}
_UNASKED_IN_ORDER: Final = frozenset({0x00, 0x03, 0x0C, 0x0F})  # the paper's two bits a sensor agree
_TELLS: Final = {0x01: "drawer", 0x02: "offline", 0x04: "errors", 0x08: "paper", 0x40: "panel switch"}
_DRAWER_BIT: Final = {0x01: "drawer pin high"}
# bits of an automatic status that the driver has no use for
_MORE_PRINTER: Final = {0x04: "drawer pin high", 0x40: "feeding by button"}
_MORE_ERRORS: Final = {0x01: "waits for recovery", 0x02: "button"}


def status(capture: Capture, at: int) -> Frame | None:
    """The request or answer that begins at `at`."""
    return _constant(capture, at) or _request(capture, at) or _cut_off(capture, at) or _answer(capture, at)


def _constant(capture: Capture, at: int) -> Frame | None:
    wires = (Frame(name, len(wire)) for wire, name in _CONSTANTS if capture.data.startswith(wire, at))
    return next(wires, None)


def _request(capture: Capture, at: int) -> Frame | None:
    if not capture.has(at, _REQUEST_BYTES):
        return None
    head, n = capture.data[at : at + 2], capture.data[at + 2]
    number = Field("n", n)
    if head == _EOT and n in QUERIES:
        return Frame(_EOT_REQUEST, _REQUEST_BYTES, (number,))
    if head == _ENQ and n in _RECOVERIES:
        return Frame("DLE ENQ request", _REQUEST_BYTES, (number, Field("meaning", _RECOVERIES[n])))
    if head == _GS_R and n & 0x0F in (_PAPER, _DRAWER) and n & 0xF0 in (0x00, 0x30):  # 1 or "1"
        return Frame(_GS_R_REQUEST, _REQUEST_BYTES, (Field("n", n & 0x0F),))
    if head == _GS_A:
        tells = _said(n, _TELLS) or ("nothing, switched off",)
        return Frame("GS a request", _REQUEST_BYTES, (number, Field("tells", tells)))
    return None


def _cut_off(capture: Capture, at: int) -> Frame | None:
    """The beginning of a request, and then nothing."""
    if capture.has(at, len(DISCARD)):
        return None
    rest = capture.data[at:]
    if any(head.startswith(rest) for head in (_EOT, _ENQ, _GS_R, _GS_A)):
        return Frame("request", _REQUEST_BYTES)
    if len(rest) > len(_EOT) and DISCARD.startswith(rest):
        return Frame("clear the buffers", len(DISCARD))
    return None


def _answer(capture: Capture, at: int) -> Frame | None:
    parsed = parse_answer(capture.data[at : at + AUTOMATIC_BYTES])
    match parsed:
        case Parsed(frame=AutomaticStatus() as told):
            said = (
                *_flags(FirstBits, told.printer), *_said(told.printer, _MORE_PRINTER),
                *_flags(ErrorBits, told.errors), *_said(told.errors, _MORE_ERRORS),
                *_flags(RollBits, told.paper),
            )  # fmt: skip
            return Frame("automatic status", AUTOMATIC_BYTES, (Field("said", said or _WELL),))
        case Parsed(frame=RealTimeStatus(bits)):
            return _real_time(capture, at, bits)
        case Parsed(frame=InOrderStatus(bits)):
            return _in_order(capture, at, bits)
        case NeedMore():
            return Frame("automatic status", AUTOMATIC_BYTES)
        case _:
            return None


def _real_time(capture: Capture, at: int, bits: int) -> Frame | None:
    asked = _asked(capture.earlier, _EOT_REQUEST, _EOT_ANSWER)
    if (asked is None and _inside_text(capture, at)) or capture.data[max(0, at - 1) : at + 1] == _GS_R:
        return None
    n = asked or capture.asked
    fields = [Field("status", spaced(bytes((bits,)))), Field("n", n)]
    if n is not None:
        return Frame(_EOT_ANSWER, 1, (*fields, Field("said", _flags(_BITS[n], bits) or _WELL)))
    readings = [
        Field(f"said_if_n_{number}", said) for number in QUERIES if (said := _flags(_BITS[number], bits))
    ]
    return Frame(_EOT_ANSWER, 1, (*fields, *(readings or [Field("said", _WELL)])))


def _in_order(capture: Capture, at: int, bits: int) -> Frame | None:
    n = _asked(capture.earlier, _GS_R_REQUEST, _GS_R_ANSWER)
    if n is None and (capture.ended != at or bits not in _UNASKED_IN_ORDER):
        return None  # behind garbage, 00 is more garbage
    said = _said(bits, _DRAWER_BIT) if n == _DRAWER else _flags(RollBits, bits)
    return Frame(
        _GS_R_ANSWER,
        1,
        (Field("status", spaced(bytes((bits,)))), Field("n", n), Field("said", said or _WELL)),
    )


def _asked(earlier: Sequence[Frame], request: str, answer: str) -> int | None:
    """The n of the oldest request that has no answer yet."""
    waiting: list[int] = []
    for frame in earlier[-_LOOK_BACK:]:
        if frame.name == request:
            waiting += [part.value for part in frame.fields if isinstance(part.value, int)]
        elif frame.name == answer and waiting:
            waiting.pop(0)
    return waiting[0] if waiting else None


def _inside_text(capture: Capture, at: int) -> bool:
    """`2`, `6`, `R`, `V`, `r`, `v` and more are letters as well as status: true for a run of them beside others."""
    data = capture.data
    begin, end = at, at + 1
    while begin > 0 and _is_real_time(data[begin - 1]):
        begin -= 1
    while end < len(data) and _is_real_time(data[end]):
        end += 1
    told = parse_answer(data[end : end + AUTOMATIC_BYTES])
    of_frame = _constant(capture, end) or (
        isinstance(told, Parsed) and isinstance(told.frame, AutomaticStatus)
    )
    before = data[begin - 1 : begin] if begin > capture.ended else b""  # else it belongs to a frame
    beside = before + (b"" if of_frame else data[end : end + 1])
    return data[at] >= _BLANK and any(_BLANK <= byte <= _TILDE for byte in beside)


def _is_real_time(byte: int) -> bool:
    parsed = parse_answer(bytes((byte,)))
    return isinstance(parsed, Parsed) and isinstance(parsed.frame, RealTimeStatus)


def _flags(kind: type[IntFlag], bits: int) -> tuple[str, ...]:
    """The names of what is set; members of several bits count when one of them is."""
    return tuple(name.lower().replace("_", " ") for name, member in kind.__members__.items() if bits & member)


def _said(bits: int, words: dict[int, str]) -> tuple[str, ...]:
    return tuple(text for mask, text in words.items() if bits & mask)
