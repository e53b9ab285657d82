"""What the machine can do now, computed in one pure function from sensors, journal and device states."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from drivers.contracts.board import DoorState, ItemState
from drivers.contracts.health import DeviceStatus, Health
from kiosk.journal.types import CaseRow
from kiosk.session.facts import CaseFact, CellFact, Facts, Part
from locker.allocation import free_by_size, is_available
from locker.cabinet import Cabinet, Cell
from locker.compartment import Compartment, Content, Status
from locker.doors import Snapshot
from screens.viewmodels import CellLook, CellView


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything the facts are made of. `health` by part; a part that is not fitted is missing there."""

    cabinet: Cabinet
    compartments: Mapping[str, Compartment]
    sensors: Snapshot
    cases: tuple[CaseRow, ...]
    health: Mapping[Part, Health]
    disk_full: bool = False
    power_ending: bool = False
    undelivered: bool = False
    tonight: int = 0


def facts_of(seen: Seen) -> Facts:
    """A snapshot for the session."""
    failing = {part for part, health in seen.health.items() if not health.works}
    for part in failing & {Part.MODEM, Part.CAMERA}:  # a modem has had nothing to send yet, a camera no look
        if seen.health[part].status is DeviceStatus.STARTING:
            failing.remove(part)
    if all(not health.works for health in seen.sensors.boards.values()):
        failing.add(Part.BOARD)
    if seen.disk_full:
        failing.add(Part.DISK)
    if seen.power_ending:
        failing.add(Part.POWER)
    free = free_by_size(seen.cabinet.cells, seen.compartments, seen.sensors.readings)
    cases = tuple(_case(row) for row in seen.cases if row.state in ("held", "disputed") and row.cell)
    questions = tuple(_questions(seen))
    return Facts(
        failing=frozenset(failing),
        free=tuple((size.value, count) for size, count in free.items()),
        tonight=seen.tonight,
        staff_lamp=seen.undelivered or bool(questions) or any(case.disputed for case in cases),
        cells=tuple(_view(cell, seen) for cell in seen.cabinet.cells),
        cases=cases,
        questions=questions,
        empty_cells=frozenset(_to_try(seen)),
    )


def _case(row: CaseRow) -> CaseFact:
    assert row.cell is not None
    since = (row.held_at or row.opened_at).astimezone().isoformat(timespec="seconds")
    return CaseFact(
        row.case_id, row.cell, row.item_code, since, card_only=row.identity == "card_only",
        claimed=row.evidence == "CLAIMED", disputed=row.state == "disputed",
    )  # fmt: skip


def _questions(seen: Seen) -> Iterable[CellFact]:
    for name, compartment in seen.compartments.items():
        if compartment.status is not Status.OK:
            yield CellFact(name, compartment.status.value)
        elif compartment.content is Content.UNKNOWN and compartment.operation is None:
            yield CellFact(name, "content unknown")


def _to_try(seen: Seen) -> Iterable[str]:
    """Empty and shut, as the journal and the sensors say, also where a door has failed before."""
    for name, compartment in seen.compartments.items():
        reading = seen.sensors.readings.get(name)
        shut = (
            reading is not None and reading.door is DoorState.CLOSED and reading.item is not ItemState.PRESENT
        )
        if shut and compartment.may_be_tried:
            yield name


def _view(cell: Cell, seen: Seen) -> CellView:
    return CellView(cell.name, cell.row, cell.column, cell.height, cell.width, _look(cell, seen))


def _look(cell: Cell, seen: Seen) -> CellLook:
    compartment = seen.compartments[cell.name]
    reading = seen.sensors.readings.get(cell.name)
    if compartment.status is not Status.OK:
        return CellLook.OUT
    if reading is None or reading.door is DoorState.UNKNOWN:
        return CellLook.UNKNOWN
    if reading.door is DoorState.OPEN:
        return CellLook.OPEN
    if is_available(compartment, reading):
        return CellLook.FREE
    held = compartment.content is not Content.EMPTY or reading.item is ItemState.PRESENT
    return CellLook.HELD if held or compartment.case_id else CellLook.FREE
