"""Prints a helper's list from what the journal has of the round's cases, and keeps what became of the paper."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from drivers.contracts.printer import PrintOutcome
from kiosk.helperlist import HelperList, ListLine, render
from kiosk.journal.journal import Journal
from kiosk.journal.staffevents import HelperListPrinted
from kiosk.session.staffstate import HelperRound
from locker.events import Bound

from .slips import PrintJob, Site


@dataclass(frozen=True, slots=True)
class ListDesk:
    """`print_job` None: no printer is fitted. `item_name`: of an item code, for the paper."""

    journal: Journal
    print_job: PrintJob | None
    site: Site
    item_name: Callable[[str], str]
    now: Callable[[], datetime]

    async def print(self, round: HelperRound) -> str:
        """What is known of the paper. Raises `JournalError`."""
        outcome = PrintOutcome.NOT_PRINTED
        lines = tuple([line for one in round.cases if (line := await self._line(one.case_id)) is not None])
        if self.print_job is not None:
            site, anchor = self.site, (await self.journal.anchor()).text
            told = HelperList(
                site.lang, site.kiosk_name, site.place, round.staff_no, self.now(), lines, anchor
            )
            outcome = await self.print_job(lambda paper: render(told, paper))
        cases = tuple(line.case_id for line in lines)
        await self.journal.append(HelperListPrinted(round.staff_no, cases, outcome.value))
        return outcome.value

    async def _line(self, case_id: str) -> ListLine | None:
        """None: nothing of it has come in."""
        case = await self.journal.case(case_id)
        if case is None or case.held_at is None:
            return None
        rows = await self.journal.deposits_of(case_id)
        cells = tuple(row.cell for row in rows if row.bound is Bound.STAFF and row.held_at is not None)
        return ListLine(
            case_id, self.item_name(case.item_code), cells, case.held_at.astimezone(self.now().tzinfo)
        )
