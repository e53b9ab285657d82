"""What a technician at the screen asks for: how every device is, trying each, the frames of a line."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Final, Protocol

from drivers.contracts.printer import PrintOutcome
from drivers.contracts.report import DeviceReport, LineReport
from drivers.explain import device_of, explain
from drivers.link import Passage, Traced
from drivers.registry import DriverKind
from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session.facts import DeviceFact, FrameFact, Inspection, LineFact
from kiosk.session.vendor import CARD_TEST, DOOR_TEST, FAILED, TO_JUDGE, TOUCH_TEST

from .diagnosis import judge
from .oversight import Oversight
from .supervisor import Subject, reports

logger = logging.getLogger(__name__)

LOOKS_KEPT: Final = 60
FRAMES_SHOWN: Final = 200
SCREEN, SOUND = "screen", "sound"
RECEIPT_TEST, TONE_TEST = "receipt", "tone"
TESTS: Final[Mapping[DriverKind, tuple[str, ...]]] = {
    DriverKind.READER: (CARD_TEST,),
    DriverKind.BOARD: (DOOR_TEST,),
    DriverKind.PRINTER: (RECEIPT_TEST,),
}


class CardCommands(Protocol):
    """What is asked of the identity process."""

    async def begin_card(self, *, warm_camera: bool = False) -> None:
        """Look for a card."""

    async def end_session(self) -> None:
        """Forget the person."""


@dataclass(slots=True)
class Workshop:
    """Performs the technician's effects; answers come by `post`. `print_test` prints a page that shows everything.

    `write_report` answers the report's number, empty where it could not be written.
    """

    oversight: Oversight
    post: Callable[[ev.Event], None]
    identity: CardCommands
    play: Callable[[str], Awaitable[None]]
    print_test: Callable[[], Awaitable[PrintOutcome]] | None
    zone: tzinfo
    write_report: Callable[[do.WriteReport], Awaitable[str]]
    _faults: dict[str, deque[int]] = field(default_factory=dict)
    _before: dict[str, int] = field(default_factory=dict)

    async def perform(
        self, effect: do.Inspect | do.TryDevice | do.EndTest | do.TellFrames | do.WriteReport
    ) -> None:
        """Do it."""
        match effect:
            case do.Inspect(after_s):
                await asyncio.sleep(after_s)
                self.post(ev.Inspected(await self.inspection()))
            case do.TryDevice(device, test):
                await self._try(device, test)
            case do.EndTest(_, test):
                if test == CARD_TEST:
                    await self.identity.end_session()
            case do.TellFrames(device):
                self.post(ev.FramesTold(device, await asyncio.to_thread(self._frames, device)))
            case do.WriteReport():
                self.post(ev.ReportMade(await self.write_report(effect)))

    async def inspection(self) -> Inspection:
        """Every device as it is now; screen and sound too, which only a person can judge."""
        subjects = self.oversight.subjects()
        found = await reports(subjects)
        verdict = judge([subject.item for subject in subjects], found)
        devices = tuple(self._fact(subject, one) for subject, one in zip(subjects, found, strict=True))
        by_people = (
            DeviceFact(SCREEN, "kivy", "", "online", works=True, tests=(TOUCH_TEST,)),
            DeviceFact(SOUND, "alsa", "", "online", works=True, tests=(TONE_TEST,)),
        )
        return Inspection((*devices, *by_people), verdict.fit, verdict.first)

    def _fact(self, subject: Subject, one: DeviceReport) -> DeviceFact:
        kind, health = subject.item.kind, one.health
        return DeviceFact(
            one.name, one.driver, one.where, health.status.value, health.works,
            action="" if health.action is None else health.action.value, detail=health.detail,
            identity=", ".join(filter(None, (one.identity, *one.capabilities))),
            line=None if one.line is None else _line(one.line),
            tests=() if kind is None else TESTS.get(kind, ()),
            has_frames=device_of(one.driver) is not None and isinstance(subject.device, Traced),
            history=self._history(one),
        )  # fmt: skip

    def _history(self, one: DeviceReport) -> tuple[int, ...]:
        """What went wrong on the line between one look and the next."""
        if one.line is None:
            return ()
        total = one.line.timeouts + one.line.checksum_errors + one.line.losses
        kept = self._faults.setdefault(one.name, deque(maxlen=LOOKS_KEPT))
        kept.append(total - self._before.get(one.name, total))
        self._before[one.name] = total
        return tuple(kept)

    async def _try(self, device: str, test: str) -> None:
        match test:
            case "card":
                await self.identity.begin_card()
            case "tone":
                await self.play("attention")
                self.post(ev.TrialAnswer(device, test, TO_JUDGE))
            case "receipt" if self.print_test is not None:
                outcome = await self.print_test()
                verdict = FAILED if outcome is PrintOutcome.NOT_PRINTED else TO_JUDGE
                self.post(ev.TrialAnswer(device, test, verdict, f"the printer says: {outcome.value}"))
            case _:
                self.post(ev.TrialAnswer(device, test, FAILED, "cannot be tried here"))

    def _frames(self, name: str) -> tuple[FrameFact, ...]:
        """Every frame of the line, newest first; bytes that are no frame say so."""
        subject = next((one for one in self.oversight.subjects() if one.item.name == name), None)
        spoken = None if subject is None else device_of(subject.item.driver)
        if subject is None or spoken is None or not isinstance(subject.device, Traced):
            return ()
        frames = []
        for passage in _joined(subject.device.passages):
            at = datetime.fromtimestamp(passage.at_s, self.zone).strftime("%H:%M:%S.%f")[:-3]
            for one in explain(spoken, passage.data):
                meaning = f"{one.name}: {one.problem}" if one.problem else one.name
                frames.append(FrameFact(at, passage.sent, one.hex, meaning, one.ok))
        return tuple(reversed(frames[-FRAMES_SHOWN:]))


def _joined(passages: tuple[Passage, ...]) -> list[Passage]:
    """What came in several pieces, but in one direction, as one."""
    joined: list[Passage] = []
    for passage in passages:
        if joined and joined[-1].sent == passage.sent and not passage.sent:
            joined[-1] = Passage(joined[-1].at_s, sent=False, data=joined[-1].data + passage.data)
        else:
            joined.append(passage)
    return joined


def _line(line: LineReport) -> LineFact:
    return LineFact(
        line.frames, line.retries, line.checksum_errors, line.timeouts, line.losses, line.latency_p50_ms,
        line.latency_p95_ms, line.answered_ago_s,
    )  # fmt: skip
