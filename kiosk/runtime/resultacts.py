"""Results for citizens: a compartment, a code by text message, a fresh code, the end of a wait that was in vain."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kiosk.idnumber import citizen_number
from kiosk.journal.deposits import DepositRow
from kiosk.journal.errors import JournalError
from kiosk.journal.events import CodeIssued
from kiosk.journal.journal import Journal
from kiosk.journal.staffevents import CaseEntered
from kiosk.journal.types import CaseRow, Channel, Notice
from kiosk.notify.policy import CITIZEN_PREFIX, TIME_FORMAT, SmsPayload
from kiosk.notify.texts import Language, render
from kiosk.onetimecode import Issued, OneTimeCodes, Purpose, TooManyIssued
from kiosk.session import events as ev
from kiosk.session import staffeffects as act
from kiosk.session import staffevents as told
from kiosk.session.facts import CaseFact
from kiosk.session.progress import case_number
from kiosk.session.staffstate import Draft
from locker import events as custody
from locker.allocation import choose
from locker.cabinet import Cabinet, Size
from locker.compartment import confirmed
from locker.doors import DoorService
from locker.events import Bound, ResultKind
from locker.ledger import Ledger

logger = logging.getLogger(__name__)

CODE_KEYS: Final = {
    ResultKind.RESULT: "result.code.citizen", ResultKind.TO_COMPLETE: "to_complete.code.citizen",
}  # fmt: skip
GIVING: Final = (custody.ResultHeld.__name__, CodeIssued.__name__)
OFFERED_MOST: Final = 60
RESULTS_FOR: Final = frozenset({"collected", "returned"})  # staff have had the papers
STARTED: Final = "kiosk"


@dataclass(frozen=True, slots=True)
class Mouth:
    """What text messages to citizens are made of: where the kiosk stands, in which language."""

    place: Callable[[Language], str]
    language_of: Callable[[str], Language]

    def words(self, key: str, case_id: str, **values: str) -> SmsPayload:
        """One message about a case."""
        language = self.language_of(case_id)
        known = {"case": case_id, "place": self.place(language), **values}
        kind = key.removesuffix(".citizen")
        return SmsPayload(kind, render(language, key, known), (), key, language.value, known)


@dataclass(slots=True)
class ResultDesk:
    """Performs the result effects. `valid_s`: how long a code is good and a result waits before it is overdue."""

    journal: Journal
    ledger: Ledger
    doors: DoorService
    cabinet: Cabinet
    codes: OneTimeCodes
    mouth: Mouth
    now: Callable[[], datetime]
    valid_s: float
    _owed: bool = False

    async def perform(
        self,
        effect: act.TellCases | act.LookUpCase | act.ReserveResult | act.HoldResult | act.RenewCode,
        post: Callable[[ev.Event], None],
    ) -> None:
        """Do it. Raises `NotRecorded`, `JournalError`."""
        match effect:
            case act.TellCases():
                post(told.CasesTold(await self._cases()))
            case act.LookUpCase(number):
                post(await self._look_up(number))
            case act.ReserveResult(draft, staff_no):
                post(await self._reserve(draft, staff_no))
            case act.HoldResult(case_id, cell, staff_no, evidence):
                post(await self._hold(custody.ResultHeld(case_id, cell, staff_no, evidence)))
            case act.RenewCode(case_id, staff_no):
                post(told.CodeTold(case_id, await self._give_code(case_id, f"staff:{staff_no}")))

    async def recalled(self, case_id: str, staff_no: str) -> None:
        """Staff looked at a result: its code is worth nothing, unless it or another one of the case still waits."""
        if not any(_waits(row) for row in await self.journal.deposits_of(case_id)):
            await self.codes.revoke(Purpose.PICK_UP, case_id, by=f"staff:{staff_no}", reason="recalled")

    async def issue_missing(self) -> int:
        """At a start: give every waiting result that has no code its code; answers how many.

        Holding a result and sending its code are two facts, and the power may fail between them.
        """
        waiting = await self.journal.deposits("held", bound=Bound.CITIZEN)
        newest = {row.case_id: row.held_at for row in waiting if row.held_at is not None}
        without = []
        for case_id, held_at in sorted(newest.items()):
            code = await self.codes.last(Purpose.PICK_UP, case_id)
            if code is None or (code.issued_at < held_at and not await self._was_given_since(case_id)):
                without.append(case_id)
        for case_id in without:
            await self._give_code(case_id, STARTED)
        return len(without)

    async def _was_given_since(self, case_id: str) -> bool:
        """Whether a code came after the newest result, by the order of the facts: the clock may have been set back."""
        told = [event.type for event in await self.journal.case_events(case_id) if event.type in GIVING]
        return bool(told) and told[-1] == CodeIssued.__name__

    async def _cases(self) -> tuple[CaseFact, ...]:
        return tuple(_offered(row) for row in await self.journal.collected_lately(OFFERED_MOST))

    async def _look_up(self, number: str) -> told.CaseLookedUp:
        """The list is short, and a result may come after months: every case of this kiosk is found by its number."""
        row = await self.journal.case(case_number(number))
        if row is None or not row.item_code:
            return told.CaseLookedUp(number)
        if row.state in RESULTS_FOR:
            return told.CaseLookedUp(number, _offered(row))
        return told.CaseLookedUp(number, here=True)

    async def _reserve(self, draft: Draft, staff_no: str) -> ev.Event:
        if draft.foreign and (refusal := await self._refusal(draft)):
            return told.DraftRefused(refusal)
        cells = self.cabinet.cells
        cell = choose(cells, self.ledger.compartments, self.doors.snapshot().readings, size=Size(draft.size))
        if cell is None:
            return ev.NoCell()
        if draft.foreign and await self.journal.case(draft.case_id) is None:
            await self.journal.prepare(draft.case_id)
            await self.journal.append(CaseEntered(draft.case_id, staff_no, draft.id_number, draft.phone))
        requested = custody.ResultRequested(draft.case_id, cell.name, staff_no, ResultKind(draft.kind))
        await self.ledger.record(requested)
        return ev.CellGiven(draft.case_id, cell.name)

    async def _refusal(self, draft: Draft) -> str:
        """`known`: the kiosk has this case itself; `id_number`: nobody has such a number."""
        if not _is_number(draft.id_number):
            return "id_number"
        row = await self.journal.case(draft.case_id)
        if row is None:
            return ""
        same = any(one.case_id == draft.case_id for one in await self.journal.cases_of(draft.id_number))
        return "" if same and not row.item_code else "known"

    async def _hold(self, held: custody.ResultHeld) -> ev.Event:
        compartment, inside = self.ledger.compartments[held.cell], self.doors.inside(held.cell)
        fact = confirmed(compartment, held, inside)
        await self.ledger.record(fact)
        if isinstance(fact, custody.CustodyDisputed):
            return ev.DoorLost(held.cell)
        return told.ResultRecorded(
            held.case_id, held.cell, await self._first_code(held.case_id, held.staff_no)
        )

    async def _first_code(self, case_id: str, staff_no: str) -> str:
        """Of a result that is held whatever becomes of its code: what fails now is given as soon as it can be."""
        try:
            return await self._give_code(case_id, f"staff:{staff_no}")
        except JournalError as error:
            logger.error("no code for the result of %s: %s", case_id, error)
            self._owed = True
            return ""

    async def give_owed(self) -> None:
        """A code that could not be written, as on a full disk: now that it can. Raises `JournalError`."""
        if self._owed:
            await self.issue_missing()
            self._owed = False

    async def _give_code(self, case_id: str, by: str) -> str:
        """Until when it is good, local, ISO 8601; empty: not this soon after the last ones."""
        waiting = [row for row in await self.journal.deposits_of(case_id) if _waits(row)]
        key = CODE_KEYS[ResultKind(waiting[-1].kind)] if waiting else CODE_KEYS[ResultKind.RESULT]

        def notices(issued: Issued) -> Sequence[Notice]:
            until = issued.expires_at.astimezone(self.now().tzinfo).strftime(TIME_FORMAT)
            words = self.mouth.words(key, case_id, code=issued.code, until=until)
            whom = CITIZEN_PREFIX + case_id
            return (Notice(Channel.SMS, whom, words.encode(), personal=True, case_id=case_id),)

        given = await self.codes.issue(
            Purpose.PICK_UP, case_id, now=self.now(), by=by, case_id=case_id, valid_s=self.valid_s,
            notices=notices,
        )  # fmt: skip
        if isinstance(given, TooManyIssued):
            logger.warning("no further code for case %s for %.0f s", case_id, given.wait_s)
            return ""
        return given.expires_at.astimezone(self.now().tzinfo).isoformat(timespec="minutes")


def _waits(row: DepositRow) -> bool:
    return row.state == "held" and row.bound is Bound.CITIZEN


def _is_number(untrusted: str) -> bool:
    try:
        citizen_number(untrusted)
    except ValueError:
        return False
    return True


def _offered(row: CaseRow) -> CaseFact:
    since = (row.collected_at or row.opened_at).astimezone().isoformat(timespec="seconds")
    return CaseFact(
        row.case_id, row.cell or "", row.item_code, since, identity="", claimed=False, disputed=False,
        department=row.department,
    )  # fmt: skip
