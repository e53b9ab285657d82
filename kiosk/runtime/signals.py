"""Watches contacts and works lamps: a service door opened by nobody who is signed in is an alarm, a blow is one too.

What is wanted of each switch is kept here and told again after the board was away.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from drivers.contracts.health import DeviceStatus, Health
from drivers.contracts.signals import Contact, SignalBoard, Switch
from drivers.errors import DeviceError, health_of
from kiosk.journal.errors import JournalError
from kiosk.journal.events import CabinetForced, CabinetOpened, CabinetShaken, CabinetShut
from kiosk.journal.types import Event
from kiosk.session import staffstate as ss
from kiosk.session import state as st

logger = logging.getLogger(__name__)


OWED_MOST: Final = 200
BLINKS: Final = 3
BLINK_S: Final = 0.4


def staff_at(stage: st.Stage) -> str:
    """The staff number of whoever is signed in at the screen; empty when nobody is."""
    if isinstance(stage, st.StaffStage):
        return "" if isinstance(stage, ss.SigningIn) else stage.staff_no
    match stage:
        case st.Inspecting(bench) | st.ReadingFrames(bench) | st.TouchingGrid(bench) | st.TryingDoor(bench):
            return bench.staff_no
        case _:
            return ""


def is_door_open(stage: st.Stage) -> bool:
    """A compartment stands open before somebody, so a sound asks to close it."""
    return isinstance(stage, st.PuttingIn | st.DoorLeftOpen | ss.StaffDoor | ss.PlacingResult | st.TryingDoor)


@dataclass(frozen=True, slots=True)
class SignalLimits:
    """Times in seconds. `shaken_again_s`: blows within this time of one that was told are the same blow."""

    poll_s: float = 0.25
    retry_s: float = 2.0
    shaken_again_s: float = 60.0
    buzzer_s: float = 0.4


@dataclass(slots=True)
class SignalWatch:
    """Looks for ever. `changed` is told when `health` changed; `is_serving` lights the lamp.

    `signed_in`: the staff number of whoever is signed in at the screen, empty when nobody is.
    """

    board: SignalBoard
    record: Callable[[Event], Awaitable[object]]
    changed: Callable[[], None]
    is_serving: Callable[[], bool]
    signed_in: Callable[[], str]
    limits: SignalLimits = SignalLimits()
    health: Health = field(default_factory=lambda: Health(DeviceStatus.STARTING))
    _door_open: bool = False
    _shaken_at_s: float | None = None
    _owed: deque[Event] = field(default_factory=lambda: deque(maxlen=OWED_MOST))  # not yet in the journal
    _told: dict[Switch, bool] = field(default_factory=dict)

    async def run(self) -> None:
        """Work until cancelled; then lamp and fan go off. The board stays open: others may be on its line."""
        try:
            while True:
                works = await self._turn()
                await asyncio.sleep(self.limits.poll_s if works else self.limits.retry_s)
        finally:
            await self._all_off()

    async def buzz(self) -> None:
        """Sound the buzzer once, where there is one; a board that is away is no reason to stop anything."""
        if Switch.BUZZER not in self.board.switches:
            return
        try:
            await self.sound_buzzer()
        except DeviceError as error:
            logger.info("the buzzer stays silent: %s", error)

    async def blink(self) -> None:
        """Put the lamp off and on a few times, for who judges it; then it is as it was. Raises `DeviceError`."""
        for turn in range(2 * BLINKS):
            await self.board.set(Switch.LAMP_FREE, on=turn % 2 == 0)
            await asyncio.sleep(BLINK_S)
        self._told.pop(Switch.LAMP_FREE, None)

    async def sound_buzzer(self) -> None:
        """Sound the buzzer once, for who judges it. Raises `DeviceError`."""
        await self.board.pulse(Switch.BUZZER, duration_s=self.limits.buzzer_s)

    async def _turn(self) -> bool:
        try:
            seen = await self.board.read()
            await self._switch({Switch.LAMP_FREE: self.is_serving(), Switch.FAN: True})
        except DeviceError as error:
            self._told.clear()
            self._take(health_of(error))
            return False
        self._take(Health(DeviceStatus.ONLINE))
        await self._tell(seen)
        return True

    async def _switch(self, wanted: Mapping[Switch, bool]) -> None:
        for switch in self.board.switches & wanted.keys():
            if self._told.get(switch) != wanted[switch]:
                await self.board.set(switch, on=wanted[switch])
                self._told[switch] = wanted[switch]

    async def _tell(self, seen: Mapping[Contact, bool]) -> None:
        now_s = asyncio.get_running_loop().time()
        door_open = seen.get(Contact.CABINET_DOOR, False)
        if door_open != self._door_open:
            self._door_open = door_open
            self._owed.append(self._door_fact(is_open=door_open))
        if seen.get(Contact.VIBRATION, False):
            told = self._shaken_at_s
            self._shaken_at_s = now_s
            if told is None or now_s - told > self.limits.shaken_again_s:
                self._owed.append(CabinetShaken(Contact.VIBRATION.value))
        while self._owed and await self._note(self._owed[0]):
            self._owed.popleft()

    def _door_fact(self, *, is_open: bool) -> Event:
        contact, staff_no = Contact.CABINET_DOOR.value, self.signed_in()
        if not is_open:
            return CabinetShut(contact)
        return CabinetOpened(contact, staff_no) if staff_no else CabinetForced(contact)

    async def _note(self, fact: Event) -> bool:
        try:
            await self.record(fact)
        except JournalError as error:
            logger.error("could not record %s: %s", fact, error)
            return False
        return True

    def _take(self, health: Health) -> None:
        if health.status is not self.health.status:
            self.health = health
            self.changed()

    async def _all_off(self) -> None:
        try:
            for switch in self.board.switches:  # also one that is being switched on in this very moment
                await self.board.set(switch, on=False)
        except DeviceError as error:
            logger.info("lamps could not be switched off: %s", error)
