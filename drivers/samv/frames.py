"""SAM_V frames on a serial line (docs/protocols/sam-v.md).

request   AA AA AA 96 69 | LENhi LENlo | CMD PARA | DATA.. | XOR
response  AA AA AA 96 69 | LENhi LENlo | SW1 SW2 SW3 | DATA.. | XOR

LEN counts what follows it, XOR covers LEN to the byte before it. Source: open re-implementations of the readers'
host libraries; the standards GA 450 and GA 467 were not seen.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from functools import reduce
from operator import xor
from typing import Final

from drivers.contracts.idreader import PHOTO_BYTES, TEXT_BYTES
from drivers.errors import ProtocolError
from drivers.link import Drop, NeedMore, Parsed, Parser

PREAMBLE: Final = bytes.fromhex("AA AA AA 96 69")
HEADER_BYTES: Final = len(PREAMBLE) + 2
SHORTEST_LEN: Final = 4  # SW1 SW2 SW3 XOR
LONGEST_LEN: Final = 0x0A00  # read with fingerprint is 090A
LENGTHS_BYTES: Final = 4  # two lengths before a reading's text and photo
ADDRESS_BYTES: Final = 70
MOST_ADDRESSES: Final = 4
MODULE_NUMBER_BYTES: Final = 16

SHORT: Final = range(16)
ADDRESSES: Final = range(ADDRESS_BYTES, MOST_ADDRESSES * ADDRESS_BYTES + 1, ADDRESS_BYTES)
BASE_READING: Final = range(
    LENGTHS_BYTES + TEXT_BYTES + PHOTO_BYTES, LENGTHS_BYTES + TEXT_BYTES + PHOTO_BYTES + 1
)


class Status(IntEnum):
    """SW3. Codes below 10 are made by host libraries and never come over the line."""

    SUCCESS = 0x90
    FOUND = 0x9F
    NO_SUCH_ITEM = 0x91
    CHECKSUM_ERROR = 0x10
    LENGTH_ERROR = 0x11
    UNKNOWN_COMMAND = 0x21
    NOT_ALLOWED = 0x23
    UNRECOGNISED = 0x24
    CARD_REJECTS_SAM = 0x31
    SAM_REJECTS_CARD = 0x32
    VERIFICATION_FAILED = 0x33
    FINGERPRINT_VERIFICATION_FAILED = 0x37
    INFORMATION_LENGTH = 0x3F
    UNKNOWN_CARD_TYPE = 0x40
    READ_FAILED = 0x41
    NO_RANDOM_NUMBER = 0x47
    SELF_TEST_FAILED = 0x60
    NOT_AUTHORISED = 0x66
    FIND_FAILED = 0x80
    SELECT_FAILED = 0x81


_MEANINGS: Final = {status.value: status for status in Status}


@dataclass(frozen=True, slots=True)
class Request:
    """One command: CMD, PARA, their data; how many bytes of data an answer of success may carry."""

    command: int
    parameter: int
    data: bytes = b""
    sizes: range = SHORT

    def encode(self) -> bytes:
        """The bytes on the line."""
        body = bytes((self.command, self.parameter)) + self.data
        counted = (len(body) + 1).to_bytes(2, "big") + body
        return PREAMBLE + counted + bytes((checksum(counted),))


SAM_STATUS: Final = Request(0x11, 0xFF)
SAM_ID: Final = Request(0x12, 0xFF, sizes=range(MODULE_NUMBER_BYTES, MODULE_NUMBER_BYTES + 1))
FIND: Final = Request(0x20, 0x01)
SELECT: Final = Request(0x20, 0x02)
READ_BASE: Final = Request(0x30, 0x01, sizes=BASE_READING)
READ_NEW_ADDRESS: Final = Request(0x30, 0x03, sizes=ADDRESSES)

# Answers that only some commands get.
_ONLY: Final = {
    Status.FOUND: frozenset({FIND}),
    Status.FIND_FAILED: frozenset({FIND}),
    Status.SELECT_FAILED: frozenset({SELECT}),
    Status.READ_FAILED: frozenset({SELECT, READ_BASE, READ_NEW_ADDRESS}),
    Status.NO_SUCH_ITEM: frozenset({READ_BASE, READ_NEW_ADDRESS}),
}


@dataclass(frozen=True, slots=True)
class Response:
    """One answer. `data` may be a card's and stays out of every repr."""

    sw1: int
    sw2: int
    sw3: int
    data: bytes = field(default=b"", repr=False)

    @property
    def status(self) -> Status | None:
        """The known meaning; None for a code that no source lists or when SW1, SW2 are set."""
        if self.sw1 or self.sw2:
            return None
        return _MEANINGS.get(self.sw3)

    def encode(self) -> bytes:
        """The bytes on the line."""
        body = bytes((self.sw1, self.sw2, self.sw3)) + self.data
        counted = (len(body) + 1).to_bytes(2, "big") + body
        return PREAMBLE + counted + bytes((checksum(counted),))


def checksum(counted: bytes) -> int:
    """XOR over LEN and what follows."""
    return reduce(xor, counted, 0)


def parse(received: bytes) -> Parsed[Response] | Drop | NeedMore:
    """The next answer in what was received (a `drivers.link.Parser`)."""
    if not PREAMBLE.startswith(received[: len(PREAMBLE)]):
        return Drop()
    if len(received) < HEADER_BYTES:
        return NeedMore()
    length = int.from_bytes(received[len(PREAMBLE) : HEADER_BYTES], "big")
    if not SHORTEST_LEN <= length <= LONGEST_LEN:
        return Drop()
    end = HEADER_BYTES + length
    if len(received) < end:
        return NeedMore()
    if checksum(received[len(PREAMBLE) : end]) != 0:
        return Drop(checksum=True)
    sw1, sw2, sw3 = received[HEADER_BYTES : HEADER_BYTES + 3]
    return Parsed(Response(sw1, sw2, sw3, received[HEADER_BYTES + 3 : end - 1]), end)


def answers(request: Request, response: Response) -> bool:
    """False for what can only be a late answer to an earlier request; frames carry no number."""
    status = response.status
    if status is Status.SUCCESS:
        return request != FIND and len(response.data) in request.sizes
    return status not in _ONLY or request in _ONLY[status]


def parser_for(request: Request) -> Parser[Response]:
    """`parse`, passing over late answers to earlier requests, so that one card's data never answer for another's."""

    def parse_answer(received: bytes) -> Parsed[Response] | Drop | NeedMore:
        found = parse(received)
        if isinstance(found, Parsed) and not answers(request, found.frame):
            return Drop(found.count)
        return found

    return parse_answer


def split_base(data: bytes) -> tuple[bytes, bytes]:
    """Text (256 bytes) and photo (1024 bytes) of a base reading. Raises `ProtocolError` for any other lengths."""
    text_bytes, photo_bytes = (int.from_bytes(data[at : at + 2], "big") for at in (0, 2))
    held = len(data) - LENGTHS_BYTES
    if (text_bytes, photo_bytes) != (TEXT_BYTES, PHOTO_BYTES) or held != TEXT_BYTES + PHOTO_BYTES:
        raise ProtocolError(
            f"ID reader: {text_bytes} bytes of text and {photo_bytes} of photo announced, {held} came;"
            f" expected {TEXT_BYTES} and {PHOTO_BYTES}"
        )
    return data[LENGTHS_BYTES : LENGTHS_BYTES + TEXT_BYTES], data[LENGTHS_BYTES + TEXT_BYTES :]


def sam_number(data: bytes) -> str:
    """A module's number as printed on it: `05.01-20157905-0000524273-0010543280`. Raises `ProtocolError`."""
    if len(data) != MODULE_NUMBER_BYTES:
        raise ProtocolError(f"ID reader: {len(data)} bytes of module number; expected {MODULE_NUMBER_BYTES}")
    small = [int.from_bytes(data[at : at + 2], "little") for at in (0, 2)]
    large = [int.from_bytes(data[at : at + 4], "little") for at in (4, 8, 12)]
    return f"{small[0]:02d}.{small[1]:02d}-{large[0]:08d}-{large[1]:010d}-{large[2]:010d}"
