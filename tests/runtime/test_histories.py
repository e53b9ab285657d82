"""The record at the screen: a real journal, the engine, the presenter; who may read, every line once, nothing left."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from argon2 import PasswordHasher

from drivers.contracts.paper import Paper
from drivers.contracts.printer import PrintOutcome
from drivers.emulators.escpos_render import interpret
from drivers.escpos.paper import ReceiptPaper
from kiosk.historystrip import MOST_LINES
from kiosk.journal.errors import JournalUnreadable
from kiosk.journal.history import Entry, Subject, View, history, passage
from kiosk.journal.journal import Journal, opened
from kiosk.journal.rows import opened_chain
from kiosk.receipt import ReceiptLanguage
from kiosk.recordwords import Teller
from kiosk.runtime.engine import Engine
from kiosk.runtime.headless import controls_of
from kiosk.runtime.histories import HistoryDesk, HistoryEffect
from kiosk.runtime.slips import Site
from kiosk.runtime.timers import Limits
from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session import staffstate as ss
from kiosk.session import state as st
from kiosk.session.historystate import HistoryOf
from kiosk.staff import Role, StaffRegistry
from locker import events as le
from screens import intents as ask
from screens.languages import LANGUAGES
from screens.viewmodels import RecordPage, ViewModel, text
from screens.words import words
from tests.journal.facts import NAME, NUMBER, PHONE, Clock, story
from tests.session.scenes import CELL, FINE, words_in
from tests.test_presenter import PRESENTER

WAIT_S = 20.0
SUPERVISOR, CLERK, NUMBERED = "1007", "1001", "261122-0001"
TYPED = [f"digit.{digit}" for digit in NUMBERED.replace("-", "")]
ZONE = ZoneInfo("Asia/Shanghai")
QUICK_HASH = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


@dataclass
class Counter:
    """Screen and performer of the effects of reading; the others are kept. `papers`: what was printed."""

    desk: HistoryDesk
    papers: list[bytes]
    page: ViewModel | None = None
    engine: Engine | None = None
    readable: bool = True
    recorded: list[do.Effect] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def perform(self, effect: do.Effect) -> bool:
        if isinstance(effect, HistoryEffect):
            assert self.engine is not None
            self.desk.begin(effect, self.engine.post)
        else:
            self.recorded.append(effect)
        return True

    def show(self, view_model: ViewModel) -> None:
        self.page = view_model
        self.news.set()

    def unexpected(self, event: ev.Event, stage: str) -> None:
        raise AssertionError(f"{event} in {stage}")

    async def until(self, true: Callable[[ViewModel], bool]) -> ViewModel:
        async with asyncio.timeout(WAIT_S):
            while self.page is None or not true(self.page):
                self.news.clear()
                await self.news.wait()
        return self.page

    async def sees(self, name: str) -> ViewModel:
        return await self.until(lambda page: page.name == name)

    async def taps(self, key: str) -> None:
        """What a finger can: a control that stands on the page and can be used."""
        page = await self.until(lambda page: key in {name for name, _, on in controls_of(page) if on})
        assert self.engine is not None
        self.engine.post(next(intent for name, intent, on in controls_of(page) if name == key and on))

    async def lines(self, but: RecordPage | None = None) -> RecordPage:
        page = await self.until(lambda page: isinstance(page, RecordPage) and page != but and bool(page.rows))
        assert isinstance(page, RecordPage)
        return page


@contextlib.asynccontextmanager
async def counter(journal: Journal, staff_no: str) -> AsyncIterator[Counter]:
    """Somebody on staff before the menu of a kiosk with this journal."""
    staff = StaffRegistry(journal, hasher=QUICK_HASH)
    for number, role in ((SUPERVISOR, Role.SUPERVISOR), (CLERK, Role.STAFF)):
        await staff.add(number, name="甲", pin="246813", role=role, by="setup")
    papers: list[bytes] = []

    async def print_job(make: Callable[[Paper], bytes]) -> PrintOutcome:
        papers.append(make(ReceiptPaper()))
        return PrintOutcome.PRINTED

    async def read(subject: Subject, upto: int, before: int) -> tuple[list[Entry], bool]:
        if not made.readable:
            raise JournalUnreadable("a segment is damaged")
        with opened_chain(journal.file) as chain:
            return passage(chain, subject, upto, before, timedelta(minutes=1))

    clock = Clock()
    desk = HistoryDesk(
        journal, staff, read, {lang: Teller(words(lang), ZONE) for lang in LANGUAGES}, print_job,
        Site(ReceiptLanguage.CHINESE, "柜", "中心支行"), lambda: clock().astimezone(ZONE),
    )  # fmt: skip
    made = Counter(desk, papers)
    session = st.Session(ss.StaffMenu(staff_no), lang="en", facts=FINE, next_id="x")
    engine = made.engine = Engine(
        session, PRESENTER, made, Limits(), now=lambda: clock().astimezone(ZONE), new_id=lambda: "x"
    )
    work = asyncio.create_task(engine.run(made))
    try:
        yield made
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        await desk.tasks.close()


def played(
    folder: Path, work: Callable[[Counter, Journal], Awaitable[None]], staff_no: str = SUPERVISOR
) -> None:
    """`work` at the counter of a kiosk whose journal holds one case in A-03, with much that was tried there since."""

    async def run() -> None:
        async with opened(folder, clock=Clock(), ballast_bytes=0) as journal:
            await journal.append(story(NUMBERED))
            for turn in range(40):
                operation = f"again{turn}"
                await journal.append([
                    le.OpenRequested(operation, CELL, NUMBERED, f"staff:{CLERK}"),
                    le.OpeningFailed(operation, CELL, NUMBERED, le.Reason.DOOR_JAMMED),
                ])  # fmt: skip
            async with counter(journal, staff_no) as made:
                await work(made, journal)

    asyncio.run(run())


async def reads(kiosk: Counter, of: HistoryOf, *keys: str) -> RecordPage:
    """From the menu to the lines."""
    for key in ("menu.history", f"history.{of}", *keys):
        await kiosk.taps(key)
    return await kiosk.lines()


@pytest.mark.parametrize("large", [False, True])
def test_every_line_of_a_compartment_stands_on_one_page_from_the_newest_back(
    tmp_path: Path, large: bool
) -> None:
    async def work(kiosk: Counter, journal: Journal) -> None:
        if large:
            for key in ("action.everyone", "large.on", "everyone.done"):
                await kiosk.taps(key)
        page = await reads(kiosk, HistoryOf.CELL, f"cell.{CELL}")
        head = (await journal.anchor()).text
        seen = list(page.rows)
        for _ in range(200):
            if not any(key == "staff.history.older" and on for key, _, on in controls_of(page)):
                break
            await kiosk.taps("staff.history.older")
            page = await kiosk.lines(but=page)
            seen = [row for row in page.rows if row not in seen] + seen
        entries = history(journal.file, Subject(View.CELL, CELL))
        refs = [entry.row.anchor.text for entry in entries]
        assert [row.place.split()[-1] for row in seen] == refs
        assert dict(page.sentence.args)["head"] == head
        assert "the citizen" in seen[1].how
        at_the_top = page
        await kiosk.taps("staff.history.newer")
        assert (await kiosk.lines(but=at_the_top)).rows != at_the_top.rows

    played(tmp_path, work)


def test_a_case_is_found_by_the_digits_of_its_receipt(tmp_path: Path) -> None:
    async def work(kiosk: Counter, journal: Journal) -> None:
        page = await reads(kiosk, HistoryOf.CASE, "case.number", *TYPED, "action.next")
        assert page.heading == text("staff.history.lines_case", name=NUMBERED)
        assert (
            page.rows[0].place.split()[-1]
            == history(journal.file, Subject(View.CASE, NUMBERED))[0].row.anchor.text
        )
        assert not {NAME, NUMBER, PHONE} & set(words_in(kiosk.page))
        await kiosk.taps("action.back")
        for key in ("digit.7", "action.next"):
            await kiosk.taps(key)
        await kiosk.until(
            lambda page: isinstance(page, RecordPage) and page.empty == text("staff.history.none")
        )

    played(tmp_path, work)


def test_a_person_on_staff_in_the_language_of_whoever_reads(tmp_path: Path) -> None:
    async def work(kiosk: Counter, journal: Journal) -> None:
        page = await reads(kiosk, HistoryOf.STAFF, f"people.{CLERK}")
        last = history(journal.file, Subject(View.STAFF, CLERK))[-1]
        assert page.rows[-1].place.endswith(last.row.anchor.text)
        await kiosk.taps("action.language")
        other = await kiosk.until(lambda page: isinstance(page, RecordPage) and page.chrome.lang != "en")
        assert isinstance(other, RecordPage)
        assert other.rows[-1].what != page.rows[-1].what

    played(tmp_path, work)


def test_the_paper_has_the_lines_and_the_head(tmp_path: Path) -> None:
    async def work(kiosk: Counter, journal: Journal) -> None:
        page = await reads(kiosk, HistoryOf.CASE, "case.number", *TYPED, "action.next")
        await kiosk.taps("staff.history.print")
        await kiosk.until(
            lambda page: isinstance(page, RecordPage) and page.sentence.key == "staff.history.printed"
        )
        job = interpret(kiosk.papers[0])
        assert job.unknown == []
        assert len(job.cuts) == 1
        assert (await journal.anchor()).text in job.text
        newest = history(journal.file, Subject(View.CASE, NUMBERED))
        printed = [entry.row.anchor.text in job.text for entry in newest]
        assert printed == [False] * (len(newest) - MOST_LINES) + [True] * MOST_LINES
        assert page.rows

    played(tmp_path, work)


def test_who_is_no_supervisor_reads_nothing(tmp_path: Path) -> None:
    async def work(kiosk: Counter, journal: Journal) -> None:
        await kiosk.taps("menu.history")
        page = await kiosk.sees("staff.history.refused")
        assert not [
            key for key, _, _ in controls_of(page) if key.startswith(("history.", "case.", "people."))
        ]

    played(tmp_path, work, CLERK)


def test_a_damaged_journal_is_said_and_the_page_can_be_left(tmp_path: Path) -> None:
    async def work(kiosk: Counter, journal: Journal) -> None:
        for key in ("menu.history", "history.cell"):
            await kiosk.taps(key)
        kiosk.readable = False
        await kiosk.taps(f"cell.{CELL}")
        await kiosk.until(
            lambda page: isinstance(page, RecordPage) and page.empty == text("staff.history.failed")
        )
        await kiosk.taps("action.back")
        await kiosk.sees("staff.history.cells")

    played(tmp_path, work)


@pytest.mark.parametrize("leaving", [ev.IdleFor(0), ask.SignOut(), ask.StartOver()])
def test_who_leaves_takes_all_of_it_along(tmp_path: Path, leaving: ev.Event) -> None:
    async def work(kiosk: Counter, journal: Journal) -> None:
        await reads(kiosk, HistoryOf.CELL, f"cell.{CELL}")
        assert kiosk.engine is not None
        kiosk.engine.post(leaving)
        await kiosk.sees("home")
        assert kiosk.engine.session.stage == st.Idle()
        assert not [word for word in words_in(kiosk.engine.session) if word.startswith("J-")]
        assert [effect.event for effect in kiosk.recorded if isinstance(effect, do.Record)] == [
            "StaffSignedOut"
        ]

    played(tmp_path, work)
