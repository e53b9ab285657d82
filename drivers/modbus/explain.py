"""Modbus RTU bytes in words (docs/protocols/modbus.md): requests, answers, refusals, and what relay boards make of 05.

Nothing but the CRC tells a frame from garbage: one with a wrong CRC is shown where its numbers make sense and no right
frame begins inside it. The request before an answer says how many of its bits were asked for.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from drivers.explain import Bits, Capture, Checksum, Field, Fields, Frame, Trust, best, spaced, trust

from .frames import (
    CRC_BYTES,
    FLASH_MOST,
    FLASH_ON,
    FLASH_STEP_S,
    OFF,
    ON,
    REFUSAL_BYTES,
    REFUSED,
    UNITS,
    WRITE_COIL,
    WRITE_COILS,
    WRITE_REPLY_BYTES,
    Refusal,
    Table,
    checksum,
)

_HEAD_BYTES: Final = 2  # UNIT FUNCTION
_COUNT_AT: Final = 2  # of an answer's bytes
_WRITE_COUNT_AT: Final = 6
_MOST_BITS: Final = 2000
_MOST_REGISTERS: Final = 125
_MOST_BYTES: Final = 250
_TOGGLE: Final = 0x5500
_FLASH_OFF: Final = 0x0400
_ALL: Final = 0x00FF
_TOGGLE_ALL: Final = 0x01FF
_COIL: Final = 0x00FF  # the part of an address that is the coil, where the rest is a command
_READ_REGISTERS: Final = (0x03, 0x04)
_WRITE_REGISTER: Final = 0x06
_WRITE_REGISTERS: Final = 0x10

_NAMES: Final = {
    Table.COILS: "read coils",
    Table.INPUTS: "read inputs",
    0x03: "read registers",
    0x04: "read input registers",
    WRITE_COIL: "write coil",
    _WRITE_REGISTER: "write register",
    WRITE_COILS: "write coils",
    _WRITE_REGISTERS: "write registers",
}


@dataclass(frozen=True, slots=True)
class _Form:
    """One shape of a function's frames. `length` reads it from the bytes there are, `sensible` doubts what it sees."""

    suffix: str
    length: Callable[[bytes], int]
    sensible: Callable[[bytes], bool]
    fields: Callable[[bytes, Sequence[Frame]], Fields]


def modbus(capture: Capture, at: int) -> Frame | None:
    """The frame that begins at `at`."""
    seen = best(_readings(capture, at), capture, at)
    if seen is None or trust(seen, capture, at) is Trust.RIGHT:
        return seen
    for inside in range(at + 1, min(at + seen.length, len(capture.data))):
        other = best(_readings(capture, inside), capture, inside)
        if other is not None and trust(other, capture, inside) is Trust.RIGHT:
            return None
    return seen


def _readings(capture: Capture, at: int) -> Iterator[Frame]:
    if not capture.has(at, _HEAD_BYTES):
        return
    unit, code = capture.data[at], capture.data[at + 1]
    function = code & ~REFUSED
    if unit >= UNITS.stop or function not in _NAMES:
        return
    for form in (_REFUSAL,) if code & REFUSED else _FORMS[function]:
        if (frame := _frame(capture, at, form, _NAMES[function])) is not None:
            yield frame


def _frame(capture: Capture, at: int, form: _Form, name: str) -> Frame | None:
    length = form.length(capture.data[at : at + _WRITE_COUNT_AT + 1])
    wire = capture.data[at : at + length]
    sensible = form.sensible(wire)
    if len(wire) < length:
        return Frame(name + form.suffix, length) if sensible else None
    crc = Checksum(wire[-CRC_BYTES:], checksum(wire[:-CRC_BYTES]).to_bytes(CRC_BYTES, "big"))
    if not (crc.right or sensible):
        return None
    fields = (Field("unit", wire[0]), *form.fields(wire, capture.earlier))
    return Frame(name + form.suffix, length, fields, crc)


def _number(wire: bytes, at: int) -> int | None:
    """Big-endian; None where the capture ends before it."""
    return int.from_bytes(wire[at : at + 2], "big") if len(wire) >= at + 2 else None


def _fixed(length: int) -> Callable[[bytes], int]:
    return lambda _wire: length


def _counted(at: int) -> Callable[[bytes], int]:
    """The length of a frame whose byte `at` counts the data behind it."""
    return lambda wire: at + 1 + (wire[at] if len(wire) > at else 1) + CRC_BYTES


def _asks(most: int) -> Callable[[bytes], bool]:
    def sensible(wire: bytes) -> bool:
        count = _number(wire, 4)
        return all(high <= most >> 8 for high in wire[4:5]) and (count is None or 1 <= count <= most)

    return sensible


def _carries(at: int, *, of: int = 1) -> Callable[[bytes], bool]:
    return lambda wire: len(wire) <= at or (1 <= wire[at] <= _MOST_BYTES and wire[at] % of == 0)


def _counts_well(of: int) -> Callable[[bytes], bool]:
    """True when a writing request has as many bytes as its count needs: `of` 2 for registers, 1 for bits."""

    def sensible(wire: bytes) -> bool:
        count = _number(wire, 4)
        if count is None or len(wire) <= _WRITE_COUNT_AT:
            return all(high <= _MOST_BITS >> 8 for high in wire[4:5])
        return 1 <= wire[_WRITE_COUNT_AT] == (2 * count if of == 2 else (count + 7) // 8)

    return sensible


def _first_and_count(wire: bytes, _earlier: Sequence[Frame]) -> Fields:
    return (Field("first", _number(wire, 2)), Field("count", _number(wire, 4)))


def _bits(wire: bytes, earlier: Sequence[Frame]) -> Fields:
    """Bit 0 is the first that was asked for; numbers count from 1 on a board whose addresses count from 0."""
    data = wire[_COUNT_AT + 1 : -CRC_BYTES]
    asked = {part.name: part.value for part in earlier[-1].fields} if earlier else {}
    first, count = asked.get("first"), asked.get("count")
    same = asked.get("unit") == wire[0] and earlier[-1].name == _NAMES[wire[1]]
    if not (same and isinstance(first, int) and isinstance(count, int) and (count + 7) // 8 == len(data)):
        first, count = 0, 8 * len(data)
    bits = Bits.of(data, int.from_bytes(data, "little"), first + count, first=first + 1)
    return (Field("bits", bits),)


def _written_bits(wire: bytes, _earlier: Sequence[Frame]) -> Fields:
    data = wire[_WRITE_COUNT_AT + 1 : -CRC_BYTES]
    first, count = _number(wire, 2) or 0, _number(wire, 4) or 0
    bits = Bits.of(data, int.from_bytes(data, "little"), first + count, first=first + 1)
    return (Field("first", first), Field("count", count), Field("bits", bits))


def _registers(at: int) -> Callable[[bytes, Sequence[Frame]], Fields]:
    def read(wire: bytes, _earlier: Sequence[Frame]) -> Fields:
        data = wire[at:-CRC_BYTES]
        values = tuple(spaced(data[place : place + 2]) for place in range(0, len(data), 2))
        return (Field("registers", values),)

    return read


def _register(wire: bytes, _earlier: Sequence[Frame]) -> Fields:
    return (Field("address", spaced(wire[2:4])), Field("value", spaced(wire[4:6])))


def _coil(wire: bytes, earlier: Sequence[Frame]) -> Fields:
    address, value = int.from_bytes(wire[2:4], "big"), int.from_bytes(wire[4:6], "big")
    meaning = _coil_meaning(address, value)
    return (*_register(wire, earlier), Field("meaning", meaning or "in no table"))


def _coil_meaning(address: int, value: int) -> str:
    """What a relay board does (Waveshare and alike); empty for what is in no table."""
    switched = {ON: "on", OFF: "off", _TOGGLE: "toggle"}.get(value, "")
    base, number = address & ~_COIL, (address & _COIL) + 1
    milliseconds = round(value * FLASH_STEP_S * 1000)
    if address == _ALL and switched:
        return f"all {switched}"
    if address == _TOGGLE_ALL:
        return "toggle all"
    if base == 0 and switched:
        return f"number {number} {switched}"
    if base == FLASH_ON and value <= FLASH_MOST:
        return f"number {number} on for {milliseconds} ms, then off"
    if base == _FLASH_OFF and value <= FLASH_MOST:
        return f"number {number} off for {milliseconds} ms, then on"
    return ""


def _sensible_coil(wire: bytes) -> bool:
    address, value = _number(wire, 2), _number(wire, 4)
    return address is None or value is None or bool(_coil_meaning(address, value))


def _refusal(wire: bytes, _earlier: Sequence[Frame]) -> Fields:
    refusal = Refusal(wire[0], wire[1] & ~REFUSED, wire[_COUNT_AT])
    return (Field("code", refusal.code), Field("reason", refusal.reason))


def _reading(
    most: int, *, of: int, fields: Callable[[bytes, Sequence[Frame]], Fields]
) -> tuple[_Form, _Form]:
    return (
        _Form("", _fixed(WRITE_REPLY_BYTES), _asks(most), _first_and_count),
        _Form(", answer", _counted(_COUNT_AT), _carries(_COUNT_AT, of=of), fields),
    )


def _writing(
    most: int, *, of: int, fields: Callable[[bytes, Sequence[Frame]], Fields]
) -> tuple[_Form, _Form]:
    request, count = _counts_well(of), _asks(most)
    return (
        _Form("", _counted(_WRITE_COUNT_AT), request, fields),
        _Form(
            ", answer",
            _fixed(WRITE_REPLY_BYTES),
            lambda wire: count(wire) and not request(wire),
            _first_and_count,
        ),
    )


_REFUSAL: Final = _Form(
    ", refused",
    _fixed(REFUSAL_BYTES),
    lambda wire: len(wire) <= _COUNT_AT or 1 <= wire[_COUNT_AT] <= 0x0B,
    _refusal,
)
_FORMS: Final[dict[int, tuple[_Form, ...]]] = {
    Table.COILS: _reading(_MOST_BITS, of=1, fields=_bits),
    Table.INPUTS: _reading(_MOST_BITS, of=1, fields=_bits),
    **{code: _reading(_MOST_REGISTERS, of=2, fields=_registers(_COUNT_AT + 1)) for code in _READ_REGISTERS},
    WRITE_COIL: (_Form("", _fixed(WRITE_REPLY_BYTES), _sensible_coil, _coil),),  # the answer is the same
    _WRITE_REGISTER: (_Form("", _fixed(WRITE_REPLY_BYTES), lambda _wire: True, _register),),
    WRITE_COILS: _writing(_MOST_BITS, of=1, fields=_written_bits),
    _WRITE_REGISTERS: _writing(_MOST_REGISTERS, of=2, fields=_registers(_WRITE_COUNT_AT + 1)),
}
