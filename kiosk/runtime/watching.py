"""Watches the whole machine: sensors, journal, devices, couriers. Tells the session what changed, and MQTT with it."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from drivers.contracts.health import DeviceStatus, ErrorAction, Health
from kiosk.journal import queries
from kiosk.journal.anchor import Anchor
from kiosk.journal.deposits import DepositRow
from kiosk.journal.errors import JournalError
from kiosk.journal.events import DeviceLost, DeviceReturned
from kiosk.journal.journal import Journal
from kiosk.journal.promises import PromiseRow, open_promises
from kiosk.journal.scans import ScanRow, scans
from kiosk.journal.types import Recorded
from kiosk.notify.mqtt import MqttCourier
from kiosk.notify.policy import CITIZEN_PREFIX
from kiosk.notify.status import CompartmentCounts, StatusSnapshot
from kiosk.session import events as ev
from kiosk.session.facts import Facts, Part
from kiosk.staff import departments
from locker.cabinet import Cabinet, Size
from locker.doors import DoorService
from locker.ledger import Ledger

from .disk import ONLINE
from .facts import Seen, Terms, facts_of

logger = logging.getLogger(__name__)

NIGHT_BEGINS_HOUR: Final = 12  # "tonight" counts from noon to noon
LOOK_EVERY_S: Final = 1.0  # at what has no call-back
DISK_EVERY_S: Final = 30.0
JOURNAL: Final = "journal"
NO_RESERVE: Final = Health(
    DeviceStatus.HARDWARE_ERROR,
    "the disk was full and has no room for the reserve; make room",
    ErrorAction.MAINTENANCE,
)
OPEN_STATES: Final = ("held", "disputed")

_Offices = tuple[tuple[str, tuple[str, ...]], ...]
_Told = tuple[
    tuple[DepositRow, ...], Mapping[str, datetime], int, _Offices, tuple[PromiseRow, ...], tuple[ScanRow, ...]
]
"""What the journal says, in one look: what lies there, ends of codes, deposits of this night, departments of staff,
papers that follow, scanned pages that wait."""


def _no_codes(_db: sqlite3.Connection) -> Mapping[str, datetime]:
    return {}


@dataclass(slots=True)
class MachineWatch:
    """Computes the facts anew when something changed. `devices` gives the state of every part without a bus of its own,
    `others` of the devices that no citizen's service depends on, `disk` whether the journal has room;
    `is_power_ending`: the battery will not last.

    `sizes`: what an item's envelope needs; `code_ends`: until when a case's pick-up code is good; `terms`: of limits.

    `post` takes `FactsChanged`; `undelivered_after_s`: how old a notice may be before staff's lamp shows.
    """

    journal: Journal
    doors: DoorService
    ledger: Ledger
    cabinet: Cabinet
    devices: Callable[[], Mapping[Part, Health]]
    mqtt: MqttCourier | None
    post: Callable[[ev.Event], None]
    now: Callable[[], datetime]
    undelivered_after_s: float
    disk_every_s: float = DISK_EVERY_S
    others: Callable[[], Mapping[str, Health]] = dict
    disk: Callable[[], Health] = lambda: ONLINE
    code_ends: Callable[[sqlite3.Connection], Mapping[str, datetime]] = _no_codes
    terms: Terms = field(default_factory=Terms)
    is_power_ending: Callable[[], bool] = lambda: False
    sizes: Mapping[str, Size] = field(default_factory=dict)
    _stale: asyncio.Event = field(default_factory=asyncio.Event)
    _cases_stale: bool = True
    _cases: tuple[DepositRow, ...] = ()
    _codes: Mapping[str, datetime] = field(default_factory=dict)
    _offices: _Offices = ()
    _promises: tuple[PromiseRow, ...] = ()
    _scans: tuple[ScanRow, ...] = ()
    _hour: int = -1
    _undelivered: bool = False
    _untold: Mapping[str, datetime] = field(default_factory=dict)  # since when, as of `_untold_as_of`
    _untold_as_of: int = -1
    _disk_full: bool = False
    _lost: set[str] = field(default_factory=set)
    _shown: Facts | None = None
    _known: Mapping[Part, Health] = field(default_factory=dict)
    _tonight: tuple[datetime | None, int] = (None, 0)  # when the night began, deposits since

    def changed(self) -> None:
        """Something of the machine changed: look again soon."""
        self._stale.set()

    def recorded(self, _recorded: Recorded) -> None:
        """A fact became durable."""
        self._cases_stale = True
        self._stale.set()

    async def run(self) -> None:
        """Work until cancelled."""
        self._disk_full = not (await self.journal.refill_ballast() and self.disk().works)
        await asyncio.gather(self._refresh(), self._look())

    async def _refresh(self) -> None:
        while True:
            await self._stale.wait()
            self._stale.clear()
            try:
                facts = facts_of(await self._seen())
                anchor = None if self.mqtt is None else await self.journal.anchor()
            except JournalError as error:
                logger.error("the state of the machine could not be read: %s", error)
                self._cases_stale = True  # unknown until it could be read: the next look asks again
                continue
            if self._cases_stale:  # a fact came in between: what was read may offer a case that is gone
                continue
            if facts != self._shown:
                self._shown = facts
                self.post(ev.FactsChanged(facts))
            devices = self._by_name()
            self._publish(facts, devices, anchor)
            try:  # last: on a full disk it fails, and that there is none must be known
                await self._note_devices(devices)
            except JournalError as error:
                logger.error("what became of a device could not be recorded: %s", error)

    async def _look(self) -> None:
        """What has no call-back: the courier's health, late notices, whether the disk has room again."""
        seconds = 0.0
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            seconds += LOOK_EVERY_S
            if self.now().hour != self._hour or self._cases_stale:  # a time limit may have come to its end
                self._hour = self.now().hour
                self._stale.set()
            try:
                await self._look_once(at_the_disk=seconds % self.disk_every_s < LOOK_EVERY_S)
            except JournalError as error:
                logger.error("whether notices are late could not be read, tried again in a second: %s", error)

    async def _look_once(self, *, at_the_disk: bool) -> None:
        late = await self._is_anybody_untold()
        if late != self._undelivered or self.devices() != self._known:
            self._undelivered = late
            self._stale.set()
        if at_the_disk:
            await self.journal.refill_ballast()
        has_room = self.journal.has_reserve() and self.disk().works
        if self._disk_full == has_room:
            self._disk_full = not has_room
            self._stale.set()

    async def _is_anybody_untold(self) -> bool:
        """A notice to staff about papers that still lie here is older than it may be."""
        if not self._cases:
            return False
        if self._untold_as_of != self.journal.changes:
            self._untold_as_of = self.journal.changes
            self._untold = await self.journal.outbox.untold_cases(but_to=CITIZEN_PREFIX)
        if not self._untold:
            return False
        before = self.now() - timedelta(seconds=self.undelivered_after_s)
        return any(self._untold.get(case.case_id, before) < before for case in self._cases)

    async def _seen(self) -> Seen:
        night = self._night()
        if self._cases_stale or night != self._tonight[0]:
            self._cases_stale = False
            told = await self.journal.read(lambda db: self._read(db, night))
            self._cases, self._codes, held, self._offices, self._promises, self._scans = told
            self._tonight = night, held
        self._known = self.devices()
        scanner = self.others().get("scanner")
        return Seen(
            self.cabinet, self.ledger.compartments, self.doors.snapshot(), self._cases, self._known,
            self._disk_full, self.is_power_ending(), undelivered=self._undelivered, tonight=self._tonight[1],
            codes=self._codes, terms=self.terms, now=self.now(), sizes=self.sizes, offices=self._offices,
            promises=self._promises, scans=self._scans, reads_codes=scanner is not None and scanner.works,
        )  # fmt: skip

    def _read(self, db: sqlite3.Connection, night: datetime) -> _Told:
        """In the journal's thread."""
        lying = tuple(queries.deposits(db, OPEN_STATES, None))
        promises = tuple(open_promises(db))
        waiting = tuple(scans(db, waiting=True))
        return lying, self.code_ends(db), queries.held_since(db, night), departments(db), promises, waiting

    def _night(self) -> datetime:
        """When this night began: at noon."""
        now = self.now()
        noon = now.replace(hour=NIGHT_BEGINS_HOUR, minute=0, second=0, microsecond=0)
        return noon if now >= noon else noon - timedelta(days=1)

    def _by_name(self) -> dict[str, Health]:
        """Everything that can fail."""
        parts = {part.value: state for part, state in self._known.items()}
        return {**parts, **self._boards(), **self.others(), JOURNAL: self._room()}

    async def _note_devices(self, devices: Mapping[str, Health]) -> None:
        """Lost once and returned once, in the journal."""
        for device, health in devices.items():
            works = health.works
            if works and device in self._lost:
                await self.journal.append(DeviceReturned(device))
                self._lost.discard(device)
            elif not works and device not in self._lost and _is_loss(health):
                await self.journal.append(DeviceLost(device, health.detail))
                self._lost.add(device)

    def _room(self) -> Health:
        """The journal as a device, by its name in the inventory."""
        room = self.disk()
        return NO_RESERVE if room.works and self._disk_full else room

    def _boards(self) -> dict[str, Health]:
        return {f"board {name}": health for name, health in self.doors.snapshot().boards.items()}

    def _publish(self, facts: Facts, devices: Mapping[str, Health], anchor: Anchor | None) -> None:
        if self.mqtt is None:
            return
        total = len(self.cabinet.cells)
        free = sum(count for _, count in facts.free)
        held = len(facts.cases) + len(facts.results)
        counts = CompartmentCounts(total, free, held, max(0, total - free - held))
        states = {name: health.status for name, health in devices.items() if name != Part.NETWORK.value}
        self.mqtt.publish_status(StatusSnapshot(counts, states, anchor))


def _is_loss(health: Health) -> bool:
    return health.is_fitted and health.status is not DeviceStatus.STARTING
