"""What the citizen's flow does at the cabinet: a case and its compartment, the door, the deposit, the receipt."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from drivers.contracts.board import DoorState
from drivers.contracts.printer import PrintOutcome
from kiosk.catalogue.rules import Decision
from kiosk.journal import events as facts
from kiosk.journal.journal import Journal
from kiosk.journal.promiseevents import PapersFollowed
from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session.visit import Followed
from locker import events as custody
from locker.allocation import choose
from locker.cabinet import Cabinet, Cell, Size
from locker.compartment import confirmed, given_up
from locker.doors import Closed, DoorService, NotOpened, Opened, StillOpen
from locker.doors import Unknown as DoorSilent
from locker.ledger import Ledger
from locker.ports import NotRecorded

from .applications import Applications
from .pagekeeping import PageKeeper
from .tasks import Tasks

logger = logging.getLogger(__name__)

SILENT_POLL_S: Final = 0.25


class PrintReceipt(Protocol):
    """Prints the receipt of one deposit."""

    async def __call__(self, job: do.PrintReceipt, anchor: str, lang: str) -> PrintOutcome:
        """Compose, print, wait for the acknowledgement."""


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
class CustodyActs:
    """Performs `do.CustodyEffect`. `envelope_of` an item's size, `office_of` its department."""

    journal: Journal
    ledger: Ledger
    doors: DoorService
    cabinet: Cabinet
    print_receipt: PrintReceipt
    post: Callable[[ev.Event], None]
    envelope_of: Callable[[str], str]
    office_of: Callable[[str], str]
    now: Callable[[], datetime]
    cases: Cases
    applications: Applications
    pages: PageKeeper
    limits: ActLimits = ActLimits()
    _waiting: Tasks = field(default_factory=Tasks)

    async def perform(self, effect: do.CustodyEffect) -> None:
        """Do it. Raises `NotRecorded`, `JournalError`: what was not recorded was not done."""
        match effect:
            case do.HoldDeposit() | do.AbandonDeposit() | do.DisputeDeposit():
                await self._deposit(effect)
            case do.OpenCase():
                await self._open_case(effect)
            case do.FileCase():
                await self._file_case(effect)
            case do.AddPages():
                await self._add_pages(effect)
            case do.OpenDoor():
                await self._open_door(effect)
            case do.WaitClosed(cell, case_id):
                self._waiting.spawn(self._wait_closed(cell, case_id))
            case do.PrintReceipt():
                await self._print(effect)

    async def close(self) -> None:
        """Stop waiting for doors."""
        await self._waiting.close()

    async def _open_case(self, effect: do.OpenCase) -> None:
        failed = effect.instead_of
        if failed and self.ledger.compartments[failed].case_id == effect.case_id and not effect.larger:
            await self._give_up(effect.case_id, failed, "the door did not open")
        cell = self._choose(effect, within_reach=effect.reach)
        if cell is None:
            elsewhere = effect.reach and self._choose(effect, within_reach=False) is not None
            self.post(ev.NoCell("reach" if elsewhere else "size" if effect.larger else ""))
            return
        case_id, decision = (effect.case_id, None) if effect.case_id else await self._new_case(effect)
        if case_id != self.cases.case_id:  # papers for an earlier case
            self.cases.begin(case_id, effect.lang)
        await self.ledger.record(custody.DepositRequested(case_id, cell.name, effect.item_code))
        self.post(ev.CellGiven(case_id, cell.name, decision))

    async def _file_case(self, effect: do.FileCase) -> None:
        case_id, decision = await self._new_case(effect)
        self.post(ev.CaseFiled(case_id, await self._anchor(), decision))

    async def _add_pages(self, effect: do.AddPages) -> None:
        case_id = effect.case_id
        self.cases.begin(case_id, effect.lang)
        async with self.pages.added(case_id, effect.session_id, effect.item_code, effect.scans) as fact:
            await self.journal.append([fact, *_followed(case_id, effect.followed)])
        self.post(ev.CaseFiled(case_id, await self._anchor()))

    async def _anchor(self) -> str:
        """The journal's head, for the receipt that comes now."""
        self.cases.anchor = (await self.journal.anchor()).text
        return self.cases.anchor

    def _choose(self, effect: do.OpenCase, *, within_reach: bool) -> Cell | None:
        failed = effect.instead_of
        return choose(
            [cell for cell in self.cabinet.cells if cell.name != failed],
            self.ledger.compartments,
            self.doors.snapshot().readings,
            size=Size(self.envelope_of(effect.item_code)),
            larger_than=self.cabinet.by_name[failed].size if effect.larger else None,
            within_reach=within_reach,
        )

    async def _new_case(self, effect: do.OpenCase | do.FileCase) -> tuple[str, Decision | None]:
        case_id = await self._next_number()
        identity = effect.identity.value
        self.cases.begin(case_id, effect.lang)
        await self.journal.prepare(case_id)
        opened = facts.CaseOpened(
            case_id, effect.session_id, effect.item_code, self.office_of(effect.item_code), identity,
            effect.card.name, effect.card.number, effect.phone,
        )  # fmt: skip
        told, decision = self.applications.confirmed(case_id, effect)
        whole = isinstance(effect, do.FileCase)
        keeping = self.pages.sealed(case_id, effect.session_id, effect.item_code, effect.scans, whole=whole)
        async with keeping as pages:
            await self.journal.append([opened, *told, *pages])
        return case_id, decision

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
        opened_at = loop.time()
        silent_since: float | None = None
        told = False
        while True:
            if self.doors.snapshot().readings[cell].door is not DoorState.UNKNOWN:
                silent_since = None
            rest_s = self.limits.door_open_limit_s
            match await self.doors.wait_closed(cell, rest_s):
                case Closed(item):
                    self.post(ev.DoorShut(cell, item.value))
                    return
                case StillOpen() if not told:
                    seconds = round(loop.time() - opened_at)
                    told = await self._tell_left_open(custody.DoorLeftOpen(cell, case_id or None, seconds))
                case DoorSilent():
                    silent_since = loop.time() if silent_since is None else silent_since
                    if loop.time() - silent_since > self.limits.board_silent_limit_s:
                        self.post(ev.DoorLost(cell))
                        return
                    await asyncio.sleep(SILENT_POLL_S)
                case StillOpen():
                    pass

    async def _tell_left_open(self, fact: custody.DoorLeftOpen) -> bool:
        """False where the journal did not take it: said again after another limit."""
        try:
            await self.ledger.record(fact)
        except NotRecorded as error:
            logger.error("a door left open could not be recorded: %s", error)
            return False
        return True

    async def _deposit(self, effect: do.HoldDeposit | do.AbandonDeposit | do.DisputeDeposit) -> None:
        match effect:
            case do.HoldDeposit():
                await self._hold(effect)
            case do.AbandonDeposit(case_id, cell, reason):
                await self._give_up(case_id, cell, reason)
            case do.DisputeDeposit(case_id, cell, reason):
                await self.ledger.record(custody.CustodyDisputed(case_id, cell, reason))

    async def _hold(self, effect: do.HoldDeposit) -> None:
        case_id, cell, came = effect.case_id, effect.cell, effect.followed
        inside = self.doors.inside(cell)
        held = custody.DepositHeld(case_id, cell, effect.evidence)
        fact = confirmed(self.ledger.compartments[cell], held, inside)
        if isinstance(fact, custody.CustodyDisputed):
            await self.ledger.record(fact)
            self.post(ev.DoorLost(cell))
            return
        await self.ledger.record(fact, along=_followed(case_id, came))
        self.post(ev.DepositRecorded(case_id, await self._anchor()))

    async def _give_up(self, case_id: str, cell: str, reason: str) -> None:
        inside = self.doors.inside(cell)
        await self.ledger.record(given_up(self.ledger.compartments[cell], case_id, reason, inside))

    async def _print(self, effect: do.PrintReceipt) -> None:
        outcome = await self.print_receipt(effect, self.cases.anchor, self.cases.language)
        self.post(ev.ReceiptAnswer(outcome.value))
        await self.journal.append(facts.ReceiptPrinted(effect.case_id, outcome.value))


def _followed(case_id: str, came: Followed | None) -> tuple[PapersFollowed, ...]:
    """The fact of promised papers that come in with others."""
    return () if came is None else (PapersFollowed(case_id, came.papers, came.missing),)
