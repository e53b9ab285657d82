"""Winnsen bytes in words (docs/protocols/winnsen.md). No checksum: head, length, function and end must agree."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from drivers.explain import Bits, Capture, Field, Fields
from drivers.explain import Frame as Seen

from .frames import (
    ANSWER,
    END,
    FUNC_OPEN,
    FUNC_QUERY,
    FUNC_QUERY_ONE,
    HEAD,
    LOCKS,
    OPENED,
    OTHER_ANSWER,
    OVERHEAD_BYTES,
    Frame,
    OpenReply,
    Query,
    StatusReply,
)

_HEAD_BYTES: Final = 3  # 90 LEN FUNC
_REJECTED: Final = 0x02


@dataclass(frozen=True, slots=True)
class _Form:
    """One shape: its name, how many bytes of data, what stands in it."""

    name: str
    data_bytes: int
    fields: Callable[[bytes], Fields]


def _asked(wire: bytes) -> Fields:
    return (Field("asked", Bits.of(wire[4:-1], Query.decode(wire).mask, LOCKS)),)


def _locks(wire: bytes) -> Fields:
    return (Field("locks", Bits.of(wire[4:-1], StatusReply.decode(wire).open_mask, LOCKS)),)


def _lock(wire: bytes) -> Fields:
    return (Field("lock", wire[4]),)


def _opened(wire: bytes) -> Fields:
    reply = OpenReply.decode(wire)
    status = f"{reply.status:02X} {'done' if reply.status == OPENED else 'failed'}"
    return (Field("lock", reply.lock), Field("status", status))


def _one_lock(wire: bytes) -> Fields:
    """Status and lock stand in the other order than after opening."""
    status, lock = wire[4:-1]
    return (Field("lock", lock), Field("status", f"{status:02X}{' rejected' if status == _REJECTED else ''}"))


# function without its answer bits -> request, answer
_FORMS: Final = {
    FUNC_QUERY: (_Form("query all", 2, _asked), _Form("query all, answer", 2, _locks)),
    FUNC_OPEN: (_Form("open one", 1, _lock), _Form("open one, answer", 2, _opened)),
    FUNC_QUERY_ONE: (_Form("query one", 1, _lock), _Form("query one, answer", 2, _one_lock)),
}


def winnsen(capture: Capture, at: int) -> Seen | None:
    """The frame that begins at `at`."""
    head = capture.data[at : at + _HEAD_BYTES]
    if head[0] != HEAD:
        return None
    if len(head) < _HEAD_BYTES:
        return Seen("frame", OVERHEAD_BYTES + 1, at_least=True)
    answer = head[2] & OTHER_ANSWER in (ANSWER, OTHER_ANSWER)
    forms = _FORMS.get(head[2] & ~OTHER_ANSWER if answer else head[2])
    if forms is None or head[1] != OVERHEAD_BYTES + forms[answer].data_bytes:
        return None
    form, length = forms[answer], head[1]
    wire = capture.data[at : at + length]
    if len(wire) < length:
        return Seen(form.name, length)
    if wire[-1] != END:
        return Seen(
            form.name, length, problem=f"{wire[-1]:02X} stands where {END:02X} ends a frame", weak=True
        )
    return Seen(form.name, length, (Field("station", Frame.decode(wire).station), *form.fields(wire)))
