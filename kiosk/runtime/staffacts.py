"""What the staff's flow does: sign in, record what was found and what follows from it, hand the rest to its desks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from kiosk.journal import staffevents as facts
from kiosk.journal.journal import Journal
from kiosk.session import events as ev
from kiosk.session import staffeffects as act
from kiosk.session import staffevents as told
from locker import events as custody
from locker.doors import DoorService
from locker.events import Bound
from locker.ledger import Ledger

from .auditing import AuditDesk
from .helperlists import ListDesk
from .histories import HistoryDesk
from .resultacts import ResultDesk
from .settling import consequence
from .slips import SlipDesk


class SignIn(Protocol):
    """Checks staff."""

    async def __call__(self, staff_no: str, pin: str) -> told.SignInAnswer:
        """Signed in, or how long to wait."""


class Countersign(Protocol):
    """Checks whoever answers for it too."""

    async def __call__(self, staff_no: str, pin: str) -> told.Countersigned:
        """Whether they do."""


@dataclass(frozen=True, slots=True)
class StaffActs:
    """Performs `act.StaffEffect`."""

    journal: Journal
    ledger: Ledger
    doors: DoorService
    sign_in: SignIn
    countersign: Countersign
    slips: SlipDesk
    audits: AuditDesk
    results: ResultDesk
    histories: HistoryDesk
    lists: ListDesk
    post: Callable[[ev.Event], None]

    async def perform(self, effect: act.StaffEffect) -> None:
        """Do it. Raises `NotRecorded`, `JournalError`: what was not recorded was not done."""
        match effect:
            case act.SignIn(staff_no, pin):
                self.post(await self.sign_in(staff_no, pin))
            case act.Countersign(staff_no, pin):
                self.post(await self.countersign(staff_no, pin))
            case act.AuthorizeRetrieval(case_id, cell, staff_no):
                await self.ledger.record(custody.RetrievalAuthorized(case_id, cell, staff_no))
            case act.AuthorizeMaster(cell, staff_no, second_no, reason):
                await self.journal.append(
                    facts.MasterOpeningAuthorized(cell, staff_no, second_no, reason.value)
                )
            case act.Settle():
                await self._settle(effect)
            case act.EnterKey(cell, staff_no, witness_no, reason):
                await self.journal.append(facts.MechanicalKeyUsed(cell, staff_no, witness_no, reason.value))
                self.post(told.StaffRecorded(cell, settled=False))
            case act.IssueSlip() | act.TellSlips() | act.PrintSlip():
                await self.slips.perform(effect, self.post)
            case act.BeginAudit() | act.SignAudit():
                await self.audits.perform(effect, self.post)
            case (
                act.TellCases() | act.LookUpCase() | act.ReserveResult() | act.HoldResult() | act.RenewCode()
            ):
                await self.results.perform(effect, self.post)
            case act.AskHistory() | act.TellHistory() | act.PrintHistory():
                self.histories.begin(effect, self.post)
            case act.PrintList(round):
                self.post(told.ListPrinted(await self.lists.print(round)))

    async def make_up(self) -> None:
        """What staff's acts owe because the journal took nothing. Raises `JournalError`: then it is still owed."""
        await self.slips.issue_owed()
        await self.results.give_owed()

    async def close(self) -> None:
        """Nobody reads on."""
        await self.histories.tasks.close()

    async def _settle(self, order: act.Settle) -> None:
        errand = order.errand
        if order.second_no and order.reason is not None:  # it was the key: who says so, and who saw it
            used = facts.MechanicalKeyUsed(errand.cell, order.staff_no, order.second_no, order.reason.value)
            await self.journal.append(used)
        # only now: its door may have moved while that was written
        there = self.ledger.compartments[errand.cell]
        inside = self.doors.inside(errand.cell)
        follows = consequence(errand, order.found, there, order.staff_no, inside)
        await self.ledger.record(*follows.events)
        if follows.clear and (order.reason is not None or not errand.blocked):
            reason = order.found.value if order.reason is None else order.reason.value
            await self.doors.clear(errand.cell, order.staff_no, reason)
        if errand.case_id and there.bound is Bound.CITIZEN:
            await self.results.recalled(errand.case_id, order.staff_no)
        self.post(told.StaffRecorded(errand.cell, settled=follows.settled))
