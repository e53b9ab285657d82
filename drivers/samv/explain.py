"""SAM_V bytes in words: requests, answers with the meaning of SW3, and what a card gave, masked unless asked for."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from drivers.contracts.idreader import PHOTO_BYTES, TEXT_BYTES
from drivers.errors import ProtocolError
from drivers.explain import Capture, Checksum, Field, Fields, Frame, spaced

from .frames import (
    ADDRESS_BYTES,
    ADDRESSES,
    FIND,
    HEADER_BYTES,
    LENGTHS_BYTES,
    LONGEST_LEN,
    MODULE_NUMBER_BYTES,
    PREAMBLE,
    READ_BASE,
    READ_NEW_ADDRESS,
    SAM_ID,
    SAM_STATUS,
    SELECT,
    Request,
    Response,
    checksum,
    sam_number,
)
from .textblock import KIND_AT, KIND_BYTES, LAYOUTS, text_at

_REQUEST_LEN: Final = 3  # CMD PARA XOR, no data
_LONGEST_REQUEST_LEN: Final = 4  # a longer one is an answer, whatever it begins with: it may hold a card
_IIN_BYTES: Final = 4
_SERIAL_BYTES: Final = 8
_MANAGEMENT_BYTES: Final = 28
_FINGERPRINT_BYTES: Final = 1024
_READINGS: Final = {
    (TEXT_BYTES, PHOTO_BYTES),
    (TEXT_BYTES, PHOTO_BYTES, 0),
    (TEXT_BYTES, PHOTO_BYTES, _FINGERPRINT_BYTES),
}
_SPEEDS: Final = (115200, 57600, 38400, 19200, 9600)
_SET_SPEED: Final = 0x60

# by CMD and PARA
_REQUESTS: Final = {
    (0x10, 0xFF): "reset module",
    (SAM_STATUS.command, SAM_STATUS.parameter): "module status",
    (SAM_ID.command, SAM_ID.parameter): "module number",
    (FIND.command, FIND.parameter): "find card",
    (SELECT.command, SELECT.parameter): "select card",
    (READ_BASE.command, READ_BASE.parameter): "read text and photo",
    (0x30, 0x10): "read text, photo and fingerprint",
    (READ_NEW_ADDRESS.command, READ_NEW_ADDRESS.parameter): "read additional addresses",
    (0x30, 0x05): "read card body number",
    (0x61, 0xFF): "set RF frame size",
    (0xFA, 0x11): "antenna",
    (0xFA, 0xF0): "module version",
    (0xFA, 0x92): "read card id",
}
_REQUEST_COMMANDS: Final = {bytes((command,)) for command, _ in _REQUESTS}

_OF_STATUS: Final = frozenset({"status", "meaning"})

Parts = tuple[Fields, str]  # fields, and what is wrong


def samv(capture: Capture, at: int) -> Frame | None:
    """The request or answer that begins at `at`."""
    head = capture.data[at : at + HEADER_BYTES]
    if not PREAMBLE.startswith(head[: len(PREAMBLE)]):
        return None
    if len(head) < HEADER_BYTES:
        return Frame("frame", HEADER_BYTES + _REQUEST_LEN, at_least=True)
    count = int.from_bytes(head[len(PREAMBLE) :], "big")
    if not _REQUEST_LEN <= count <= LONGEST_LEN:
        problem = f"length {spaced(head[-2:])}, allowed {_REQUEST_LEN:04X} to {LONGEST_LEN:04X}"
        return Frame("head of a frame", HEADER_BYTES, problem=problem, weak=True)
    length = HEADER_BYTES + count
    wire = capture.data[at : at + length]
    body = wire[HEADER_BYTES:]
    if len(body) < count:
        name = _name_of_request(body) if _is_request(body, count) else "answer"
        return Frame(name, length, hidden=range(HEADER_BYTES + 3, length))
    expected = bytes((checksum(wire[len(PREAMBLE) : -1]),))
    summed = Checksum(wire[-1:], expected)
    if _is_request(body, count):
        request = Request(body[0], body[1], body[2:-1])
        return Frame(_name_of_request(body), length, _of_request(request), summed)
    response = Response(body[0], body[1], body[2], body[3:-1])
    fields, problem = _of_response(response)
    if not summed.right:  # then the length may be wrong too, and the data a piece of a card
        problem = ""
        fields = tuple(replace(part, personal=part.name not in _OF_STATUS) for part in fields)
    hidden = range(HEADER_BYTES + 3, length - 1) if any(part.personal for part in fields) else range(0)
    return Frame("answer", length, fields, summed, problem, hidden=hidden)


def _is_request(body: bytes, count: int) -> bool:
    """Answers begin with SW1 00; no command does."""
    if count == _LONGEST_REQUEST_LEN:
        return body[:1] in _REQUEST_COMMANDS
    return count == _REQUEST_LEN


def _name_of_request(body: bytes) -> str:
    if body[:1] == bytes((_SET_SPEED,)):
        return "set speed"
    return _REQUESTS.get((body[0], body[1]), "unknown request") if len(body) > 1 else "request"


def _of_request(request: Request) -> Fields:
    fields = [Field("command", spaced(bytes((request.command, request.parameter))))]
    if request.command == _SET_SPEED:
        known = request.parameter < len(_SPEEDS)
        fields.append(Field("speed_baud", _SPEEDS[request.parameter] if known else "unknown code"))
    if request.data:
        fields.append(Field("data", spaced(request.data)))
    return tuple(fields)


def _of_response(response: Response) -> Parts:
    status = spaced(bytes((response.sw1, response.sw2, response.sw3)))
    fields, problem = _of_data(response.data)
    if response.status is None:
        return (Field("status", status), *fields), f"status {status} is in no source"
    meaning = response.status.name.lower().replace("_", " ")
    return (Field("status", status), Field("meaning", meaning), *fields), problem


def _of_data(data: bytes) -> Parts:
    """Answers carry no number: what the data are follows from how many there are."""
    fixed: dict[int, Callable[[bytes], Fields]] = {
        0: lambda _data: (),
        _IIN_BYTES: lambda data: (Field("iin", spaced(data), personal=True),),
        _SERIAL_BYTES: lambda data: (Field("card_serial", spaced(data), personal=True),),
        MODULE_NUMBER_BYTES: lambda data: (Field("module_number", sam_number(data)),),
        _MANAGEMENT_BYTES: lambda data: (Field("card_body_number", spaced(data), personal=True),),
    }
    if len(data) in fixed:
        return fixed[len(data)](data), ""
    if len(data) in ADDRESSES:
        texts = (text_at(data, at, ADDRESS_BYTES) for at in range(0, len(data), ADDRESS_BYTES))
        numbered = enumerate(texts, 1)
        return tuple(Field(f"address_{number}", text, personal=True) for number, text in numbered), ""
    if len(data) > TEXT_BYTES:
        return _of_reading(data)
    return _unknown(data), f"{len(data)} bytes of data belong to no known answer"


def _unknown(data: bytes) -> Fields:
    return (Field("data", spaced(data), personal=True),)


def _of_reading(data: bytes) -> Parts:
    """Two or three lengths, then text, photo and fingerprint of these lengths."""
    try:
        lengths = _inner_lengths(data)
    except ProtocolError as error:
        return _unknown(data), str(error)
    names = ("text_bytes", "photo_bytes", "fingerprint_bytes")
    fields = [Field(name, length) for name, length in zip(names, lengths, strict=False)]
    block = data[2 * len(lengths) :][:TEXT_BYTES]
    sign = text_at(block, KIND_AT, KIND_BYTES)
    if sign not in LAYOUTS:
        return (*fields, *_unknown(block)), "the text is of an unknown kind of card"
    kind, places = LAYOUTS[sign]
    fields.append(Field("card", kind))
    fields += [Field(place.name, text_at(block, place.at, place.count), personal=True) for place in places]
    return tuple(fields), ""


def _inner_lengths(data: bytes) -> tuple[int, ...]:
    """The lengths in front of a reading. Raises `ProtocolError` when what follows is not of these lengths."""
    for count in (2, 3):
        lengths = tuple(int.from_bytes(data[at : at + 2], "big") for at in range(0, 2 * count, 2))
        if lengths in _READINGS and sum(lengths) + 2 * count == len(data):
            return lengths
    announced = spaced(data[:LENGTHS_BYTES])
    raise ProtocolError(f"lengths {announced} announced; expected 01 00 04 00 and as many bytes as they say")
