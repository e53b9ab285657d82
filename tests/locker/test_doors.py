"""The door service against the real driver on an emulated line."""

import asyncio
import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.contracts.board import DoorState, ItemState
from drivers.contracts.health import DeviceStatus
from drivers.emulators.control import Control
from locker.compartment import Compartment, Content, Status
from locker.doors import Closed, DoorService, NotOpened, Opened, StillOpen, Unknown
from locker.events import (
    DepositRequested,
    DoorClosed,
    DoorForced,
    DoorOpened,
    OpeningFailed,
    OpenRequested,
    Reason,
)
from locker.ledger import Ledger
from locker.ports import NotRecorded
from tests.locker.rig import QUICK, Line, MemoryLog, all_shut, board, cabinet, emulator, play, service, until


@pytest.fixture(autouse=True)
def doors_shut(line: Line) -> Iterator[None]:
    yield
    all_shut(line)


def test_a_deposit_is_opened_closed_and_seen(line: Line) -> None:
    async def scene(doors: DoorService, ledger: Ledger, log: MemoryLog, control: Control) -> None:
        await ledger.record(DepositRequested("C-1", "A-03", "item"))
        result = await doors.open("A-03", "C-1", "citizen")
        assert isinstance(result, Opened)
        assert log.names()[-2:] == ["OpenRequested", "DoorOpened"]
        assert ledger.compartments["A-03"].content is Content.UNKNOWN
        waiting = asyncio.create_task(doors.wait_closed("A-03", 5.0))
        control.do("item.put", channel=3)
        control.do("door.close", channel=3)
        assert await waiting == Closed(ItemState.PRESENT)
        assert log.events[-1] == DoorClosed(result.operation_id, "A-03", "C-1", ItemState.PRESENT)

    names = play(line, scene).names()
    assert names == ["DepositRequested", "OpenRequested", "DoorOpened", "DoorClosed"]


def test_the_intent_is_durable_before_the_lock_moves(line: Line) -> None:
    async def scene(doors: DoorService, _: Ledger, log: MemoryLog, control: Control) -> None:
        log.is_full = True
        before = control.do("state")["channels"]["1"]["unlocks"]
        with pytest.raises(NotRecorded):
            await doors.open("A-01", "C-1", "citizen")
        assert control.do("state")["channels"]["1"]["unlocks"] == before
        assert doors.snapshot().readings["A-01"].door is DoorState.CLOSED

    assert play(line, scene).events == []


def test_an_outcome_that_cannot_be_recorded_is_recorded_as_soon_as_the_journal_takes_it(line: Line) -> None:
    async def scene(doors: DoorService, ledger: Ledger, log: MemoryLog, control: Control) -> None:
        await ledger.record(DepositRequested("C-1", "A-01", "item"))
        log.full_for = "DoorOpened"
        with pytest.raises(NotRecorded):
            await doors.open("A-01", "C-1", "citizen")
        with pytest.raises(NotRecorded):  # nothing else is opened while it waits
            await doors.open("A-02", "C-2", "citizen")
        assert control.do("state")["channels"]["2"]["unlocks"] == 0
        control.do("item.put", channel=1)
        control.do("door.close", channel=1)
        log.full_for = ""
        await log.until("DoorClosed")
        assert ledger.compartments["A-01"].operation is None

    log = play(line, scene)
    assert log.names() == ["DepositRequested", "OpenRequested", "DoorOpened", "DoorClosed"]
    ours = [e.operation_id for e in log.events if isinstance(e, OpenRequested | DoorOpened | DoorClosed)]
    assert len(ours) == 3
    assert len(set(ours)) == 1


def test_a_jammed_door_fails_once_then_goes_out_of_service_until_cleared(line: Line) -> None:
    async def scene(doors: DoorService, ledger: Ledger, log: MemoryLog, control: Control) -> None:
        control.do("fault", name="stuck", channel=2)
        first = await doors.open("A-02", "C-1", "citizen")
        second = await doors.open("A-02", "C-1", "citizen")
        assert isinstance(first, NotOpened)
        assert isinstance(second, NotOpened)
        assert (first.reason, first.out_of_service) == (Reason.DOOR_JAMMED, False)
        assert (second.reason, second.out_of_service) == (Reason.DOOR_JAMMED, True)
        assert await doors.open("A-02", "C-1", "citizen") == NotOpened(Reason.OUT_OF_SERVICE)
        assert isinstance(await doors.open("A-01", "C-2", "citizen"), Opened)
        control.do("fault", name="none")
        await doors.clear("A-02", "1001", "oiled")
        assert isinstance(await doors.open("A-02", None, "staff:1001"), Opened)
        assert ledger.compartments["A-02"].failures == 0

    names = play(line, scene).names()
    assert names.count("OpeningFailed") == 2
    assert names.count("CompartmentOutOfService") == 1


def test_a_door_stuck_once_opens_at_the_second_try(line: Line) -> None:
    async def scene(doors: DoorService, ledger: Ledger, log: MemoryLog, control: Control) -> None:
        control.do("fault", name="stuck_once", channel=1)
        first = await doors.open("A-01", "C-1", "citizen")
        assert isinstance(first, NotOpened)
        assert first.reason is Reason.DOOR_JAMMED
        assert isinstance(await doors.open("A-01", "C-1", "citizen"), Opened)
        assert ledger.compartments["A-01"].status is Status.OK

    play(line, scene)


def test_an_open_door_is_not_opened(line: Line) -> None:
    async def scene(doors: DoorService, _: Ledger, log: MemoryLog, control: Control) -> None:
        control.do("door.ajar", channel=1)
        assert await doors.open("A-01", "C-1", "citizen") == NotOpened(Reason.ALREADY_OPEN)
        assert "OpenRequested" not in log.names()

    play(line, scene)


@pytest.mark.parametrize("fault", ["mute", "bad_checksum", "wrong_address", "half"])
def test_a_silent_board_opens_nothing_and_comes_back(line: Line, fault: str) -> None:
    async def scene(doors: DoorService, _: Ledger, log: MemoryLog, control: Control) -> None:
        control.do("fault", name=fault)
        assert await doors.open("A-01", "C-1", "citizen") == NotOpened(Reason.BOARD_SILENT)
        assert {reading.door for reading in doors.snapshot().readings.values()} == {DoorState.UNKNOWN}
        assert doors.snapshot().boards["main"].status is DeviceStatus.OFFLINE
        assert await doors.wait_closed("A-01", 1.0) == Unknown()
        control.do("fault", name="none")
        await until(doors, lambda now: now.boards["main"].status is DeviceStatus.ONLINE)
        assert isinstance(await doors.open("A-01", "C-1", "citizen"), Opened)

    play(line, scene)


def test_the_cable_is_pulled_and_plugged(line: Line) -> None:
    async def scene(doors: DoorService, _: Ledger, log: MemoryLog, control: Control) -> None:
        control.do("cable.pull")
        await until(doors, lambda now: now.boards["main"].status is DeviceStatus.NO_DEVICE)
        assert doors.snapshot().readings["A-01"].door is DoorState.UNKNOWN
        control.do("cable.plug")
        await until(doors, lambda now: now.readings["A-01"].door is DoorState.CLOSED)

    assert play(line, scene).events == []


class DeafAfterUnlock:
    """The real board, whose line is cut right behind the unlock."""

    def __init__(self, folder: Path, control: Control) -> None:
        self._board = board(folder)
        self._control = control
        self.channels = 16
        self.connect, self.read, self.close = self._board.connect, self._board.read, self._board.close

    async def unlock(self, channel: int) -> None:
        await self._board.unlock(channel)
        self._control.do("fault", name="mute")


def test_an_opening_with_an_unknown_end_says_so_and_is_told_late(line: Line) -> None:
    folder, control = line
    log = MemoryLog()

    async def main() -> None:
        boards = {"main": DeafAfterUnlock(folder, control)}
        async with service(cabinet(), boards, log) as (doors, ledger):
            result = await doors.open("A-01", "C-1", "citizen")
            assert isinstance(result, NotOpened)
            assert result.reason is Reason.BOARD_SILENT
            assert log.names() == ["OpenRequested", "OpenOutcomeUnknown"]
            assert ledger.compartments["A-01"].content is Content.UNKNOWN
            control.do("fault", name="none")
            late = await log.until("DoorOpened")
            assert late == DoorOpened(str(result.operation_id), "A-01", "C-1")
            control.do("door.close", channel=1)
            await log.until("DoorClosed")

    asyncio.run(main())
    assert log.names() == ["OpenRequested", "OpenOutcomeUnknown", "DoorOpened", "DoorClosed"]


def test_the_one_who_asked_leaves_and_the_outcome_is_recorded_all_the_same(line: Line) -> None:
    async def scene(doors: DoorService, _: Ledger, log: MemoryLog, control: Control) -> None:
        asking = asyncio.create_task(doors.open("A-01", "C-1", "citizen"))
        await log.until("OpenRequested")
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await log.until("DoorOpened")
        control.do("door.close", channel=1)
        await log.until("DoorClosed")

    play(line, scene)


def test_a_door_opened_without_our_command_is_an_alarm(line: Line) -> None:
    async def scene(doors: DoorService, ledger: Ledger, log: MemoryLog, control: Control) -> None:
        await settled(doors)
        control.do("door.open", channel=4)
        assert await log.until("DoorForced") == DoorForced("A-04")
        assert ledger.compartments["A-04"].status is Status.MANIPULATED
        control.do("door.close", channel=4)
        assert await log.until("DoorClosed") == DoorClosed(None, "A-04", None, ItemState.ABSENT)

    assert play(line, scene).names() == ["DoorForced", "DoorClosed"]


async def settled(doors: DoorService) -> None:
    """Every door is believed closed (readings went on long enough)."""
    for name in ("A-01", "A-02", "A-03", "A-04"):
        watch = await doors.wait_closed(name, 2.0)
        assert isinstance(watch, Closed)


def test_something_seen_where_nothing_is_recorded(line: Line) -> None:
    _, control = line
    control.do("door.open", channel=1)
    control.do("item.put", channel=1)
    control.do("door.close", channel=1)

    async def scene(doors: DoorService, ledger: Ledger, log: MemoryLog, _: Control) -> None:
        await log.until("ItemSeenInEmptyCompartment")
        assert not ledger.compartments["A-01"].is_free
        await settled(doors)
        assert [doors.inside(cell) for cell in ("A-01", "A-02")] == [ItemState.PRESENT, ItemState.ABSENT]

    assert play(line, scene).names() == ["ItemSeenInEmptyCompartment"]


@pytest.mark.parametrize(("fault", "item"), [("blind", ItemState.ABSENT), ("flicker", ItemState.UNKNOWN)])
def test_an_item_sensor_that_fails_never_says_present(line: Line, fault: str, item: ItemState) -> None:
    async def scene(doors: DoorService, ledger: Ledger, log: MemoryLog, control: Control) -> None:
        control.do("fault", name=fault, channel=1)
        await doors.open("A-01", "C-1", "citizen")
        control.do("item.put", channel=1)
        control.do("door.close", channel=1)
        assert await doors.wait_closed("A-01", 5.0) == Closed(item)

    play(line, scene)


@pytest.mark.parametrize(("fault", "item"), [("none", ItemState.PRESENT), ("flicker", ItemState.UNKNOWN)])
def test_what_lies_inside_at_a_start_is_believed_after_several_equal_readings(
    line: Line, fault: str, item: ItemState
) -> None:
    """One reading is not a fact: nobody is alarmed because a sensor missed a sheet once."""
    _, control = line
    control.do("door.open", channel=1)
    control.do("item.put", channel=1)
    control.do("door.close", channel=1)
    control.do("fault", name=fault, channel=1)

    async def scene(doors: DoorService, _: Ledger, __: MemoryLog, ___: Control) -> None:
        assert (await doors.settled()).readings["A-01"].item is item

    play(line, scene)


def test_a_door_left_open_is_still_open(line: Line) -> None:
    async def scene(doors: DoorService, ledger: Ledger, log: MemoryLog, control: Control) -> None:
        await doors.open("A-01", "C-1", "citizen")
        assert await doors.wait_closed("A-01", 0.1) == StillOpen()
        control.do("door.ajar", channel=1)
        assert await doors.wait_closed("A-01", 0.1) == StillOpen()

    assert "DoorClosed" not in play(line, scene).names()


class Stopwatch:
    """The real board, and when each of its locks was pulsed."""

    def __init__(self, folder: Path) -> None:
        self._board = board(folder)
        self.channels = 16
        self.connect, self.read, self.close = self._board.connect, self._board.read, self._board.close
        self.pulsed_at_s: list[float] = []

    async def unlock(self, channel: int) -> None:
        self.pulsed_at_s.append(asyncio.get_running_loop().time())
        await self._board.unlock(channel)


def test_two_openings_keep_their_distance(line: Line) -> None:
    watch = Stopwatch(line[0])
    log = MemoryLog()

    async def main() -> None:
        async with service(cabinet(), {"main": watch}, log) as (doors, _):
            await asyncio.gather(
                doors.open("A-01", None, "staff:1001"), doors.open("A-02", None, "staff:1002")
            )

    asyncio.run(main())
    first, second = watch.pulsed_at_s
    assert second - first >= QUICK.gap_s
    assert log.names() == ["OpenRequested", "DoorOpened", "OpenRequested", "DoorOpened"]


def test_facts_seen_while_the_journal_is_full_are_recorded_later(line: Line) -> None:
    async def scene(doors: DoorService, _: Ledger, log: MemoryLog, control: Control) -> None:
        await doors.open("A-01", "C-1", "citizen")
        log.is_full = True
        control.do("door.close", channel=1)
        assert (
            await doors.wait_closed("A-01", 0.4) == StillOpen()
        )  # closed, and not told before it is durable
        log.is_full = False
        assert isinstance(await doors.wait_closed("A-01", 5.0), Closed)

    assert play(line, scene).names() == ["OpenRequested", "DoorOpened", "DoorClosed"]


def test_a_door_that_opens_after_its_deadline_was_opened_by_us(line: Line) -> None:
    async def scene(doors: DoorService, _: Ledger, log: MemoryLog, control: Control) -> None:
        control.do("fault", name="stuck", channel=1)
        result = await doors.open("A-01", "C-1", "citizen")
        assert isinstance(result, NotOpened)
        control.do("door.open", channel=1)
        await log.until("DoorOpened")

    patient = dataclasses.replace(QUICK, late_s=10.0)
    assert play(line, scene, patient).names() == ["OpenRequested", "OpeningFailed", "DoorOpened"]


def test_a_door_that_was_just_shut_and_sticks_has_its_outcome(line: Line) -> None:
    """That it is shut is believed before our own order goes out: nobody opened it for that."""

    async def scene(doors: DoorService, _: Ledger, log: MemoryLog, control: Control) -> None:
        control.do("door.open", channel=1)
        await log.until("DoorForced")
        control.do("fault", name="stuck", channel=1)
        control.do("door.close", channel=1)
        result = await doors.open("A-01", None, "staff:1001")
        assert isinstance(result, NotOpened)
        assert result.reason is Reason.DOOR_JAMMED

    names = play(line, scene).names()
    assert names[:4] == ["DoorForced", "DoorClosed", "OpenRequested", "OpeningFailed"]


def test_the_end_of_one_opening_is_not_the_end_of_the_next(tmp_path: Path) -> None:
    """The record failed while the door stood open, so the person may ask again the moment they have shut it; and the
    lock takes longer than a closing to be believed."""

    async def scene(doors: DoorService, _: Ledger, log: MemoryLog, control: Control) -> None:
        log.full_for = "DoorOpened"
        with pytest.raises(NotRecorded):
            await doors.open("A-01", "C-1", "staff:1001")
        log.full_for = ""
        control.do("door.close", channel=1)
        second = await doors.open("A-01", "C-1", "staff:1001")
        assert isinstance(second, Opened)
        assert await doors.wait_closed("A-01", 0.2) == StillOpen()
        control.do("door.close", channel=1)
        assert isinstance(await doors.wait_closed("A-01", 5.0), Closed)

    with emulator(tmp_path, "--ack-unlock", "--travel-ms", "250") as control:
        log = play((tmp_path, control), scene, dataclasses.replace(QUICK, gap_s=0.0))
    assert log.names() == ["OpenRequested", "DoorOpened", "DoorClosed"] * 2
    first, second = (event.operation_id for event in log.events if isinstance(event, OpenRequested))
    closed = [event.operation_id for event in log.events if isinstance(event, DoorClosed)]
    assert closed == [first, second]


def test_while_a_door_that_stuck_stands_open_no_other_opens_for_the_same_person(line: Line) -> None:
    async def scene(doors: DoorService, _: Ledger, log: MemoryLog, control: Control) -> None:
        control.do("fault", name="stuck", channel=1)
        assert isinstance(await doors.open("A-01", "C-1", "citizen"), NotOpened)
        control.do("door.open", channel=1)
        refused = await doors.open("A-02", "C-1", "citizen")
        assert isinstance(refused, NotOpened)
        assert (refused.reason, refused.out_of_service) == (Reason.OTHER_DOOR_OPEN, False)
        assert doors.snapshot().readings["A-02"].door is DoorState.CLOSED
        assert isinstance(await doors.open("A-03", "C-2", "citizen"), Opened)  # somebody else's errand
        control.do("door.close", channel=1)
        await log.until("DoorClosed")
        assert isinstance(await doors.open("A-02", "C-1", "citizen"), Opened)

    patient = dataclasses.replace(QUICK, late_s=10.0)
    failed = [event for event in play(line, scene, patient).events if isinstance(event, OpeningFailed)]
    assert [(event.cell, event.reason) for event in failed] == [
        ("A-01", Reason.DOOR_JAMMED), ("A-02", Reason.OTHER_DOOR_OPEN),
    ]  # fmt: skip


def test_a_door_that_just_went_open_is_not_taken_for_shut(line: Line) -> None:
    """Who asks for it the same moment hears that it is open already, and waits until it is shut."""

    async def scene(doors: DoorService, _: Ledger, log: MemoryLog, control: Control) -> None:
        control.do("door.open", channel=1)
        assert await doors.open("A-01", "C-1", "staff:1001") == NotOpened(Reason.ALREADY_OPEN)
        assert await doors.wait_closed("A-01", 0.0) == StillOpen()

    slow = dataclasses.replace(QUICK, poll_interval_s=60.0)  # nobody looks in between
    assert play(line, scene, slow).names() == ["DoorForced"]


def test_subscribers_hear_of_changes_only(line: Line) -> None:
    async def scene(doors: DoorService, _: Ledger, log: MemoryLog, control: Control) -> None:
        heard: list[DoorState] = []
        stop = doors.subscribe(lambda now: heard.append(now.readings["A-01"].door))
        await settled(doors)
        await doors.open("A-01", None, "staff:1001")
        await until(doors, lambda _: heard[-1:] == [DoorState.OPEN])
        assert heard.count(DoorState.OPEN) == 1
        stop()
        control.do("door.close", channel=1)
        await log.until("DoorClosed")
        assert heard[-1] is DoorState.OPEN

    play(line, scene)


def test_a_stalled_board_holds_up_no_other(line: Line, tmp_path: Path) -> None:
    folder, _ = line
    log = MemoryLog()
    nobody = tmp_path / "nobody"
    nobody.mkdir()

    async def main() -> None:
        boards = {"main": board(folder), "side": board(nobody)}
        async with service(cabinet("main", "side"), boards, log) as (doors, _):
            assert doors.snapshot().boards["side"].status is DeviceStatus.NO_DEVICE
            assert isinstance(await doors.open("A-01", "C-1", "citizen"), Opened)
            assert await doors.open("B-01", "C-2", "citizen") == NotOpened(Reason.BOARD_SILENT)

    asyncio.run(main())


def test_a_cell_without_a_board_is_refused(line: Line) -> None:
    async def main() -> None:
        layout = cabinet("main", "side")
        ledger = Ledger(MemoryLog(), [Compartment(cell.name) for cell in layout.cells])
        with pytest.raises(ValueError, match="side"):
            DoorService(layout, {"main": board(line[0])}, ledger)

    asyncio.run(main())


def test_events_carry_the_case_and_the_actor(line: Line) -> None:
    async def scene(doors: DoorService, _: Ledger, log: MemoryLog, control: Control) -> None:
        control.do("fault", name="stuck", channel=1)
        await doors.open("A-01", "C-7", "staff:1001")

    asked, failed = play(line, scene).events
    assert isinstance(asked, OpenRequested)
    assert (asked.cell, asked.case_id, asked.actor) == ("A-01", "C-7", "staff:1001")
    assert failed == OpeningFailed(asked.operation_id, "A-01", "C-7", Reason.DOOR_JAMMED)
