"""What the staff's flow does: sign in, take out what lies there, say what was found."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from kiosk.session import effects as do
from kiosk.session import events as ev
from locker import events as custody
from locker.compartment import Content, Status
from locker.doors import DoorService
from locker.ledger import Ledger


class SignIn(Protocol):
    """Checks staff."""

    async def __call__(self, staff_no: str, pin: str) -> ev.SignInAnswer:
        """Signed in, or how long to wait."""


@dataclass(frozen=True, slots=True)
class StaffActs:
    """Performs `do.StaffEffect`."""

    ledger: Ledger
    doors: DoorService
    sign_in: SignIn
    post: Callable[[ev.Event], None]

    async def perform(self, effect: do.StaffEffect) -> None:
        """Do it. Raises `NotRecorded`, `JournalError`: what was not recorded was not done."""
        match effect:
            case do.SignIn(staff_no, pin):
                self.post(await self.sign_in(staff_no, pin))
            case do.AuthorizeRetrieval(case_id, cell, staff_no):
                await self.ledger.record(custody.RetrievalAuthorized(case_id, cell, staff_no))
            case do.CollectDeposit(case_id, cell, staff_no):
                await self._collect(case_id, cell, staff_no)
                self.post(ev.StaffRecorded(cell))
            case do.ClearCell(case_id, cell, staff_no, reason):
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
