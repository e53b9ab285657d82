"""What the journal has of a citizen, and the compartments that wait for them: cases, codes, parcels."""

import contextlib
import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, assert_never

from drivers.contracts.board import ItemState
from kiosk.journal.deposits import DepositRow
from kiosk.journal.entrusted import agency_of
from kiosk.journal.errors import SealBroken
from kiosk.journal.journal import Journal
from kiosk.journal.promises import promise_of
from kiosk.journal.types import CaseRow, StoredEvent
from kiosk.onetimecode import NoCode, OneTimeCodes, Purpose, Right, Wait, Wrong
from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session.facts import OwnCase, OwnState
from kiosk.session.visit import Errand, Parcel
from locker import events as custody
from locker.compartment import CITIZEN, Content
from locker.doors import DoorService, NotOpened, Opened
from locker.events import Bound
from locker.ledger import Ledger

from .progress import ProgressDesk, is_young, takes_papers

logger = logging.getLogger(__name__)

RECALLED: Final = "the citizen's own form"
CASES_MOST: Final = 20  # of one person, the newest; beside those of which something waits
STATES: Final = {
    "held": OwnState.HELD,
    "filed": OwnState.FILED,
    "disputed": OwnState.DOUBTFUL,
    "collected": OwnState.COLLECTED,
    "returned": OwnState.RETURNED,
}
_BEGINS: Final = frozenset({"CaseOpened", "CaseContinued"})
_TOLD: Final = frozenset({"ReceiptPrinted", "CaseCancelled", "InterruptionTold"})
_SETTLED: Final = frozenset({"DepositAbandoned", "CustodyDisputed", "DepositReturned"})


@dataclass(frozen=True, slots=True)
class OwnActs:
    """Performs `do.OwnEffect`. `knows_item`: whether an item is still served; `added_for`: how long papers may be added
    to a case."""

    journal: Journal
    ledger: Ledger
    doors: DoorService
    codes: OneTimeCodes
    post: Callable[[ev.Event], None]
    now: Callable[[], datetime]
    knows_item: Callable[[str], bool]
    added_for: timedelta
    progress: ProgressDesk

    async def perform(self, effect: do.OwnEffect) -> None:
        """Do it. Raises `NotRecorded`, `JournalError`: what was not recorded was not done."""
        match effect:
            case do.FindCases(card_number, recall, to_fetch):
                earlier = await self._earlier(card_number) if recall else ev.Earlier()
                others = await self._of_others(card_number) if to_fetch else ()
                theirs = (*await self._cases(card_number), *others)
                self.post(ev.CasesFound(theirs, earlier, card_number))
            case do.FindProgress(card_number, case_id):
                desk, asked = self.progress, card_number or case_id
                if not card_number and desk.tries.too_many(self.now()):
                    self.post(ev.ProgressFound(refused=True, of=asked))
                    return
                found = await (desk.of_person(card_number) if card_number else desk.of_number(case_id))
                if not found and not card_number:
                    desk.tries.missed(self.now())
                self.post(ev.ProgressFound(found, of=asked))
            case do.CheckPickup(case_ids, typed):
                self.post(await self._check(case_ids, typed))
            case do.OpenParcel():
                await self._open(effect)
            case do.ReturnParcel(parcel):
                await self._return(parcel)
            case _:
                assert_never(effect)

    async def _return(self, parcel: Parcel) -> None:
        """Theirs now, unless the sensor has seen something since: then it waits on, and the code stays good."""
        if self.doors.inside(parcel.cell) is ItemState.PRESENT:
            self.post(ev.ParcelReturned(parcel.cell, still_inside=True))
            return
        await self.ledger.record(custody.DepositReturned(parcel.case_id, parcel.cell, CITIZEN))
        if not _waiting(await self.journal.deposits_of(parcel.case_id)):
            await self.codes.use(parcel.code_id)
        self.post(ev.ParcelReturned(parcel.cell))

    async def _cases(self, card_number: str) -> tuple[OwnCase, ...]:
        rows = await self.journal.cases_of(card_number)
        older = [row for row in rows[:-CASES_MOST] if _waiting(await self.journal.deposits_of(row.case_id))]
        return tuple([await self._case(row) for row in reversed((*older, *rows[-CASES_MOST:]))])

    async def _of_others(self, card_number: str) -> tuple[OwnCase, ...]:
        """What waits for those for whom this person has handed in and may fetch."""
        rows = await self.journal.cases_to_fetch(card_number)
        found = [replace(await self._case(row), by_agent=True) for row in rows]
        return tuple(case for case in found if case.waiting)

    async def _earlier(self, card_number: str) -> ev.Earlier:
        """What they said in the newest of their cases of which something is still known."""
        for row in reversed(await self.journal.cases_of(card_number)):
            with contextlib.suppress(SealBroken):  # erased, or damaged: it is asked anew
                if await self.journal.read(lambda db, row=row: agency_of(db, row.case_id)):  # type: ignore[misc]
                    continue  # an agent said it, and may have left a number of their own
                told = await self.journal.personal(row.case_id, staff_no="", reason=RECALLED)
                answers = tuple((str(name), str(value)) for name, value in told.get("answers", ()))
                return ev.Earlier(str(told.get("phone", "")), answers)
        return ev.Earlier()

    async def _case(self, row: CaseRow) -> OwnCase:
        known = self.knows_item(row.item_code)
        events = await self.journal.case_events(row.case_id)
        lain = await self.journal.deposits_of(row.case_id)
        waiting = _waiting(lain)
        promise = await self.journal.read(lambda db: promise_of(db, row.case_id))
        young = is_young(row, promise, self.added_for, self.now())
        return OwnCase(
            row.case_id, row.item_code if known else "",
            row.opened_at.astimezone(self.now().tzinfo).isoformat(timespec="seconds"),
            STATES.get(row.state, OwnState.NOTHING), cut_off=await self._is_cut_off(events),
            open=known and young and takes_papers(row, lain), waiting=tuple((one.cell, one.kind) for one in waiting),
            missing=() if promise is None else promise.missing,
        )  # fmt: skip

    async def _is_cut_off(self, events: Sequence[StoredEvent]) -> bool:
        begun = max((event.seq for event in events if _begins(event)), default=0)
        if not begun:
            return False
        starts = await self.journal.events(after=begun, kinds=["KioskStarted"], limit=1)
        return bool(starts) and is_cut_off(events, begun, starts[0].seq)

    async def _check(self, case_ids: Sequence[str], typed: str) -> ev.PickupChecked:
        answer = await self.codes.check(Purpose.PICK_UP, case_ids, typed, now=self.now(), use=False)
        match answer:
            case Right(code_id, case_id):
                return ev.PickupChecked(case_id, code_id)
            case Wrong(0):
                return ev.PickupChecked(why="blocked")
            case Wrong(left, wait_s):
                return ev.PickupChecked(why="wrong", left=left, wait_s=round(wait_s))
            case Wait(wait_s):
                return ev.PickupChecked(why="wait", wait_s=max(1, round(wait_s)))
            case NoCode(reason):
                return ev.PickupChecked(why=reason.value)
            case _:
                assert_never(answer)

    async def _open(self, effect: do.OpenParcel) -> None:
        parcel = effect.parcel
        there = self.ledger.compartments[parcel.cell]
        if there.case_id != parcel.case_id or there.content is not Content.HELD:
            logger.error(
                "compartment %s is not opened by a code: what lies there is not certain", parcel.cell
            )
            reason = custody.Reason.OUT_OF_SERVICE
            self.post(ev.DoorAnswer(parcel.cell, opened=False, reason=reason.value))
            return
        await self.ledger.record(custody.PickupAuthorized(parcel.case_id, parcel.cell, effect.identity.value))
        match await self.doors.open(parcel.cell, parcel.case_id, CITIZEN):
            case Opened():
                self.post(ev.DoorAnswer(parcel.cell, opened=True))
            case NotOpened(reason):
                self.post(ev.DoorAnswer(parcel.cell, opened=False, reason=reason.value))


def is_cut_off(events: Collection[StoredEvent], begun: int, restarted: int) -> bool:
    """Whether the visit that began a case (event `begun`) was ended by the restart (event `restarted`).

    It was not, where the receipt came out before, or the visit had come to another end; and whoever was told of it
    once is not told again.
    """
    after = [event for event in events if event.seq > begun]
    if any(event.type in _TOLD for event in after):
        return False
    before_it = [event.type for event in after if event.seq < restarted]
    if not before_it or "DepositRequested" not in before_it:
        return True
    last_try = len(before_it) - 1 - before_it[::-1].index("DepositRequested")
    return _SETTLED.isdisjoint(before_it[last_try:])


def _begins(event: StoredEvent) -> bool:
    return event.type in _BEGINS and event.data.get("errand", Errand.DEPOSIT) != Errand.FETCH


def _waiting(rows: Sequence[DepositRow]) -> tuple[DepositRow, ...]:
    return tuple(row for row in rows if row.bound is Bound.CITIZEN and row.state == "held")
