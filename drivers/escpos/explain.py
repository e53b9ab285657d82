"""What an ESC/POS printer was asked about itself and what it said, in words; print data stay unexplained.

An answer to DLE EOT is one byte that does not say which n was asked. It follows from the requests before it in the
capture, else from `Capture.asked`; else every reading is given.
"""

from collections.abc import Sequence
from enum import IntFlag
from typing import Final

from drivers.explain import Capture, Field, Frame, spaced
from drivers.link import Parsed

from .status import (
    DISCARD,
    DISCARDED,
    QUERIES,
    QUERY_IN_ORDER,
    CauseBits,
    ErrorBits,
    PaperBits,
    PrinterBits,
    parse_in_order,
    parse_status,
    query,
)

_EOT: Final = query(1)[:2]
_ENQ: Final = b"\x10\x05"
_ASB_REQUEST: Final = b"\x1d\x61"
_GS_R: Final = QUERY_IN_ORDER[:2]
_PAPER: Final = 1
_DRAWER: Final = 2
_RECOVERIES: Final = {1: "recover and restart the line", 2: "recover and clear the buffers"}
_ASB_BYTES: Final = 4
_BLANK, _TILDE = 0x20, 0x7E
_LOOK_BACK: Final = 64  # printers keep four answers back at most

_EOT_REQUEST: Final = "DLE EOT request"
_EOT_ANSWER: Final = "DLE EOT answer"
_GS_R_REQUEST: Final = "GS r request"
_GS_R_ANSWER: Final = "GS r answer"

_BITS: Final[dict[int, type[IntFlag]]] = {1: PrinterBits, 2: CauseBits, 3: ErrorBits, 4: PaperBits}
_IN_ORDER: Final = {_PAPER: ((0x03, "near end"), (0x0C, "end")), _DRAWER: ((0x01, "drawer pin high"),)}
_UNASKED_IN_ORDER: Final = frozenset({0x00, 0x03, 0x0C, 0x0F})  # the paper's two bits a sensor agree
_TELLS: Final = (
    (0x01, "drawer"),
    (0x02, "offline"),
    (0x04, "errors"),
    (0x08, "paper"),
    (0x40, "panel switch"),
)
_ASB: Final = (
    (0, 0x04, "drawer pin high"),
    (0, 0x08, "offline"),
    (0, 0x20, "cover open"),
    (0, 0x40, "feeding by button"),
    (1, 0x01, "waits for recovery"),
    (1, 0x02, "button"),
    (1, 0x04, "recoverable error"),
    (1, 0x08, "cutter"),
    (1, 0x20, "unrecoverable error"),
    (1, 0x40, "recovers by itself"),
    (2, 0x03, "near end"),
    (2, 0x0C, "end"),
)


def status(capture: Capture, at: int) -> Frame | None:
    """The request or answer that begins at `at`."""
    return (
        _constant(capture, at)
        or _request(capture, at)
        or _cut_off(capture, at)
        or _automatic(capture, at)
        or _eot_answer(capture, at)
        or _in_order_answer(capture, at)
    )


def _constant(capture: Capture, at: int) -> Frame | None:
    for wire, name in ((DISCARD, "clear the buffers"), (DISCARDED, "buffers cleared")):
        if capture.data.startswith(wire, at):
            return Frame(name, len(wire))
    return None


def _request(capture: Capture, at: int) -> Frame | None:
    """A head of two bytes and n."""
    if not capture.has(at, 3):
        return None
    head, n = capture.data[at : at + 2], capture.data[at + 2]
    number = Field("n", n)
    if head == _EOT and n in QUERIES:
        return Frame(_EOT_REQUEST, 3, (number,))
    if head == _ENQ and n in _RECOVERIES:
        return Frame("DLE ENQ request", 3, (number, Field("meaning", _RECOVERIES[n])))
    if head == _GS_R and n & 0x0F in _IN_ORDER and n & 0xF0 in (0x00, 0x30):  # 1 or "1"
        return Frame(_GS_R_REQUEST, 3, (Field("n", n & 0x0F),))
    if head == _ASB_REQUEST:
        return Frame(
            "GS a request", 3, (number, Field("tells", _said(n, _TELLS) or ("nothing, switched off",)))
        )
    return None


def _automatic(capture: Capture, at: int) -> Frame | None:
    """Four bytes 0xx1xx00, then 0xx0xxxx three times."""
    wire = capture.data[at : at + _ASB_BYTES]
    if wire[0] & 0x93 != 0x10 or any(byte & 0x90 for byte in wire[1:]):
        return None
    if len(wire) < _ASB_BYTES:
        return Frame("automatic status", _ASB_BYTES)
    said = tuple(words for place, mask, words in _ASB if wire[place] & mask)
    return Frame("automatic status", _ASB_BYTES, (Field("said", said or ("nothing amiss",)),))


def _eot_answer(capture: Capture, at: int) -> Frame | None:
    byte = capture.data[at]
    if not _is_status(byte) or capture.data[max(0, at - 1) : at + 1] == _GS_R:
        return None
    n = _asked(capture.earlier, _EOT_REQUEST, _EOT_ANSWER)
    if n is None and _inside_text(capture, at):
        return None
    n = n or capture.asked
    fields = [Field("status", spaced(bytes((byte,)))), Field("n", n)]
    if n is not None:
        return Frame(_EOT_ANSWER, 1, (*fields, Field("said", _flags(n, byte) or ("nothing amiss",))))
    readings = [
        Field(f"said_if_n_{number}", _flags(number, byte)) for number in QUERIES if _flags(number, byte)
    ]
    return Frame(_EOT_ANSWER, 1, (*fields, *(readings or [Field("said", ("nothing amiss",))])))


def _in_order_answer(capture: Capture, at: int) -> Frame | None:
    byte = capture.data[at]
    n = _asked(capture.earlier, _GS_R_REQUEST, _GS_R_ANSWER)
    if n is None and (capture.ended != at or byte not in _UNASKED_IN_ORDER):
        return None  # behind garbage, 00 is more garbage
    if not isinstance(parse_in_order(capture.data[at : at + 1]), Parsed):
        return None
    said = _said(byte, _IN_ORDER[n or _PAPER]) or ("nothing amiss",)
    return Frame(
        _GS_R_ANSWER, 1, (Field("status", spaced(bytes((byte,)))), Field("n", n), Field("said", said))
    )


def _cut_off(capture: Capture, at: int) -> Frame | None:
    """The first two bytes of a request, and then nothing."""
    rest = capture.data[at:] if not capture.has(at, len(DISCARD)) else b""
    for head in (_EOT, _ENQ, _GS_R, _ASB_REQUEST):
        if rest and head.startswith(rest):
            return Frame("request", 3)
    if len(rest) > 2 and DISCARD.startswith(rest):
        return Frame("clear the buffers", len(DISCARD))
    return None


def _asked(earlier: Sequence[Frame], request: str, answer: str) -> int | None:
    """The n of the oldest request that has no answer yet."""
    waiting: list[int] = []
    for frame in earlier[-_LOOK_BACK:]:
        if frame.name == request:
            waiting += [
                part.value for part in frame.fields if part.name == "n" and isinstance(part.value, int)
            ]
        elif frame.name == answer and waiting:
            waiting.pop(0)
    return waiting[0] if waiting else None


def _inside_text(capture: Capture, at: int) -> bool:
    """`2`, `6`, `R`, `V`, `r`, `v` and more are letters as well as status: true for a run of them beside others."""
    data = capture.data
    begin, end = at, at + 1
    while begin > 0 and _is_status(data[begin - 1]):
        begin -= 1
    while end < len(data) and _is_status(data[end]):
        end += 1
    after = data[end : end + 1] if end < len(data) and _automatic(capture, end) is None else b""
    beside = data[max(0, begin - 1) : begin] + after
    return data[at] >= _BLANK and any(_BLANK <= byte <= _TILDE for byte in beside)


def _is_status(byte: int) -> bool:
    return isinstance(parse_status(bytes((byte,))), Parsed)


def _flags(n: int, byte: int) -> tuple[str, ...]:
    """The set bits of an answer to DLE EOT n; members of several bits count when one of them is set."""
    members = _BITS[n].__members__.items()
    return tuple(name.lower().replace("_", " ") for name, member in members if byte & member)


def _said(byte: int, words: Sequence[tuple[int, str]]) -> tuple[str, ...]:
    return tuple(text for mask, text in words if byte & mask)
