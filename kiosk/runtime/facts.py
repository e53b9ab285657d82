"""What the machine can do now, computed in one pure function from sensors, journal and device states."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from drivers.contracts.board import DoorState, ItemState
from drivers.contracts.health import DeviceStatus, Health
from kiosk.deadlines import deadline
from kiosk.journal.deposits import DepositRow
from kiosk.journal.promises import PromiseRow
from kiosk.journal.scans import ScanRow
from kiosk.session.facts import CaseFact, CellFact, Facts, Part, PromiseFact, ResultFact
from locker.allocation import free_by_size, is_available
from locker.cabinet import Cabinet, Cell, Size
from locker.compartment import Compartment, Content, Door, Status
from locker.doors import Snapshot
from locker.events import Bound, Evidence
from screens.viewmodels import CellLook, CellView


@dataclass(frozen=True, slots=True)
class Terms:
    """What time limits are reckoned with: working days promised by item code, and the settings of `[custody]`.

    `follow_days`: within how many working days papers may follow, every number that an item has.
    """

    promised_days: Mapping[str, int] = field(default_factory=dict)
    warn_days: int = 1
    result_days: int = 7
    follow_days: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything the facts are made of. `health` by part; a part that is not fitted is missing there.

    `cases`: what lies in the compartments, or is in question there; `codes`: the end of a case's code that is good;
    `now`: local time; `sizes`: what an item's envelope needs, by item code; `offices`: departments by staff number.
    """

    cabinet: Cabinet
    compartments: Mapping[str, Compartment]
    sensors: Snapshot
    cases: tuple[DepositRow, ...]
    health: Mapping[Part, Health]
    disk_full: bool = False
    power_ending: bool = False
    undelivered: bool = False
    tonight: int = 0
    codes: Mapping[str, datetime] = field(default_factory=dict)
    terms: Terms = Terms()
    now: datetime | None = None
    sizes: Mapping[str, Size] = field(default_factory=dict)
    offices: tuple[tuple[str, tuple[str, ...]], ...] = ()
    promises: tuple[PromiseRow, ...] = ()
    scans: tuple[ScanRow, ...] = ()
    reads_codes: bool = False


def facts_of(seen: Seen) -> Facts:
    """A snapshot for the session."""
    failing = {part for part, health in seen.health.items() if not health.works}
    for part in failing & {
        Part.MODEM,
        Part.CAMERA,
    }:  # a modem has had nothing to send yet, a face camera no look
        if seen.health[part].status is DeviceStatus.STARTING:
            failing.remove(part)
    if all(not health.works for health in seen.sensors.boards.values()):
        failing.add(Part.BOARD)
    if seen.disk_full:
        failing.add(Part.DISK)
    if seen.power_ending:
        failing.add(Part.POWER)
    free = free_by_size(seen.cabinet.cells, seen.compartments, seen.sensors.readings)
    lying = [row for row in seen.cases if row.state in ("held", "disputed")]
    cases = tuple(_case(row, seen) for row in lying if row.bound is Bound.STAFF)
    results = tuple(_result(row, seen) for row in lying if row.bound is Bound.CITIZEN)
    questions = tuple(_questions(seen))
    no_room = tuple(_no_room(seen, free))
    return Facts(
        failing=frozenset(failing),
        free=tuple((size.value, count) for size, count in free.items()),
        tonight=seen.tonight,
        staff_lamp=seen.undelivered or bool(questions) or _is_disputed(cases, results),
        cells=tuple(_view(cell, seen) for cell in seen.cabinet.cells),
        cases=cases,
        results=results,
        questions=questions,
        offices=seen.offices,
        no_room=frozenset(item for item, fits in no_room if fits),
        too_large=frozenset(item for item, fits in no_room if not fits),
        empty_cells=frozenset(_to_try(seen)),
        scans=tuple((row.case_id, row.waiting) for row in seen.scans),
        promises=tuple(
            PromiseFact(row.case_id, row.item_code, row.missing, row.until, row.department)
            for row in seen.promises
        ),
        follow_by=_follow_by(seen),
        reads_codes=seen.reads_codes,
    )


def _is_disputed(cases: Iterable[CaseFact], results: Iterable[ResultFact]) -> bool:
    return any(case.disputed for case in cases) or any(result.disputed for result in results)


def _follow_by(seen: Seen) -> tuple[tuple[int, str], ...]:
    """The last day for papers that are promised today."""
    if seen.now is None:
        return ()
    return tuple(
        (days, deadline(seen.now, days, warn_days=0).due.isoformat())
        for days in sorted(seen.terms.follow_days)
    )


def _case(row: DepositRow, seen: Seen) -> CaseFact:
    held_at = (row.held_at or row.requested_at).astimezone(seen.now.tzinfo if seen.now else None)
    days = seen.terms.promised_days.get(row.item_code)
    end = None if days is None else deadline(held_at, days, warn_days=seen.terms.warn_days)
    return CaseFact(
        row.case_id, row.cell, row.item_code, held_at.isoformat(timespec="seconds"),
        identity=row.identity, claimed=row.evidence == Evidence.CLAIMED,
        disputed=_is_in_doubt(row, seen), department=row.department,
        due="" if end is None else end.due.isoformat(),
        warn_from="" if end is None else end.warn_from.isoformat(), agency=row.agency,
    )  # fmt: skip


def _result(row: DepositRow, seen: Seen) -> ResultFact:
    zone = seen.now.tzinfo if seen.now else None
    held_at = (row.held_at or row.requested_at).astimezone(zone)
    until = seen.codes.get(row.case_id)
    waited = seen.now is not None and seen.now - held_at >= timedelta(days=seen.terms.result_days)
    return ResultFact(
        row.case_id, row.cell, row.kind, held_at.isoformat(timespec="seconds"), row.item_code,
        expires="" if until is None else until.astimezone(zone).isoformat(timespec="minutes"),
        overdue=waited and (until is None or (seen.now is not None and until <= seen.now)),
        claimed=row.evidence == Evidence.CLAIMED, disputed=_is_in_doubt(row, seen),
    )  # fmt: skip


def _is_in_doubt(row: DepositRow, seen: Seen) -> bool:
    """In dispute, or its door was forced: until somebody says who and why, nobody knows what lies there."""
    there = seen.compartments.get(row.cell)
    forced = there is not None and (there.status is Status.MANIPULATED or there.content is Content.UNKNOWN)
    return row.state == "disputed" or forced


def _questions(seen: Seen) -> Iterable[CellFact]:
    doubtful = {row.cell for row in seen.cases if row.state == "disputed"}
    for name, compartment in seen.compartments.items():
        if compartment.status is not Status.OK:
            yield CellFact(name, compartment.status.value, out_of_service=True)
        elif _is_unsettled(compartment, in_doubt=name in doubtful):
            yield CellFact(name, "content unknown")


def _is_unsettled(compartment: Compartment, *, in_doubt: bool) -> bool:
    """Nobody knows what is inside; not while the citizen who has shut the door may still open it once more."""
    being_confirmed = compartment.case_id is not None and compartment.door is Door.CLOSED and not in_doubt
    return compartment.content is Content.UNKNOWN and compartment.operation is None and not being_confirmed


def _no_room(seen: Seen, free: Mapping[Size, int]) -> Iterable[tuple[str, bool]]:
    """(item, whether a compartment of this cabinet would ever do) where none that fits is free."""
    full: dict[Size, bool] = {}
    for size in set(seen.sizes.values()):  # three at most, for any number of items
        if not any(count for other, count in free.items() if other.fits(size)):
            full[size] = any(cell.size.fits(size) for cell in seen.cabinet.cells)
    for item, size in seen.sizes.items():
        if size in full:
            yield item, full[size]


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
