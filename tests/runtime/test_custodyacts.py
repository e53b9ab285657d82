"""Which compartment a citizen is given, on a real journal, and when a door that stands open is lost sight of."""

import asyncio
import contextlib
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from drivers.contracts.board import DoorState, ItemState
from drivers.contracts.printer import PrintOutcome
from kiosk.catalogue import Catalogue
from kiosk.journal.custody import JournalCustody
from kiosk.journal.journal import Journal, opened
from kiosk.journal.pagefiles import PagesOnDisk
from kiosk.journal.promiseevents import PromiseSigned
from kiosk.journal.promises import open_promises
from kiosk.runtime.applications import Applications
from kiosk.runtime.custodyacts import ActLimits, Cases, CustodyActs
from kiosk.runtime.pagekeeping import PageKeeper
from kiosk.runtime.scanner import ScanDesk
from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session.facts import CardFacts, Identity
from kiosk.session.visit import Followed
from locker.cabinet import Cabinet, Cell, Size
from locker.compartment import Content
from locker.doors import DoorService
from locker.events import CompartmentOutOfService, Evidence
from locker.ledger import Ledger, complete
from tests.drivers.fake_board import FakeBoard
from tests.locker.rig import QUICK
from tests.notify.doubles import until

NOW = datetime(2026, 11, 22, tzinfo=UTC)
HIGH, LOW = "A-01", "A-02"
HERE = Cabinet(
    (
        Cell(HIGH, Size.S, "main", 1, row=0, column=0, bottom_mm=1300, top_mm=1400),
        Cell(LOW, Size.S, "main", 2, row=1, column=0, bottom_mm=500, top_mm=600),
    )
)
LIMITS = ActLimits(board_silent_limit_s=0.5)
CARD = CardFacts("测试", "110101199003070000", "测*", "1101**********0000", "resident")
WANTED = do.OpenCase("s", "permit", Identity.CARD_ONLY, CARD, "13800000000", "zh_CN")


REFUSAL = (
    "CREATE TRIGGER refused BEFORE INSERT ON events WHEN NEW.type = '{}' BEGIN SELECT RAISE(ABORT, 'no'); END"
)
NO_DESK = ScanDesk(None, lambda _event: None, lambda: None, 1.0)


async def no_printer(job: do.PrintReceipt, anchor: str, lang: str) -> PrintOutcome:
    return PrintOutcome.NOT_PRINTED


def acts_of(
    journal: Journal,
    ledger: Ledger,
    doors: DoorService,
    folder: Path,
    posted: list[ev.Event],
) -> CustodyActs:
    return CustodyActs(
        journal, ledger, doors, HERE, no_printer, posted.append, lambda _code: "S", lambda _code: "", lambda: NOW,
        Cases(lambda _case, _lang: None), Applications(Catalogue(()), lambda: NOW),
        PageKeeper(journal, NO_DESK, PagesOnDisk(folder), lambda _code: ()), LIMITS,
    )  # fmt: skip


async def given(folder: Path, *broken: str, reach: bool) -> ev.Event:
    """What is answered to somebody who asks for a compartment, while these are out of service."""
    posted: list[ev.Event] = []
    async with opened(folder, ballast_bytes=0) as journal:
        ledger = Ledger(JournalCustody(journal), complete(HERE, ()))
        doors = DoorService(HERE, {"main": FakeBoard(2)}, ledger, settings=QUICK)
        acts = acts_of(journal, ledger, doors, folder, posted)
        try:
            await doors.start()
            for cell in broken:
                await ledger.record(CompartmentOutOfService(cell, "DOOR_JAMMED"))
            await acts.perform(replace(WANTED, reach=reach))
        finally:
            await acts.close()
            await doors.close()
        assert len(await journal.events(kinds=["CaseOpened"])) == isinstance(posted[0], ev.CellGiven)
    (answer,) = posted
    return answer


@pytest.mark.parametrize(
    ("broken", "reach", "answer"),
    [
        ((), False, ev.CellGiven("261122-0001", HIGH)),
        ((), True, ev.CellGiven("261122-0001", LOW)),
        ((LOW,), False, ev.CellGiven("261122-0001", HIGH)),
        ((LOW,), True, ev.NoCell("reach")),  # the citizen decides whether the other one will do
        ((HIGH, LOW), True, ev.NoCell("")),
    ],
)
def test_reach_is_kept_and_what_is_missing_is_said(
    tmp_path: Path, broken: tuple[str, ...], reach: bool, answer: ev.Event
) -> None:
    assert asyncio.run(given(tmp_path, *broken, reach=reach)) == answer


async def after_a_silence(folder: Path) -> list[ev.Event]:
    """What is said of a door that stood open for longer than a board may be silent, when the board is silent once."""
    posted: list[ev.Event] = []
    board, loop = FakeBoard(2), asyncio.get_running_loop()
    async with opened(folder, ballast_bytes=0) as journal:
        ledger = Ledger(JournalCustody(journal), complete(HERE, ()))
        doors = DoorService(HERE, {"main": board}, ledger, settings=QUICK)
        acts = acts_of(journal, ledger, doors, folder, posted)
        try:
            await doors.start()
            await acts.perform(do.OpenDoor(LOW, "", "staff:101"))
            begun_s = loop.time()
            await acts.perform(do.WaitClosed(LOW, ""))
            await until(lambda: loop.time() - begun_s > 2 * LIMITS.board_silent_limit_s, "open for long")
            board.silent = True
            await until(lambda: doors.snapshot().readings[LOW].door is DoorState.UNKNOWN, "silence")
            board.silent = False
            board.doors[2] = DoorState.CLOSED
            await until(lambda: len(posted) == 2, "the end of the wait")
        finally:
            await acts.close()
            await doors.close()
    return posted


def test_a_board_that_misses_one_reading_has_not_lost_a_door_that_stood_open_for_long(tmp_path: Path) -> None:
    assert asyncio.run(after_a_silence(tmp_path)) == [
        ev.DoorAnswer(LOW, opened=True), ev.DoorShut(LOW, ItemState.ABSENT.value),
    ]  # fmt: skip


async def held_with_papers(
    folder: Path, refused: str
) -> tuple[list[str], Content, list[ev.Event], tuple[str, ...]]:
    """What is recorded of a deposit with promised papers on a disk that takes no fact of the type `refused`."""
    posted: list[ev.Event] = []
    async with opened(folder, ballast_bytes=0) as journal:
        ledger = Ledger(JournalCustody(journal), complete(HERE, ()))
        board = FakeBoard(2)
        doors = DoorService(HERE, {"main": board}, ledger, settings=QUICK)
        acts = acts_of(journal, ledger, doors, folder, posted)
        try:
            await doors.start()
            await acts.perform(WANTED)
            case_id = "261122-0001"
            await journal.append(PromiseSigned(case_id, "s", "permit", ("a", "b"), "2026-11-27", "", ()))
            await journal.write(lambda db: db.execute(REFUSAL.format(refused)))
            await acts.perform(do.OpenDoor(HIGH, case_id, "citizen"))
            board.doors[1], board.items[1] = DoorState.CLOSED, ItemState.PRESENT
            await until(lambda: ledger.compartments[HIGH].item is ItemState.PRESENT, "the shut door")
            with contextlib.suppress(sqlite3.IntegrityError):
                await acts.perform(do.HoldDeposit(case_id, HIGH, Evidence.SENSOR, Followed(("a",), ("b",))))
        finally:
            await acts.close()
            await doors.close()
        told = [event.type for event in await journal.events(kinds=["DepositHeld", "PapersFollowed"])]
        left = await journal.read(open_promises)
        missing = left[0].missing if left else ()
        return told, ledger.compartments[HIGH].content, posted[2:], missing


def test_papers_that_follow_are_recorded_with_their_deposit_or_neither_is(tmp_path: Path) -> None:
    told, content, posted, missing = asyncio.run(held_with_papers(tmp_path / "good", "Nothing"))
    assert (told, content, missing) == (["DepositHeld", "PapersFollowed"], Content.HELD, ("b",))
    assert [type(event) for event in posted] == [ev.DepositRecorded]
    told, content, posted, _ = asyncio.run(held_with_papers(tmp_path / "bad", "PapersFollowed"))
    assert (told, posted) == ([], [])
    assert content is not Content.HELD
