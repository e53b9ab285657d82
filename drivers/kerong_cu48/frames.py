"""Frames of the KERONG CU48 and newer CU boards: `02 A B CMD … 03 SUM`, in three dialects.

| byte | value                                                                                      |
|------|--------------------------------------------------------------------------------------------|
| 0    | STX 02                                                                                     |
| 1, 2 | ADDR and LOCK (0 = the first), in this order; sources of 0x60 disagree on it               |
| 3    | CMD: 50, 60, 80 state; 51, 61, 81 unlock; 65, 75, 80 state reply                           |
| 4    | of 0x80 only: ASK (00 in a request, result code in a reply, 10 = done)                     |
| 5    | of 0x80 only: DATALEN                                                                      |
| ..   | DATA: state bits, bit 0 of the first byte = lock 1; pulse in ms, big-endian (81)           |
| n-2  | ETX 03                                                                                     |
| n-1  | SUM: sum of all bytes before it, & FF                                                      |

0x50 and 0x60 have no length: how many state bytes a board sends is a setting. The layout is described in
docs/protocols/kerong-cu48.md.
"""

from dataclasses import dataclass
from typing import Final

from ..errors import ProtocolError
from ..link import Drop, NeedMore, Parsed, Parser

STX: Final = 0x02
ETX: Final = 0x03
ASK: Final = 0x00
DONE: Final = 0x10
MOST_LOCKS: Final = 64


@dataclass(frozen=True, slots=True)
class Dialect:
    """One way of saying it. `sized`: ASK and DATALEN stand before DATA. `lock_first`: LOCK is byte 1, ADDR byte 2."""

    state: int
    unlock: int
    reply: int
    sized: bool = False
    lock_first: bool = False


DIALECTS: Final = {
    "0x50": Dialect(0x50, 0x51, 0x65),
    "0x60": Dialect(0x60, 0x61, 0x75),
    "0x80": Dialect(0x80, 0x81, 0x80, sized=True),
}


def checksum(body: bytes) -> int:
    """Sum of all bytes, STX and ETX included, modulo 256."""
    return sum(body) & 0xFF


def _seal(
    dialect: Dialect, board: int, lock: int, command: int, data: bytes = b"", *, ask: int = ASK
) -> bytes:
    if not 0 <= board <= 0xFF:
        raise ValueError(f"CU48 board number {board}; allowed 0 to 255")
    if not 0 <= lock < MOST_LOCKS:
        raise ValueError(f"CU48 channel {lock + 1}; allowed 1 to {MOST_LOCKS}")
    place = (lock, board) if dialect.lock_first else (board, lock)
    size = (ask, len(data)) if dialect.sized else ()
    body = bytes((STX, *place, command, *size)) + data + bytes((ETX,))
    return body + bytes((checksum(body),))


@dataclass(frozen=True, slots=True)
class _Opened:
    """A frame without its wrapping."""

    board: int
    lock: int
    ask: int
    data: bytes


def _unseal(dialect: Dialect, frame: bytes, command: int) -> _Opened:
    """What is in a whole frame. Raises `ProtocolError` that shows expected and got."""
    head = 6 if dialect.sized else 4
    length = head + frame[5] + 2 if dialect.sized and len(frame) > 5 else max(head + 2, len(frame))
    if len(frame) != length:
        raise ProtocolError(f"CU48 frame: expected {length} bytes, got {len(frame)}: {frame.hex(' ')}")
    if (frame[0], frame[3], frame[-2]) != (STX, command, ETX):
        raise ProtocolError(f"CU48 frame: expected 02 .. .. {command:02x} .. 03, got {frame.hex(' ')}")
    if checksum(frame[:-1]) != frame[-1]:
        raise ProtocolError(
            f"CU48 frame: expected checksum {checksum(frame[:-1]):02x}, got {frame[-1]:02x}: {frame.hex(' ')}"
        )
    lock, board = (frame[1], frame[2]) if dialect.lock_first else (frame[2], frame[1])
    return _Opened(board, lock, frame[4] if dialect.sized else ASK, frame[head:-2])


@dataclass(frozen=True, slots=True)
class StatusQuery:
    """Ask one board for the state of all its locks."""

    dialect: Dialect
    board: int

    def encode(self) -> bytes:
        """The 6 bytes on the wire, 8 of a sized dialect."""
        return _seal(self.dialect, self.board, 0, self.dialect.state)

    @classmethod
    def decode(cls, dialect: Dialect, frame: bytes) -> "StatusQuery":
        """From a whole frame. Raises `ProtocolError`."""
        return cls(dialect, _unseal(dialect, frame, dialect.state).board)


@dataclass(frozen=True, slots=True)
class Unlock:
    """Pulse one lock, `channel` 1 to 64. Only a sized dialect says `pulse_ms`."""

    dialect: Dialect
    board: int
    channel: int
    pulse_ms: int = 0

    def encode(self) -> bytes:
        """The 6 bytes on the wire, 10 of a sized dialect."""
        pulse = self.pulse_ms.to_bytes(2, "big") if self.dialect.sized else b""
        return _seal(self.dialect, self.board, self.channel - 1, self.dialect.unlock, pulse)

    @classmethod
    def decode(cls, dialect: Dialect, frame: bytes) -> "Unlock":
        """From a whole frame. Raises `ProtocolError`."""
        opened = _unseal(dialect, frame, dialect.unlock)
        return cls(dialect, opened.board, opened.lock + 1, int.from_bytes(opened.data, "big"))


@dataclass(frozen=True, slots=True)
class StatusReply:
    """State of one board. `locks`: as on the wire, bit 0 of the first byte is channel 1; meaning by polarity."""

    dialect: Dialect
    board: int
    locks: bytes
    result: int = DONE  # of sized dialects

    def encode(self) -> bytes:
        """The bytes on the wire."""
        return _seal(self.dialect, self.board, 0, self.dialect.reply, self.locks, ask=self.result)

    @classmethod
    def decode(cls, dialect: Dialect, frame: bytes) -> "StatusReply":
        """From a whole frame. Raises `ProtocolError`."""
        opened = _unseal(dialect, frame, dialect.reply)
        return cls(dialect, opened.board, opened.data, opened.ask if dialect.sized else DONE)


def status_parser(dialect: Dialect, board: int, state_bytes: int) -> Parser[StatusReply]:
    """Parser that finds the next state of this board and drops all else, byte by byte.

    `state_bytes`: how many the board sends; a sized dialect's frame says it itself, and may be shorter.
    """

    def parse(data: bytes) -> Parsed[StatusReply] | Drop | NeedMore:
        if data[0] != STX or (len(data) > 3 and data[3] != dialect.reply):
            return Drop()
        if len(data) < 6:
            return NeedMore()
        length = 8 + data[5] if dialect.sized else 6 + state_bytes
        if length > 8 + state_bytes:
            return Drop()
        if len(data) < length:
            return NeedMore()
        try:
            reply = StatusReply.decode(dialect, data[:length])
        except ProtocolError:
            return Drop(checksum=checksum(data[: length - 1]) != data[length - 1])
        if reply.board != board or (dialect.sized and reply.result == ASK):  # the echo of the question
            return Drop()
        return Parsed(reply, length)

    return parse
