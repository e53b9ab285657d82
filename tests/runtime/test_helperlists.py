"""A helper's round on a real journal: signed in as staff are, each case under their number, a list without names."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from drivers.contracts.paper import Paper
from drivers.contracts.printer import PrintOutcome
from drivers.emulators.escpos_render import interpret
from drivers.escpos.paper import ReceiptPaper
from kiosk.catalogue import load
from kiosk.helperlist import WORDS, HelperList, ListLine, render
from kiosk.journal import opened
from kiosk.journal.events import CaseOpened
from kiosk.journal.history import Subject, View, history
from kiosk.journal.journal import Journal
from kiosk.journal.scanevents import PagesSealed
from kiosk.journal.sources import Known
from kiosk.onetimecode import OneTimeCodes
from kiosk.receipt import ReceiptLanguage
from kiosk.runtime.applications import Applications
from kiosk.runtime.helperlists import ListDesk
from kiosk.runtime.slips import PrintJob, Site
from kiosk.runtime.staffdesk import Gate
from kiosk.runtime.waycommands import CodeOrder, give_code
from kiosk.session import effects as do
from kiosk.session import staffevents as told
from kiosk.session.facts import CardFacts, Identity
from kiosk.session.staffstate import HandedIn, HelperRound
from kiosk.session.visit import Agency
from kiosk.staff import Role, StaffError, StaffRegistry
from locker import events as le
from locker.events import Evidence

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
CATALOGUE = load(Path(__file__).resolve().parents[2] / "config" / "services")
CHINA = timezone(timedelta(hours=8))
NOW = datetime(2026, 11, 22, 22, 0, tzinfo=CHINA)
HELPER, PIN, ITEM = "2001", "482915", "food-permit"
THEIRS, PHONE = "11010519491231002X", "13800000000"
THEM = CardFacts("测试人乙", THEIRS, "测***", "1***X", "resident", birth_date="1949-12-31", sex="female")
CASES = ("261122-0001", "261122-0002", "261122-0003")
SITE = Site(ReceiptLanguage.CHINESE, "不打烊政务柜", "中心支行")
LIST = HelperList(
    SITE.lang, SITE.kiosk_name, SITE.place, HELPER, NOW,
    (ListLine(CASES[0], "食品经营许可证", ("A-03", "A-04"), NOW), ListLine(CASES[1], "个人完税证明", (), NOW)),
    "J-000123-7F3A9C21",
)  # fmt: skip


def run(folder: Path, work: Callable[[Journal], Awaitable[None]]) -> None:
    async def whole() -> None:
        async with opened(folder, ballast_bytes=0) as journal:
            await work(journal)

    asyncio.run(whole())


async def handed_in(journal: Journal, case_id: str, *cells: str, letter: bool = False) -> None:
    agency = Agency(letter=letter, helper=HELPER)
    wanted = do.OpenCase("s", ITEM, Identity.HELPER, THEM, PHONE, "zh_CN", agency=agency)
    facts, decision = Applications(CATALOGUE, lambda: NOW).confirmed(case_id, wanted)
    assert decision is None
    await journal.append(
        [CaseOpened(case_id, "s", ITEM, "office", "helper", THEM.name, THEIRS, PHONE), *facts]
    )
    for cell in cells:
        await journal.append(
            [le.DepositRequested(case_id, cell, ITEM), le.DepositHeld(case_id, cell, Evidence.SENSOR)]
        )


def printing(jobs: list[bytes]) -> PrintJob:
    async def print_job(make: Callable[[Paper], bytes]) -> PrintOutcome:
        jobs.append(make(ReceiptPaper()))
        return PrintOutcome.PRINTED

    return print_job


def said(job: bytes) -> str:
    paper = interpret(job)
    assert paper.unknown == []
    assert len(paper.cuts) == 1
    return paper.text.replace(" ", "")


@pytest.mark.parametrize("role", list(Role))
def test_number_and_pin_say_whose_desk_it_is(tmp_path: Path, role: Role) -> None:
    async def work(journal: Journal) -> None:
        staff = StaffRegistry(journal, hasher=QUICK)
        await staff.add(HELPER, name="甲", pin=PIN, role=role, by="setup")
        answer = await Gate(staff, lambda: NOW).sign_in(HELPER, PIN)
        helper, technician = role is Role.HELPER, role is Role.TECHNICIAN
        assert answer == told.SignInAnswer(HELPER, ok=True, technician=technician, helper=helper)

    run(tmp_path, work)


@pytest.mark.parametrize("role", list(Role))
def test_a_code_in_place_of_a_face_is_given_by_staff_and_supervisors(tmp_path: Path, role: Role) -> None:
    async def work(journal: Journal) -> None:
        staff = StaffRegistry(journal, hasher=QUICK)
        await staff.add(HELPER, name="甲", pin=PIN, role=role, by="setup")
        order = CodeOrder(HELPER, PIN)
        if role in (Role.STAFF, Role.SUPERVISOR):
            assert (await give_code(staff, OneTimeCodes(journal, hasher=QUICK), order, NOW))["code"]
            return
        with pytest.raises(StaffError, match="staff and supervisors"):
            await give_code(staff, OneTimeCodes(journal, hasher=QUICK), order, NOW)

    run(tmp_path, work)


def test_the_record_has_each_case_under_the_helpers_number_and_names_nobody(tmp_path: Path) -> None:
    async def work(journal: Journal) -> None:
        await handed_in(journal, CASES[0], "A-03")
        (row,) = await journal.deposits("held")
        assert (row.identity, row.agency) == ("helper", "card")
        assert await journal.cases_to_fetch("") == []

    run(tmp_path, work)
    entries = history(tmp_path / "journal.db", Subject(View.STAFF, HELPER))
    (entry,) = (one for one in entries if one.event.type == "CaseEntrusted")
    assert entry.known is Known.PIN
    assert dict(entry.event.data) == {
        "case_id": CASES[0], "session_id": "s", "letter": False, "may_fetch": False, "by": HELPER,
    }  # fmt: skip


def test_the_list_has_what_came_in_and_what_became_of_the_paper_is_kept(tmp_path: Path) -> None:
    """By the journal: what was not recorded is not on it, whatever the screen counted."""
    jobs: list[bytes] = []

    async def work(journal: Journal) -> None:
        await handed_in(journal, CASES[0], "A-03", "A-04", letter=True)
        await handed_in(journal, CASES[1])
        await journal.append(PagesSealed(CASES[1], "s", ITEM, ("p",), (2,), 2, 1000, "0" * 64, whole=True))
        await handed_in(journal, CASES[2])  # nothing came of it
        rounds = HelperRound(HELPER, tuple(HandedIn(case_id, ITEM, ()) for case_id in CASES))
        desk = ListDesk(journal, printing(jobs), SITE, lambda code: code, lambda: NOW)
        assert await desk.print(rounds) == "printed"
        assert await replace(desk, print_job=None).print(rounds) == "notPrinted"
        kept = await journal.events(kinds=["HelperListPrinted"])
        assert [dict(one.data) for one in kept] == [
            {"staff_no": HELPER, "cases": list(CASES[:2]), "outcome": outcome}
            for outcome in ("printed", "notPrinted")
        ]

    run(tmp_path, work)
    (job,) = jobs
    text = said(job)
    assert "A-03、A-04" in text
    assert CASES[1] in text
    assert CASES[2] not in text
    assert not [secret for secret in (THEM.name, THEIRS, PHONE) if secret in text]


@pytest.mark.parametrize("lang", list(ReceiptLanguage))
@pytest.mark.parametrize("dots", [384, 576])
def test_the_paper_says_all_of_it_on_every_width(lang: ReceiptLanguage, dots: int) -> None:
    job = interpret(render(replace(LIST, lang=lang), ReceiptPaper(columns_dots=dots)))
    assert job.unknown == []
    text = job.text.replace(" ", "").replace("\n", "")
    for words in (HELPER, *CASES[:2], "A-03", LIST.anchor, WORDS[lang]["helper"], WORDS[lang]["pages"]):
        assert words.replace(" ", "") in text
