"""What captured bytes say: one scan that finds its way again, and one small explainer a device.

    explain("cu16", bytes.fromhex("FA FD 02 00 30 03 35")) -> (garbage of 2 bytes, status query)

Every byte of a capture belongs to exactly one `Explained`, in order. What identifies a person is masked, unless
asked for.
"""

import importlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

GARBAGE: Final = "garbage"
HIDDEN_BYTE: Final = "··"


@dataclass(frozen=True, slots=True)
class Bits:
    """Bits as on the wire, and the numbers of the locks (inputs, outputs) that are 1 and 0.

    Whether 1 is open or closed is installation data and not said here.
    """

    wire: bytes
    one: tuple[int, ...]
    zero: tuple[int, ...]

    @classmethod
    def of(cls, wire: bytes, mask: int, last: int, *, first: int = 1) -> "Bits":
        """Bit 0 of `mask` is number `first`; numbers to `last` count."""
        numbers = range(first, last + 1)
        one = frozenset(number for number in numbers if mask >> (number - first) & 1)
        return cls(wire, tuple(sorted(one)), tuple(number for number in numbers if number not in one))


Fields = tuple["Field", ...]
Value = str | int | bool | Bits | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Field:
    """One part of a frame. What is `personal` is masked by `explain` unless asked for."""

    name: str
    value: Value = field(repr=False)
    personal: bool = False


@dataclass(frozen=True, slots=True)
class Checksum:
    """The checksum as it came and as it had to be, both as on the wire."""

    got: bytes
    expected: bytes

    @property
    def right(self) -> bool:
        """True when both are the same."""
        return self.got == self.expected


@dataclass(frozen=True, slots=True)
class Frame:
    """What an explainer sees at one place.

    `length` is that of the whole frame and may reach beyond the capture; with `at_least` it may be still longer.
    `weak`: its end or shape is wrong, so that it yields to any better frame that begins inside it.
    `hidden`: the bytes, counted from the frame's first, that identify a person.
    """

    name: str
    length: int
    fields: tuple[Field, ...] = ()
    checksum: Checksum | None = None
    problem: str = ""
    weak: bool = False
    at_least: bool = False
    hidden: range = range(0)


@dataclass(frozen=True, slots=True)
class Capture:
    """The bytes; the frames found so far, garbage left out, and where the last one ended; what `explain` was told."""

    data: bytes = field(repr=False)
    earlier: Sequence[Frame] = ()
    ended: int = 0
    asked: int | None = None

    def has(self, at: int, length: int) -> bool:
        """True when `length` bytes from `at` on were captured."""
        return at + length <= len(self.data)


Explainer = Callable[[Capture, int], Frame | None]


@dataclass(frozen=True, slots=True)
class Explained:
    """A frame, one that is damaged or cut short, or bytes of no frame. Nothing in it is personal unless asked for."""

    device: str
    offset: int
    length: int
    name: str
    hex: str  # as on the wire, what is hidden as ··
    fields: tuple[Field, ...] = ()
    checksum: Checksum | None = None
    problem: str = ""

    @property
    def ok(self) -> bool:
        """A whole frame with the right checksum and nothing else wrong with it."""
        return not self.problem


@dataclass(frozen=True, slots=True)
class Device:
    """One row of the table. `explainer` is `"module:function"`, imported when asked for.

    `drivers`: whose lines carry it. `personal`: bytes of no frame may be a piece of a person's data.
    """

    name: str
    explainer: str
    drivers: tuple[str, ...] = ()
    personal: bool = False


DEVICES: Final = (
    Device("cu16", "drivers.kerong.explain:cu16", ("kerong_cu16",)),
    Device("cu48", "drivers.kerong_cu48.explain:cu48", ("kerong_cu48",)),
    Device("8a80", "drivers.lock_8a80.explain:lock_8a80", ("lock_8a80",)),
    Device("wkly", "drivers.wkly.explain:wkly", ("wkly",)),
    Device("winnsen", "drivers.winnsen.explain:winnsen", ("winnsen",)),
    Device("modbus", "drivers.modbus.explain:modbus", ("modbus_relay", "modbus_inputs", "modbus_signals")),
    Device("samv", "drivers.samv.explain:samv", ("sam_v_serial", "sam_v_usb", "sam_v_hid"), personal=True),
    Device(
        "escpos-status",
        "drivers.escpos.explain:status",
        ("escpos_serial", "escpos_network", "escpos_usb"),
        personal=True,
    ),
    Device("at", "drivers.gsm.explain:dialogue", ("gsm_modem",), personal=True),
    Device("pdu", "drivers.gsm.explain:pdu", personal=True),
)


class Trust(IntEnum):
    """How far a frame is to be believed; a better one that begins inside it takes its place."""

    WEAK = 0
    DAMAGED = 1
    RIGHT = 2


def find(name: str) -> Device:
    """The table's row. Raises `ValueError` that lists what there is."""
    for device in DEVICES:
        if device.name == name:
            return device
    raise ValueError(f"no device {name!r}; there is: {', '.join(device.name for device in DEVICES)}")


def device_of(driver: str) -> str | None:
    """Under which name the bytes of a registry's driver are explained; None when there is no explainer."""
    return next((device.name for device in DEVICES if driver in device.drivers), None)


def explain(
    device: str, data: bytes, *, show_personal: bool = False, asked: int | None = None
) -> tuple[Explained, ...]:
    """Every byte of `data`, explained. `asked`: the n of `DLE EOT n`, which its answer does not say.

    Raises `ValueError` for a device that is not in the table.
    """
    row = find(device)
    module, _, function = row.explainer.partition(":")
    read: Explainer = getattr(importlib.import_module(module), function)
    return tuple(
        _explained(row, at, data[at:end], frame, show_personal=show_personal)
        for at, end, frame in _scan(data, read, asked)
    )


def trust(frame: Frame, capture: Capture, at: int) -> Trust:
    """How far to believe a frame seen at `at`."""
    if frame.weak or frame.at_least or not capture.has(at, frame.length):
        return Trust.WEAK
    return Trust.DAMAGED if frame.checksum is not None and not frame.checksum.right else Trust.RIGHT


def best(frames: Iterable[Frame | None], capture: Capture, at: int) -> Frame | None:
    """The most trustworthy of several readings of one place, None where there is none. Of equals one that is only cut
    short, then the first."""
    seen = [frame for frame in frames if frame is not None]
    return max(seen, key=lambda frame: (trust(frame, capture, at), not frame.weak), default=None)


@dataclass(frozen=True, slots=True)
class Form:
    """One shape of a frame that ends with its checksum. `fields` reads bytes whose checksum is right or was mended.

    `end`: the byte that stands in front of the checksum, where there is one.
    """

    name: str
    length: int
    fields: Callable[[bytes], Fields] = lambda _wire: ()
    end: int | None = None


def read_form(capture: Capture, at: int, form: Form, checksum: Callable[[bytes], bytes]) -> Frame:
    """The frame of this form at `at`: whole, with a wrong checksum, with a wrong end, or cut short."""
    wire = capture.data[at : at + form.length]
    if len(wire) < form.length:
        return Frame(form.name, form.length)
    count = len(checksum(b""))
    if form.end is not None and wire[-count - 1] != form.end:
        problem = f"{wire[-count - 1]:02X} stands where {form.end:02X} ends a frame"
        return Frame(form.name, form.length, problem=problem, weak=True)
    summed = Checksum(wire[-count:], checksum(wire[:-count]))
    return Frame(form.name, form.length, form.fields(wire[:-count] + summed.expected), summed)


def _scan(data: bytes, read: Explainer, asked: int | None) -> Iterator[tuple[int, int, Frame | None]]:
    """Start, end and frame, one behind the other without a gap; None for bytes of no frame."""
    earlier: list[Frame] = []
    capture = Capture(data, earlier, asked=asked)
    at = garbage_from = 0
    while at < len(data):
        frame = read(capture, at)
        if frame is None:
            at += 1
            continue
        if garbage_from < at:
            yield garbage_from, at, None
        end = _end(capture, at, frame, read)
        if end < at + frame.length or frame.at_least:
            frame = _cut(frame, end - at)
        yield at, end, frame
        earlier.append(frame)
        at = garbage_from = end
        capture = Capture(data, earlier, end, asked)
    if garbage_from < len(data):
        yield garbage_from, len(data), None


def _end(capture: Capture, at: int, frame: Frame, read: Explainer) -> int:
    """Where a frame ends: at its length, at the end of the capture, or where a better frame begins inside it."""
    end = min(at + frame.length, len(capture.data))
    own = trust(frame, capture, at)
    if own is Trust.RIGHT:
        return end
    for inside in range(at + 1, end):
        other = read(capture, inside)
        if other is not None and trust(other, capture, inside) > own:
            return inside
    return end


def _cut(frame: Frame, came: int) -> Frame:
    """A frame of which only the first `came` bytes are there; its fields would be read from bytes of others."""
    lacking = max(frame.length - came, 1)
    count = f"{lacking} byte lacks" if lacking == 1 else f"{lacking} bytes lack"
    problem = f"cut short: {'at least ' if frame.at_least else ''}{count}"
    return Frame(frame.name, came, problem=problem, weak=True, hidden=frame.hidden)


def _explained(row: Device, at: int, piece: bytes, seen: Frame | None, *, show_personal: bool) -> Explained:
    if seen is None:
        hidden = range(len(piece)) if row.personal and not show_personal else range(0)
        return Explained(
            row.name, at, len(piece), GARBAGE, _hex(piece, hidden), problem="no frame begins here"
        )
    return Explained(
        row.name, at, len(piece), seen.name,
        _hex(piece, range(0) if show_personal else seen.hidden),
        seen.fields if show_personal else tuple(map(_masked, seen.fields)),
        seen.checksum, _problem(seen),
    )  # fmt: skip


def _problem(frame: Frame) -> str:
    if frame.problem or frame.checksum is None or frame.checksum.right:
        return frame.problem
    return f"checksum {spaced(frame.checksum.got)}, expected {spaced(frame.checksum.expected)}"


def _masked(part: Field) -> Field:
    """The part with its value masked when it is personal; an empty one stays empty."""
    if not part.personal or part.value in ("", None):
        return part
    count = len(str(part.value))
    return Field(part.name, f"*** ({count} character{'s' * (count != 1)})", personal=True)


def _hex(piece: bytes, hidden: range) -> str:
    return " ".join(HIDDEN_BYTE if at in hidden else f"{byte:02X}" for at, byte in enumerate(piece))


def spaced(wire: bytes) -> str:
    """`FE FF`: bytes as this module writes them everywhere."""
    return wire.hex(" ").upper()
