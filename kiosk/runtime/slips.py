"""Hand-over slips: recorded first, then printed, so that the record's head stands on the paper; printed again later."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Container
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from drivers.contracts.paper import Paper
from drivers.contracts.printer import PrintOutcome
from kiosk.handover import Slip, SlipLine, render
from kiosk.journal.entrusted import agency_of
from kiosk.journal.errors import SegmentUnreadable
from kiosk.journal.journal import Journal
from kiosk.journal.promises import open_promises
from kiosk.journal.staffevents import HandoverIssued, HandoverPrinted
from kiosk.journal.types import StoredEvent
from kiosk.numbering import next_number
from kiosk.receipt import ReceiptLanguage
from kiosk.session import events as ev
from kiosk.session import staffeffects as act
from kiosk.session import staffevents as told
from kiosk.session.staff.doors import HANDING
from kiosk.session.staffstate import Found, Purpose, Round, SlipRow
from locker.events import CompartmentLookedInto

logger = logging.getLogger(__name__)

LETTER: Final = "H"
KIND: Final = HandoverIssued.__name__
SHOWN: Final = 12
LATELY_EVENTS: Final = 20_000

PrintJob = Callable[[Callable[[Paper], bytes]], Awaitable[PrintOutcome]]


@dataclass(frozen=True, slots=True)
class Site:
    """Whose paper it is: names and place in the staff's language."""

    lang: ReceiptLanguage
    kiosk_name: str
    place: str


@dataclass(slots=True)
class SlipDesk:
    """Issues and prints them. `print_job` None: no printer is fitted. `item_name`: of an item code, for the slip."""

    journal: Journal
    print_job: PrintJob | None
    site: Site
    item_name: Callable[[str], str]
    now: Callable[[], datetime]
    _owed: bool = False
    _order: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def perform(
        self, effect: act.IssueSlip | act.TellSlips | act.PrintSlip, post: Callable[[ev.Event], None]
    ) -> None:
        """Do it. Raises `JournalError`."""
        match effect:
            case act.IssueSlip(round):
                async with self._order:
                    self._owed = True
                    issued = await self._issue(round)
                    self._owed = False
                post(told.SlipIssued(issued.slip))
                outcome = await self._print(issued, self.now(), again=False)
                post(told.SlipPrinted(issued.slip, outcome))
            case act.TellSlips():
                async with self._order:
                    await issue_missed(self.journal, self.now())
                    self._owed = False
                post(told.SlipsTold(await self._last()))
            case act.PrintSlip(number):
                post(told.SlipPrinted(number, await self._print_again(number)))

    async def issue_owed(self) -> None:
        """A slip that could not be written, as on a full disk: now that it can. Raises `JournalError`."""
        if self._owed:
            async with self._order:
                await issue_missed(self.journal, self.now())
                self._owed = False

    async def _issue(self, round: Round) -> HandoverIssued:
        lines = tuple(
            (one.errand.case_id, one.errand.cell, one.found.value)
            for one in round.done
            if one.found is not Found.NOT_OPENED
        )
        await issue_missed(self.journal, self.now(), but={cell for _, cell, _ in lines})
        return await _recorded(self.journal, self.now(), round.staff_no, round.purpose, lines)

    async def _print_again(self, number: str) -> str:
        found = next((event for event in await self._stored() if event.data["slip"] == number), None)
        if found is None:
            return PrintOutcome.NOT_PRINTED.value
        data = found.data
        lines = tuple((str(case), str(cell), str(what)) for case, cell, what in data["lines"])
        issued = HandoverIssued(number, str(data["staff_no"]), str(data["purpose"]), lines)
        return await self._print(issued, found.at.astimezone(self.now().tzinfo), again=True)

    async def _print(self, issued: HandoverIssued, at: datetime, *, again: bool) -> str:
        outcome = PrintOutcome.NOT_PRINTED
        if self.print_job is not None:
            slip = await self._slip(issued, at, again=again)
            outcome = await self.print_job(lambda paper: render(slip, paper))
        await self.journal.append(HandoverPrinted(issued.slip, outcome.value, again))
        return outcome.value

    async def _slip(self, issued: HandoverIssued, at: datetime, *, again: bool) -> Slip:
        lines = []
        promised = {row.case_id: row for row in await self.journal.read(open_promises)}
        for case_id, cell, found in issued.lines:
            case = await self.journal.case(case_id) if case_id else None
            item = self.item_name(case.item_code) if case is not None and case.item_code else ""
            promise = promised.get(case_id)
            missing, until = ((), "") if promise is None else (promise.missing, promise.until)
            agency = await self.journal.read(lambda db, of=case_id: agency_of(db, of))  # type: ignore[misc]
            lines.append(SlipLine(cell, case_id, item, found, missing, until, agency))
        anchor = (await self.journal.anchor()).text
        site = self.site
        return Slip(
            site.lang, site.kiosk_name, site.place, issued.slip, issued.purpose, at, issued.staff_no,
            tuple(lines), anchor, again,
        )  # fmt: skip

    async def _stored(self) -> list[StoredEvent]:
        """The last slips' events, newest first, as far as they are of the last weeks."""
        newest = await self.journal.last_event(KIND)
        if newest is None:
            return []
        stored = await self.journal.events(after=max(0, newest.seq - LATELY_EVENTS), kinds=(KIND,))
        return list(reversed(stored))[:SHOWN]

    async def _last(self) -> tuple[SlipRow, ...]:
        zone = self.now().tzinfo
        return tuple(
            SlipRow(
                str(event.data["slip"]), event.at.astimezone(zone).isoformat(timespec="minutes"),
                str(event.data["staff_no"]), len(event.data["lines"]),
            )
            for event in await self._stored()
        )  # fmt: skip


async def issue_missed(journal: Journal, now: datetime, *, but: Container[str] = ()) -> None:
    """The slips of rounds that have none, of what is recorded of them: the power or a full disk came in between. They
    wait among the last slips, for whoever is there to sign. `but`: compartments of the round that is at its end now.
    Raises `JournalError`."""
    newest = await journal.last_event(KIND)
    rounds: dict[tuple[str, str], dict[str, tuple[str, str, str]]] = {}
    after = max(newest.seq if newest is not None else 0, (await journal.anchor()).seq - LATELY_EVENTS)
    while looked := await journal.events(after=after, kinds=(CompartmentLookedInto.__name__,)):
        for one in looked:
            case_id, cell, found = (
                str(one.data["case_id"] or ""),
                str(one.data["cell"]),
                str(one.data["found"]),
            )
            if one.data["purpose"] in HANDING and cell not in but:
                of_round = str(one.data["staff_no"]), str(one.data["purpose"])
                rounds.setdefault(of_round, {})[cell] = (case_id, cell, found)
        after = looked[-1].seq
    for (staff_no, purpose), lines in rounds.items():
        if any(case_id for case_id, _, _ in lines.values()):
            issued = await _recorded(journal, now, staff_no, Purpose(purpose), tuple(lines.values()))
            await journal.append(HandoverPrinted(issued.slip, PrintOutcome.NOT_PRINTED.value, again=False))
            logger.warning("%d compartments of a round had no slip: %s", len(lines), issued.slip)


async def issue_cut_off(journal: Journal, now: datetime) -> None:
    """The same at a start. Raises `JournalError`."""
    try:
        await issue_missed(journal, now)
    except SegmentUnreadable as error:  # no reason not to serve: what lies in a sealed segment is long over
        logger.error("whether a hand-over was cut off is not known: %s", error)


async def _recorded(
    journal: Journal, now: datetime, staff_no: str, purpose: Purpose, lines: tuple[tuple[str, str, str], ...]
) -> HandoverIssued:
    newest = await journal.last_event(KIND)
    number = next_number(LETTER, now, "" if newest is None else str(newest.data["slip"]))
    issued = HandoverIssued(number, staff_no, purpose.value, lines)
    await journal.append(issued)
    return issued
