"""Visitors and free compartments counted from a real journal, whole and in segments."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from drivers.contracts.board import ItemState
from kiosk.journal import events as facts
from kiosk.journal import opened
from kiosk.journal.custody import JournalCustody
from kiosk.journal.journal import Journal
from kiosk.journal.rotation import Rotation, Sizes
from kiosk.runtime.quiethours import QuietWatch
from kiosk.session import events as ev
from kiosk.session.quietfacts import QuietHours
from locker import events as custody
from locker.compartment import Compartment
from locker.events import Evidence
from locker.ledger import Ledger

HERE = ZoneInfo("Asia/Shanghai")
BEGINS = datetime(2026, 10, 5, 8, 0, tzinfo=HERE)  # a Monday
DAYS = 24
WEEKS = 2


class House:
    """A kiosk whose visitors come at ten each working day, and at three in the afternoon too on Mondays."""

    def __init__(self, journal: Journal, clock: list[datetime]) -> None:
        self.journal, self.clock = journal, clock
        self.told: list[ev.Event] = []
        self.ledger = Ledger(JournalCustody(journal), [Compartment("A-01"), Compartment("A-02")])
        self.watch = QuietWatch(journal, self.told.append, lambda: clock[0], 2, WEEKS, least_days=8)

    async def visited(self, moment: datetime) -> None:
        self.clock[0] = moment
        await self.journal.append([facts.SessionStarted("s"), facts.SessionEnded("s", "left")])

    async def lives(self, days: int) -> None:
        for at in range(days):
            day = BEGINS + timedelta(days=at)
            if day.weekday() < 5:
                await self.visited(day.replace(hour=10, minute=5))
                await self.visited(day.replace(hour=10, minute=25))
            if day.weekday() == 0:
                await self.visited(day.replace(hour=15))
        self.clock[0] = (BEGINS + timedelta(days=days)).replace(hour=9)

    async def lies(self, case_id: str, since: datetime, until: datetime) -> None:
        self.clock[0] = since
        await self.ledger.record(custody.DepositRequested(case_id, "A-01", "item"))
        await self.ledger.record(custody.DoorClosed(None, "A-01", None, ItemState.PRESENT))
        await self.ledger.record(custody.DepositHeld(case_id, "A-01", Evidence.SENSOR))
        self.clock[0] = until
        await self.ledger.record(custody.DepositCollected(case_id, "A-01", "1001"))


def open_house(folder: Path, work: object) -> None:
    async def main() -> None:
        clock = [BEGINS]
        async with opened(folder, ballast_bytes=0, clock=lambda: clock[0].astimezone(UTC)) as journal:
            await work(House(journal, clock))  # type: ignore[operator]

    asyncio.run(main())


def test_a_young_kiosk_says_nothing(tmp_path: Path) -> None:
    async def work(house: House) -> None:
        assert await house.watch.counted() is None
        await house.lives(8)  # the first day is not whole: seven are
        assert await house.watch.counted() is None
        await house.lives(10)
        assert await house.watch.counted() is not None

    open_house(tmp_path, work)


@pytest.mark.parametrize("in_segments", [False, True])
def test_hours_are_counted_back_to_where_the_weeks_begin(tmp_path: Path, in_segments: bool) -> None:
    async def work(house: House) -> None:
        await house.lives(DAYS)
        if in_segments:
            rotation = Rotation(house.journal, Sizes(segment_events=10, kept_events=10))
            while await rotation.step():
                pass
        quiet = await house.watch.counted()
        assert isinstance(quiet, QuietHours)
        assert quiet.days == WEEKS * 7
        assert (quiet.visitors[0][10], quiet.visitors[0][15], quiet.visitors[1][15]) == (2.0, 1.0, 0.0)
        assert quiet.visitors[5] == (0.0,) * 24
        assert quiet.most == 2.0
        assert quiet.free == ((2.0,) * 24,) * 7

    open_house(tmp_path, work)
    assert bool(list(tmp_path.glob("segments/*.db"))) is in_segments


def test_only_what_is_new_is_read_and_what_is_old_is_forgotten(tmp_path: Path) -> None:
    async def work(house: House) -> None:
        await house.lives(DAYS)
        first = await house.watch.counted()
        assert first is not None
        assert await house.watch.counted() == first  # nothing is counted twice
        monday = BEGINS + timedelta(days=21)
        for hour in (20, 21):
            await house.visited((BEGINS + timedelta(days=DAYS)).replace(hour=hour))
        house.clock[0] = (BEGINS + timedelta(days=DAYS + 1)).replace(hour=1)
        later = await house.watch.counted()
        assert later is not None
        thursday = (BEGINS + timedelta(days=DAYS)).weekday()
        assert (later.visitors[thursday][20], first.visitors[thursday][20]) == (0.5, 0.0)
        assert monday.weekday() == 0
        fresh = QuietWatch(house.journal, house.told.append, lambda: house.clock[0], 2, WEEKS, least_days=8)
        assert await fresh.counted() == later  # after a restart the same

    open_house(tmp_path, work)


def test_compartments_that_were_taken_are_not_free(tmp_path: Path) -> None:
    async def work(house: House) -> None:
        await house.lives(9)
        tuesday = BEGINS + timedelta(days=8)
        await house.lies("c1", tuesday.replace(hour=20), tuesday.replace(hour=22))
        house.clock[0] = BEGINS + timedelta(days=12)
        quiet = await house.watch.counted()
        assert quiet is not None
        taken = [hour for hour in range(24) if quiet.free[1][hour] < 2]
        assert taken == [20, 21]

    open_house(tmp_path, work)
