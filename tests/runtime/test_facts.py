"""What the machine can do follows from sensors, journal and devices, and from nothing else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from drivers.contracts.board import ChannelReading, DoorState, ItemState
from drivers.contracts.health import DeviceStatus, Health
from kiosk.journal.deposits import DepositRow
from kiosk.runtime.facts import Seen, Terms, facts_of
from kiosk.session.facts import Part
from locker.cabinet import Cabinet, Cell, Size
from locker.compartment import Compartment, Content, Door, Status
from locker.doors import Snapshot
from locker.events import Bound
from screens.viewmodels import CellLook

CELLS = (
    Cell("A-01", Size.S, "main", 1, 0, 0),
    Cell("A-02", Size.S, "main", 2, 0, 1),
    Cell("A-03", Size.L, "main", 3, 1, 0, width=2, height=2),
)
SHUT = ChannelReading(DoorState.CLOSED, ItemState.ABSENT)
ONLINE = Health(DeviceStatus.ONLINE)
GONE = Health(DeviceStatus.OFFLINE, "silent")
HELD = DepositRow(
    7, "261122-0001", "A-01", Bound.STAFF, "", "held", "CLAIMED", datetime(2026, 11, 22, tzinfo=UTC),
    datetime(2026, 11, 22, 1, tzinfo=UTC), None, "", "food-permit", "office", "card_only",
)  # fmt: skip


def seen(**changes: object) -> Seen:
    compartments = {cell.name: Compartment(cell.name, door=Door.CLOSED) for cell in CELLS}
    readings = {cell.name: SHUT for cell in CELLS}
    start = Seen(
        Cabinet(CELLS), compartments, Snapshot(readings, {"main": ONLINE}), (),
        {Part.READER: ONLINE, Part.CAMERA: ONLINE, Part.PRINTER: ONLINE},
    )  # fmt: skip
    return replace(start, **changes)  # type: ignore[arg-type]  # field names as keywords


def with_reading(name: str, reading: ChannelReading) -> Snapshot:
    return Snapshot({**{cell.name: SHUT for cell in CELLS}, name: reading}, {"main": ONLINE})


def with_compartment(compartment: Compartment) -> dict[str, Compartment]:
    return {**dict(seen().compartments), compartment.cell: compartment}


def test_a_healthy_empty_cabinet_takes_deposits() -> None:
    facts = facts_of(seen())
    assert facts.can_deposit
    assert facts.face_available
    assert dict(facts.free) == {"S": 2, "M": 0, "L": 1}
    assert not facts.staff_lamp
    assert {view.look for view in facts.cells} == {CellLook.FREE}
    assert [(v.row, v.column, v.rows, v.columns) for v in facts.cells][2] == (1, 0, 2, 2)


@pytest.mark.parametrize(
    ("part", "deposit", "face"),
    [(Part.READER, False, True), (Part.CAMERA, True, False), (Part.PRINTER, True, True)],
)
def test_a_part_that_fails_takes_away_what_needs_it(part: Part, deposit: bool, face: bool) -> None:
    health = {**seen().health, part: GONE}
    facts = facts_of(seen(health=health))
    assert facts.failing == {part}
    assert (facts.can_deposit, facts.face_available) == (deposit, face)


@pytest.mark.parametrize(("part", "counts"), [(Part.READER, True), (Part.CAMERA, False), (Part.MODEM, False)])
def test_what_is_starting_keeps_nobody_from_what_comes_later(part: Part, counts: bool) -> None:
    """The reader is needed at once; by the time of the face check the camera has been looked at."""
    health = {**seen().health, part: Health(DeviceStatus.STARTING)}
    assert facts_of(seen(health=health)).failing == ({part} if counts else set())


def test_items_that_find_no_room_are_known_before_anybody_is_asked() -> None:
    sizes = {"small": Size.S, "large": Size.L}
    taken = with_compartment(Compartment("A-03", case_id="C-1", door=Door.CLOSED))
    full = facts_of(seen(sizes=sizes, compartments=taken))
    assert (full.no_room, full.too_large) == (frozenset({"large"}), frozenset())
    assert full.can_take("small")
    assert not full.can_take("large")
    small = tuple(cell for cell in CELLS if cell.size is Size.S)
    readings = {cell.name: SHUT for cell in small}
    cabinet = facts_of(
        seen(cabinet=Cabinet(small), sizes=sizes, sensors=Snapshot(readings, {"main": ONLINE}))
    )
    assert (cabinet.no_room, cabinet.too_large) == (frozenset(), frozenset({"large"}))


def test_a_deposit_that_waits_for_the_last_word_is_no_question_to_staff() -> None:
    sealing = Compartment("A-01", door=Door.CLOSED, content=Content.UNKNOWN, case_id="261122-0001")
    assert facts_of(seen(compartments=with_compartment(sealing))).questions == ()
    disputed = replace(HELD, state="disputed")
    doubtful = facts_of(seen(compartments=with_compartment(sealing), cases=(disputed,)))
    assert [question.cell for question in doubtful.questions] == ["A-01"]


def test_a_silent_board_is_no_cabinet() -> None:
    unknown = ChannelReading(DoorState.UNKNOWN, ItemState.UNKNOWN)
    sensors = Snapshot({cell.name: unknown for cell in CELLS}, {"main": GONE})
    facts = facts_of(seen(sensors=sensors))
    assert Part.BOARD in facts.failing
    assert not facts.can_deposit
    assert {view.look for view in facts.cells} == {CellLook.UNKNOWN}


def test_a_full_disk_ends_deposits() -> None:
    assert not facts_of(seen(disk_full=True)).can_deposit


@pytest.mark.parametrize(
    ("compartment", "look"),
    [
        (Compartment("A-01", status=Status.INOPERATIVE, door=Door.JAMMED), CellLook.OUT),
        (Compartment("A-01", door=Door.CLOSED, content=Content.HELD, case_id="1"), CellLook.HELD),
        (Compartment("A-01", door=Door.CLOSED, content=Content.UNKNOWN), CellLook.HELD),
        (Compartment("A-01", door=Door.CLOSED, case_id="1"), CellLook.HELD),
    ],
)
def test_what_is_not_free_is_not_counted_and_not_drawn_free(compartment: Compartment, look: CellLook) -> None:
    facts = facts_of(seen(compartments=with_compartment(compartment)))
    assert dict(facts.free)["S"] == 1
    assert facts.cells[0].look is look


@pytest.mark.parametrize(
    ("reading", "look"),
    [
        (ChannelReading(DoorState.OPEN, ItemState.ABSENT), CellLook.OPEN),
        (ChannelReading(DoorState.CLOSED, ItemState.PRESENT), CellLook.HELD),
        (ChannelReading(DoorState.UNKNOWN, ItemState.ABSENT), CellLook.UNKNOWN),
    ],
)
def test_the_sensors_outweigh_an_empty_record(reading: ChannelReading, look: CellLook) -> None:
    facts = facts_of(seen(sensors=with_reading("A-01", reading)))
    assert dict(facts.free)["S"] == 1
    assert facts.cells[0].look is look


def test_a_case_carries_its_marks_and_a_doubt_lights_the_lamp() -> None:
    facts = facts_of(seen(cases=(HELD,)))
    assert (facts.cases[0].identity, facts.cases[0].claimed, facts.cases[0].disputed) == (
        "card_only",
        True,
        False,
    )
    assert not facts.staff_lamp
    assert facts_of(seen(cases=(replace(HELD, state="disputed"),))).staff_lamp
    assert facts_of(seen(undelivered=True)).staff_lamp


def test_a_compartment_in_doubt_is_a_question_to_staff() -> None:
    doubtful = Compartment("A-02", door=Door.CLOSED, content=Content.UNKNOWN)
    facts = facts_of(seen(compartments=with_compartment(doubtful)))
    assert [question.cell for question in facts.questions] == ["A-02"]
    assert facts.staff_lamp


NOW = datetime(2026, 11, 25, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
PROMISED = Terms({"food-permit": 3}, warn_days=1, result_days=7)
RESULT = replace(HELD, bound=Bound.CITIZEN, kind="result", evidence="SENSOR")


def test_a_case_is_due_after_the_working_days_that_were_promised() -> None:
    """22 November 2026 is a Sunday: three working days end on Wednesday, and that is near from Tuesday."""
    (case,) = facts_of(seen(cases=(HELD,), terms=PROMISED, now=NOW)).cases
    assert (case.department, case.due, case.warn_from) == ("office", "2026-11-25", "2026-11-24")
    (unknown,) = facts_of(seen(cases=(replace(HELD, item_code="gone"),), terms=PROMISED, now=NOW)).cases
    assert (unknown.due, unknown.warn_from) == ("", "")


def test_what_lies_behind_a_forced_door_is_in_question() -> None:
    forced = Compartment("A-01", status=Status.MANIPULATED, content=Content.UNKNOWN, case_id=HELD.case_id)
    facts = facts_of(seen(cases=(HELD,), compartments=with_compartment(forced)))
    assert [case.disputed for case in facts.cases] == [True]
    assert [(one.cell, one.out_of_service) for one in facts.questions] == [("A-01", True)]


@pytest.mark.parametrize(
    ("held_days_ago", "code_ends_in_days", "overdue"),
    [(2, 5, False), (8, None, True), (8, 3, False), (3, None, False)],
)
def test_a_result_waits_as_long_as_its_time_and_its_code(
    held_days_ago: int, code_ends_in_days: int | None, overdue: bool
) -> None:
    lying = replace(RESULT, held_at=NOW - timedelta(days=held_days_ago))
    codes = {} if code_ends_in_days is None else {HELD.case_id: NOW + timedelta(days=code_ends_in_days)}
    facts = facts_of(seen(cases=(lying,), codes=codes, terms=PROMISED, now=NOW))
    assert facts.cases == ()
    (result,) = facts.results
    assert (result.overdue, bool(result.expires), result.kind) == (overdue, bool(codes), "result")
