"""Where a case stands: steps from a real journal, lights by working days, supplements of the same case."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from drivers.contracts.board import ItemState
from kiosk.deadlines import working_days_left
from kiosk.journal import events as facts
from kiosk.journal import opened
from kiosk.journal.applicationevents import ApplicationDecided
from kiosk.journal.approvalevents import DecisionHeard, ProgressHeard
from kiosk.journal.custody import JournalCustody
from kiosk.journal.journal import Journal
from kiosk.journal.promiseevents import PromiseSigned
from kiosk.journal.scanevents import PagesAdded, PagesExported, PagesSealed
from kiosk.runtime.facts import Terms
from kiosk.runtime.progress import ProgressDesk
from kiosk.session.progressfacts import CaseProgress, CaseStep, CityWord, Heard, Light, StepDone
from locker import events as custody
from locker.compartment import CITIZEN, Compartment
from locker.events import Evidence, ResultKind
from locker.ledger import Ledger

HERE = ZoneInfo("Asia/Shanghai")
NUMBER = "11010519900101023X"
CASE = "260924-0001"
DAYS = 3
RECALLED = custody.ResultRecalled(CASE, "A-01", "1001", "OVERDUE")


@dataclass
class Office:
    """A real journal, a clock that is set, and what happens to one case."""

    journal: Journal
    clock: list[datetime]

    def __post_init__(self) -> None:
        self.ledger = Ledger(JournalCustody(self.journal), [Compartment("A-01"), Compartment("A-02")])
        terms = Terms({"item": DAYS}, warn_days=1)
        self.desk = ProgressDesk(
            self.journal, lambda: self.clock[0].astimezone(HERE), terms, timedelta(days=90)
        )

    def at(self, moment: str) -> None:
        self.clock[0] = datetime.fromisoformat(moment).replace(tzinfo=HERE).astimezone(UTC)

    async def opens(self, item: str = "item") -> None:
        await self.journal.append(
            facts.CaseOpened(CASE, "s", item, "", "card_only", "测试", NUMBER, "13800000000")
        )

    async def hands_in(self, cell: str = "A-01", item: str = "item") -> None:
        await self.ledger.record(custody.DepositRequested(CASE, cell, item))
        await self.ledger.record(custody.DoorClosed(None, cell, None, ItemState.PRESENT))
        await self.ledger.record(custody.DepositHeld(CASE, cell, Evidence.SENSOR))

    async def files(self) -> None:
        pages = PagesSealed(CASE, "s", "item", ("身份证",), (1,), 1, 1000, "ab" * 32, whole=True)
        await self.journal.append(pages)

    async def collected(self, cell: str = "A-01") -> None:
        await self.ledger.record(custody.DepositCollected(CASE, cell, "1001"))

    async def comes_back(self, kind: ResultKind, cell: str = "A-01") -> None:
        await self.ledger.record(custody.ResultRequested(CASE, cell, "1001", kind))
        await self.ledger.record(custody.DoorClosed(None, cell, None, ItemState.PRESENT))
        await self.ledger.record(custody.ResultHeld(CASE, cell, "1001", Evidence.SENSOR))

    async def fetched(self, cell: str = "A-01") -> None:
        await self.ledger.record(custody.DepositReturned(CASE, cell, CITIZEN))

    async def seen(self) -> CaseProgress:
        (case,) = await self.desk.of_person(NUMBER)
        assert (case,) == await self.desk.of_number(CASE)
        return case


Work = Callable[[Office], Coroutine[Any, Any, None]]


def play(folder: Path, work: Work) -> None:
    async def main() -> None:
        clock = [datetime(2026, 9, 1, tzinfo=UTC)]
        async with opened(folder, ballast_bytes=0, clock=lambda: clock[0]) as journal:
            await work(Office(journal, clock))

    asyncio.run(main())


def taken(case: CaseProgress) -> list[str]:
    return [done.step.value for done in case.steps if done.at]


@pytest.mark.parametrize(
    ("today", "light", "left"),
    [
        ("2026-09-24T22:00", Light.GREEN, 3),
        # 25 to 27 September is Mid-Autumn, and 1 to 7 October the National Day; Sunday 20 September and
        # Saturday 10 October are worked
        ("2026-09-28T09:00", Light.GREEN, 2),
        ("2026-09-29T09:00", Light.YELLOW, 1),
        ("2026-09-30T23:59", Light.YELLOW, 0),
        ("2026-10-07T12:00", Light.RED, 0),
        ("2026-10-08T09:00", Light.RED, -1),
        ("2026-10-10T09:00", Light.RED, -3),
        ("2026-10-11T09:00", Light.RED, -3),
    ],
)
def test_the_light_counts_working_days(tmp_path: Path, today: str, light: Light, left: int) -> None:
    async def work(office: Office) -> None:
        office.at("2026-09-24T21:30")
        await office.opens()
        await office.hands_in()
        office.at(today)
        case = await office.seen()
        assert (case.light, case.due, case.days_left) == (light, "2026-09-30", left)

    play(tmp_path, work)


def test_the_steps_of_a_case_from_papers_to_result(tmp_path: Path) -> None:
    async def work(office: Office) -> None:
        office.at("2026-11-23T10:00")
        await office.opens()
        assert await office.desk.of_person(NUMBER) == ()  # nothing came of it yet
        assert (await office.desk.of_number(CASE))[0].light is Light.NONE
        await office.hands_in("A-01")
        await office.hands_in("A-02")  # two envelopes of one visit are one step
        case = await office.seen()
        assert (taken(case), case.may_add) == (["received"], True)
        assert [done.step for done in case.steps[1:]] == [
            CaseStep.COLLECTED,
            CaseStep.READY,
            CaseStep.FETCHED,
        ]
        assert case.steps[0].at == "2026-11-23T10:00+08:00"
        office.at("2026-11-24T08:40")
        await office.collected("A-01")
        await office.collected("A-02")
        assert taken(await office.seen()) == ["received", "collected"]
        office.at("2026-11-30T08:40")
        assert (await office.seen()).light is Light.RED
        await office.comes_back(ResultKind.RESULT)
        case = await office.seen()
        assert (case.light, case.waiting, case.may_add, case.due) == (Light.DONE, ("result",), False, "")
        await office.fetched()
        case = await office.seen()
        assert (taken(case)[-1], case.waiting, case.light) == ("fetched", (), Light.DONE)
        assert all(done.at for done in case.steps)

    play(tmp_path, work)


def test_what_staff_took_back_is_not_done(tmp_path: Path) -> None:
    """Nobody fetched it, or it was not theirs: the citizen never had it."""

    async def work(office: Office) -> None:
        office.at("2026-11-23T10:00")
        await office.opens()
        await office.hands_in()
        await office.collected()
        await office.comes_back(ResultKind.RESULT)
        office.at("2026-12-24T09:00")
        await office.ledger.record(RECALLED)
        case = await office.seen()
        assert taken(case) == ["received", "collected", "ready", "taken_back"]
        assert (case.light, case.is_taken_back, case.waiting) == (Light.NONE, True, ())
        assert case.steps[-1] == StepDone(CaseStep.FETCHED)
        office.at("2026-12-25T09:00")
        await office.comes_back(ResultKind.RESULT)
        case = await office.seen()
        assert (case.light, case.is_taken_back, case.waiting) == (Light.DONE, False, ("result",))

    play(tmp_path, work)


def test_papers_to_complete_that_staff_took_back_wait_for_the_citizen(tmp_path: Path) -> None:
    async def work(office: Office) -> None:
        office.at("2026-11-23T10:00")
        await office.opens()
        await office.hands_in()
        office.at("2026-11-24T09:00")
        await office.collected()
        await office.comes_back(ResultKind.TO_COMPLETE)
        office.at("2026-12-24T09:00")
        await office.ledger.record(RECALLED)
        case = await office.seen()
        assert (taken(case)[-1], case.light, case.is_taken_back) == ("taken_back", Light.NONE, True)
        office.at("2026-12-25T09:00")
        await office.hands_in("A-02")
        case = await office.seen()
        assert (taken(case)[-1], case.light, case.is_taken_back) == ("added", Light.GREEN, False)

    play(tmp_path, work)


def test_papers_that_go_back_stop_the_clock_and_those_that_come_start_it_anew(tmp_path: Path) -> None:
    async def work(office: Office) -> None:
        office.at("2026-11-23T10:00")
        await office.opens()
        await office.hands_in()
        office.at("2026-11-24T09:00")
        await office.collected()
        office.at("2026-12-01T09:00")
        await office.comes_back(ResultKind.TO_COMPLETE)
        case = await office.seen()
        assert (case.light, case.waiting, case.may_add) == (Light.NONE, ("to_complete",), True)
        office.at("2026-12-01T10:00")
        await office.fetched()
        assert (await office.seen()).may_add  # now they are completed
        office.at("2026-12-02T20:00")
        await office.hands_in("A-02")
        case = await office.seen()
        assert taken(case) == ["received", "collected", "to_complete", "added"]
        assert (case.light, case.due) == (Light.GREEN, "2026-12-07")

    play(tmp_path, work)


def test_scanned_pages_are_completed_by_scanned_pages(tmp_path: Path) -> None:
    async def work(office: Office) -> None:
        office.at("2026-11-23T10:00")
        await office.opens()
        await office.files()
        office.at("2026-11-24T08:00")
        await office.journal.append(PagesExported(CASE, "1001", "1002", 1))
        office.at("2026-12-01T09:00")
        await office.comes_back(ResultKind.TO_COMPLETE)
        case = await office.seen()
        assert (case.light, case.may_add) == (Light.NONE, True)
        office.at("2026-12-01T10:00")
        await office.fetched()
        assert (await office.seen()).may_add
        office.at("2026-12-02T20:00")
        await office.journal.append(PagesAdded(CASE, "s", "item", ("表",), (1,), 1, 2, 2000, "cd" * 32))
        case = await office.seen()
        assert taken(case) == ["received", "collected", "to_complete", "added"]
        assert (case.light, case.due, case.may_add) == (Light.GREEN, "2026-12-07", True)

    play(tmp_path, work)


@pytest.mark.parametrize("end", [custody.DepositAbandoned(CASE, "A-01", "jammed"), RECALLED])
def test_a_case_of_scans_is_as_it_was_when_its_result_comes_out_again(
    tmp_path: Path, end: custody.CompartmentEvent
) -> None:
    """Staff find it for the next try among those whose papers they have had."""

    async def work(office: Office) -> None:
        office.at("2026-11-23T10:00")
        await office.opens()
        await office.files()
        await office.journal.append(PagesExported(CASE, "1001", "1002", 1))
        await office.ledger.record(custody.ResultRequested(CASE, "A-01", "1001", ResultKind.RESULT))
        if end is RECALLED:
            await office.comes_back(ResultKind.RESULT)
        await office.ledger.record(end)
        row = await office.journal.case(CASE)
        assert row is not None
        assert row.state == "collected"
        assert [one.case_id for one in await office.journal.collected_lately(9)] == [CASE]

    play(tmp_path, work)


def test_the_limit_of_scanned_pages_goes_on_when_papers_follow(tmp_path: Path) -> None:
    async def work(office: Office) -> None:
        office.at("2026-11-23T10:00")
        await office.opens()
        await office.files()
        office.at("2026-11-24T08:00")
        await office.journal.append(PagesExported(CASE, "1001", "1002", 1))
        office.at("2026-11-25T10:00")
        await office.hands_in()
        case = await office.seen()
        assert (taken(case), case.due) == (["received", "collected", "added"], "2026-11-26")

    play(tmp_path, work)


def test_what_is_in_doubt_is_said(tmp_path: Path) -> None:
    async def work(office: Office) -> None:
        office.at("2026-11-23T10:00")
        await office.opens()
        await office.hands_in()
        await office.ledger.record(custody.CustodyDisputed(CASE, "A-01", "NOT_FOUND"))
        assert (await office.seen()).doubtful

    play(tmp_path, work)


def test_an_item_that_is_served_no_more_has_no_limit_and_takes_no_papers(tmp_path: Path) -> None:
    async def work(office: Office) -> None:
        office.at("2026-11-23T10:00")
        await office.opens("gone")
        await office.hands_in(item="gone")
        case = await office.seen()
        assert (case.item_code, case.light, case.may_add) == ("", Light.NONE, False)
        assert await office.desk.of_number("260924-0002") == ()
        assert await office.desk.of_person("110101199003070000") == ()

    play(tmp_path, work)


def test_days_left_are_none_on_the_day_itself() -> None:
    friday, monday = date(2026, 11, 27), date(2026, 11, 30)
    assert (working_days_left(friday, friday), working_days_left(friday, monday)) == (0, 1)
    assert working_days_left(monday, friday) == -1


@pytest.mark.parametrize(("outcome", "decided"), [("granted", CityWord.GRANTED), ("person", None)])
def test_what_the_rules_decided_at_once_stands_before_the_time_limit(
    tmp_path: Path, outcome: str, decided: CityWord | None
) -> None:
    async def work(office: Office) -> None:
        office.at("2026-11-23T10:00")
        await office.opens()
        await office.journal.append(ApplicationDecided(CASE, "item", outcome, "1", ("met",)))
        await office.hands_in()
        case = await office.seen()
        assert (case.decided, case.light) == (decided, Light.GREEN)

    play(tmp_path, work)


def test_what_the_city_said_last_is_told_in_its_order(tmp_path: Path) -> None:
    async def work(office: Office) -> None:
        office.at("2026-11-23T10:00")
        await office.opens()
        await office.hands_in()
        for message, step, said_at, missing in (
            ("1", "received", "2026-11-23T01:00:00Z", 0),
            ("3", "waiting_for_applicant", "2026-11-24T03:00:00Z", 2),
            ("2", "at_the_notary", "2026-11-24T02:00:00Z", 0),
        ):
            await office.journal.append(
                ProgressHeard(CASE, message, step, said_at, missing, "their own words", ())
            )
        case = await office.seen()
        assert case.heard == (
            Heard(CityWord.NEWS, "2026-11-24T10:00+08:00"),
            Heard(CityWord.WAITING, "2026-11-24T11:00+08:00", 2),
        )
        assert case.decided is None
        decision = DecisionHeard(CASE, "4", "refused", "none", "2026-11-25T02:00:00Z", "their own words")
        await office.journal.append(decision)
        assert (await office.seen()).decided is CityWord.REFUSED
        assert "their own words" not in repr(await office.seen())

    play(tmp_path, work)


@pytest.mark.parametrize(("today", "open_still"), [("2026-12-31T23:00", True), ("2027-01-01T09:00", False)])
def test_what_was_promised_may_come_on_its_day_however_old_the_case(
    tmp_path: Path, today: str, open_still: bool
) -> None:
    async def work(office: Office) -> None:
        await office.opens()
        await office.hands_in()
        await office.journal.append(
            PromiseSigned(CASE, "s", "item", ("证明",), "2026-12-31", "d", ("1,1,1",))
        )
        office.at(today)
        assert (await office.seen()).may_add is open_still

    play(tmp_path, work)
