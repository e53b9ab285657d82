"""KERONG CU48 bytes in words (docs/protocols/kerong-cu48.md): all three dialects, as a capture may come from any."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from drivers.explain import Bits, Capture, Field, Fields, Form, Frame, best, read_form, spaced

from .frames import ASK, DIALECTS, DONE, ETX, STX, Dialect, StatusReply, Unlock, checksum

_HEAD_BYTES: Final = 4  # STX, two address bytes, CMD
_SIZED_HEAD_BYTES: Final = 6
_TAIL_BYTES: Final = 2  # ETX SUM
_CMD_AT: Final = 3
_ASK_AT: Final = 4
_SIZE_AT: Final = 5
_VERSION: Final = 0x8F
_STATE_BYTES: Final = (6, 1, 2, 3, 4, 5, 7, 8)  # 48 locks first: where several fit, they are the likeliest
_EITHER_BYTE: Final = DIALECTS["0x60"]  # sources disagree on which one names the lock


def cu48(capture: Capture, at: int) -> Frame | None:
    """The frame that begins at `at`."""
    head = capture.data[at : at + _HEAD_BYTES]
    if head[0] != STX:
        return None
    if len(head) < _HEAD_BYTES:
        return Frame("frame", _HEAD_BYTES + _TAIL_BYTES, at_least=True)
    return best((read_form(capture, at, form, _sum) for form in _forms(capture, at)), capture, at)


def _forms(capture: Capture, at: int) -> Iterator[Form]:
    command = capture.data[at + _CMD_AT]
    for dialect in DIALECTS.values():
        if dialect.sized and command in (dialect.state, dialect.unlock, _VERSION):
            yield _sized(capture, at, dialect, command)
        elif command == dialect.state:
            yield _form("status query", 0, _address)
        elif command == dialect.unlock:
            yield _form("unlock", 0, partial(_unlock, dialect))
        elif command == dialect.reply:
            for count in _STATE_BYTES:
                yield _form("status reply", count, partial(_state, dialect))


def _form(name: str, data_bytes: int, fields: Callable[[bytes], Fields]) -> Form:
    return Form(name, _HEAD_BYTES + data_bytes + _TAIL_BYTES, fields, ETX)


def _sized(capture: Capture, at: int, dialect: Dialect, command: int) -> Form:
    """A frame that says itself how long it is, and whether it asks or answers."""
    ask, size = (
        capture.data[place] if capture.has(place, 1) else 0 for place in (at + _ASK_AT, at + _SIZE_AT)
    )
    name = {dialect.state: "status query", dialect.unlock: "unlock"}.get(command, "version query")
    answer = ask != ASK
    if answer:
        name = {dialect.state: "status reply", dialect.unlock: "unlock, answer"}.get(command, "version reply")

    def fields(wire: bytes) -> Fields:
        result = (Field("result", f"{ask:02X}{' done' if ask == DONE else ''}"),) if answer else ()
        if command == dialect.state and answer:
            return (*_state(dialect, wire), *result)
        if command == dialect.unlock and not answer:
            return (*_unlock(dialect, wire), Field("pulse_ms", Unlock.decode(dialect, wire).pulse_ms))
        data = wire[_SIZED_HEAD_BYTES:-_TAIL_BYTES]
        return (*_address(wire), *result, *((Field("data", spaced(data)),) if data else ()))

    return Form(name, _SIZED_HEAD_BYTES + size + _TAIL_BYTES, fields, ETX)


def _address(wire: bytes) -> Fields:
    return (Field("board", wire[1]),)


def _unlock(dialect: Dialect, wire: bytes) -> Fields:
    if dialect == _EITHER_BYTE:
        return (Field("channel_by_byte_2", wire[2] + 1), Field("channel_by_byte_1", wire[1] + 1))
    unlock = Unlock.decode(dialect, wire)
    return (Field("board", unlock.board), Field("channel", unlock.channel))


def _state(dialect: Dialect, wire: bytes) -> Fields:
    reply = StatusReply.decode(dialect, wire)
    locks = Bits.of(reply.locks, int.from_bytes(reply.locks, "little"), 8 * len(reply.locks))
    return (Field("board", reply.board), Field("locks", locks))


def _sum(body: bytes) -> bytes:
    return bytes((checksum(body),))
