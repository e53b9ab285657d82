"""What a citizen is told of their cases: which visit was cut off, what waits, what may be added to."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from argon2 import PasswordHasher

from drivers.contracts.board import ItemState
from kiosk.journal import events as facts
from kiosk.journal import opened
from kiosk.journal.counterevents import ParcelDisowned
from kiosk.journal.custody import JournalCustody
from kiosk.journal.journal import Journal
from kiosk.journal.promiseevents import PromiseSigned
from kiosk.journal.types import Event, StoredEvent
from kiosk.onetimecode import Issued, OneTimeCodes, Purpose
from kiosk.runtime.facts import Terms
from kiosk.runtime.numbertries import MINUTE, NumberTries
from kiosk.runtime.ownacts import CASES_MOST, OwnActs, is_cut_off
from kiosk.runtime.progress import ProgressDesk
from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session.facts import Identity, OwnState
from kiosk.session.visit import Parcel
from locker import events as custody
from locker.compartment import CITIZEN
from locker.doors import DoorService
from locker.events import Evidence, ResultKind
from locker.ledger import Ledger, complete
from tests.drivers.fake_board import FakeBoard
from tests.locker.rig import cabinet

NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
NUMBER = "11010519900101023X"
CASE = "261122-0001"
OPENED = "CaseOpened DepositRequested OpenRequested DoorOpened"


@pytest.mark.parametrize(
    ("before", "after", "cut_off"),
    [
        (OPENED, "", True),
        (OPENED + " DoorClosed", "DepositHeld", True),
        (OPENED + " DoorClosed DepositHeld", "", True),  # the receipt never came out
        (OPENED + " DoorClosed DepositHeld ReceiptPrinted", "DepositCollected", False),
        (OPENED + " DoorClosed DepositAbandoned", "", False),
        ("CaseOpened DepositRequested DepositAbandoned DepositRequested", "", True),  # the second compartment
        (OPENED + " CustodyDisputed", "", False),
        ("CaseOpened", "", True),
        ("CaseOpened CaseCancelled", "", False),
        (OPENED, "CustodyDisputed InterruptionTold", False),  # told once
    ],
)
def test_a_visit_was_cut_off_unless_it_had_come_to_an_end(before: str, after: str, cut_off: bool) -> None:
    kinds = [*before.split(), "KioskStarted", *after.split()]
    events = [
        StoredEvent(seq, kind, 1, NOW, NOW, {}, sealed=False)
        for seq, kind in enumerate(kinds, start=1)
        if kind != "KioskStarted"
    ]
    assert is_cut_off(events, 1, kinds.index("KioskStarted") + 1) is cut_off


class Rig:
    """The acts on a real journal; no door is opened here."""

    def __init__(self, journal: Journal) -> None:
        self.told: list[ev.Event] = []
        self.journal = journal
        hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        self.codes = OneTimeCodes(journal, hasher=hasher)
        here = cabinet("main", "second")
        self.ledger = Ledger(JournalCustody(journal), complete(here, []))
        self.boards = {"main": FakeBoard(4), "second": FakeBoard(4)}
        self.doors = DoorService(here, self.boards, self.ledger)
        self.acts = OwnActs(
            journal, self.ledger, self.doors, self.codes, self.told.append, lambda: NOW,
            lambda code: code == "item", timedelta(days=90),
            ProgressDesk(journal, lambda: NOW, Terms({"item": 3}), timedelta(days=90)),
        )  # fmt: skip

    async def case(self, item_code: str = "item") -> None:
        opening = facts.CaseOpened(CASE, "s", item_code, "", "card_only", "测试", NUMBER, "13800000000")
        await self.journal.append(opening)

    async def lies(self, *events: Event) -> None:
        for event in events:
            await self.ledger.record(cast(Any, event))

    async def found(self) -> ev.CasesFound:
        await self.acts.perform(do.FindCases(NUMBER))
        found = self.told.pop()
        assert isinstance(found, ev.CasesFound)
        return found


def result(cell: str, kind: ResultKind = ResultKind.RESULT) -> tuple[Event, ...]:
    return (
        custody.ResultRequested(CASE, cell, "1001", kind),
        custody.DoorClosed(None, cell, None, ItemState.PRESENT),
        custody.ResultHeld(CASE, cell, "1001", Evidence.SENSOR),
    )


def play(folder: Path, work: Any) -> None:
    async def main() -> None:
        async with opened(folder, ballast_bytes=0, clock=lambda: NOW) as journal:
            await work(Rig(journal))

    asyncio.run(main())


def test_a_result_that_waits_is_found_however_many_cases_came_later(tmp_path: Path) -> None:
    async def work(rig: Rig) -> None:
        await rig.case()
        await rig.lies(*result("A-01"))
        later = [f"261123-{number:04d}" for number in range(CASES_MOST + 1)]
        for case_id in later:
            await rig.journal.append(
                facts.CaseOpened(case_id, "s", "item", "", "card_only", "测试", NUMBER, "13800000000")
            )
        cases = (await rig.found()).cases
        assert [case.case_id for case in cases] == [*reversed(later[1:]), CASE]
        assert cases[-1].waiting

    play(tmp_path, work)


def test_only_the_holder_of_the_card_finds_a_case(tmp_path: Path) -> None:
    async def work(rig: Rig) -> None:
        await rig.case()
        (case,) = (await rig.found()).cases
        assert (case.case_id, case.state, case.waiting) == (CASE, OwnState.NOTHING, ())
        await rig.acts.perform(do.FindCases("110101199003070000"))
        assert rig.told == [ev.CasesFound()]
        assert [one.of for one in rig.told if isinstance(one, ev.CasesFound)] == ["110101199003070000"]

    play(tmp_path, work)


@pytest.mark.parametrize(
    "since",
    [
        (custody.DoorForced("A-01"),),
        (custody.ResultRecalled(CASE, "A-01", "1001", "NOT_FETCHED"),),
        (
            custody.ResultRecalled(CASE, "A-01", "1001", "NOT_FETCHED"),
            custody.DepositRequested("261122-0002", "A-01", "item"),
        ),
    ],
)
def test_a_code_opens_no_compartment_whose_content_is_not_certain(
    tmp_path: Path, since: tuple[Event, ...]
) -> None:
    async def work(rig: Rig) -> None:
        await rig.case()
        await rig.lies(*result("A-01"), *since)
        await rig.acts.perform(
            do.OpenParcel(Parcel(CASE, "A-01", "result", "item", "code"), Identity.CARD_ONLY)
        )
        assert rig.told == [ev.DoorAnswer("A-01", opened=False, reason="OUT_OF_SERVICE")]
        assert "PickupAuthorized" not in [event.type for event in await rig.journal.events()]

    play(tmp_path, work)


def test_who_was_cut_off_by_a_restart_is_told_so_once(tmp_path: Path) -> None:
    async def work(rig: Rig) -> None:
        await rig.case()
        assert not (await rig.found()).cases[0].cut_off  # they stand there
        await rig.journal.append(facts.KioskStarted("1", "test"))
        assert (await rig.found()).cases[0].cut_off
        await rig.journal.append(facts.InterruptionTold(CASE, "s"))
        assert not (await rig.found()).cases[0].cut_off

    play(tmp_path, work)


def test_papers_are_added_to_a_case_that_is_open_and_still_served(tmp_path: Path) -> None:
    async def work(rig: Rig) -> None:
        await rig.case()
        assert not (await rig.found()).cases[0].open
        await rig.lies(
            custody.DepositRequested(CASE, "A-01", "item"),
            custody.DoorClosed(None, "A-01", None, ItemState.PRESENT),
            custody.DepositHeld(CASE, "A-01", Evidence.SENSOR),
        )
        assert (await rig.found()).cases[0].open

    play(tmp_path, work)


@pytest.mark.parametrize(("days", "open_still"), [(0, True), (-1, False)])
def test_promised_papers_are_added_until_their_day_however_old_the_case(
    tmp_path: Path, days: int, open_still: bool
) -> None:
    async def work(rig: Rig) -> None:
        rig.acts = replace(rig.acts, added_for=timedelta(days=-1))
        until = (NOW.date() + timedelta(days=days)).isoformat()
        await rig.case()
        await rig.lies(
            custody.DepositRequested(CASE, "A-01", "item"),
            custody.DoorClosed(None, "A-01", None, ItemState.PRESENT),
            custody.DepositHeld(CASE, "A-01", Evidence.SENSOR),
        )
        await rig.journal.append(PromiseSigned(CASE, "s", "item", ("证明",), until, "d", ("1,1,1",)))
        assert (await rig.found()).cases[0].open is open_still

    play(tmp_path, work)


def test_papers_that_came_back_to_be_completed_are_added_to_their_case_and_none_once_its_result_waits(
    tmp_path: Path,
) -> None:
    async def work(rig: Rig) -> None:
        await rig.case()
        await rig.lies(
            custody.DepositRequested(CASE, "A-01", "item"),
            custody.DoorClosed(None, "A-01", None, ItemState.PRESENT),
            custody.DepositHeld(CASE, "A-01", Evidence.SENSOR),
            custody.DepositCollected(CASE, "A-01", "1001"),
            *result("A-02", ResultKind.TO_COMPLETE),
        )  # fmt: skip
        assert (await rig.found()).cases[0].open
        await rig.lies(custody.DepositReturned(CASE, "A-02", CITIZEN))
        assert (await rig.found()).cases[0].open
        await rig.lies(*result("A-03"))
        (case,) = (await rig.found()).cases
        assert (case.waiting, case.open) == ((("A-03", "result"),), False)

    play(tmp_path, work)


def test_the_code_is_spent_with_the_last_parcel_and_not_before(tmp_path: Path) -> None:
    async def work(rig: Rig) -> None:
        await rig.case()
        await rig.lies(*result("A-01"), *result("B-01"))
        issued = await rig.codes.issue(Purpose.PICK_UP, CASE, now=NOW, by="kiosk", case_id=CASE)
        assert isinstance(issued, Issued)
        (case,) = (await rig.found()).cases
        assert case.waiting == (("A-01", "result"), ("B-01", "result"))
        await rig.acts.perform(do.CheckPickup((CASE,), issued.code))
        assert rig.told.pop() == ev.PickupChecked(CASE, issued.code_id)
        for cell, left in (("A-01", 1), ("B-01", 0)):
            await rig.lies(custody.PickupAuthorized(CASE, cell, "card_only"))
            await rig.acts.perform(do.ReturnParcel(Parcel(CASE, cell, "result", "item", issued.code_id)))
            assert rig.told.pop() == ev.ParcelReturned(cell)
            live = await rig.codes.live(Purpose.PICK_UP, CASE, NOW)
            assert (live is not None) == bool(left)

    play(tmp_path, work)


def test_what_the_sensor_sees_again_by_then_was_not_taken(tmp_path: Path) -> None:
    async def work(rig: Rig) -> None:
        await rig.case()
        await rig.lies(*result("A-01"))
        issued = await rig.codes.issue(Purpose.PICK_UP, CASE, now=NOW, by="kiosk", case_id=CASE)
        assert isinstance(issued, Issued)
        await rig.lies(custody.PickupAuthorized(CASE, "A-01", "card_only"))
        rig.boards["main"].items[1] = ItemState.PRESENT
        await rig.doors.start()
        await rig.acts.perform(do.ReturnParcel(Parcel(CASE, "A-01", "result", "item", issued.code_id)))
        await rig.doors.close()
        assert rig.told == [ev.ParcelReturned("A-01", still_inside=True)]
        assert [row.state for row in await rig.journal.deposits_of(CASE)] == ["held"]
        assert await rig.codes.live(Purpose.PICK_UP, CASE, NOW) is not None

    play(tmp_path, work)


@pytest.mark.parametrize(("tries", "why"), [(1, "wrong"), (3, "wrong"), (4, "wait")])
def test_wrong_codes_are_counted(tmp_path: Path, tries: int, why: str) -> None:
    async def work(rig: Rig) -> None:
        await rig.case()
        issued = await rig.codes.issue(Purpose.PICK_UP, CASE, now=NOW, by="kiosk", case_id=CASE)
        assert isinstance(issued, Issued)
        wrong = f"{(int(issued.code) + 1) % 10**8:08d}"
        for _ in range(tries):
            await rig.acts.perform(do.CheckPickup((CASE,), wrong))
        answer = rig.told[-1]
        assert isinstance(answer, ev.PickupChecked)
        assert (answer.case_id, answer.why) == ("", why)

    play(tmp_path, work)


def test_what_is_not_theirs_stays_with_its_case_behind_a_door_that_no_code_opens(tmp_path: Path) -> None:
    async def work(rig: Rig) -> None:
        await rig.case()
        await rig.lies(*result("A-01"))
        issued = await rig.codes.issue(Purpose.PICK_UP, CASE, now=NOW, by="kiosk", case_id=CASE)
        assert isinstance(issued, Issued)
        await rig.lies(
            custody.PickupAuthorized(CASE, "A-01", "card_only"),
            custody.DoorClosed(None, "A-01", None, ItemState.PRESENT),
            custody.CustodyDisputed(CASE, "A-01", custody.NOT_THEIRS),
        )
        await rig.journal.append(ParcelDisowned(CASE, "A-01", "present"))
        (case,) = (await rig.found()).cases
        assert (case.case_id, case.state, case.waiting) == (CASE, OwnState.DOUBTFUL, ())
        await rig.acts.perform(
            do.OpenParcel(Parcel(CASE, "A-01", "result", "item", issued.code_id), Identity.CARD_ONLY)
        )
        assert rig.told.pop() == ev.DoorAnswer("A-01", opened=False, reason="OUT_OF_SERVICE")
        assert await rig.codes.live(Purpose.PICK_UP, CASE, NOW) is not None  # until staff take it out
        (row,) = await rig.journal.deposits_of(CASE)
        assert (row.state, row.bound) == ("disputed", custody.Bound.CITIZEN)

    play(tmp_path, work)


def test_wrong_numbers_of_all_sessions_are_counted_and_a_minute_later_forgotten(tmp_path: Path) -> None:
    async def work(rig: Rig) -> None:
        await rig.case()
        for _ in range(NumberTries().most):
            await rig.acts.perform(do.FindProgress(case_id="000000-0000"))
            assert rig.told.pop() == ev.ProgressFound()
        await rig.acts.perform(do.FindProgress(case_id=CASE))
        assert rig.told.pop() == ev.ProgressFound(refused=True)
        await rig.acts.perform(do.FindProgress(NUMBER))  # by card there is nothing to guess
        answer = rig.told.pop()
        assert isinstance(answer, ev.ProgressFound)
        assert (answer.refused, answer.of) == (False, NUMBER)
        assert not rig.acts.progress.tries.too_many(NOW + MINUTE)

    play(tmp_path, work)
