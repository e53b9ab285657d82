"""Frames of the 8A/80 lock board: `HEAD BOARD … BCC`, 9600 8N1, no length byte.

| what                 | bytes                                                                    |
|----------------------|--------------------------------------------------------------------------|
| open one             | `8A bd lk 11 BCC`; some boards answer `8A bd lk st BCC`, some not at all |
| query all            | `80 bd 00 33 BCC`                                                        |
| answer to it         | `80 bd S.. 33 BCC`, 3 status bytes up to 24 channels, 7 of 50            |
| said unasked         | `82 bd lk st BCC`, of other makers `81 bd lk st BCC`                     |

BCC is the XOR of all bytes before it. bd is 1..32, lk 1..50, st 11 or 00. A board that confirms with st = 11 repeats
the request byte for byte, so that an echo of the line looks the same. The layout is described in
docs/protocols/lock-8a80.md.
"""

import operator
from dataclasses import dataclass
from functools import reduce
from typing import Final

from ..errors import ProtocolError
from ..link import Drop, NeedMore, Parsed, Parser

HEAD_OPEN: Final = 0x8A
HEAD_STATE: Final = 0x80
HEADS_UNASKED: Final = (0x82, 0x81)
OPEN: Final = 0x11
QUERY: Final = 0x33
ONE: Final = 0x11
ZERO: Final = 0x00

BOARDS: Final = 32
LOCKS: Final = 50
SHORT_BYTES: Final = 5


def checksum(body: bytes) -> int:
    """XOR of all bytes."""
    return reduce(operator.xor, body, 0)


def _seal(*body: int) -> bytes:
    if not 1 <= body[1] <= BOARDS:
        raise ValueError(f"8A/80 board number {body[1]}; allowed 1 to {BOARDS}")
    return bytes((*body, checksum(bytes(body))))


def _check_lock(lock: int) -> None:
    if not 1 <= lock <= LOCKS:
        raise ValueError(f"8A/80 channel {lock}; allowed 1 to {LOCKS}")


def _unseal(frame: bytes, heads: tuple[int, ...], length: int) -> bytes:
    """The frame without BCC. Raises `ProtocolError` that shows expected and got."""
    if len(frame) != length:
        raise ProtocolError(f"8A/80 frame: expected {length} bytes, got {len(frame)}: {frame.hex(' ')}")
    if frame[0] not in heads:
        wanted = " or ".join(f"{head:02x}" for head in heads)
        raise ProtocolError(f"8A/80 frame: expected {wanted} in front, got {frame.hex(' ')}")
    if checksum(frame[:-1]) != frame[-1]:
        raise ProtocolError(
            f"8A/80 frame: expected BCC {checksum(frame[:-1]):02x}, got {frame[-1]:02x}: {frame.hex(' ')}"
        )
    return frame[:-1]


@dataclass(frozen=True, slots=True)
class Open:
    """Pulse one lock, `channel` 1 to 50."""

    board: int
    channel: int

    def encode(self) -> bytes:
        """The 5 bytes on the wire."""
        _check_lock(self.channel)
        return _seal(HEAD_OPEN, self.board, self.channel, OPEN)

    @classmethod
    def decode(cls, frame: bytes) -> "Open":
        """From 5 bytes. Raises `ProtocolError`."""
        _, board, channel, value = _unseal(frame, (HEAD_OPEN,), SHORT_BYTES)
        if value != OPEN:
            raise ProtocolError(f"8A/80 frame: expected 8a .. .. 11, got {frame.hex(' ')}")
        return cls(board, channel)


@dataclass(frozen=True, slots=True)
class QueryAll:
    """Ask one board for the state of all its locks."""

    board: int

    def encode(self) -> bytes:
        """The 5 bytes on the wire."""
        return _seal(HEAD_STATE, self.board, 0, QUERY)

    @classmethod
    def decode(cls, frame: bytes) -> "QueryAll":
        """From 5 bytes. Raises `ProtocolError`."""
        _, board, lock, value = _unseal(frame, (HEAD_STATE,), SHORT_BYTES)
        if (lock, value) != (0, QUERY):
            raise ProtocolError(f"8A/80 frame: expected 80 .. 00 33, got {frame.hex(' ')}")
        return cls(board)


@dataclass(frozen=True, slots=True)
class States:
    """State of one board. `states`: as on the wire; the order of bytes and what a bit means is installation data."""

    board: int
    states: bytes

    def encode(self) -> bytes:
        """The bytes on the wire, 4 more than `states`."""
        return _seal(HEAD_STATE, self.board, *self.states, QUERY)

    @classmethod
    def decode(cls, frame: bytes) -> "States":
        """From a whole frame. Raises `ProtocolError`."""
        body = _unseal(frame, (HEAD_STATE,), max(len(frame), SHORT_BYTES))
        if body[-1] != QUERY:
            raise ProtocolError(f"8A/80 frame: expected 80 .. 33 before the BCC, got {frame.hex(' ')}")
        return cls(body[1], body[2:-1])


@dataclass(frozen=True, slots=True)
class DoorEvent:
    """One lock has moved, said unasked. `is_one`: the bit that the state of it would have."""

    board: int
    channel: int
    is_one: bool
    head: int = HEADS_UNASKED[0]

    def encode(self) -> bytes:
        """The 5 bytes on the wire."""
        _check_lock(self.channel)
        return _seal(self.head, self.board, self.channel, ONE if self.is_one else ZERO)

    @classmethod
    def decode(cls, frame: bytes) -> "DoorEvent":
        """From 5 bytes. Raises `ProtocolError`."""
        head, board, channel, value = _unseal(frame, HEADS_UNASKED, SHORT_BYTES)
        if value not in (ONE, ZERO) or not 1 <= channel <= LOCKS:
            raise ProtocolError(f"8A/80 frame: expected 82 bd lk 11 or 00, got {frame.hex(' ')}")
        return cls(board, channel, value == ONE, head)


def states_parser(board: int, state_bytes: int) -> Parser[States]:
    """Parser that finds the next state of this board, of so many status bytes, and drops all else, byte by byte."""
    head, length = bytes((HEAD_STATE, board)), state_bytes + 4

    def parse(data: bytes) -> Parsed[States] | Drop | NeedMore:
        if data[: len(head)] != head[: len(data)]:
            return Drop()
        if len(data) < length:
            return NeedMore()
        try:
            return Parsed(States.decode(data[:length]), length)
        except ProtocolError:
            return Drop(checksum=checksum(data[: length - 1]) != data[length - 1])

    return parse


def event_parser(board: int) -> Parser[DoorEvent]:
    """Parser that finds what this board says unasked and drops all else, byte by byte."""

    def parse(data: bytes) -> Parsed[DoorEvent] | Drop | NeedMore:
        if data[0] not in HEADS_UNASKED or data[1:2] not in (b"", bytes((board,))):
            return Drop()
        if len(data) < SHORT_BYTES:
            return NeedMore()
        try:
            return Parsed(DoorEvent.decode(data[:SHORT_BYTES]), SHORT_BYTES)
        except ProtocolError:
            return Drop(checksum=checksum(data[: SHORT_BYTES - 1]) != data[SHORT_BYTES - 1])

    return parse
