"""What an agent handed in, on a real journal: who is found by which card, who is told what, what is erased."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, cast

import pytest

from drivers.emulators.escpos_render import interpret
from drivers.escpos.paper import ReceiptPaper
from kiosk import handover, receipt
from kiosk.catalogue import load
from kiosk.journal import opened
from kiosk.journal.agencyevents import CaseEntrusted
from kiosk.journal.applicationevents import ApplicationDecided
from kiosk.journal.custody import JournalCustody
from kiosk.journal.entrusted import agency_of
from kiosk.journal.errors import KeyErased
from kiosk.journal.events import CaseOpened
from kiosk.journal.journal import Journal
from kiosk.onetimecode import OneTimeCodes
from kiosk.runtime.applications import Applications
from kiosk.runtime.erasure import Erasure, _cases
from kiosk.runtime.facts import Terms
from kiosk.runtime.ownacts import OwnActs
from kiosk.runtime.progress import ProgressDesk
from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session.facts import CardFacts, Identity
from kiosk.session.visit import Agency, Relation
from kiosk.staff import StaffError
from kiosk.withoutface.phones import JournalPhones
from locker import events as le
from locker.compartment import Compartment
from locker.events import Bound, Evidence, ResultKind
from locker.ledger import Ledger

CATALOGUE = load(Path(__file__).resolve().parents[2] / "config" / "services")
CHINA = timezone(timedelta(hours=8))
NOW = datetime(2026, 11, 22, 22, 0, tzinfo=CHINA)
CASE, ITEM, CELL = "261122-0001", "food-permit", "A-01"
THEIRS, AGENTS, PHONE = "11010519491231002X", "11010519900101023X", "13800000000"
THEM = CardFacts("测试人乙", THEIRS, "测***", "1***X", "resident", birth_date="1949-12-31", sex="female")
AGENT = CardFacts("测试人甲", AGENTS, "测***", "1***X", "resident")
WITH_CARD = Agency(Relation.PARENT, may_fetch=False, agent=AGENT)
MAY_FETCH = replace(WITH_CARD, may_fetch=True)


def run(tmp_path: Path, work: Callable[[Journal], Awaitable[Any]]) -> Any:
    async def whole() -> Any:
        async with opened(tmp_path / "state", ballast_bytes=0) as journal:
            return await work(journal)

    return asyncio.run(whole())


def wanted(agency: Agency | None, item: str = ITEM, answers: tuple[tuple[str, str], ...] = ()) -> do.OpenCase:
    return do.OpenCase("s", item, Identity.VERIFIED, THEM, PHONE, "zh_CN", answers=answers, agency=agency)


async def handed_in(journal: Journal, agency: Agency) -> None:
    told, _ = Applications(CATALOGUE, lambda: NOW).confirmed(CASE, wanted(agency))
    case = CaseOpened(CASE, "s", ITEM, "office", "verified", THEM.name, THEIRS, PHONE)
    await journal.append([case, *told])
    await journal.append([le.DepositRequested(CASE, CELL, ITEM), le.DepositHeld(CASE, CELL, Evidence.SENSOR)])


async def asked(
    journal: Journal, number: str, *, recall: bool = False, to_fetch: bool = False
) -> ev.CasesFound:
    """What the session is told of this card."""
    posted: list[ev.Event] = []
    ledger = Ledger(JournalCustody(journal), [Compartment(CELL), Compartment("B-01")])
    desk = ProgressDesk(journal, lambda: NOW, Terms({ITEM: 3}), timedelta(days=90))
    acts = OwnActs(
        journal, ledger, cast(Any, None), OneTimeCodes(journal), posted.append, lambda: NOW,
        lambda code: code == ITEM, timedelta(days=90), desk,
    )  # fmt: skip
    await acts.perform(do.FindCases(number, recall, to_fetch))
    (found,) = posted
    assert isinstance(found, ev.CasesFound)
    return found


async def answered(journal: Journal) -> None:
    """Staff put a result in for the case."""
    await journal.append(le.ResultRequested(CASE, "B-01", "1001", ResultKind.RESULT))
    await journal.append(le.ResultHeld(CASE, "B-01", "1001", Evidence.SENSOR))


def test_who_it_was_is_sealed_and_goes_with_the_key_of_the_case(tmp_path: Path) -> None:
    async def work(journal: Journal) -> None:
        await handed_in(journal, MAY_FETCH)
        (event,) = await journal.events(kinds=[CaseEntrusted.__name__])
        assert event.sealed
        known = {"case_id": CASE, "session_id": "s", "letter": False, "may_fetch": True, "by": ""}
        assert dict(event.data) == known
        kept = await journal.personal(CASE, staff_no="", reason="test")
        assert (kept["agent_name"], kept["agent_number"], kept["relation"]) == (AGENT.name, AGENTS, "parent")
        assert (kept["name"], kept["id_number"]) == (THEM.name, THEIRS)
        await journal.erase([CASE], by="1001", reason="test")
        assert await journal.cases_to_fetch(AGENTS) == []
        assert await journal.read(lambda db: agency_of(db, CASE)) == ""
        with pytest.raises(KeyErased):
            await journal.personal(CASE, staff_no="", reason="test")

    run(tmp_path, work)
    for file in (tmp_path / "state").rglob("*"):
        assert not file.is_file() or AGENTS.encode() not in file.read_bytes()


def test_the_agents_card_finds_only_what_they_may_fetch_and_only_to_fetch_it(tmp_path: Path) -> None:
    async def work(journal: Journal) -> None:
        await handed_in(journal, MAY_FETCH)
        assert (await asked(journal, AGENTS, to_fetch=True)).cases == ()  # nothing waits
        await answered(journal)
        (case,) = (await asked(journal, AGENTS, to_fetch=True)).cases
        assert (case.case_id, case.by_agent, case.waiting) == (CASE, True, (("B-01", "result"),))
        assert await asked(journal, AGENTS, recall=True) == ev.CasesFound()
        (own,) = (await asked(journal, THEIRS, to_fetch=True)).cases
        assert not own.by_agent

    run(tmp_path, work)


def test_an_agent_who_asks_to_be_forgotten_is_found_no_more_and_the_persons_case_stays(
    tmp_path: Path,
) -> None:
    async def work(journal: Journal) -> None:
        await handed_in(journal, MAY_FETCH)
        asked_for = Erasure("9001", "", "asked", id_number=AGENTS)
        assert await _cases(journal, asked_for) == []
        await journal.erase([], by="9001", reason="asked", id_number=AGENTS)
        assert await journal.cases_to_fetch(AGENTS) == []
        assert len(await journal.cases_of(THEIRS)) == 1
        with pytest.raises(StaffError):
            await _cases(journal, asked_for)

    run(tmp_path, work)


def test_where_only_the_person_may_fetch_the_agents_card_finds_nothing(tmp_path: Path) -> None:
    async def work(journal: Journal) -> None:
        await handed_in(journal, WITH_CARD)
        await answered(journal)
        assert (await asked(journal, AGENTS, to_fetch=True)).cases == ()
        assert len((await asked(journal, THEIRS, to_fetch=True)).cases) == 1

    run(tmp_path, work)


def test_what_an_agent_typed_is_not_the_persons_word(tmp_path: Path) -> None:
    """Their number would get the codes that stand for the person's face."""

    async def work(journal: Journal) -> None:
        await handed_in(journal, WITH_CARD)
        assert await JournalPhones(journal).of(THEIRS) is None
        assert (await asked(journal, THEIRS, recall=True)).earlier == ev.Earlier()

    run(tmp_path, work)


def test_projection_and_index_come_back(tmp_path: Path) -> None:
    async def work(journal: Journal) -> None:
        await handed_in(journal, replace(MAY_FETCH, letter=True))
        await journal.rebuild()
        assert await journal.read(lambda db: agency_of(db, CASE)) == "letter"
        (row,) = await journal.deposits("held", bound=Bound.STAFF)
        assert row.agency == "letter"

        def forget(db: sqlite3.Connection) -> None:
            for table in ("person_index", "agent_index"):
                db.execute(f"DELETE FROM {table}")

        await journal.write(forget)
        assert await journal.reindex() == 2
        assert [row.case_id for row in await journal.cases_to_fetch(AGENTS)] == [CASE]
        assert [row.case_id for row in await journal.cases_of(THEIRS)] == [CASE]
        assert await journal.cases_of(AGENTS) == []

    run(tmp_path, work)


def test_nothing_is_decided_before_an_agent() -> None:
    desk = Applications(CATALOGUE, lambda: NOW)
    item = next(item for item in CATALOGUE if item.instant is not None)
    alone, decision = desk.confirmed(CASE, wanted(None, item.code))
    assert decision is not None
    assert any(isinstance(one, ApplicationDecided) for one in alone)
    facts, decision = desk.confirmed(CASE, wanted(WITH_CARD, item.code))
    assert decision is None
    assert [type(one) for one in facts] == [CaseEntrusted]


PAPER = receipt.Receipt(
    receipt.ReceiptLanguage.CHINESE, "便民柜", "大厅", "食品经营许可", ("申请表",),
    (receipt.Inside(CELL, receipt.EvidenceMark.SEEN),), NOW, CASE, "明早", "12345", "J-1",
    receipt.IdentityMark.VERIFIED,
)  # fmt: skip


@pytest.mark.parametrize("lang", list(receipt.ReceiptLanguage))
def test_receipt_and_slip_say_that_it_was_an_agent_and_name_nobody(lang: receipt.ReceiptLanguage) -> None:
    words = receipt.WORDS[lang]

    def printed(one: receipt.Receipt) -> str:
        return interpret(receipt.render(one, ReceiptPaper())).text.replace(" ", "").replace("\n", "")

    by_agent = printed(replace(PAPER, lang=lang, by_agent=True, letter=True))
    for key in ("agent", "agent.by", "agent.letter"):
        assert words[key].replace(" ", "") in by_agent
        assert words[key].replace(" ", "") not in printed(replace(PAPER, lang=lang)) or lang == "en"
    by_scan = printed(replace(PAPER, lang=lang, by_agent=True, letter_scanned=True))
    assert words["agent.letter_scanned"].replace(" ", "") in by_scan
    assert words["agent.letter"].replace(" ", "") not in by_scan
    line = handover.SlipLine(CELL, CASE, "食品经营许可", handover.TAKEN, agency="letter")
    slip = handover.Slip(lang, "k", "p", "H-1", "collect", NOW, "1001", (line,), "J-1")
    told = interpret(handover.render(slip, ReceiptPaper())).text.replace(" ", "").replace("\n", "")
    assert handover.WORDS[lang]["agency.letter"].replace(" ", "") in told
