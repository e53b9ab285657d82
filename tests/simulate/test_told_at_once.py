"""What the program reads again only when something was written, or a time has come, is known at once all the same."""

import asyncio
from collections.abc import Awaitable, Callable

from kiosk.journal.events import CaseOpened
from kiosk.journal.types import Channel
from kiosk.notify.policy import SmsPayload
from kiosk.session.facts import Facts, Part
from kiosk.simulate.history import History
from kiosk.staff import Role, StaffRegistry
from locker.events import DepositCollected, DepositHeld, DepositRequested, Evidence

CASE, CELL, ITEM = "260302-0001", "A-01", "birth-registration"
AT_ONCE_S = 0.5  # of virtual time
LATE_S = 600.0  # staff.undelivered_after_s


class Scene(History):
    """A kiosk at which nobody does anything but the test, in place of the one visitor."""

    def __init__(self, play: "Callable[[Scene], Awaitable[None]]") -> None:
        super().__init__(1, 1, 0)
        self.play = play
        self.trouble = self._trouble

    async def _visit(self, work: "asyncio.Future[None]") -> None:
        del work
        await self.play(self)
        self._told.sessions += 1

    async def deposit(self) -> None:
        opened = CaseOpened(CASE, "s", ITEM, "", "verified", "甲", "370303195001010009", "")
        held = DepositHeld(CASE, CELL, Evidence.CLAIMED)
        await self._journal.append([opened, DepositRequested(CASE, CELL, ITEM), held])

    async def collect(self) -> None:
        await self._journal.append(DepositCollected(CASE, CELL, "1001"))

    async def told(self) -> tuple[str, ...]:
        """Staff who are told of the newest deposit, in order."""
        newest = await self._journal.last_event("DepositHeld")
        assert newest is not None
        rows = await self._journal.outbox.of_event(newest.seq)
        (row,) = [row for row in rows if row.channel is Channel.SMS]
        return (row.recipient, *SmsPayload.decode(row.payload).next_recipients)

    @property
    def staff(self) -> StaffRegistry:
        return self._application._staff

    def is_lamp_on(self) -> bool:
        return self.facts.staff_lamp

    def is_disk_full(self) -> bool:
        return Part.DISK in self.facts.failing

    @property
    def facts(self) -> Facts:
        return self._application.engine.session.facts


def played(play: Callable[[Scene], Awaitable[None]]) -> None:
    done: list[bool] = []

    async def whole(scene: Scene) -> None:
        await play(scene)
        done.append(True)

    told = Scene(whole).run()
    assert not told.violations
    assert done  # a scene that fell would be a finding of the simulator and no failed test


def test_a_fact_is_in_what_the_session_knows_at_once() -> None:
    async def play(scene: Scene) -> None:
        await scene.deposit()
        await asyncio.sleep(AT_ONCE_S)
        assert [case.case_id for case in scene.facts.cases] == [CASE]
        assert scene.facts.tonight == 1
        await scene.collect()
        await asyncio.sleep(AT_ONCE_S)
        assert not scene.facts.cases

    played(play)


def test_who_is_added_to_the_staff_is_told_of_the_next_deposit_and_who_has_gone_is_not() -> None:
    async def play(scene: Scene) -> None:
        await scene.staff.add("1005", name="丙", pin="583914", role=Role.STAFF, told_for=(ITEM,), by="test")
        await scene.staff.disable("1001", by="test")
        await asyncio.sleep(AT_ONCE_S)
        await scene.deposit()
        assert await scene.told() == ("1005", "1002")

    played(play)


def test_a_change_of_departments_is_known_at_once() -> None:
    async def play(scene: Scene) -> None:
        await scene.staff.change("1001", by="test", departments=("公安",))
        await asyncio.sleep(AT_ONCE_S)
        assert scene.facts.departments_of("1001") == {"公安"}

    played(play)


def test_staff_who_were_not_told_in_time_light_the_lamp_though_nothing_is_recorded_meanwhile() -> None:
    async def play(scene: Scene) -> None:
        scene.trouble.sms = "silent"
        await scene.deposit()
        await asyncio.sleep(LATE_S - 5.0)
        assert not scene.is_lamp_on()
        await asyncio.sleep(10.0)
        assert scene.is_lamp_on()
        await scene.collect()  # nobody has to be told any more
        await asyncio.sleep(2.0)
        assert not scene.is_lamp_on()

    played(play)


def test_a_full_disk_is_known_within_a_second_or_two() -> None:
    async def play(scene: Scene) -> None:
        scene.trouble.disk = "nearly_full"
        await asyncio.sleep(2.0)
        assert scene.is_disk_full()
        scene.trouble.disk = ""
        await asyncio.sleep(2.0)
        assert not scene.is_disk_full()

    played(play)
