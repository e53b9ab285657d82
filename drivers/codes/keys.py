"""Key strokes of a keyboard wedge to codes, without I/O.

Events as the kernel gives them (`struct input_event`, Documentation/input/input.rst), key numbers of
`linux/input-event-codes.h`, US layout: what scanners type unless told otherwise.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ..contracts.codes import Code

EVENT: Final = struct.Struct("llHHi")  # time (s, µs), type, code, value; native sizes: the kernel's own
EV_SYN, EV_KEY = 0, 1
SYN_DROPPED: Final = 3
RELEASED, PRESSED = 0, 1
SHIFTS: Final = frozenset({42, 54})
MODIFIERS: Final = frozenset({29, 56, 97, 100, 125, 126})  # Ctrl, Alt, Meta: no character of a code
LOCKS: Final = frozenset({58, 69, 70})  # Caps, Num, Scroll
ENTERS: Final = frozenset({28, 96})
LONGEST: Final = 7_200
ROWS: Final = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (57, " ", " "),
    (71, "789-456+1230.", "789-456+1230."),  # keypad
    (55, "*", "*"),
    (98, "/", "/"),
)
PLAIN: Final = {first + n: key for first, plain, _ in ROWS for n, key in enumerate(plain)}
SHIFTED: Final = {first + n: key for first, _, shifted in ROWS for n, key in enumerate(shifted)}


@dataclass(frozen=True, slots=True)
class KeyEvent:
    """One event. `kind`, `code`, `value` are the kernel's type, code and value."""

    kind: int
    code: int
    value: int

    def encode(self) -> bytes:
        """As the kernel writes it; the time is left zero."""
        return EVENT.pack(0, 0, self.kind, self.code, self.value)

    @classmethod
    def decode(cls, data: bytes) -> "KeyEvent":
        """Read one back. Raises `struct.error` for bytes of another length."""
        return cls(*EVENT.unpack(data)[2:])


class KeyLine:
    """Collects characters until Enter. A code of which one stroke is not known, or was lost, is no code."""

    def __init__(self) -> None:
        self._typed: list[str] = []
        self._held: set[int] = set()
        self._spoilt = False

    def take(self, event: KeyEvent) -> Code | None:
        """The code that this event ends, else None."""
        if event.kind == EV_SYN and event.code == SYN_DROPPED:
            self._spoilt = True
            self._held.clear()
        if event.kind != EV_KEY:
            return None
        if event.code in SHIFTS | MODIFIERS:
            (self._held.discard if event.value == RELEASED else self._held.add)(event.code)
            return None
        if event.value != PRESSED or event.code in LOCKS:
            return None
        if event.code in ENTERS:
            return self._end()
        self._type(event.code)
        return None

    def _type(self, key: int) -> None:
        keys = SHIFTED if self._held & SHIFTS else PLAIN
        if key not in keys or self._held & MODIFIERS or len(self._typed) >= LONGEST:
            self._spoilt = True
        else:
            self._typed.append(keys[key])

    def _end(self) -> Code | None:
        text, spoilt = "".join(self._typed), self._spoilt
        self._typed.clear()
        self._spoilt = False
        return None if spoilt or not text else Code(text)


def events(data: bytes) -> Iterator[KeyEvent]:
    """The whole events in `data`; the kernel never gives a part of one."""
    for start in range(0, len(data) - EVENT.size + 1, EVENT.size):
        yield KeyEvent.decode(data[start : start + EVENT.size])
