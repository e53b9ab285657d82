"""KERONG CU16 bytes in words (docs/protocols/kerong-cu16.md): also the commands that the driver leaves alone."""

from collections.abc import Callable
from typing import Final

from drivers.explain import Bits, Capture, Field, Fields, Form, Frame, best, read_form

from .frames import (
    CMD_STATUS,
    CMD_STATUS_REPLY,
    CMD_UNLOCK,
    ETX,
    LOCKS,
    STATUS_REPLY_BYTES,
    STX,
    StatusReply,
    Unlock,
    checksum,
)

_HEAD_BYTES: Final = 3  # STX ADDR CMD
_TAIL_BYTES: Final = 2  # ETX SUM
_STATE_BYTES: Final = STATUS_REPLY_BYTES - _HEAD_BYTES - _TAIL_BYTES
_SPEEDS: Final = (9600, 19200, 57600, 115200)


def _status(wire: bytes) -> Fields:
    """Of both status replies: they differ in CMD only, and the checksum with it."""
    body = bytes((STX, wire[1], CMD_STATUS_REPLY)) + wire[_HEAD_BYTES:-1]
    reply = StatusReply.decode(body + bytes((checksum(body),)))
    latches, infrared = wire[_HEAD_BYTES : _HEAD_BYTES + 2], wire[_HEAD_BYTES + 2 : -_TAIL_BYTES]
    return (
        Field("latches", Bits.of(latches, reply.latches, LOCKS)),
        Field("infrared", Bits.of(infrared, reply.infrared, LOCKS)),
    )


def _channel(wire: bytes) -> Fields:
    return (Field("channel", Unlock.decode(wire).channel),)


def _pulse(wire: bytes) -> Fields:
    return (Field("pulse_ms", 10 * int.from_bytes(wire[_HEAD_BYTES:-_TAIL_BYTES], "big")),)


def _delay(wire: bytes) -> Fields:
    return (Field("channel", (wire[1] & 0x0F) + 1), Field("delay_s", wire[_HEAD_BYTES]))


def _speed(wire: bytes) -> Fields:
    code = wire[_HEAD_BYTES]
    return (Field("speed_baud", _SPEEDS[code] if code < len(_SPEEDS) else f"unknown code {code}"),)


def _form(name: str, data_bytes: int = 0, fields: Callable[[bytes], Fields] = lambda _wire: ()) -> Form:
    length = _HEAD_BYTES + data_bytes + _TAIL_BYTES
    return Form(name, length, lambda wire: (Field("board", wire[1] >> 4), *fields(wire)), ETX)


_FORMS: Final = {
    CMD_STATUS: (_form("status query"),),
    CMD_UNLOCK: (_form("unlock", 0, _channel),),
    0x32: (Form("status query to all boards", _HEAD_BYTES + _TAIL_BYTES, end=ETX),),
    0x33: (_form("unlock all"),),
    CMD_STATUS_REPLY: (_form("status reply", _STATE_BYTES, _status),),
    0x36: (_form("status reply to the query to all boards", _STATE_BYTES, _status),),
    0x37: (_form("pulse time query"), _form("set pulse time", 2, _pulse)),
    0x38: (_form("pulse time reply", 2, _pulse),),
    0x39: (_form("unlock later", 1, _delay),),
    0x40: (_form("set speed", 1, _speed),),
}


def cu16(capture: Capture, at: int) -> Frame | None:
    """The frame that begins at `at`."""
    head = capture.data[at : at + _HEAD_BYTES]
    if head[0] != STX:
        return None
    if len(head) < _HEAD_BYTES:
        return Frame("frame", _HEAD_BYTES + _TAIL_BYTES, at_least=True)
    return best((read_form(capture, at, form, _sum) for form in _FORMS.get(head[2], ())), capture, at)


def _sum(body: bytes) -> bytes:
    return bytes((checksum(body),))
