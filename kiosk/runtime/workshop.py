"""What a technician at the screen asks for: how every device is, trying each, the frames of a line."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Final, Protocol, runtime_checkable

from drivers.contracts.printer import PrintOutcome
from drivers.contracts.report import DeviceReport, LineReport
from drivers.contracts.signals import Switch
from drivers.errors import DeviceError
from drivers.explain import device_of
from drivers.link import Traced
from drivers.registry import DriverKind
from kiosk.notify.connection import BrokerUnavailable
from kiosk.notify.mqtt import MqttCourier
from kiosk.notify.sms import SmsCourier
from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session.facts import DeviceFact, FrameFact, Inspection, LineFact
from kiosk.session.vendor import (
    CARD_TEST,
    CODE_TEST,
    DOOR_TEST,
    FAILED,
    PASSED,
    PICTURE_TEST,
    STAFF_CARD_TEST,
    TO_JUDGE,
    TOUCH_TEST,
)

from .diagnosis import judge
from .oversight import Oversight
from .signals import SignalWatch
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
    DriverKind.CODES: (CODE_TEST,),
    DriverKind.SMS: ("signal", "message"),
    DriverKind.SIGNALS: ("lamp", "buzzer"),
}
BROKER_TESTS: Final = ("roundtrip",)
SWITCHED: Final[Mapping[str, Switch]] = {"lamp": Switch.LAMP_FREE, "buzzer": Switch.BUZZER}


@runtime_checkable
class Switching(Protocol):
    """A device with lamps."""

    @property
    def switches(self) -> frozenset[Switch]:
        """Those that are wired."""


class CardCommands(Protocol):
    """What is asked of the identity process."""

    async def begin_card(self) -> None:
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

    `write_report` answers the report's number, empty where it could not be written; `send_message` sends a text to
    the phone of a staff number, and answers why it did not go out, empty where it did.
    """

    oversight: Oversight
    post: Callable[[ev.Event], None]
    identity: CardCommands
    play: Callable[[str], Awaitable[None]]
    print_test: Callable[[], Awaitable[PrintOutcome]] | None
    zone: tzinfo
    write_report: Callable[[do.WriteReport], Awaitable[str]]
    sms: SmsCourier | None = None
    send_message: Callable[[str], Awaitable[str]] | None = None
    broker: MqttCourier | None = None
    signals: SignalWatch | None = None
    _paces: dict[str, Pace] = field(default_factory=dict)

    async def perform(
        self, effect: do.Inspect | do.TryDevice | do.EndTest | do.TellFrames | do.WriteReport
    ) -> None:
        """Do it."""
        match effect:
            case do.Inspect(after_s):
                await asyncio.sleep(after_s)
                self.post(ev.Inspected(await self.inspection()))
            case do.TryDevice(device, test, staff_no):
                await self._try(device, test, staff_no)
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
        health = one.health
        return DeviceFact(
            one.name, one.driver, one.where, health.status.value, health.works,
            action="" if health.action is None else health.action.value, detail=health.detail,
            identity=", ".join(filter(None, (one.identity, *one.capabilities))),
            line=None if one.line is None else self._line(one.name, one.line),
            tests=tests_of(subject),
            has_frames=device_of(one.driver) is not None and isinstance(subject.device, Traced),
        )  # fmt: skip

    def _line(self, name: str, line: LineReport) -> LineFact:
        kept = self._paces.setdefault(name, Pace())
        kept.look(line)
        return LineFact(
            line.frames, line.retries, line.checksum_errors, line.timeouts, line.losses, line.latency_p50_ms,
            line.latency_p95_ms, line.answered_ago_s, tuple(kept.frames), tuple(kept.faults),
        )  # fmt: skip

    async def _try(self, device: str, test: str, staff_no: str) -> None:
        match test:
            case "card":
                await self.identity.begin_card()
            case "picture":
                await self.identity.begin_view()
            case "staffcard" | "code":
                pass  # these are listened to all the time; what was held to them comes to the session
            case "tone":
                await self.play("attention")
                self.post(ev.TrialAnswer(device, test, TO_JUDGE))
            case _:
                outcome, detail = await self._measured(test, staff_no)
                self.post(ev.TrialAnswer(device, test, outcome, detail))

    async def _measured(self, test: str, staff_no: str) -> tuple[str, str]:
        """Outcome and detail of a test that a device answers; a device that is away has failed it."""
        try:
            match test:
                case "receipt" if self.print_test is not None:
                    printed = await self.print_test()
                    verdict = FAILED if printed is PrintOutcome.NOT_PRINTED else TO_JUDGE
                    return verdict, f"the printer says: {printed.value}"
                case "signal" if self.sms is not None:
                    health = await self.sms.look()
                    return PASSED if health.works else FAILED, health.detail
                case "message" if self.send_message is not None:
                    why = await self.send_message(staff_no)
                    return (FAILED, why) if why else (TO_JUDGE, "taken by the channel")
                case "roundtrip" if self.broker is not None:
                    return PASSED, f"{await self.broker.round_trip() * 1000:.0f} ms"
                case "lamp" if self.signals is not None:
                    await self.signals.blink()
                    return TO_JUDGE, ""
                case "buzzer" if self.signals is not None:
                    await self.signals.sound_buzzer()
                    return TO_JUDGE, ""
        except (DeviceError, BrokerUnavailable) as error:
            return FAILED, str(error)
        return FAILED, "cannot be tried here"

    def _frames(self, name: str) -> tuple[FrameFact, ...]:
        subject = next((one for one in self.oversight.subjects() if one.item.name == name), None)
        return () if subject is None else frames_of(subject, self.zone)


def tests_of(subject: Subject) -> tuple[str, ...]:
    """What can be tried on a device; lamp and buzzer only where they are wired."""
    if subject.item.name == "mqtt":
        return BROKER_TESTS
    tests = () if subject.item.kind is None else TESTS.get(subject.item.kind, ())
    fitted = subject.device.switches if isinstance(subject.device, Switching) else frozenset()
    return tuple(test for test in tests if test not in SWITCHED or SWITCHED[test] in fitted)
