"""Frames of the KERONG CU16 lock board: `02 ADDR CMD [DATA] 03 SUM`, 19200 8N1.

| byte | value                                                              |
|------|--------------------------------------------------------------------|
| 0    | STX 02                                                             |
| 1    | ADDR: high nibble = board 0..9, low nibble = lock 0..15            |
| 2    | CMD: 30 status query, 31 unlock one lock, 35 status reply          |
| 3..6 | of 35 only: latches 1-8, latches 9-16, infrared 1-8, infrared 9-16 |
| n-2  | ETX 03                                                             |
| n-1  | SUM: sum of all bytes before it, & FF                              |

The layout is described in docs/protocols/kerong-cu16.md.
"""

from dataclasses import dataclass
from typing import Final

from ..errors import ProtocolError
from ..link import Drop, NeedMore, Parsed, Parser

STX: Final = 0x02
ETX: Final = 0x03
CMD_STATUS: Final = 0x30
CMD_UNLOCK: Final = 0x31
CMD_STATUS_REPLY: Final = 0x35

BOARDS: Final = 10
LOCKS: Final = 16
SHORT_BYTES: Final = 5
STATUS_REPLY_BYTES: Final = 9


def checksum(body: bytes) -> int:
    """Sum of all bytes, STX and ETX included, modulo 256."""
    return sum(body) & 0xFF


def _seal(address: int, command: int, data: bytes = b"") -> bytes:
    body = bytes((STX, address, command)) + data + bytes((ETX,))
    return body + bytes((checksum(body),))


def _unseal(frame: bytes, command: int, length: int) -> tuple[int, bytes]:
    """Address and data of a whole frame. Raises `ProtocolError` that shows expected and got."""
    if len(frame) != length:
        raise ProtocolError(f"KERONG frame: expected {length} bytes, got {len(frame)}: {frame.hex(' ')}")
    if (frame[0], frame[2], frame[-2]) != (STX, command, ETX):
        raise ProtocolError(f"KERONG frame: expected 02 .. {command:02x} .. 03, got {frame.hex(' ')}")
    if checksum(frame[:-1]) != frame[-1]:
        raise ProtocolError(
            f"KERONG frame: expected checksum {checksum(frame[:-1]):02x}, got {frame[-1]:02x}: {frame.hex(' ')}"
        )
    return frame[1], frame[3:-2]


def _check_board(board: int) -> None:
    if not 0 <= board < BOARDS:
        raise ValueError(f"KERONG board number {board}; allowed 0 to {BOARDS - 1}")


@dataclass(frozen=True, slots=True)
class StatusQuery:
    """Ask one board for the state of all its locks and sensors: `02 B0 30 03 SUM`."""

    board: int

    def encode(self) -> bytes:
        """The 5 bytes on the wire."""
        _check_board(self.board)
        return _seal(self.board << 4, CMD_STATUS)

    @classmethod
    def decode(cls, frame: bytes) -> "StatusQuery":
        """From 5 bytes. Raises `ProtocolError`."""
        address, _ = _unseal(frame, CMD_STATUS, SHORT_BYTES)
        return cls(address >> 4)


@dataclass(frozen=True, slots=True)
class Unlock:
    """Pulse one lock, `channel` 1 to 16: `02 BL 31 03 SUM`. Boards differ on whether they answer."""

    board: int
    channel: int

    def encode(self) -> bytes:
        """The 5 bytes on the wire."""
        _check_board(self.board)
        if not 1 <= self.channel <= LOCKS:
            raise ValueError(f"KERONG channel {self.channel}; allowed 1 to {LOCKS}")
        return _seal(self.board << 4 | self.channel - 1, CMD_UNLOCK)

    @classmethod
    def decode(cls, frame: bytes) -> "Unlock":
        """From 5 bytes. Raises `ProtocolError`."""
        address, _ = _unseal(frame, CMD_UNLOCK, SHORT_BYTES)
        return cls(address >> 4, (address & 0x0F) + 1)


@dataclass(frozen=True, slots=True)
class StatusReply:
    """State of one board: `02 B0 35 D1 D2 D3 D4 03 SUM`. Bit 0 of each mask is channel 1; meaning by polarity."""

    board: int
    latches: int  # 16 bits, as on the wire
    infrared: int  # 16 bits, as on the wire

    def encode(self) -> bytes:
        """The 9 bytes on the wire."""
        _check_board(self.board)
        data = self.latches.to_bytes(2, "little") + self.infrared.to_bytes(2, "little")
        return _seal(self.board << 4, CMD_STATUS_REPLY, data)

    @classmethod
    def decode(cls, frame: bytes) -> "StatusReply":
        """From 9 bytes. Raises `ProtocolError`."""
        address, data = _unseal(frame, CMD_STATUS_REPLY, STATUS_REPLY_BYTES)
        return cls(address >> 4, int.from_bytes(data[:2], "little"), int.from_bytes(data[2:], "little"))


def status_parser(board: int) -> Parser[StatusReply]:
    """Parser that finds the next status reply of this board and drops all else, byte by byte."""
    _check_board(board)
    head = bytes((STX, board << 4, CMD_STATUS_REPLY))

    def parse(data: bytes) -> Parsed[StatusReply] | Drop | NeedMore:
        if data[: len(head)] != head[: len(data)]:
            return Drop()
        if len(data) < STATUS_REPLY_BYTES:
            return NeedMore()
        try:
            reply = StatusReply.decode(data[:STATUS_REPLY_BYTES])
        except ProtocolError:
            return Drop(checksum=True)
        return Parsed(reply, STATUS_REPLY_BYTES)

    return parse
