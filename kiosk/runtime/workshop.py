"""What a technician at the screen asks for: how every device is, trying each, the frames of a line."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Final, Protocol

from drivers.contracts.printer import PrintOutcome
from drivers.contracts.report import DeviceReport, LineReport
from drivers.explain import device_of
from drivers.link import Traced
from drivers.registry import DriverKind
from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session.facts import DeviceFact, FrameFact, Inspection, LineFact
from kiosk.session.vendor import (
    CARD_TEST,
    DOOR_TEST,
    FAILED,
    PICTURE_TEST,
    STAFF_CARD_TEST,
    TO_JUDGE,
    TOUCH_TEST,
)

from .diagnosis import judge
from .oversight import Oversight
from .supervisor import Subject, reports
from .traces import frames_of

logger = logging.getLogger(__name__)

LOOKS_KEPT: Final = 60
SCREEN, SOUND = "screen", "sound"
RECEIPT_TEST, TONE_TEST = "receipt", "tone"
TESTS: Final[Mapping[DriverKind, tuple[str, ...]]] = {
    DriverKind.READER: (CARD_TEST,),
    DriverKind.BOARD: (DOOR_TEST,),
    DriverKind.PRINTER: (RECEIPT_TEST,),
    DriverKind.CAMERA: (PICTURE_TEST,),
    DriverKind.STAFF_CARD: (STAFF_CARD_TEST,),
}


class CardCommands(Protocol):
    """What is asked of the identity process."""

    async def begin_card(self, *, warm_camera: bool = False) -> None:
        """Look for a card."""

    async def begin_view(self) -> None:
        """Show the camera's picture."""

    async def end_session(self) -> None:
        """Forget the person."""


@dataclass(slots=True)
class Pace:
    """What happened on a line between one look and the next, oldest first."""

    frames: deque[int] = field(default_factory=lambda: deque(maxlen=LOOKS_KEPT))
    faults: deque[int] = field(default_factory=lambda: deque(maxlen=LOOKS_KEPT))
    _before: tuple[int, int] | None = None

    def look(self, line: LineReport) -> None:
        """Keep what is new since the last look; the first one has nothing to compare with."""
        now = line.frames, line.timeouts + line.checksum_errors + line.losses
        for kept, count, before in zip((self.frames, self.faults), now, self._before or now, strict=True):
            kept.append(count - before)
        self._before = now


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
    _paces: dict[str, Pace] = field(default_factory=dict)

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
                if test in (CARD_TEST, PICTURE_TEST):
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
            line=None if one.line is None else self._line(one.name, one.line),
            tests=() if kind is None else TESTS.get(kind, ()),
            has_frames=device_of(one.driver) is not None and isinstance(subject.device, Traced),
        )  # fmt: skip

    def _line(self, name: str, line: LineReport) -> LineFact:
        kept = self._paces.setdefault(name, Pace())
        kept.look(line)
        return LineFact(
            line.frames, line.retries, line.checksum_errors, line.timeouts, line.losses, line.latency_p50_ms,
            line.latency_p95_ms, line.answered_ago_s, tuple(kept.frames), tuple(kept.faults),
        )  # fmt: skip

    async def _try(self, device: str, test: str) -> None:
        match test:
            case "card":
                await self.identity.begin_card()
            case "picture":
                await self.identity.begin_view()
            case "staffcard":
                pass  # the reader is listened to all the time; its card comes to the session
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
        subject = next((one for one in self.oversight.subjects() if one.item.name == name), None)
        return () if subject is None else frames_of(subject, self.zone)
