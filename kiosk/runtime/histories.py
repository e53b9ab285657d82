"""The record told at the screen: who may read it, a history in the words of every language, the same on paper.

Reading takes its time where the journal is long, so it goes on beside the session: an answer that comes late is of
nobody any more.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from drivers.contracts.printer import PrintOutcome
from kiosk.historystrip import Strip, render
from kiosk.journal.errors import JournalError
from kiosk.journal.history import Entry, Subject, View
from kiosk.journal.journal import Journal
from kiosk.recordwords import Line, Teller
from kiosk.session import events as ev
from kiosk.session import staffeffects as act
from kiosk.session import staffevents as told
from kiosk.session.facts import CaseFact
from kiosk.session.historystate import HistoryLine, HistoryOf, Passage
from kiosk.session.progress import NUMBER_DIGITS, case_number
from kiosk.staff import Role, StaffRegistry

from .slips import PrintJob, Site
from .tasks import Tasks

LEAST: Final = timedelta(days=7)  # of a compartment or a person, so far back is read at once
COLLECTED_MOST: Final = 30  # cases to choose from beside those that lie here

ReadPassage = Callable[[Subject, int, int], Awaitable[tuple[list[Entry], bool]]]
"""Lines of a subject with numbers below the second number, told as of the first; and whether there are any before."""

HistoryEffect = act.AskHistory | act.TellHistory | act.PrintHistory

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HistoryDesk:
    """Performs the effects of reading. `tellers` by language; `print_job` None: no printer is fitted."""

    journal: Journal
    staff: StaffRegistry
    read: ReadPassage
    tellers: Mapping[str, Teller]
    print_job: PrintJob | None
    site: Site
    now: Callable[[], datetime]
    tasks: Tasks = field(default_factory=Tasks)

    def begin(self, effect: HistoryEffect, post: Callable[[ev.Event], None]) -> None:
        """Have it done."""
        self.tasks.spawn(self.perform(effect, post))

    async def perform(self, effect: HistoryEffect, post: Callable[[ev.Event], None]) -> None:
        """Do it; what can't be read is an answer too."""
        match effect:
            case act.AskHistory(staff_no):
                post(await self._offer(staff_no))
            case act.TellHistory(of, name, before):
                post(told.HistoryTold(of, name, before, await self._passage(of, name, before)))
            case act.PrintHistory(of, passage):
                post(told.HistoryPrinted((await self._print(of, passage)).value))

    async def _offer(self, staff_no: str) -> ev.Event:
        try:
            member = await self.staff.get(staff_no)
            if member is None or member.role is not Role.SUPERVISOR:
                return told.HistoryRefused()
            people = tuple(one.staff_no for one in await self.staff.list())
            lately = await self.journal.collected_lately(COLLECTED_MOST)
        except JournalError as error:
            logger.error("who may read the record could not be read: %s", error)
            return told.HistoryRefused()
        cases = tuple(
            CaseFact(row.case_id, "", row.item_code, row.opened_at.isoformat(), "", claimed=False, disputed=False)
            for row in lately
        )  # fmt: skip
        return told.HistoryOffered(people, cases)

    async def _passage(self, of: HistoryOf, name: str, before: int) -> Passage | None:
        try:
            head = await self.journal.anchor()
            entries: Sequence[Entry] = ()
            more, found = False, name
            for found in _spellings(of, name):
                entries, more = await self.read(
                    Subject(View(of.value), found), head.seq, before or head.seq + 1
                )
                if entries:
                    break
        except JournalError as error:
            logger.error("the history of %s %s could not be read: %s", of.value, name, error)
            return None
        lines = tuple((lang, _lines(entries, teller)) for lang, teller in self.tellers.items())
        return Passage(found if entries else name, head.text, lines if entries else (), more)

    async def _print(self, of: HistoryOf, passage: Passage) -> PrintOutcome:
        if self.print_job is None:
            return PrintOutcome.NOT_PRINTED
        lang = self.site.lang.value
        teller = self.tellers[lang]
        heading = next(iter(teller.heading(Subject(View(of.value), passage.name), None, None)))
        strip = Strip(
            self.site.lang,
            self.site.kiosk_name,
            self.site.place,
            heading,
            self.now(),
            passage.told(lang),
            passage.head,
        )
        return await self.print_job(lambda paper: render(strip, paper))


def _spellings(of: HistoryOf, name: str) -> tuple[str, ...]:
    """A number typed from a receipt has no hyphen; one of another channel never had."""
    typed = of is HistoryOf.CASE and name.isdecimal() and len(name) == NUMBER_DIGITS
    return (case_number(name), name) if typed else (name,)


def _lines(entries: Sequence[Entry], teller: Teller) -> tuple[HistoryLine, ...]:
    return tuple(_line(entry, line) for entry, line in zip(entries, teller.lines(entries), strict=True))


def _line(entry: Entry, line: Line) -> HistoryLine:
    return HistoryLine(entry.row.seq, line.ref, line.at, line.what, line.source, line.notes[1:])
