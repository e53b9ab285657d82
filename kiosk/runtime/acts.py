"""Performs the session's effects: identity, journal, sounds; the cabinet's and the staff's in modules of their own."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from kiosk.journal import events as facts
from kiosk.journal.errors import JournalError
from kiosk.journal.journal import Journal
from kiosk.session import effects as do
from kiosk.session import events as ev
from locker.ports import NotRecorded

from .custodyacts import CustodyActs
from .staffacts import StaffActs
from .tasks import Tasks
from .workshop import Workshop

logger = logging.getLogger(__name__)


class IdentityCommands(Protocol):
    """What the acts ask of the identity process."""

    async def begin_card(self, *, warm_camera: bool = False) -> None:
        """Look for a card."""

    async def begin_face(self, *, consent: bool) -> None:
        """Compare the live face with the chip photo."""

    async def stop_face(self) -> None:
        """End a running face check."""

    async def watch_card(self) -> None:
        """Say when the card is lifted."""

    async def end_session(self) -> None:
        """Forget the person."""


@dataclass(slots=True)
class Acts:
    """The performer. `post` takes the outcomes as events."""

    journal: Journal
    identity: IdentityCommands
    custody: CustodyActs
    staff: StaffActs
    workshop: Workshop
    post: Callable[[ev.Event], None]
    play: Callable[[str], Awaitable[None]]
    _session_id: str = ""
    _waiting: Tasks = field(default_factory=Tasks)

    async def perform(self, effect: do.Effect) -> None:
        """Do it; a fact that the journal could not take becomes `RecordingFailed`."""
        try:
            await self._perform(effect)
        except (NotRecorded, JournalError) as error:
            logger.error("%s could not be recorded: %s", type(effect).__name__, error)
            self.post(ev.RecordingFailed())

    def unexpected(self, event: ev.Event, stage: str) -> None:
        """Keep what nobody expected: its kind and where it came, nothing of its content."""
        fact = facts.UnexpectedHappened("session", f"{type(event).__name__} in {stage}")
        self._waiting.spawn(self._note(fact))

    async def close(self) -> None:
        """Stop waiting for doors."""
        await self.custody.close()
        await self._waiting.close()

    async def _perform(self, effect: do.Effect) -> None:
        match effect:
            case do.BeginCard() | do.BeginFace() | do.StopFace() | do.WatchCard() | do.EndIdentity():
                await self._identity(effect)
            case (
                do.HoldDeposit() | do.AbandonDeposit() | do.DisputeDeposit() | do.OpenCase() | do.OpenDoor()
                | do.WaitClosed() | do.PrintReceipt()
            ):  # fmt: skip
                await self.custody.perform(effect)
            case do.SignIn() | do.AuthorizeRetrieval() | do.CollectDeposit() | do.ClearCell():
                await self.staff.perform(effect)
            case do.Record(event, fields):
                await self._record(event, dict(fields))
            case do.Sound(kind):
                await self.play(kind)
            case do.Inspect() | do.TryDevice() | do.EndTest() | do.TellFrames() | do.WriteReport():
                self._waiting.spawn(self.workshop.perform(effect))

    async def _identity(self, effect: do.IdentityEffect) -> None:
        match effect:
            case do.BeginCard(warm_camera):
                await self.identity.begin_card(warm_camera=warm_camera)
            case do.BeginFace():
                await self.identity.begin_face(consent=True)
            case do.StopFace():
                await self.identity.stop_face()
            case do.WatchCard():
                await self.identity.watch_card()
            case do.EndIdentity():
                if self._session_id:
                    ended, self._session_id = self._session_id, ""
                    await self.journal.append(facts.SessionEnded(ended, "left"))
                await self.identity.end_session()

    async def _record(self, event: str, fields: dict[str, str]) -> None:
        if event == "SessionStarted":
            self._session_id = fields["session_id"]
        await self.journal.append(getattr(facts, event)(**fields))

    async def _note(self, fact: facts.UnexpectedHappened) -> None:
        try:
            await self.journal.append(fact)
        except JournalError as error:
            logger.error("could not record: %s (%s)", fact, error)
