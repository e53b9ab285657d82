"""What a visit left without an end is settled from the sensors once nobody stands there; a door that stands open comes
on the screen, and a result that is found to be held gets its code."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from drivers.contracts.board import DoorState, ItemState
from kiosk.journal.custody import JournalCustody
from kiosk.journal.journal import Journal, opened
from kiosk.runtime.unfinished import Unfinished
from kiosk.session import events as ev
from locker import events as custody
from locker.doors import DoorService
from locker.ledger import Ledger, complete
from tests.drivers.fake_board import FakeBoard
from tests.locker.rig import QUICK, cabinet

CASE, CELL = "261122-0001", "A-01"
LIMIT_S = 120.0
ASKED = custody.DepositRequested(CASE, CELL, "food-permit")
OPENED: tuple[custody.Event, ...] = (
    custody.OpenRequested("op", CELL, CASE, "citizen"),
    custody.DoorOpened("op", CELL, CASE),
)


def shut(item: ItemState) -> custody.Event:
    return custody.DoorClosed("op", CELL, CASE, item)


@dataclass
class Kiosk:
    """One kiosk whose session is what a test says it is."""

    journal: Journal
    ledger: Ledger
    doors: DoorService
    nobody_there: bool = True
    in_use: str = ""
    posted: list[ev.Event] = field(default_factory=list)
    codes_asked: int = 0
    made_up: int = 0
    unfinished: Unfinished = field(init=False)

    def __post_init__(self) -> None:
        self.unfinished = Unfinished(
            self.journal, self.ledger, self.doors, cabinet(), self.give_codes, self.make_up,
            lambda: self.nobody_there,
            lambda: self.in_use, self.posted.append, LIMIT_S,
        )  # fmt: skip

    async def give_codes(self) -> None:
        self.codes_asked += 1

    async def make_up(self) -> None:
        self.made_up += 1

    async def states(self) -> list[str]:
        return [row.state for row in await self.journal.deposits_of(CASE)]


@asynccontextmanager
async def kiosk(folder: Path, board: FakeBoard, *before: custody.Event) -> AsyncIterator[Kiosk]:
    async with opened(folder, ballast_bytes=0) as journal:
        here = cabinet()
        ledger = Ledger(JournalCustody(journal), complete(here, ()))
        await ledger.record(*before)
        doors = DoorService(here, {"main": board}, ledger, settings=QUICK)
        await doors.start()
        yield Kiosk(journal, ledger, doors)
        await doors.close()


def board(door: DoorState = DoorState.CLOSED, item: ItemState = ItemState.ABSENT) -> FakeBoard:
    made = FakeBoard(4)
    made.doors[1], made.items[1] = door, item
    return made


@pytest.mark.parametrize(
    ("before", "item", "state"),
    [
        ((ASKED, *OPENED, shut(ItemState.PRESENT)), ItemState.PRESENT, "held"),
        ((ASKED, *OPENED, shut(ItemState.ABSENT)), ItemState.ABSENT, "disputed"),
        ((ASKED, *OPENED, shut(ItemState.UNKNOWN)), ItemState.UNKNOWN, "held"),
        (
            (ASKED, OPENED[0], custody.OpenOutcomeUnknown("op", CELL, CASE, "BOARD_SILENT")),
            ItemState.ABSENT,
            "disputed",
        ),
        (
            (ASKED, OPENED[0], custody.OpeningFailed("op", CELL, CASE, custody.Reason.DOOR_JAMMED)),
            ItemState.ABSENT,
            "abandoned",
        ),
    ],
)
def test_what_no_visit_answers_for_any_more_is_settled_as_at_a_start(
    tmp_path: Path, before: tuple[custody.Event, ...], item: ItemState, state: str
) -> None:
    async def work() -> None:
        async with kiosk(tmp_path, board(item=item), *before) as made:
            await made.unfinished.look(0.0)
            await made.unfinished.look(LIMIT_S - 1.0)
            assert await made.states() == ["requested"]  # its outcome may be on its way
            await made.unfinished.look(LIMIT_S)
            assert await made.states() == [state]
            assert made.codes_asked == 1
            newest = (await made.journal.anchor()).seq
            await made.unfinished.look(3 * LIMIT_S)
            assert (await made.journal.anchor()).seq == newest  # settled once

    asyncio.run(work())


def test_nothing_is_settled_under_the_hands_of_whoever_stands_there(tmp_path: Path) -> None:
    async def work() -> None:
        held = (ASKED, *OPENED, shut(ItemState.PRESENT))
        async with kiosk(tmp_path, board(item=ItemState.PRESENT), *held) as made:
            made.in_use = CELL
            for now_s in (0.0, LIMIT_S, 2 * LIMIT_S):
                await made.unfinished.look(now_s)
            made.in_use, made.nobody_there, made.made_up = "", False, 0
            for now_s in (3 * LIMIT_S, 5 * LIMIT_S):
                await made.unfinished.look(now_s)
            assert (await made.states(), made.made_up) == (["requested"], 0)
            made.nobody_there = True
            await made.unfinished.look(6 * LIMIT_S)
            assert (await made.states(), made.made_up) == (["held"], 1)

    asyncio.run(work())


def test_a_door_that_stands_open_with_nobody_at_it_comes_on_the_screen(tmp_path: Path) -> None:
    async def work() -> None:
        async with kiosk(tmp_path, board(DoorState.OPEN), ASKED, *OPENED) as made:
            await made.unfinished.look(0.0)
            await made.unfinished.look(LIMIT_S)
            assert made.posted == [ev.DoorOpenAtStart(CELL, CASE)]
            assert await made.states() == [
                "requested"
            ]  # who shuts it is asked, or it becomes a question then

    asyncio.run(work())


def test_what_is_only_reserved_is_left_to_its_own_limit(tmp_path: Path) -> None:
    async def work() -> None:
        async with kiosk(tmp_path, board(), ASKED) as made:
            await made.unfinished.look(0.0)
            await made.unfinished.look(LIMIT_S)
            assert await made.states() == ["requested"]

    asyncio.run(work())


def test_a_result_that_the_power_cut_from_its_record_gets_its_code_at_this_start(tmp_path: Path) -> None:
    async def work() -> None:
        put_in = (
            custody.ResultRequested(CASE, CELL, "1001", custody.ResultKind.RESULT),
            custody.OpenRequested("op", CELL, CASE, "staff:1001"),
            OPENED[1],
            shut(ItemState.PRESENT),
        )
        async with kiosk(tmp_path, board(item=ItemState.PRESENT), *put_in) as made:
            assert await made.unfinished.of_boards(frozenset({"main"})) == frozenset()
            assert await made.states() == ["held"]
            assert made.codes_asked == 1

    asyncio.run(work())
