"""The last frames of a device's line in words: on the technician's pages and in the diagnostics bundle."""

from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import Final

from drivers.explain import device_of, explain
from drivers.link import Passage, Traced
from drivers.registry import DriverKind
from kiosk.session.facts import FrameFact

from .supervisor import Subject

FRAMES_SHOWN: Final = 200
OF_THE_CABINET: Final = frozenset({DriverKind.BOARD, DriverKind.ITEM_BOARD, DriverKind.SIGNALS})


def frames_of(subject: Subject, zone: tzinfo) -> tuple[FrameFact, ...]:
    """Every frame of the line, newest first; bytes that are no frame say so. Nothing of a line that is not traced."""
    spoken = device_of(subject.item.driver)
    if spoken is None or not isinstance(subject.device, Traced):
        return ()
    frames = []
    for passage in _joined(subject.device.passages):
        at = datetime.fromtimestamp(passage.at_s, zone).strftime("%H:%M:%S.%f")[:-3]
        for one in explain(spoken, passage.data):
            meaning = f"{one.name}: {one.problem}" if one.problem else one.name
            frames.append(FrameFact(at, passage.sent, one.hex, meaning, one.ok))
    return tuple(reversed(frames[-FRAMES_SHOWN:]))


def cabinet_frames(subjects: Iterable[Subject], zone: tzinfo) -> dict[str, list[str]]:
    """The last frames of the cabinet's boards as lines, oldest first: what passes there is nobody's data."""
    told = {one.item.name: frames_of(one, zone) for one in subjects if one.item.kind in OF_THE_CABINET}
    return {
        name: [f"{one.at} {'>' if one.sent else '<'} {one.hex}  {one.meaning}" for one in reversed(frames)]
        for name, frames in told.items()
        if frames
    }


def _joined(passages: tuple[Passage, ...]) -> list[Passage]:
    """What came in several pieces, but in one direction, as one."""
    joined: list[Passage] = []
    for passage in passages:
        if joined and joined[-1].sent == passage.sent and not passage.sent:
            joined[-1] = Passage(joined[-1].at_s, sent=False, data=joined[-1].data + passage.data)
        else:
            joined.append(passage)
    return joined
