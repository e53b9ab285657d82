"""WKLY bytes in words (docs/protocols/wkly.md): requests, answers and door events of all commands known."""

from collections.abc import Callable, Mapping
from typing import Final

from drivers.errors import ProtocolError
from drivers.explain import Bits, Capture, Field, Fields, Form, read_form, spaced
from drivers.explain import Frame as Seen

from .frames import (
    CMD_DOOR_EVENT,
    CMD_OPEN,
    CMD_QUERY,
    CMD_QUERY_ALL,
    COMMANDS,
    DOOR_CLOSED,
    DOOR_OPEN,
    FAILED,
    HEAD,
    LEAST_COMMAND,
    LEN_AT,
    OK,
    OVERHEAD_BYTES,
    DoorEvent,
    DoorReply,
    DoorsReply,
    Frame,
    checksum,
)

_COMMAND_AT: Final = LEN_AT + 2
_DATA_AT: Final = OVERHEAD_BYTES - 1
_ANSWER: Final = ", answer"
_STATUS: Final = {OK: "00 done", FAILED: "FF failed"}
_DOOR: Final = {DOOR_OPEN: "00 open", DOOR_CLOSED: "01 closed"}


def _named(names: Mapping[int, str], byte: int) -> str:
    return names.get(byte, f"{byte:02X} unknown")


def _event(wire: bytes) -> Fields:
    event = DoorEvent.decode(wire)
    return (Field("channel", event.channel), Field("door", _named(_DOOR, event.door)))


def _door_reply(wire: bytes) -> Fields:
    reply = DoorReply.decode(wire)
    return (
        Field("status", _named(_STATUS, reply.status)),
        Field("channel", reply.channel),
        Field("door", _named(_DOOR, reply.door)),
    )


def _channel(wire: bytes) -> Fields:
    return (Field("channel", wire[_DATA_AT]),)


def _status(wire: bytes) -> Fields:
    return (Field("status", _named(_STATUS, wire[_DATA_AT])),)


def _status_and_channel(wire: bytes) -> Fields:
    return (*_status(wire), Field("channel", wire[_DATA_AT + 1]))


def _doors(wire: bytes) -> Fields:
    try:
        reply = DoorsReply.decode(wire)
    except ProtocolError:
        return _data(wire)
    closed, opened = (
        tuple(number for number, door in enumerate(reply.doors, 1) if door == wanted)
        for wanted in (DOOR_CLOSED, DOOR_OPEN)
    )
    status = () if reply.status is None else (Field("status", _named(_STATUS, reply.status)),)
    return (*status, Field("doors", Bits(reply.doors, one=closed, zero=opened)))


def _channels(wire: bytes) -> Fields:
    return (Field("channels", ", ".join(map(str, wire[_DATA_AT:-1]))),)


def _data(wire: bytes) -> Fields:
    return (Field("data", spaced(wire[_DATA_AT:-1])),)


# Answers carry their request's command: how many bytes of data follow tells them apart.
_ONE_CHANNEL: Final = {1: ("", _channel), 2: (_ANSWER, _status_and_channel)}
_ONE_DOOR: Final = {1: ("", _channel), 3: (_ANSWER, _door_reply)}
_FORMS: Final[Mapping[int, Mapping[int, tuple[str, Callable[[bytes], Fields]]]]] = {
    0x81: _ONE_CHANNEL,
    CMD_OPEN: _ONE_DOOR,
    CMD_QUERY: _ONE_DOOR,
    CMD_DOOR_EVENT: {2: ("", _event)},
    0x86: {1: (_ANSWER, _status)},
    0x88: _ONE_CHANNEL,
    0x89: _ONE_CHANNEL,
}
_ANY_LENGTH: Final = {0x80: ("", _channels), 0x87: ("", _channels), CMD_QUERY_ALL: (_ANSWER, _doors)}


def wkly(capture: Capture, at: int) -> Seen | None:
    """The frame that begins at `at`."""
    head = capture.data[at : at + LEN_AT + 1]
    if not HEAD.startswith(head[:LEN_AT]):
        return None
    if len(head) <= LEN_AT:
        return Seen("frame", OVERHEAD_BYTES, at_least=True)
    length = head[LEN_AT]
    if length < OVERHEAD_BYTES:
        problem = f"length {length:02X}, allowed {OVERHEAD_BYTES:02X} and more"
        return Seen("head of a frame", len(head), problem=problem, weak=True)
    wire = capture.data[at : at + length]
    if len(wire) <= _COMMAND_AT:
        return Seen("frame", length)
    command = wire[_COMMAND_AT]
    if command < LEAST_COMMAND:
        problem = f"command {command:02X}, allowed {LEAST_COMMAND:02X} and more"
        return Seen("frame", length, problem=problem, weak=True)
    suffix, read = _form(command, length - OVERHEAD_BYTES)
    form = Form(
        COMMANDS.get(command, "unknown command") + suffix, length, lambda wire: (_board(wire), *read(wire))
    )
    return read_form(capture, at, form, lambda body: bytes((checksum(body),)))


def _board(wire: bytes) -> Field:
    return Field("board", Frame.decode(wire).board)


def _form(command: int, data_bytes: int) -> tuple[str, Callable[[bytes], Fields]]:
    if data_bytes == 0:
        return "", lambda _wire: ()
    return _FORMS.get(command, {}).get(data_bytes) or _ANY_LENGTH.get(command, ("", _data))
