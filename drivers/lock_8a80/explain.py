"""8A/80 bytes in words (docs/protocols/lock-8a80.md). Frames have no length byte: head, shape and BCC tell them apart.

Which status byte comes first and what a bit means is installation data, so both orders are given.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from drivers.explain import Bits, Capture, Field, Fields, Form, Frame, Trust, best, read_form, trust

from .frames import (
    BOARDS,
    HEAD_OPEN,
    HEAD_STATE,
    HEADS_UNASKED,
    LOCKS,
    ONE,
    OPEN,
    QUERY,
    ZERO,
    States,
    checksum,
)

_SEVERAL: Final = 0x90
_KEEP_ON: Final = 0x9A
_KEEP_OFF: Final = 0x9B
_LONGEST_HOLD_S: Final = 9

Check = Callable[[int], bool]


def _is(*values: int) -> Check:
    return lambda byte: byte in values


def _from(first: int, last: int) -> Check:
    return lambda byte: first <= byte <= last


def _any(_byte: int) -> bool:
    return True


_LOCK: Final = _from(1, LOCKS)
_STATE: Final = _is(ZERO, ONE)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What the bytes between board and BCC have to be."""

    name: str
    checks: tuple[Check, ...]
    fields: Callable[[bytes], Fields]

    @property
    def length(self) -> int:
        return len(self.checks) + 3  # head, board, BCC

    def fits(self, wire: bytes) -> bool:
        """As far as the bytes go."""
        return all(check(byte) for check, byte in zip(self.checks, wire[2:], strict=False))


def _nothing(_wire: bytes) -> Fields:
    return ()


def _lock(wire: bytes) -> Fields:
    return (Field("lock", wire[2]),)


def _lock_and_state(wire: bytes) -> Fields:
    return (Field("lock", wire[2]), Field("state", f"{wire[3]:02X}"))


def _lock_and_hold(wire: bytes) -> Fields:
    return (Field("lock", wire[2]), Field("hold_s", wire[4]))


def _states(wire: bytes) -> Fields:
    return _both_orders(States.decode(wire).states)


def _several(wire: bytes) -> Fields:
    return _both_orders(wire[2:-1])


def _both_orders(states: bytes) -> Fields:
    locks = min(LOCKS, 8 * len(states))
    low_first = Bits.of(states, int.from_bytes(states, "little"), locks)
    low_last = Bits.of(states, int.from_bytes(states, "big"), locks)
    return (
        Field("locks_if_last_byte_is_1_to_8", low_last),
        Field("locks_if_first_byte_is_1_to_8", low_first),
    )


# The longer first: its 33 and its BCC are both right, and that is no accident.
_SHAPES: Final = {
    HEAD_OPEN: (
        _Shape("open one and hold", (_LOCK, _is(OPEN), _from(1, _LONGEST_HOLD_S)), _lock_and_hold),
        _Shape("open all", (_is(0), _is(OPEN)), _nothing),
        _Shape("open one, or the answer that repeats it", (_LOCK, _is(OPEN)), _lock),
        _Shape("open one, answer", (_LOCK, _is(ZERO)), _lock_and_state),
    ),
    HEAD_STATE: (
        _Shape("query all, answer", (*(_any,) * 7, _is(QUERY)), _states),
        _Shape("query all, answer", (*(_any,) * 3, _is(QUERY)), _states),
        _Shape("query all", (_is(0), _is(QUERY)), _nothing),
        _Shape("query one", (_LOCK, _is(QUERY)), _lock),
        _Shape("query one, answer", (_LOCK, _STATE), _lock_and_state),
    ),
    **{head: (_Shape("door event", (_LOCK, _STATE), _lock_and_state),) for head in HEADS_UNASKED},
    _SEVERAL: (
        _Shape("open several", (_any,) * 7, _several),
        _Shape("open several", (_any,) * 3, _several),
    ),
    _KEEP_ON: (_Shape("keep power on", (_LOCK, _is(OPEN)), _lock),),
    _KEEP_OFF: (_Shape("keep power off", (_LOCK, _is(OPEN)), _lock),),
}


def lock_8a80(capture: Capture, at: int) -> Frame | None:
    """The frame that begins at `at`."""
    wire = capture.data[at : at + max(shape.length for shape in _SHAPES[HEAD_STATE])]
    if wire[0] not in _SHAPES or not all(map(_from(1, BOARDS), wire[1:2])):
        return None
    shapes = [shape for shape in _SHAPES[wire[0]] if shape.fits(wire[: shape.length - 1])]
    cut = [shape for shape in shapes if not capture.has(at, shape.length)]
    seen = best((_read(capture, at, shape) for shape in shapes if shape not in cut), capture, at)
    if not cut or (
        seen is not None and (trust(seen, capture, at) is Trust.RIGHT or seen.length == len(wire))
    ):
        return seen
    shortest = min(
        cut, key=lambda shape: shape.length
    )  # it explains what a damaged shorter one would leave over
    return Frame(shortest.name, shortest.length, at_least=len(cut) > 1)


def _read(capture: Capture, at: int, shape: _Shape) -> Frame:
    form = Form(shape.name, shape.length, lambda wire: (Field("board", wire[1]), *shape.fields(wire)))
    return read_form(capture, at, form, lambda body: bytes((checksum(body),)))
