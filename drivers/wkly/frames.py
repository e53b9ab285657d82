"""Frames of the WKLY lock board: `57 4B 4C 59 LEN BOARD CMD DATA.. XOR`, 9600 8N1.

| byte | value                                                        |
|------|--------------------------------------------------------------|
| 0..3 | head 57 4B 4C 59 ("WKLY")                                    |
| 4    | LEN: length of the whole frame, head and XOR included        |
| 5    | BOARD 0..31                                                  |
| 6    | CMD: 82 open one, 83 query one, 84 query all, 85 door event, |
|      | others in `COMMANDS`; an answer carries the request's        |
| 7..  | DATA; channels count from 1, a door is 01 closed or 00 open  |
| n-1  | XOR of all bytes before it                                   |

The layout is described in docs/protocols/wkly.md.
"""

import contextlib
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Final, TypeVar

from ..errors import ProtocolError
from ..link import Drop, NeedMore, Parsed, Parser

T = TypeVar("T")

HEAD: Final = bytes.fromhex("57 4B 4C 59")
CMD_OPEN: Final = 0x82
CMD_QUERY: Final = 0x83
CMD_QUERY_ALL: Final = 0x84
CMD_DOOR_EVENT: Final = 0x85
COMMANDS: Final[Mapping[int, str]] = {
    0x80: "open several at once",
    0x81: "flash channel lamp",
    CMD_OPEN: "open one",
    CMD_QUERY: "query one",
    CMD_QUERY_ALL: "query all",
    CMD_DOOR_EVENT: "door event",
    0x86: "open all, one after the other",
    0x87: "open several, one after the other",
    0x88: "keep channel on",
    0x89: "keep channel off",
}

LEAST_COMMAND: Final = 0x80

BOARDS: Final = 32
CHANNELS: Final = 64  # more than any board of this family that is known
OK: Final = 0x00
FAILED: Final = 0xFF
DOOR_OPEN: Final = 0x00
DOOR_CLOSED: Final = 0x01
OVERHEAD_BYTES: Final = 8  # all but DATA
LEN_AT: Final = len(HEAD)


def checksum(body: bytes) -> int:
    """XOR of all bytes, the head included."""
    return reduce(operator.xor, body, 0)


@dataclass(frozen=True, slots=True)
class Frame:
    """Any frame of this family, requests, answers and events alike; `data` is 0 to 247 bytes."""

    board: int
    command: int
    data: bytes = b""

    def encode(self) -> bytes:
        """The bytes on the wire. Raises `ValueError` for what the length byte or the address cannot say."""
        if not 0 <= self.board < BOARDS:
            raise ValueError(f"WKLY board number {self.board}; allowed 0 to {BOARDS - 1}")
        body = HEAD + bytes((OVERHEAD_BYTES + len(self.data), self.board, self.command)) + self.data
        return body + bytes((checksum(body),))

    @classmethod
    def decode(cls, frame: bytes) -> "Frame":
        """From a whole frame. Raises `ProtocolError` that shows expected and got."""
        if len(frame) < OVERHEAD_BYTES or frame[: len(HEAD)] != HEAD:
            raise ProtocolError(f"WKLY frame: expected 57 4b 4c 59 and 8 bytes or more, got {frame.hex(' ')}")
        if frame[LEN_AT] != len(frame):
            raise ProtocolError(
                f"WKLY frame: expected {frame[LEN_AT]} bytes, got {len(frame)}: {frame.hex(' ')}"
            )
        if checksum(frame[:-1]) != frame[-1]:
            raise ProtocolError(
                f"WKLY frame: expected checksum {checksum(frame[:-1]):02x}, got {frame[-1]:02x}: {frame.hex(' ')}"
            )
        if frame[6] < LEAST_COMMAND:  # two halves of a frame have a right XOR: it takes this to tell
            raise ProtocolError(
                f"WKLY frame: expected a command from 80 on, got {frame[6]:02x}: {frame.hex(' ')}"
            )
        return cls(frame[5], frame[6], frame[7:-1])

    def expect(self, command: int, length: int) -> bytes:
        """`data`, when command and its length are these. Raises `ProtocolError`."""
        if (self.command, len(self.data)) != (command, length):
            raise ProtocolError(
                f"WKLY frame: expected command {command:02x} with {length} bytes,"
                f" got {self.command:02x} with {len(self.data)}"
            )
        return self.data


@dataclass(frozen=True, slots=True)
class Open:
    """Pulse one lock, `channel` from 1. Boards answer 350 to 450 ms later, or not at all."""

    board: int
    channel: int

    def encode(self) -> bytes:
        """The 9 bytes on the wire."""
        if not 1 <= self.channel <= CHANNELS:
            raise ValueError(f"WKLY channel {self.channel}; allowed 1 to {CHANNELS}")
        return Frame(self.board, CMD_OPEN, bytes((self.channel,))).encode()

    @classmethod
    def decode(cls, frame: bytes) -> "Open":
        """From 9 bytes. Raises `ProtocolError`."""
        found = Frame.decode(frame)
        return cls(found.board, found.expect(CMD_OPEN, 1)[0])


@dataclass(frozen=True, slots=True)
class QueryAll:
    """Ask for all doors of one board."""

    board: int

    def encode(self) -> bytes:
        """The 8 bytes on the wire."""
        return Frame(self.board, CMD_QUERY_ALL).encode()

    @classmethod
    def decode(cls, frame: bytes) -> "QueryAll":
        """From 8 bytes. Raises `ProtocolError`."""
        found = Frame.decode(frame)
        found.expect(CMD_QUERY_ALL, 0)
        return cls(found.board)


@dataclass(frozen=True, slots=True)
class DoorReply:
    """Answer to open one (82) and query one (83): `status` 00 done, FF failed; `door` 01 closed, 00 open."""

    board: int
    command: int
    status: int
    channel: int
    door: int

    def encode(self) -> bytes:
        """The 11 bytes on the wire."""
        return Frame(self.board, self.command, bytes((self.status, self.channel, self.door))).encode()

    @classmethod
    def decode(cls, frame: bytes) -> "DoorReply":
        """From 11 bytes. Raises `ProtocolError`."""
        found = Frame.decode(frame)
        command = CMD_QUERY if found.command == CMD_QUERY else CMD_OPEN
        status, channel, door = found.expect(command, 3)
        return cls(found.board, command, status, channel, door)


@dataclass(frozen=True, slots=True)
class DoorsReply:
    """Answer to `QueryAll`: one byte a channel, first channel first. `status`: some boards put 00 or FF in front."""

    board: int
    doors: bytes
    status: int | None = None

    def encode(self) -> bytes:
        """9 bytes and one for each channel, one more with a status."""
        status = b"" if self.status is None else bytes((self.status,))
        return Frame(self.board, CMD_QUERY_ALL, status + bytes((len(self.doors),)) + self.doors).encode()

    @classmethod
    def decode(cls, frame: bytes) -> "DoorsReply":
        """From a whole frame; LEN tells whether a status byte is there. Raises `ProtocolError`."""
        found = Frame.decode(frame)
        data = found.data
        if found.command == CMD_QUERY_ALL:
            if data and data[0] == len(data) - 1:
                return cls(found.board, data[1:])
            if len(data) > 1 and data[0] in (OK, FAILED) and data[1] == len(data) - 2:
                return cls(found.board, data[2:], data[0])
        raise ProtocolError(f"WKLY frame: expected 84 with a count and as many doors, got {frame.hex(' ')}")


@dataclass(frozen=True, slots=True)
class DoorEvent:
    """A board says unasked that a door has moved: `door` 01 closed, 00 open."""

    board: int
    channel: int
    door: int

    def encode(self) -> bytes:
        """The 10 bytes on the wire."""
        return Frame(self.board, CMD_DOOR_EVENT, bytes((self.channel, self.door))).encode()

    @classmethod
    def decode(cls, frame: bytes) -> "DoorEvent":
        """From 10 bytes. Raises `ProtocolError`."""
        found = Frame.decode(frame)
        channel, door = found.expect(CMD_DOOR_EVENT, 2)
        return cls(found.board, channel, door)


def frame_at(data: bytes) -> Parsed[Frame] | Drop | NeedMore:
    """The frame of any kind that `data` starts with; `Drop` of one byte where none does."""
    if data[: len(HEAD)] != HEAD[: len(data)]:
        return Drop()
    if len(data) <= LEN_AT:
        return NeedMore()
    length = data[LEN_AT]
    if length < OVERHEAD_BYTES:
        return Drop()
    if len(data) < length:
        return NeedMore()
    try:
        return Parsed(Frame.decode(data[:length]), length)
    except ProtocolError:
        return Drop(checksum=checksum(data[: length - 1]) != data[length - 1])


def doors_parser(board: int) -> Parser[DoorsReply]:
    """Parser for the answer of this board to `QueryAll`; other frames are dropped whole."""
    return _parser(board, CMD_QUERY_ALL, DoorsReply.decode)


def events_parser(board: int) -> Parser[DoorEvent]:
    """Parser for what this board says of its doors unasked; other frames are dropped whole."""
    return _parser(board, CMD_DOOR_EVENT, DoorEvent.decode)


def _parser(board: int, command: int, decode: Callable[[bytes], T]) -> Parser[T]:
    def parse(data: bytes) -> Parsed[T] | Drop | NeedMore:
        found = frame_at(data)
        if not isinstance(found, Parsed):
            return found
        if (found.frame.board, found.frame.command) == (board, command):
            with contextlib.suppress(ProtocolError):
                return Parsed(decode(data[: found.count]), found.count)
        return Drop(found.count)

    return parse
