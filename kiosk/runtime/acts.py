"""Performs the session's effects: identity, journal, sounds; the cabinet's and the staff's in modules of their own."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from kiosk.journal import counterevents as counterfacts
from kiosk.journal import events as facts
from kiosk.journal import staffevents as stafffacts
from kiosk.journal.errors import JournalError
from kiosk.journal.journal import Journal
from kiosk.notify.ratinginvitation import RatingInvitation
from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session.staffeffects import StaffEffect
from kiosk.voice.speaker import Speaker
from locker.ports import NotRecorded

from .aidacts import AidDesk
from .certificatedesk import CertificateDesk
from .custodyacts import CustodyActs
from .identityacts import IdentityActs
from .ownacts import OwnActs
from .scanner import ScanDesk
from .sheets import SheetDesk
from .staffacts import StaffActs
from .tasks import Tasks
from .wayacts import WayActs
from .workshop import Workshop

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Acts:
    """The performer. `post` takes the outcomes as events."""

    journal: Journal
    identity: IdentityActs
    ways: WayActs
    custody: CustodyActs
    own: OwnActs
    certificates: CertificateDesk
    staff: StaffActs
    workshop: Workshop
    sheets: SheetDesk
    scans: ScanDesk
    aid: AidDesk
    post: Callable[[ev.Event], None]
    play: Callable[[str], Awaitable[None]]
    voice: Speaker | None
    invitation: RatingInvitation
    _session_id: str = ""
    _waiting: Tasks = field(default_factory=Tasks)

    async def perform(self, effect: do.Effect) -> bool:
        """Do it; a fact that the journal could not take becomes `RecordingFailed`, and the answer is False."""
        try:
            await self._perform(effect)
        except (NotRecorded, JournalError) as error:
            logger.error("%s could not be recorded: %s", type(effect).__name__, error)
            self.post(ev.RecordingFailed())
            return False
        return True

    def unexpected(self, event: ev.Event, stage: str) -> None:
        """Keep what nobody expected: its kind and where it came, nothing of its content."""
        fact = facts.UnexpectedHappened("session", f"{type(event).__name__} in {stage}")
        self._waiting.spawn(self._note(fact))

    async def close(self) -> None:
        """Stop waiting for doors."""
        await self.custody.close()
        await self.staff.close()
        await self.ways.drop()
        await self._waiting.close()

    async def _perform(self, effect: do.Effect) -> None:
        if isinstance(effect, StaffEffect):
            await self.staff.perform(effect)
            return
        match effect:
            case do.EndIdentity():
                await self._end(effect)
            case do.BeginCard() | do.BeginFace() | do.CountMismatch() | do.StopFace() | do.WatchCard():
                await self.identity.perform(effect)
            case do.SendCode() | do.CheckCode() | do.AskDesk() | do.DropWay():
                await self.ways.perform(effect)
            case (
                do.HoldDeposit() | do.AbandonDeposit() | do.DisputeDeposit() | do.OpenCase() | do.FileCase()
                | do.AddPages() | do.OpenDoor() | do.WaitClosed() | do.PrintReceipt()
            ):  # fmt: skip
                await self.custody.perform(effect)
            case do.WakeScanner() | do.TakePage() | do.TurnPage() | do.DropPages() | do.RestScanner():
                await self.scans.perform(effect)
            case do.FindCases() | do.FindProgress() | do.CheckPickup() | do.OpenParcel() | do.ReturnParcel():
                await self.own.perform(effect)
            case do.IssueCertificate():
                await self.certificates.perform(effect)
            case do.PrintCertificate():  # nobody's data waits for the printer
                self._waiting.spawn(self.certificates.perform(effect))
            case do.InviteRating(matter):
                await self.invitation.invite(self._session_id, matter)
            case do.ReportProblem() | do.AskCallBack():
                await self.aid.perform(effect)
            case do.Record(event, fields):
                await self._record(event, dict(fields))
            case do.Sound(kind):
                await self.play(kind)
            case do.PrintSheet(item_code, lang):
                self._waiting.spawn(self.sheets.print(item_code, lang))
            case do.Say() | do.SayAgain():
                self._say(effect)
            case do.Inspect() | do.TryDevice() | do.EndTest() | do.TellFrames() | do.WriteReport():
                self._waiting.spawn(self.workshop.perform(effect))

    def _say(self, effect: do.Say | do.SayAgain) -> None:
        match self.voice, effect:
            case None, _:
                pass  # a kiosk without a voice
            case voice, do.Say(key, lang):
                voice.say(key, lang)
            case voice, do.SayAgain():
                voice.again()

    async def _end(self, effect: do.EndIdentity) -> None:
        await self.identity.perform(
            effect
        )  # first: a journal that takes nothing must not keep a person's data alive
        await self.ways.forget()
        await self.scans.forget()
        if self._session_id:
            ended, self._session_id = self._session_id, ""
            await self.journal.append(facts.SessionEnded(ended, "left"))

    async def _record(self, event: str, fields: dict[str, Any]) -> None:
        if event == "SessionStarted":
            self._session_id = fields["session_id"]
        home = next(one for one in (facts, counterfacts, stafffacts) if hasattr(one, event))
        fact = getattr(home, event)
        await self.journal.append(fact(**fields))

    async def _note(self, fact: facts.UnexpectedHappened) -> None:
        try:
            await self.journal.append(fact)
        except JournalError as error:
            logger.error("could not record: %s (%s)", fact, error)
