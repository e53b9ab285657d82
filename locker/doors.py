"""The doors: the only caller of `unlock`, and the one who says what a door did.

Intent, act, outcome: an opening is durable before the bytes go out, its outcome is durable before anybody is told.
A physical outcome is a value; an exception (`NotRecorded`) means that a promise was broken.
"""

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from drivers.contracts.board import ChannelReading, DoorState, ItemState, LockBoard
from drivers.contracts.health import Health

from .boardwatch import BoardWatch, DoorSettings
from .cabinet import Cabinet
from .compartment import FAILURES_UNTIL_OUT_OF_SERVICE, Compartment, Content, Status
from .events import (
    CompartmentCleared,
    CompartmentOutOfService,
    DoorClosed,
    DoorForced,
    DoorOpened,
    Event,
    ItemSeenInEmptyCompartment,
    OpeningFailed,
    OpenOutcomeUnknown,
    OpenRequested,
    Reason,
)
from .ledger import Ledger
from .ports import Clock, LoopClock, NotRecorded
from .tracking import FoundOpen, ItemSeen, Observation, SeenOpen, SeenShut, Track, observe

logger = logging.getLogger(__name__)

T = TypeVar("T")

CITIZEN: Final = "citizen"
STAFF_PREFIX: Final = "staff:"
TECHNICIAN_PREFIX: Final = "technician:"
SILENT_PAUSE_S: Final = 0.02  # a port that is gone says so at once


@dataclass(frozen=True, slots=True)
class Opened:
    """The sensor went from closed to open, and that is in the journal."""

    operation_id: str


@dataclass(frozen=True, slots=True)
class NotOpened:
    """The door did not open, or nobody knows. `out_of_service`: this failure took the compartment out of use."""

    reason: Reason
    operation_id: str | None = None  # None: nothing was sent
    out_of_service: bool = False


OpenResult = Opened | NotOpened


@dataclass(frozen=True, slots=True)
class _Doubt:
    """An opening whose door may yet move: the board fell silent, or the deadline passed (then only until `until_s`)."""

    operation_id: str
    case_id: str | None
    whose: str  # the citizen's case, or the actor
    until_s: float | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """The door is closed, and that is in the journal; `item` is what the sensor sees inside."""

    item: ItemState


@dataclass(frozen=True, slots=True)
class StillOpen:
    """The time is over and the door is open."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The board does not say."""


ClosedResult = Closed | StillOpen | Unknown


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the sensors say now, by compartment, and how each board is, by name."""

    readings: Mapping[str, ChannelReading]
    boards: Mapping[str, Health]


Subscriber = Callable[[Snapshot], None]


class DoorService:
    """All doors of a cabinet. Construction does no I/O; `start` begins to poll. One instance per process.

    `boards`: by the name that the cabinet's cells use. Raises `ValueError` when a cell names none of them.
    """

    def __init__(
        self,
        cabinet: Cabinet,
        boards: Mapping[str, LockBoard],
        ledger: Ledger,
        *,
        settings: DoorSettings | None = None,
        clock: Clock | None = None,
        new_id: Callable[[], str] = lambda: uuid.uuid4().hex,
    ) -> None:
        missing = sorted(set(cabinet.boards) - set(boards))
        if missing:
            raise ValueError(f"compartments name lock boards that are not configured: {', '.join(missing)}")
        self._settings = settings or DoorSettings()
        self._clock = clock or LoopClock()
        self._ledger = ledger
        self._cabinet = cabinet
        self._new_id = new_id
        self._watches = {name: self._watch(name, board) for name, board in boards.items()}
        self._tracks = {cell.name: Track() for cell in cabinet.cells}
        self._commanded: dict[str, str] = {}  # cells that our unlock opened, or is about to, and for whom
        self._doubts: dict[str, _Doubt] = {}
        self._unrecorded: dict[str, list[Event]] = {name: [] for name in boards}
        self._subscribers: list[Subscriber] = []
        self._told: Snapshot | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._operations: set[asyncio.Task[Any]] = set()

    # life --------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Begin to poll; return when every board has answered, or failed to, and what it says is believed."""
        for name, watch in self._watches.items():
            self._keep(asyncio.create_task(watch.run(), name=f"board {name}"), self._tasks)
        await asyncio.gather(
            *(watch.wait_poll(self._settings.open_deadline_s) for watch in self._watches.values())
        )
        await self.settled()

    async def close(self) -> None:
        """Let openings under way come to their outcome, end the polling, release the buses."""
        await asyncio.gather(*self._operations, return_exceptions=True)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for watch in self._watches.values():
            await watch.close()

    # what is seen ------------------------------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        """The newest readings; a door of a silent board is unknown."""
        readings: dict[str, ChannelReading] = {}
        for watch in self._watches.values():
            readings |= watch.readings
        return Snapshot(readings, {name: watch.health for name, watch in self._watches.items()})

    async def settled(self) -> Snapshot:
        """What the sensors say once it is believed: where readings of what lies inside contradict each other, unknown.

        Returns after the deadline of an opening in any case.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._settings.open_deadline_s):
                for watch in self._watches.values():
                    while any(self._tracks[cell].is_settling for cell in watch.readings):
                        await watch.wait_poll(self._settings.open_deadline_s)
        now = self.snapshot()
        return replace(
            now, readings={cell: self._believed(cell, now.readings[cell]) for cell in now.readings}
        )

    def _believed(self, cell: str, reading: ChannelReading) -> ChannelReading:
        is_shut = self._tracks[cell].door is DoorState.CLOSED is reading.door
        return replace(reading, item=self._tracks[cell].item) if is_shut else reading

    def inside(self, cell: str) -> ItemState:
        """What the sensor says lies inside, by the newest reading: enough for a doubt, never for a claim."""
        return self.snapshot().readings[cell].item

    def subscribe(self, callback: Subscriber) -> Callable[[], None]:
        """Call back, in the loop, with every snapshot that differs from the last; answers how to stop it."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    # what is done ------------------------------------------------------------------------------------------

    async def open(self, cell: str, case_id: str | None, actor: str) -> OpenResult:
        """Open one door. Whoever stops waiting for it, the opening goes on to its recorded outcome.

        `actor`: `citizen`, `staff:<staff number>` or `technician:<staff number>`.

        Raises `NotRecorded`: if before the act, nothing was sent.
        """
        return await self._to_its_end(self._open(cell, case_id, actor))

    async def wait_closed(self, cell: str, timeout_s: float) -> ClosedResult:
        """Wait until the door is closed, believed (not one reading only) and recorded."""
        watch = self._watch_of(cell)
        until_s = self._clock.monotonic() + timeout_s
        with watch.watched():
            while True:
                if self._is_shut(cell, watch):
                    return Closed(self._tracks[cell].item)
                if watch.readings[cell].door is DoorState.UNKNOWN:
                    return Unknown()
                remaining_s = until_s - self._clock.monotonic()
                if remaining_s <= 0:
                    return StillOpen()
                await watch.wait_poll(remaining_s)

    async def clear(self, cell: str, staff_no: str, reason: str) -> None:
        """A person has looked: put the compartment back into service. Raises `NotRecorded`."""
        self._doubts.pop(cell, None)
        await self._ledger.record(CompartmentCleared(cell, staff_no, reason))

    # opening -----------------------------------------------------------------------------------------------

    async def _open(self, cell: str, case_id: str | None, actor: str) -> OpenResult:
        watch = self._watch_of(cell)
        async with watch.opening:
            await watch.wait_gap()
            refusal = await self._refusal(cell, watch, actor)
            if refusal is not None:
                return NotOpened(refusal)
            if self._unrecorded[watch.name]:  # what was done before comes first
                raise NotRecorded(f"facts of board {watch.name} wait for the journal")
            operation_id = self._new_id()
            await self._ledger.record(OpenRequested(operation_id, cell, case_id, actor))
            self._doubts.pop(cell, None)
            whose = case_id if case_id and actor == CITIZEN else actor
            self._commanded[cell] = whose
            channel = self._cabinet.by_name[cell].channel
            sent = await watch.unlock(channel, unless=lambda: self._has_open(whose, but=cell))
            if sent is None:  # a door that stuck before gave way in the meantime
                self._commanded.pop(cell, None)
                reason = Reason.OTHER_DOOR_OPEN
                await self._record_outcome(cell, OpeningFailed(operation_id, cell, case_id, reason))
                return NotOpened(reason, operation_id)
            door = await self._moved(cell, watch)
            return await self._outcome(cell, _Doubt(operation_id, case_id, whose), door, sent=sent)

    def _has_open(self, whose: str, *, but: str) -> bool:
        """Whether another door that was opened for these, or may have been, is seen open."""
        others = self._commanded | {cell: doubt.whose for cell, doubt in self._doubts.items()}
        readings = self.snapshot().readings
        return any(
            readings[cell].door is DoorState.OPEN
            for cell, person in others.items()
            if cell != but and person == whose
        )

    async def _refusal(self, cell: str, watch: BoardWatch, actor: str) -> Reason | None:
        compartment = self._ledger.compartments[cell]
        technician = actor.startswith(TECHNICIAN_PREFIX)
        if technician and not compartment.may_be_tried:
            return Reason.NOT_EMPTY
        out = compartment.status is not Status.OK
        if out and not technician and not actor.startswith(STAFF_PREFIX):  # staff must be able to look inside
            return Reason.OUT_OF_SERVICE
        door = await self._settled_door(cell, watch)
        if door is None:
            return Reason.BOARD_SILENT
        if technician and watch.readings[cell].item is ItemState.PRESENT:
            return Reason.NOT_EMPTY
        match door:
            case DoorState.CLOSED:
                return None
            case DoorState.OPEN:
                return Reason.ALREADY_OPEN
            case DoorState.UNKNOWN:
                return Reason.DOOR_UNKNOWN

    async def _settled_door(self, cell: str, watch: BoardWatch) -> DoorState | None:
        """The door once its readings agree, unknown if they do not in time; none of a silent board.

        A door that was shut just now must have been believed shut first: else the end of the opening before would be
        taken for the end of the next one.
        """
        until_s = self._clock.monotonic() + self._settings.open_deadline_s
        while await watch.poll():
            if not self._tracks[cell].is_settling:
                return watch.readings[cell].door
            if self._clock.monotonic() >= until_s:
                return DoorState.UNKNOWN
            await asyncio.sleep(self._settings.watch_interval_s)
        return None

    async def _moved(self, cell: str, watch: BoardWatch) -> DoorState:
        """Poll until the sensor says open or the deadline passes; the last thing it said."""
        until_s = self._clock.monotonic() + self._settings.open_deadline_s
        while True:
            answered = await watch.poll()
            door = watch.readings[cell].door
            if door is DoorState.OPEN or self._clock.monotonic() >= until_s:
                return door
            await asyncio.sleep(self._settings.watch_interval_s if answered else SILENT_PAUSE_S)

    async def _outcome(self, cell: str, asked: _Doubt, door: DoorState, *, sent: bool) -> OpenResult:
        operation_id, case_id = asked.operation_id, asked.case_id
        if door is DoorState.OPEN:
            await self._record_outcome(cell, DoorOpened(operation_id, cell, case_id))
            return Opened(operation_id)
        self._commanded.pop(cell, None)
        if door is DoorState.UNKNOWN:
            self._doubts[cell] = asked
            silent = Reason.BOARD_SILENT
            await self._record_outcome(cell, OpenOutcomeUnknown(operation_id, cell, case_id, silent.value))
            return NotOpened(silent, operation_id)
        self._doubts[cell] = replace(asked, until_s=self._clock.monotonic() + self._settings.late_s)
        reason = Reason.DOOR_JAMMED if sent else Reason.BOARD_SILENT
        events: list[Event] = [OpeningFailed(operation_id, cell, case_id, reason)]
        failures = self._ledger.compartments[cell].failures + (reason is Reason.DOOR_JAMMED)
        out_of_service = failures >= FAILURES_UNTIL_OUT_OF_SERVICE
        if out_of_service:
            events.append(CompartmentOutOfService(cell, reason.value))
        await self._record_outcome(cell, *events)
        return NotOpened(reason, operation_id, out_of_service)

    async def _record_outcome(self, cell: str, *events: Event) -> None:
        """What was done has to be told, if not now then as soon as the journal takes it. Raises `NotRecorded`."""
        try:
            await self._ledger.record(*events)
        except NotRecorded:
            self._unrecorded[self._watch_of(cell).name] += events
            raise

    # observing ---------------------------------------------------------------------------------------------

    async def _after_poll(self, watch: BoardWatch) -> None:
        facts = self._unrecorded[watch.name]
        for cell, reading in watch.readings.items():
            before = self._tracks[cell]
            track, seen = observe(
                before,
                reading,
                commanded=cell in self._commanded,
                item_readings=self._settings.item_readings,
            )
            if track is not before:
                self._tracks[cell] = track
            for observation in seen:
                facts += [fact for fact in self._facts(cell, observation) if fact not in facts]
            if self._doubts:
                self._end_doubt(cell, track)
        watch.moving = any(self._tracks[cell].is_settling for cell in watch.readings)
        if facts:
            await self._record_seen(watch.name, facts)
        self._tell()

    def _facts(self, cell: str, observation: Observation) -> list[Event]:
        compartment = self._ledger.compartments[cell]
        match observation:
            case SeenOpen():
                return self._late_opening(cell) or self._force(cell)
            case SeenShut(item):
                self._commanded.pop(cell, None)
                return [self._closing(compartment, item)]
            case ItemSeen():
                nothing_recorded = compartment.content is Content.EMPTY and cell not in self._commanded
                return [ItemSeenInEmptyCompartment(cell)] if nothing_recorded else []
            case FoundOpen():  # what else it means depends on the journal: reconciliation says
                return self._late_opening(cell)

    def _force(self, cell: str) -> list[Event]:
        return [] if cell in self._commanded else [DoorForced(cell)]  # an opening under way tells itself

    def _late_opening(self, cell: str) -> list[Event]:
        doubt = self._doubts.pop(cell, None)
        if doubt is None:
            return []
        self._commanded[cell] = doubt.whose
        return [DoorOpened(doubt.operation_id, cell, doubt.case_id)]

    def _end_doubt(self, cell: str, track: Track) -> None:
        doubt = self._doubts.get(cell)
        if doubt is None or track.door is not DoorState.CLOSED:
            return
        if doubt.until_s is None or doubt.until_s <= self._clock.monotonic():
            del self._doubts[cell]

    def _closing(self, compartment: Compartment, item: ItemState) -> DoorClosed:
        operation = compartment.operation
        if operation is None:
            return DoorClosed(None, compartment.cell, None, item)
        return DoorClosed(operation.operation_id, compartment.cell, operation.case_id, item)

    async def _record_seen(self, board: str, facts: list[Event]) -> None:
        """What cannot be recorded now is kept, in order, and tried again at the next poll."""
        told = len(facts)
        try:
            await self._ledger.record(*facts)
        except NotRecorded:
            logger.exception("board %s: %d facts wait for the journal", board, told)
            return
        del facts[:told]  # others may have come while these were written

    def _is_shut(self, cell: str, watch: BoardWatch) -> bool:
        track = self._tracks[cell]
        return track.door is DoorState.CLOSED and not track.is_settling and not self._unrecorded[watch.name]

    def _tell(self) -> None:
        now = self.snapshot()
        if now == self._told:
            return
        self._told = now
        loop = asyncio.get_running_loop()
        for subscriber in self._subscribers:
            loop.call_soon(subscriber, now)  # its failure is its own

    # machinery ---------------------------------------------------------------------------------------------

    def _watch(self, name: str, board: LockBoard) -> BoardWatch:
        cells = {cell.channel: cell.name for cell in self._cabinet.cells if cell.board == name}
        return BoardWatch(
            name, board, cells, settings=self._settings, clock=self._clock, polled=self._after_poll
        )

    def _watch_of(self, cell: str) -> BoardWatch:
        return self._watches[self._cabinet.by_name[cell].board]

    async def _to_its_end(self, work: Coroutine[Any, Any, T]) -> T:
        task = asyncio.create_task(work)
        self._keep(task, self._operations)
        return await asyncio.shield(task)

    def _keep(self, task: asyncio.Task[Any], among: set[asyncio.Task[Any]]) -> None:
        among.add(task)
        task.add_done_callback(among.discard)
        task.add_done_callback(_report_failure)


def _report_failure(task: asyncio.Task[Any]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.error("%s ended: %s", task.get_name(), error, exc_info=error)
