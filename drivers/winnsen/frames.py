"""Frames of the Winnsen lock board: `90 LEN FUNC STATION DATA.. 03`, 9600 8N1, no checksum.

| byte | value                                                                              |
|------|------------------------------------------------------------------------------------|
| 0    | 90                                                                                 |
| 1    | LEN: length of the whole frame                                                     |
| 2    | FUNC: 05 open one, 02 query all; answers 85 and 82, from some boards A5 and A2     |
| 3    | STATION, by DIP switch                                                             |
| 4..  | DATA; locks count from 1, in a mask bit 0 is lock 1 and 1 is open, low byte first  |
| n-1  | 03                                                                                 |

Source: "Lock Control Board Serial Command Document V202104", as public drivers quote it; see docs/protocols/winnsen.md.
"""

from dataclasses import dataclass
from typing import Final

from ..errors import ProtocolError
from ..link import Drop, NeedMore, Parsed, Parser

HEAD: Final = 0x90
END: Final = 0x03
FUNC_QUERY: Final = 0x02
FUNC_OPEN: Final = 0x05
FUNC_QUERY_ONE: Final = 0x12  # one firmware only
ANSWER: Final = 0x80
OTHER_ANSWER: Final = 0xA0  # what some boards add to the request's function instead

STATIONS: Final = 256
LOCKS: Final = 16
ALL_LOCKS: Final = 0xFFFF
OPENED: Final = 0x01
OVERHEAD_BYTES: Final = 5  # all but DATA
MOST_BYTES: Final = 7  # of a frame that this family knows


@dataclass(frozen=True, slots=True)
class Frame:
    """Any frame of this family; `data` is 0 to 2 bytes."""

    function: int
    station: int
    data: bytes = b""

    def encode(self) -> bytes:
        """The bytes on the wire. Raises `ValueError` for a station that one byte cannot say."""
        if not 0 <= self.station < STATIONS:
            raise ValueError(f"Winnsen station {self.station}; allowed 0 to {STATIONS - 1}")
        length = OVERHEAD_BYTES + len(self.data)
        return bytes((HEAD, length, self.function, self.station)) + self.data + bytes((END,))

    @classmethod
    def decode(cls, frame: bytes) -> "Frame":
        """From a whole frame. Raises `ProtocolError` that shows expected and got."""
        if not OVERHEAD_BYTES <= len(frame) <= MOST_BYTES or frame[1] != len(frame):
            raise ProtocolError(
                f"Winnsen frame: expected 5 to 7 bytes and their number second, got {frame.hex(' ')}"
            )
        if (frame[0], frame[-1]) != (HEAD, END):
            raise ProtocolError(f"Winnsen frame: expected 90 .. 03, got {frame.hex(' ')}")
        return cls(frame[2], frame[3], frame[4:-1])

    def expect(self, functions: tuple[int, ...], length: int) -> bytes:
        """`data`, when the function is one of these and its length is right. Raises `ProtocolError`."""
        if self.function not in functions or len(self.data) != length:
            wanted = " or ".join(f"{function:02x}" for function in functions)
            raise ProtocolError(
                f"Winnsen frame: expected function {wanted} with {length} bytes,"
                f" got {self.function:02x} with {len(self.data)}"
            )
        return self.data


@dataclass(frozen=True, slots=True)
class Open:
    """Pulse one lock, `lock` 1 to 16: `90 06 05 STATION LOCK 03`."""

    station: int
    lock: int

    def encode(self) -> bytes:
        """The 6 bytes on the wire."""
        if not 1 <= self.lock <= LOCKS:
            raise ValueError(f"Winnsen lock {self.lock}; allowed 1 to {LOCKS}")
        return Frame(FUNC_OPEN, self.station, bytes((self.lock,))).encode()

    @classmethod
    def decode(cls, frame: bytes) -> "Open":
        """From 6 bytes. Raises `ProtocolError`."""
        found = Frame.decode(frame)
        return cls(found.station, found.expect((FUNC_OPEN,), 1)[0])


@dataclass(frozen=True, slots=True)
class OpenReply:
    """Answer to `Open`: `90 07 85 STATION LOCK STATUS 03`; `status` 01 done, 00 failed."""

    station: int
    lock: int
    status: int
    answer: int = ANSWER

    def encode(self) -> bytes:
        """The 7 bytes on the wire."""
        return Frame(FUNC_OPEN | self.answer, self.station, bytes((self.lock, self.status))).encode()

    @classmethod
    def decode(cls, frame: bytes) -> "OpenReply":
        """From 7 bytes. Raises `ProtocolError`."""
        found = Frame.decode(frame)
        lock, status = found.expect((FUNC_OPEN | ANSWER, FUNC_OPEN | OTHER_ANSWER), 2)
        return cls(found.station, lock, status, found.function & OTHER_ANSWER)


@dataclass(frozen=True, slots=True)
class Query:
    """Ask for the locks of one station: `90 07 02 STATION LOW HIGH 03`, the mask says which."""

    station: int
    mask: int = ALL_LOCKS

    def encode(self) -> bytes:
        """The 7 bytes on the wire."""
        return Frame(FUNC_QUERY, self.station, self.mask.to_bytes(2, "little")).encode()

    @classmethod
    def decode(cls, frame: bytes) -> "Query":
        """From 7 bytes. Raises `ProtocolError`."""
        found = Frame.decode(frame)
        return cls(found.station, int.from_bytes(found.expect((FUNC_QUERY,), 2), "little"))


@dataclass(frozen=True, slots=True)
class StatusReply:
    """Answer to `Query`: `90 07 82 STATION LOW HIGH 03`. Bit 0 is lock 1, 1 is open."""

    station: int
    open_mask: int  # 16 bits, as on the wire
    answer: int = ANSWER

    def encode(self) -> bytes:
        """The 7 bytes on the wire."""
        return Frame(FUNC_QUERY | self.answer, self.station, self.open_mask.to_bytes(2, "little")).encode()

    @classmethod
    def decode(cls, frame: bytes) -> "StatusReply":
        """From 7 bytes. Raises `ProtocolError`."""
        found = Frame.decode(frame)
        mask = found.expect((FUNC_QUERY | ANSWER, FUNC_QUERY | OTHER_ANSWER), 2)
        return cls(found.station, int.from_bytes(mask, "little"), found.function & OTHER_ANSWER)


def status_parser(station: int) -> Parser[StatusReply]:
    """Parser that finds the next status of this station and drops all else, byte by byte."""
    length = MOST_BYTES
    heads = tuple(bytes((HEAD, length, FUNC_QUERY | answer, station)) for answer in (ANSWER, OTHER_ANSWER))

    def parse(data: bytes) -> Parsed[StatusReply] | Drop | NeedMore:
        if data[: len(heads[0])] not in {head[: len(data)] for head in heads}:
            return Drop()
        if len(data) < length:
            return NeedMore()
        try:
            return Parsed(StatusReply.decode(data[:length]), length)
        except ProtocolError:
            return Drop()

    return parse
