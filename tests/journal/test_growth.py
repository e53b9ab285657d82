"""A journal of years: what is asked and written every day must not cost more with each case of the past.

Cost is counted in steps of SQLite's machine, so that the tests say the same on any computer.
"""

import asyncio
import shutil
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from drivers.contracts.board import ItemState
from kiosk.journal import Channel, Journal, Notice, opened, queries
from kiosk.journal import events as ev
from kiosk.journal.archive import DatabaseChain
from kiosk.journal.store import schema_files
from kiosk.journal.types import Event, Recorded
from locker import events as le

FEW, MANY = 20, 400
NOON: Final = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MOST_GROWTH: Final = 1.5  # a tree of pages becomes a level deeper now and then
NOWHERE: Final = Path("nowhere/journal.db")  # so without segments
NEWEST: Final = "the case that is asked about"


def visit(case_id: str) -> list[Event]:
    """A deposit and its collection."""
    cell = "A-03"
    return [
        ev.CaseOpened(case_id, "s1", "sole-trader", "dept", "card_only", "甲", "110101199003070000", "13800000000"),
        le.DepositRequested(case_id, cell, "sole-trader"),
        le.OpenRequested(f"op-{case_id}", cell, case_id, "citizen"),
        le.DoorOpened(f"op-{case_id}", cell, case_id),
        le.DoorClosed(f"op-{case_id}", cell, case_id, ItemState.PRESENT),
        le.DepositHeld(case_id, cell, le.Evidence.SENSOR),
        le.RetrievalAuthorized(case_id, cell, "1001"),
        le.DepositCollected(case_id, cell, "1001"),
    ]  # fmt: skip


def one_notice(event: Event, _recorded: Recorded) -> list[Notice]:
    if not isinstance(event, le.DepositHeld):
        return []
    return [Notice(Channel.SMS, "1001", b"{}")]


QUESTIONS: Final[dict[str, Callable[[sqlite3.Connection], object]]] = {
    "the events of a case": lambda db: list(queries.bodies_of_case(DatabaseChain(NOWHERE, db), NEWEST)),
    "the cases that lie here": lambda db: queries.cases(db, ("held", "disputed")),
    "one case": lambda db: queries.case(db, NEWEST),
    "open intents": queries.open_intents,
    "compartments": queries.compartments,
    "the last start": lambda db: queries.last_event(DatabaseChain(NOWHERE, db), ("KioskStarted",)),
}


@pytest.fixture(scope="module")
def journals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, Path]]:
    """One journal with few and one with many cases, all collected, all told of."""
    folders = {count: tmp_path_factory.mktemp(f"cases-{count}") for count in (FEW, MANY)}

    async def fill(folder: Path, count: int) -> None:
        async with opened(folder, ballast_bytes=0, notice_policy=one_notice) as journal:
            for number in range(count):
                await journal.append(visit(f"case-{number:04d}"))
            for message in iter(await sms(journal)):
                await journal.outbox.mark_sent(message, NOON)

    async def sms(journal: Journal) -> list[str]:
        rows = await journal.read(lambda db: db.execute("SELECT message_id FROM outbox").fetchall())
        return [row[0] for row in rows]

    for count, folder in folders.items():
        asyncio.run(fill(folder, count))
    yield folders
    for folder in folders.values():
        shutil.rmtree(folder)


def steps(folder: Path, work: Callable[[Journal], Awaitable[None]]) -> int:
    """Steps of SQLite's machine while `work` runs."""
    count = 0

    def one_more() -> int:
        nonlocal count
        count += 1
        return 0

    async def watched() -> None:
        async with opened(folder, ballast_bytes=0, notice_policy=one_notice) as journal:
            await journal.read(lambda db: db.set_progress_handler(one_more, 1))
            await work(journal)
            await journal.read(lambda db: db.set_progress_handler(None, 1))

    asyncio.run(watched())
    return count


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_costs_the_same_after_many_cases(journals: dict[int, Path], question: str) -> None:
    async def ask(journal: Journal) -> None:
        await journal.read(QUESTIONS[question])

    few, many = (steps(journals[count], ask) for count in (FEW, MANY))
    assert many <= MOST_GROWTH * few


def test_the_queue_of_notices_costs_the_same_after_many_cases(journals: dict[int, Path]) -> None:
    async def look(journal: Journal) -> None:
        assert await journal.outbox.due(NOON) == []
        assert await journal.outbox.next_time() is None
        assert await journal.outbox.untold_cases(but_to="citizen:") == {}

    few, many = (steps(journals[count], look) for count in (FEW, MANY))
    assert many <= MOST_GROWTH * few


def test_a_visit_is_written_at_the_same_cost_after_many_cases(journals: dict[int, Path]) -> None:
    async def write(journal: Journal) -> None:
        await journal.append(visit(NEWEST))

    few, many = (steps(journals[count], write) for count in (FEW, MANY))
    assert many <= MOST_GROWTH * few


def test_a_journal_of_the_first_schema_gets_the_indexes(tmp_path: Path) -> None:
    (_, first), *_ = schema_files()
    with closing(sqlite3.connect(tmp_path / "journal.db")) as db:
        db.executescript(first.read_text(encoding="utf-8") + "PRAGMA user_version=1;")

    async def names() -> set[str]:
        async with opened(tmp_path, ballast_bytes=0) as journal:
            await journal.append(visit("case-1"))
            found = await journal.read(
                lambda db: db.execute("SELECT name FROM sqlite_schema WHERE type = 'index'").fetchall()
            )
            return {row[0] for row in found}

    assert {"events_case", "outbox_unsent"} <= asyncio.run(names())


def test_the_number_of_the_next_case_is_counted_from_those_of_its_day(tmp_path: Path) -> None:
    async def count() -> tuple[int, int]:
        async with opened(tmp_path, ballast_bytes=0) as journal:
            for case_id in ("261122-0001", "261122-0002", "261123-0001"):
                await journal.append(visit(case_id))
            return await journal.cases_numbered("261122-"), await journal.cases_numbered("261124-")

    assert asyncio.run(count()) == (2, 0)
