"""One case, several deposits, each in its own compartment; what the case comes to; the way back to the citizen."""

import shutil
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from drivers.contracts.board import ItemState
from kiosk.journal import opened
from kiosk.journal.deposits import DepositRow
from kiosk.journal.journal import Journal
from kiosk.journal.store import schema_files
from kiosk.journal.types import Event
from locker import events as le
from locker.events import Bound, Evidence, ResultKind
from tests.journal.facts import case, run

CASE = "c1"


def handed_in(cell: str) -> list[Event]:
    return [
        le.DepositRequested(CASE, cell, "sole-trader"),
        le.OpenRequested(f"op-{cell}", cell, CASE, "citizen"),
        le.DoorOpened(f"op-{cell}", cell, CASE),
        le.DoorClosed(f"op-{cell}", cell, CASE, ItemState.PRESENT),
        le.DepositHeld(CASE, cell, Evidence.SENSOR),
    ]


def collected(cell: str) -> list[Event]:
    return [le.RetrievalAuthorized(CASE, cell, "1001"), le.DepositCollected(CASE, cell, "1001")]


def put_in(cell: str) -> list[Event]:
    return [
        le.ResultRequested(CASE, cell, "1001", ResultKind.RESULT),
        le.DoorClosed(None, cell, None, ItemState.PRESENT),
        le.ResultHeld(CASE, cell, "1001", Evidence.SENSOR),
    ]


def fetched(cell: str) -> list[Event]:
    return [le.PickupAuthorized(CASE, cell, "card_only"), le.DepositReturned(CASE, cell, "citizen")]


def recalled(cell: str) -> list[Event]:
    return [le.RetrievalAuthorized(CASE, cell, "1001"), le.ResultRecalled(CASE, cell, "1001", "overdue")]


def lost_sight_of(cell: str) -> list[Event]:
    return [
        le.OpenRequested("op-cut", cell, CASE, "citizen"),
        le.OpenOutcomeUnknown("op-cut", cell, CASE, "closed at start-up"),
    ]


def cut_off_and_cleared(cell: str) -> list[Event]:
    return [le.CustodyDisputed(CASE, cell, "cut off"), le.CompartmentCleared(cell, "1001", "nothing inside")]


@pytest.mark.parametrize(
    ("events", "state", "rows"),
    [
        (handed_in("A-01"), "held", ["A-01 staff held"]),
        (handed_in("A-01") + handed_in("A-02"), "held", ["A-01 staff held", "A-02 staff held"]),
        (
            handed_in("A-01") + handed_in("A-02") + collected("A-01"),
            "held",
            ["A-01 staff collected", "A-02 staff held"],
        ),
        (
            handed_in("A-01") + handed_in("A-02")[:1] + [le.DepositAbandoned(CASE, "A-02", "too small")],
            "held",
            ["A-01 staff held", "A-02 staff abandoned"],
        ),
        (
            handed_in("A-01") + handed_in("A-02") + [le.CustodyDisputed(CASE, "A-02", "empty")],
            "disputed",
            ["A-01 staff held", "A-02 staff disputed"],
        ),
        (
            handed_in("A-01") + collected("A-01") + handed_in("A-01"),
            "held",
            ["A-01 staff collected", "A-01 staff held"],
        ),
        (
            handed_in("A-01") + collected("A-01") + put_in("B-01"),
            "collected",
            ["A-01 staff collected", "B-01 citizen held"],
        ),
        (
            handed_in("A-01") + collected("A-01") + put_in("B-01") + fetched("B-01"),
            "returned",
            ["A-01 staff collected", "B-01 citizen returned"],
        ),
        (
            handed_in("A-01") + collected("A-01") + put_in("B-01") + fetched("B-01") + handed_in("A-02"),
            "held",
            ["A-01 staff collected", "B-01 citizen returned", "A-02 staff held"],
        ),
        (
            [*put_in("B-01"), *recalled("B-01")],
            "opened",
            ["B-01 citizen recalled"],
        ),
        (
            [*handed_in("A-01"), le.DepositAbandoned(CASE, "A-01", "what is held is never abandoned")],
            "held",
            ["A-01 staff held"],
        ),
        (
            [*handed_in("A-01")[:4], *cut_off_and_cleared("A-01")],
            "cleared",
            ["A-01 staff cleared"],
        ),
        ([*put_in("B-01"), *lost_sight_of("B-01")], "disputed", ["B-01 citizen disputed"]),
        ([*put_in("B-01"), le.DoorForced("B-01")], "disputed", ["B-01 citizen disputed"]),
        (
            [*put_in("B-01"), le.DoorForced("B-01"), le.CompartmentCleared("B-01", "1001", "left")],
            "opened",
            ["B-01 citizen held"],
        ),
        (
            [*put_in("B-01"), *lost_sight_of("B-01"), le.DepositAbandoned(CASE, "B-01", "NOT_FOUND")],
            "opened",
            ["B-01 citizen abandoned"],
        ),
    ],
)  # fmt: skip
def test_what_a_case_comes_to(tmp_path: Path, events: Sequence[Event], state: str, rows: list[str]) -> None:
    async def said(journal: Journal) -> tuple[str, list[str]]:
        known = await journal.case(CASE)
        assert known is not None
        return known.state, [f"{d.cell} {d.bound} {d.state}" for d in await journal.deposits_of(CASE)]

    async def work() -> None:
        async with opened(tmp_path, ballast_bytes=0) as journal:
            await journal.append([case(CASE), *events])
            assert await said(journal) == (state, rows)
            await journal.rebuild()
            assert await said(journal) == (state, rows)

    run(work)


def test_what_lies_where_and_for_whom(tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(tmp_path, ballast_bytes=0) as journal:
            await journal.append([case(CASE), *handed_in("A-01"), *handed_in("A-02"), *put_in("B-01")])
            assert [row.cell for row in await journal.deposits("held", "disputed")] == [
                "A-01",
                "A-02",
                "B-01",
            ]
            (waiting,) = await journal.deposits("held", bound=Bound.CITIZEN)
            assert (waiting.cell, waiting.kind, waiting.item_code) == ("B-01", "result", "sole-trader")
            assert waiting.held_at is not None
            assert await journal.held_since(waiting.requested_at.replace(year=2020)) == 2

    run(work)


def test_a_journal_of_before_learns_its_deposits(tmp_path: Path) -> None:
    """The events of an older journal are played again when its schema becomes today's."""
    today, older = tmp_path / "today", tmp_path / "older"

    async def deposits(folder: Path, events: Sequence[Event] = ()) -> list[DepositRow]:
        async with opened(folder, ballast_bytes=0) as journal:
            await journal.append(events)
            return await journal.deposits_of(CASE)

    before = run(lambda: deposits(today, [case(CASE), *handed_in("A-01"), *handed_in("A-02")]))
    shutil.copytree(today / "keys", older / "keys")
    db = sqlite3.connect(older / "journal.db")
    for _, file in schema_files()[:2]:
        db.executescript(file.read_text(encoding="utf-8"))
    db.execute("ATTACH ? AS today", (str(today / "journal.db"),))
    db.execute("INSERT INTO events SELECT * FROM today.events")
    db.execute("PRAGMA user_version = 2")
    db.commit()
    db.close()
    assert [row.cell for row in before] == ["A-01", "A-02"]
    assert run(lambda: deposits(older)) == before
