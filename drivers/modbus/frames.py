"""Frames of Modbus RTU boards with relays and digital inputs: `UNIT FUNCTION DATA.. CRC-LOW CRC-HIGH`, 9600 8N1.

| function | request                    | answer                      | type                         |
|----------|----------------------------|-----------------------------|------------------------------|
| 01, 02   | first (2), count (2)       | bytes (1), bits, low first  | `ReadBits` -> `Bits`         |
| 05       | address (2), value (2)     | the same again              | `WriteCoil` -> `WriteCoil`   |
| 0F       | first, count, bytes, bits  | first (2), count (2)        | `WriteCoils` -> `CoilsWritten` |
| 80 + any |                            | code (1)                    | `Refusal`                    |

Numbers are big-endian, addresses count from 0. pymodbus lays out the data and computes the CRC; why its framer does
not look for the answer stands in docs/decisions/0009-modbus.md. The layout is described in docs/protocols/modbus.md.
"""

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeVar

from pymodbus.constants import ExcCodes
from pymodbus.framer import FramerRTU
from pymodbus.pdu import DecodePDU, ExceptionResponse, ModbusPDU
from pymodbus.pdu.bit_message import (
    ReadCoilsRequest,
    ReadCoilsResponse,
    ReadDiscreteInputsRequest,
    ReadDiscreteInputsResponse,
    WriteMultipleCoilsRequest,
    WriteMultipleCoilsResponse,
)

from ..errors import ProtocolError
from ..link import Drop, NeedMore, Parsed, Parser

WRITE_COIL: Final = 0x05
WRITE_COILS: Final = 0x0F
REFUSED: Final = 0x80  # added to the function of a request that is refused

ON: Final = 0xFF00
OFF: Final = 0x0000
FLASH_ON: Final = 0x0200  # added to the coil: on for value x 100 ms, then off, by the board itself
FLASH_STEP_S: Final = 0.1
FLASH_MOST: Final = 0x7FFF

UNITS: Final = range(1, 248)
CRC_BYTES: Final = 2
LEAST_BYTES: Final = 4
REFUSAL_BYTES: Final = 5
WRITE_REPLY_BYTES: Final = 8


class Table(IntEnum):
    """What is read; the number is the function's."""

    COILS = 0x01  # relays
    INPUTS = 0x02


class _CoilCommand(ModbusPDU):
    """Function 05 with the value as it stands: pymodbus' own class knows on and off only."""

    function_code = WRITE_COIL
    rtu_frame_size = WRITE_REPLY_BYTES
    value = OFF

    def encode(self) -> bytes:
        return struct.pack(">HH", self.address, self.value)

    def decode(self, data: bytes) -> None:
        self.address, self.value = struct.unpack(">HH", data)


def _decoder(*, of_requests: bool) -> DecodePDU:
    decoder = DecodePDU(of_requests)
    decoder.register(_CoilCommand)
    return decoder


_REQUESTS: Final = _decoder(of_requests=True)
_ANSWERS: Final = _decoder(of_requests=False)
_FRAMER: Final = FramerRTU(_ANSWERS)

P = TypeVar("P", bound=ModbusPDU)


def checksum(body: bytes) -> int:
    """CRC-16/MODBUS of all bytes before it, as the two bytes stand on the wire: low byte first."""
    return FramerRTU.compute_CRC(body)


def _seal(unit: int, pdu: ModbusPDU) -> bytes:
    pdu.dev_id = unit
    return _FRAMER.buildFrame(pdu)


def _unseal(frame: bytes, decoder: DecodePDU, kind: type[P]) -> tuple[int, P]:
    """Unit and data of a whole frame. Raises `ProtocolError` that shows expected and got."""
    if len(frame) < LEAST_BYTES:
        raise ProtocolError(f"Modbus frame: expected {LEAST_BYTES} bytes or more, got {frame.hex(' ')}")
    expected, got = checksum(frame[:-CRC_BYTES]), int.from_bytes(frame[-CRC_BYTES:], "big")
    if expected != got:
        raise ProtocolError(
            f"Modbus frame: expected checksum {expected:04x}, got {got:04x}: {frame.hex(' ')}"
        )
    pdu = decoder.decode(frame[1:-CRC_BYTES])
    if not isinstance(pdu, kind) or _seal(frame[0], pdu) != frame:
        raise ProtocolError(f"Modbus frame: expected a {kind.__name__}, got {frame.hex(' ')}")
    return frame[0], pdu


@dataclass(frozen=True, slots=True)
class ReadBits:
    """Ask for `count` relays or inputs, from address `first` on."""

    unit: int
    table: Table
    first: int
    count: int

    def encode(self) -> bytes:
        """The 8 bytes on the wire."""
        kind = ReadCoilsRequest if self.table is Table.COILS else ReadDiscreteInputsRequest
        return _seal(self.unit, kind(address=self.first, count=self.count))

    @classmethod
    def decode(cls, frame: bytes) -> "ReadBits":
        """From 8 bytes. Raises `ProtocolError`."""
        unit, pdu = _unseal(frame, _REQUESTS, ReadCoilsRequest)  # inputs are a subclass of it
        return cls(unit, Table(pdu.function_code), pdu.address, pdu.count)


@dataclass(frozen=True, slots=True)
class Bits:
    """Answer to `ReadBits`: whole bytes, so that up to 7 bits more than were asked for stand at the end."""

    unit: int
    table: Table
    bits: tuple[bool, ...]

    def encode(self) -> bytes:
        """5 bytes and one for every 8 bits."""
        kind = ReadCoilsResponse if self.table is Table.COILS else ReadDiscreteInputsResponse
        return _seal(self.unit, kind(bits=self.bits))

    @classmethod
    def decode(cls, frame: bytes) -> "Bits":
        """From a whole frame. Raises `ProtocolError`."""
        unit, pdu = _unseal(frame, _ANSWERS, ReadCoilsResponse)
        return cls(unit, Table(pdu.function_code), tuple(pdu.bits))


@dataclass(frozen=True, slots=True)
class WriteCoil:
    """Command to one relay, and the answer that repeats it. `value`: `ON`, `OFF`, or 100 ms units for `FLASH_ON`."""

    unit: int
    address: int
    value: int

    def encode(self) -> bytes:
        """The 8 bytes on the wire."""
        pdu = _CoilCommand(address=self.address)
        pdu.value = self.value
        return _seal(self.unit, pdu)

    @classmethod
    def decode(cls, frame: bytes) -> "WriteCoil":
        """From 8 bytes. Raises `ProtocolError`."""
        unit, pdu = _unseal(frame, _ANSWERS, _CoilCommand)
        return cls(unit, pdu.address, pdu.value)

    @classmethod
    def flash(cls, unit: int, coil: int, duration_s: float) -> "WriteCoil":
        """On for `duration_s` and off again, timed by the board: a program that dies leaves nothing switched on."""
        steps = round(duration_s / FLASH_STEP_S)
        if not 1 <= steps <= FLASH_MOST:
            raise ValueError(
                f"a flash of {duration_s:g} s; allowed {FLASH_STEP_S:g} to {FLASH_MOST * FLASH_STEP_S:.1f} s"
            )
        return cls(unit, FLASH_ON + coil, steps)


@dataclass(frozen=True, slots=True)
class WriteCoils:
    """Set neighbouring relays at once, from address `first` on."""

    unit: int
    first: int
    bits: tuple[bool, ...]

    def encode(self) -> bytes:
        """9 bytes and one for every 8 bits."""
        return _seal(self.unit, WriteMultipleCoilsRequest(address=self.first, bits=self.bits))

    @classmethod
    def decode(cls, frame: bytes) -> "WriteCoils":
        """From a whole frame. Raises `ProtocolError`."""
        unit, pdu = _unseal(frame, _REQUESTS, WriteMultipleCoilsRequest)
        return cls(unit, pdu.address, tuple(pdu.bits))


@dataclass(frozen=True, slots=True)
class CoilsWritten:
    """Answer to `WriteCoils`."""

    unit: int
    first: int
    count: int

    def encode(self) -> bytes:
        """The 8 bytes on the wire."""
        return _seal(self.unit, WriteMultipleCoilsResponse(address=self.first, count=self.count))

    @classmethod
    def decode(cls, frame: bytes) -> "CoilsWritten":
        """From 8 bytes. Raises `ProtocolError`."""
        unit, pdu = _unseal(frame, _ANSWERS, WriteMultipleCoilsResponse)
        return cls(unit, pdu.address, pdu.count)


@dataclass(frozen=True, slots=True)
class Refusal:
    """The board answers, and the answer is no. `function` is the request's."""

    unit: int
    function: int
    code: int

    def encode(self) -> bytes:
        """The 5 bytes on the wire."""
        return _seal(self.unit, ExceptionResponse(self.function, self.code))

    @classmethod
    def decode(cls, frame: bytes) -> "Refusal":
        """From 5 bytes. Raises `ProtocolError`."""
        unit, pdu = _unseal(frame, _ANSWERS, ExceptionResponse)
        return cls(unit, pdu.function_code & ~REFUSED, pdu.exception_code)

    @property
    def reason(self) -> str:
        """The code in words, `illegal address` say."""
        names = {int(known): known.name.lower().replace("_", " ") for known in ExcCodes}
        return names.get(self.code, f"code {self.code}")


Request = ReadBits | WriteCoil | WriteCoils
Answer = Bits | WriteCoil | CoilsWritten


def answer_parser(request: Request) -> Parser[Answer | Refusal]:
    """Parser that finds the answer to this request and drops all else, byte by byte."""
    wire = request.encode()
    unit, function = wire[0], wire[1]
    head = wire[:2] + _reply_start(request, wire)
    refused = bytes((unit, function | REFUSED))
    kind: type[Answer] = {ReadBits: Bits, WriteCoil: WriteCoil, WriteCoils: CoilsWritten}[type(request)]
    length = WRITE_REPLY_BYTES
    if isinstance(request, ReadBits):
        length = len(head) + head[-1] + CRC_BYTES

    def parse(data: bytes) -> Parsed[Answer | Refusal] | Drop | NeedMore:
        for start, size, read in ((head, length, kind.decode), (refused, REFUSAL_BYTES, Refusal.decode)):
            if data[: len(start)] != start[: len(data)]:
                continue
            if len(data) < size:
                return NeedMore()
            try:
                return Parsed(read(data[:size]), size)
            except ProtocolError:
                return Drop(checksum=bool(checksum(data[:size])))  # with its own CRC behind it, it is 0
        return Drop()

    return parse


def _reply_start(request: Request, wire: bytes) -> bytes:
    """What follows unit and function in the right answer."""
    match request:
        case ReadBits(count=count):
            return bytes(((count + 7) // 8,))
        case WriteCoil() | WriteCoils():
            return wire[2:6]  # address and value, or first and count
