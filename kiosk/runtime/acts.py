"""Performs the session's effects: journal, doors, identity, printer, staff. Outcomes come back as events."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol

from drivers.contracts.printer import PrintOutcome
from kiosk.journal import events as facts
from kiosk.journal.errors import JournalError
from kiosk.journal.journal import Journal
from kiosk.session import effects as do
from kiosk.session import events as ev
from locker import events as custody
from locker.allocation import choose
from locker.cabinet import Cabinet, Size
from locker.compartment import Content, Status
from locker.doors import Closed, DoorService, NotOpened, Opened, StillOpen
from locker.doors import Unknown as DoorSilent
from locker.ledger import Ledger
from locker.ports import NotRecorded

from .workshop import Workshop

logger = logging.getLogger(__name__)

SILENT_POLL_S: Final = 0.25


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


class PrintReceipt(Protocol):
    """Prints the receipt of one deposit."""

    async def __call__(self, job: do.PrintReceipt, anchor: str, lang: str) -> PrintOutcome:
        """Compose, print, wait for the acknowledgement."""


class SignIn(Protocol):
    """Checks staff."""

    async def __call__(self, staff_no: str, pin: str) -> ev.SignInAnswer:
        """Signed in, or how long to wait."""


@dataclass(frozen=True, slots=True)
class ActLimits:
    """Times in seconds."""

    door_open_limit_s: float = 120.0
    board_silent_limit_s: float = 10.0


@dataclass(slots=True)
class Cases:
    """What is kept in memory of the newest case: nothing personal. `speaks` tells the notices."""

    speaks: Callable[[str, str], None]
    case_id: str = ""
    language: str = "zh_CN"
    anchor: str = ""

    def begin(self, case_id: str, language: str) -> None:
        """The case of the citizen who stands there now; forget the one before."""
        self.case_id, self.language, self.anchor = case_id, language, ""
        self.speaks(case_id, language)


@dataclass(slots=True)
class Acts:
    """The performer. `post` takes the outcomes; `envelope_of` an item's size, `office_of` its department."""

    journal: Journal
    ledger: Ledger
    doors: DoorService
    cabinet: Cabinet
    identity: IdentityCommands
    print_receipt: PrintReceipt
    sign_in: SignIn
    post: Callable[[ev.Event], None]
    play: Callable[[str], Awaitable[None]]
    envelope_of: Callable[[str], str]
    office_of: Callable[[str], str]
    now: Callable[[], datetime]
    cases: Cases
    workshop: Workshop
    limits: ActLimits = ActLimits()
    _session_id: str = ""
    _waiting: set[asyncio.Task[None]] = field(default_factory=set)

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
        self._spawn(self._note(fact))

    async def close(self) -> None:
        """Stop waiting for doors."""
        for task in self._waiting:
            task.cancel()
        await asyncio.gather(*self._waiting, return_exceptions=True)

    async def _perform(self, effect: do.Effect) -> None:
        match effect:
            case do.BeginCard() | do.BeginFace() | do.StopFace() | do.WatchCard() | do.EndIdentity():
                await self._identity(effect)
            case do.HoldDeposit() | do.AbandonDeposit() | do.DisputeDeposit():
                await self._deposit(effect)
            case do.AuthorizeRetrieval() | do.CollectDeposit() | do.ClearCell():
                await self._staff(effect)
            case do.Record(event, fields):
                await self._record(event, dict(fields))
            case do.OpenCase():
                await self._open_case(effect)
            case do.OpenDoor():
                await self._open_door(effect)
            case do.WaitClosed(cell, case_id):
                self._spawn(self._wait_closed(cell, case_id))
            case do.PrintReceipt():
                await self._print(effect)
            case do.SignIn(staff_no, pin):
                self.post(await self.sign_in(staff_no, pin))
            case do.Sound(kind):
                await self.play(kind)
            case do.Inspect() | do.TryDevice() | do.EndTest() | do.TellFrames() | do.WriteReport():
                self._spawn(self.workshop.perform(effect))

    # identity, journal ------------------------------------------------------------------------------------------

    async def _identity(
        self, effect: do.BeginCard | do.BeginFace | do.StopFace | do.WatchCard | do.EndIdentity
    ) -> None:
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

    # a case and its compartment ---------------------------------------------------------------------------------

    async def _open_case(self, effect: do.OpenCase) -> None:
        if effect.instead_of and self.ledger.compartments[effect.instead_of].case_id == effect.case_id:
            await self.ledger.record(
                custody.DepositAbandoned(effect.case_id, effect.instead_of, "the door did not open")
            )
        cell = choose(
            [cell for cell in self.cabinet.cells if cell.name != effect.instead_of],
            self.ledger.compartments,
            self.doors.snapshot().readings,
            size=Size(self.envelope_of(effect.item_code)),
        )
        if cell is None:
            self.post(ev.NoCell())
            return
        case_id = effect.case_id or await self._new_case(effect)
        await self.ledger.record(custody.DepositRequested(case_id, cell.name, effect.item_code))
        self.post(ev.CellGiven(case_id, cell.name))

    async def _new_case(self, effect: do.OpenCase) -> str:
        case_id = await self._next_number()
        identity = effect.identity.value
        self.cases.begin(case_id, effect.lang)
        await self.journal.prepare(case_id)
        await self.journal.append(
            facts.CaseOpened(
                case_id, effect.session_id, effect.item_code, self.office_of(effect.item_code), identity,
                effect.card.name, effect.card.number, effect.phone,
            )
        )  # fmt: skip
        return case_id

    async def _next_number(self) -> str:
        """Date and a count, as a person reads it aloud; never one that the journal has seen."""
        day = self.now().strftime("%y%m%d")
        before, _, number = self.cases.case_id.partition("-")
        count = int(number) if before == day else await self.journal.cases_numbered(f"{day}-")
        while True:
            count += 1
            case_id = f"{day}-{count:04d}"
            if await self.journal.case(case_id) is None:
                return case_id

    async def _open_door(self, effect: do.OpenDoor) -> None:
        match await self.doors.open(effect.cell, effect.case_id or None, effect.actor):
            case Opened():
                self.post(ev.DoorAnswer(effect.cell, opened=True))
            case NotOpened(reason):
                self.post(ev.DoorAnswer(effect.cell, opened=False, reason=reason.value))

    async def _wait_closed(self, cell: str, case_id: str) -> None:
        loop = asyncio.get_running_loop()
        opened_at = silent_since = loop.time()
        told = False
        while True:
            rest_s = self.limits.door_open_limit_s
            match await self.doors.wait_closed(cell, rest_s):
                case Closed(item):
                    self.post(ev.DoorShut(cell, item.value))
                    return
                case StillOpen() if not told:
                    told = True
                    seconds = round(loop.time() - opened_at)
                    await self._tell_left_open(custody.DoorLeftOpen(cell, case_id or None, seconds))
                case DoorSilent():
                    if loop.time() - silent_since > self.limits.board_silent_limit_s:
                        self.post(ev.DoorLost(cell))
                        return
                    await asyncio.sleep(SILENT_POLL_S)
                    continue
                case StillOpen():
                    pass
            silent_since = loop.time()

    async def _tell_left_open(self, fact: custody.DoorLeftOpen) -> None:
        try:
            await self.ledger.record(fact)
        except NotRecorded as error:
            logger.error("a door left open could not be recorded: %s", error)

    # deposit and receipt ----------------------------------------------------------------------------------------

    async def _deposit(self, effect: do.HoldDeposit | do.AbandonDeposit | do.DisputeDeposit) -> None:
        match effect:
            case do.HoldDeposit(case_id, cell, evidence):
                await self.ledger.record(custody.DepositHeld(case_id, cell, evidence))
                anchor = (await self.journal.anchor()).text
                if case_id == self.cases.case_id:
                    self.cases.anchor = anchor
                self.post(ev.DepositRecorded(case_id, anchor))
            case do.AbandonDeposit(case_id, cell, reason):
                await self.ledger.record(custody.DepositAbandoned(case_id, cell, reason))
            case do.DisputeDeposit(case_id, cell, reason):
                await self.ledger.record(custody.CustodyDisputed(case_id, cell, reason))

    async def _print(self, effect: do.PrintReceipt) -> None:
        outcome = await self.print_receipt(effect, self.cases.anchor, self.cases.language)
        self.post(ev.ReceiptAnswer(outcome.value))
        await self.journal.append(facts.ReceiptPrinted(effect.case_id, outcome.value))

    # staff ------------------------------------------------------------------------------------------------------

    async def _staff(self, effect: do.AuthorizeRetrieval | do.CollectDeposit | do.ClearCell) -> None:
        case_id, cell, staff_no = effect.case_id, effect.cell, effect.staff_no
        match effect:
            case do.AuthorizeRetrieval():
                await self.ledger.record(custody.RetrievalAuthorized(case_id, cell, staff_no))
                return
            case do.CollectDeposit():
                await self._collect(case_id, cell, staff_no)
            case do.ClearCell(reason=reason):
                await self._clear(case_id, cell, staff_no, reason)
        self.post(ev.StaffRecorded(cell))

    async def _collect(self, case_id: str, cell: str, staff_no: str) -> None:
        collected = custody.DepositCollected(case_id, cell, staff_no)
        compartment = self.ledger.compartments[cell]
        if compartment.retrieved_by != staff_no:  # found while resolving a dispute: that is the authority
            await self.ledger.record(custody.RetrievalAuthorized(case_id, cell, staff_no), collected)
        else:
            await self.ledger.record(collected)
        if compartment.status is not Status.OK:
            await self.doors.clear(cell, staff_no, "looked inside, papers taken")

    async def _clear(self, case_id: str, cell: str, staff_no: str, reason: str) -> None:
        compartment = self.ledger.compartments[cell]
        if case_id and compartment.content is Content.HELD:  # said to be inside, and it is not
            disputed = custody.CustodyDisputed(case_id, cell, f"staff {staff_no} found nothing inside")
            await self.ledger.record(disputed)
            return
        if case_id:
            await self.ledger.record(custody.DepositAbandoned(case_id, cell, f"staff {staff_no}: {reason}"))
        await self.doors.clear(cell, staff_no, reason)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)
