"""Results and their codes: sent once, made good after a power cut, renewed, worthless once the result is taken back."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from argon2 import PasswordHasher

from kiosk.journal.custody import JournalCustody
from kiosk.journal.errors import JournalFull
from kiosk.journal.events import CaseOpened
from kiosk.journal.journal import Journal, opened
from kiosk.journal.types import OutboxState
from kiosk.notify.texts import Language
from kiosk.onetimecode import OneTimeCodes, Purpose, Right
from kiosk.runtime.resultacts import Mouth, ResultDesk
from kiosk.session import events as ev
from kiosk.session import staffeffects as act
from kiosk.session import staffevents as told
from kiosk.session.staffstate import Draft
from locker import events as custody
from locker.doors import DoorService
from locker.ledger import Ledger, complete
from tests.drivers.fake_board import FakeBoard
from tests.locker.rig import cabinet

CASE, CELL = "261122-0001", "A-01"
NOW = datetime(2026, 11, 22, 22, 47, tzinfo=ZoneInfo("Asia/Shanghai"))
QUICK_HASH = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
FOREIGN = Draft(
    "20261122", kind="result", size="S", id_number="11010519491231002X", phone="13800138000", foreign=True
)


@asynccontextmanager
async def desk(
    folder: Path, clock: Callable[[], datetime] = lambda: NOW
) -> AsyncIterator[tuple[ResultDesk, Journal, list[ev.Event]]]:
    """A desk at a cabinet of four, its journal, and what it answers."""
    async with opened(folder, ballast_bytes=0, clock=lambda: clock().astimezone(UTC)) as journal:
        here = cabinet()
        ledger = Ledger(JournalCustody(journal), complete(here, (await journal.compartments()).values()))
        doors = DoorService(here, {"main": FakeBoard(4)}, ledger)
        await doors.start()
        mouth = Mouth(lambda _language: "中心支行", lambda _case: Language.CHINESE)
        codes = OneTimeCodes(journal, hasher=QUICK_HASH)
        yield ResultDesk(journal, ledger, doors, here, codes, mouth, clock, 7 * 86_400.0), journal, []
        await doors.close()


def run(work: Callable[[], Coroutine[None, None, None]]) -> None:
    asyncio.run(asyncio.wait_for(work(), 120))


async def held(result_desk: ResultDesk, journal: Journal) -> None:
    """A case of this kiosk whose result lies in a compartment; nobody has told the citizen yet."""
    await journal.prepare(CASE)
    await journal.append(
        CaseOpened(CASE, "s", "food-permit", "office", "verified", "甲", "110", "13800138000")
    )
    kind = custody.ResultKind.RESULT
    await result_desk.ledger.record(
        custody.ResultRequested(CASE, CELL, "1001", kind),
        custody.ResultHeld(CASE, CELL, "1001", custody.Evidence.SENSOR),
    )


async def texts(journal: Journal) -> list[str]:
    """Words of the text messages that wait, oldest first."""
    recorded = await journal.events()
    found = [one for event in recorded for one in await journal.outbox.of_event(event.seq)]
    return [json.loads(one.payload)["text"] for one in found if one.state is OutboxState.QUEUED]


def code_in(text: str) -> str:
    found = re.search(r"取件码(\d{8})", text)
    assert found is not None
    return found[1]


def test_a_result_that_a_power_cut_left_without_a_code_gets_one_at_the_start_and_only_one(
    tmp_path: Path,
) -> None:
    async def work() -> None:
        async with desk(tmp_path) as (result_desk, journal, _):
            await held(result_desk, journal)
            assert await result_desk.issue_missing() == 1
            assert await result_desk.issue_missing() == 0
            (text,) = await texts(journal)
            assert CASE in text
            assert "2026-11-29 22:47" in text
            answer = await result_desk.codes.check(Purpose.PICK_UP, [CASE], code_in(text), now=NOW)
            assert isinstance(answer, Right)
            assert code_in(text).encode() not in (tmp_path / "journal.db").read_bytes()

    run(work)


def test_a_clock_that_was_set_back_gives_nobody_a_second_code(tmp_path: Path) -> None:
    async def work() -> None:
        wrong = [NOW + timedelta(hours=1), NOW]
        async with desk(tmp_path, lambda: wrong[0]) as (result_desk, journal, _):
            await held(result_desk, journal)
            del wrong[0]
            assert await result_desk.issue_missing() == 1
            assert await result_desk.issue_missing() == 0
            assert len(await texts(journal)) == 1

    run(work)


def test_a_result_is_held_without_its_code_and_gets_it_once_the_journal_takes_it(tmp_path: Path) -> None:
    async def work() -> None:
        async with desk(tmp_path) as (result_desk, journal, answers):
            await held(result_desk, journal)
            full = ["the disk is full"]

            def place(_language: Language) -> str:
                if full:
                    raise JournalFull(full[0])
                return "中心支行"

            result_desk.mouth = Mouth(place, lambda _case: Language.CHINESE)
            shut = custody.Evidence.DOOR
            await result_desk.perform(act.HoldResult(CASE, CELL, "1001", shut), answers.append)
            assert answers == [told.ResultRecorded(CASE, CELL, "")]
            with pytest.raises(JournalFull):
                await result_desk.give_owed()
            full.clear()
            await result_desk.give_owed()
            await result_desk.give_owed()
            assert len(await texts(journal)) == 1

    run(work)


def test_a_result_whose_door_was_forced_before_it_was_recorded_is_a_question_and_has_no_code(
    tmp_path: Path,
) -> None:
    async def work() -> None:
        async with desk(tmp_path) as (result_desk, journal, answers):
            await journal.prepare(CASE)
            await journal.append(
                CaseOpened(CASE, "s", "food-permit", "office", "verified", "甲", "110", "13800138000")
            )
            await result_desk.ledger.record(
                custody.ResultRequested(CASE, CELL, "1001", custody.ResultKind.RESULT),
                custody.DoorForced(CELL),
            )
            claimed = custody.Evidence.CLAIMED  # staff stood at "nothing seen" meanwhile
            await result_desk.perform(act.HoldResult(CASE, CELL, "1001", claimed), answers.append)
            assert answers == [ev.DoorLost(CELL)]
            assert [row.state for row in await journal.deposits_of(CASE)] == ["disputed"]
            assert await texts(journal) == []

    run(work)


def test_a_fresh_code_replaces_the_one_before(tmp_path: Path) -> None:
    async def work() -> None:
        async with desk(tmp_path) as (result_desk, journal, answers):
            await held(result_desk, journal)
            await result_desk.issue_missing()
            await result_desk.perform(act.RenewCode(CASE, "1001"), answers.append)
            (answer,) = answers
            assert isinstance(answer, told.CodeTold)
            assert answer.until.startswith("2026-11-29T22:47")
            first, second = map(code_in, await texts(journal))
            assert not isinstance(
                await result_desk.codes.check(Purpose.PICK_UP, [CASE], first, now=NOW), Right
            )
            assert isinstance(await result_desk.codes.check(Purpose.PICK_UP, [CASE], second, now=NOW), Right)

    run(work)


def test_a_result_taken_back_leaves_no_code(tmp_path: Path) -> None:
    async def work() -> None:
        async with desk(tmp_path) as (result_desk, journal, _):
            await held(result_desk, journal)
            await result_desk.issue_missing()
            await result_desk.ledger.record(
                custody.RetrievalAuthorized(CASE, CELL, "1001"),
                custody.ResultRecalled(CASE, CELL, "1001", "NOT_FETCHED"),
            )
            await result_desk.recalled(CASE, "1001")
            assert await result_desk.codes.live(Purpose.PICK_UP, CASE, NOW) is None

    run(work)


def test_a_case_of_another_channel_is_entered_once_and_sealed(tmp_path: Path) -> None:
    async def work() -> None:
        async with desk(tmp_path) as (result_desk, journal, answers):
            await result_desk.perform(act.ReserveResult(FOREIGN, "1001"), answers.append)
            assert answers == [ev.CellGiven("20261122", "A-01")]
            assert [row.case_id for row in await journal.cases_of(FOREIGN.id_number)] == ["20261122"]
            assert FOREIGN.id_number.encode() not in (tmp_path / "journal.db").read_bytes()
            await result_desk.perform(act.ReserveResult(FOREIGN, "1001"), answers.append)
            entered = await journal.events(kinds=["CaseEntered"])
            assert len(entered) == 1
            assert answers[1] == ev.CellGiven("20261122", "A-02")

    run(work)


def test_a_case_that_staff_have_had_is_found_by_its_number_however_old(tmp_path: Path) -> None:
    async def work() -> None:
        async with desk(tmp_path) as (result_desk, journal, answers):
            await held(result_desk, journal)
            await result_desk.perform(act.LookUpCase("2611220001"), answers.append)
            await result_desk.ledger.record(custody.DepositReturned(CASE, CELL, "citizen"))
            await result_desk.perform(act.LookUpCase("2611220001"), answers.append)
            await result_desk.perform(act.LookUpCase("2611220002"), answers.append)
            here, had, strange = answers
            assert here == told.CaseLookedUp("2611220001", here=True)
            assert strange == told.CaseLookedUp("2611220002")
            assert isinstance(had, told.CaseLookedUp)
            assert had.case is not None
            assert (had.case.case_id, had.case.item_code) == (CASE, "food-permit")

    run(work)


def test_a_number_that_nobody_has_and_a_case_of_this_kiosk_are_refused(tmp_path: Path) -> None:
    async def work() -> None:
        async with desk(tmp_path) as (result_desk, journal, answers):
            await held(result_desk, journal)
            wrong = Draft(
                "1", kind="result", size="S", id_number="110105194912310020", phone="1", foreign=True
            )
            await result_desk.perform(act.ReserveResult(wrong, "1001"), answers.append)
            known = Draft(CASE, kind="result", size="S", id_number=FOREIGN.id_number, phone="1", foreign=True)
            await result_desk.perform(act.ReserveResult(known, "1001"), answers.append)
            assert answers == [told.DraftRefused("id_number"), told.DraftRefused("known")]

    run(work)
