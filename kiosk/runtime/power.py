"""Watches the UPS: mains gone, mains back; when the battery ends, nobody begins, what is under way ends, the kiosk parks.

Parked, the kiosk only waits: for the mains, or for the end of the battery. Everything that counts is durable then.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from drivers.contracts.health import DeviceStatus, ErrorAction, Health
from drivers.contracts.power import PowerReading, PowerSupply
from drivers.errors import DeviceError, DeviceRefused
from kiosk.journal.errors import JournalError
from kiosk.journal.events import KioskParked, MainsLost, MainsReturned
from kiosk.journal.types import Event

logger = logging.getLogger(__name__)

QUIET_CHECK_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class PowerLimits:
    """Times in seconds. `shutdown_command`: what switches the machine off, once parked; none: somebody else does."""

    poll_s: float = 5.0
    silent_s: float = 60.0
    finish_s: float = 180.0
    shutdown_command: tuple[str, ...] = ()


@dataclass(slots=True)
class PowerWatch:
    """Looks for ever. `changed` is told when `health` or `is_ending` changed; `is_quiet`: nobody is at the screen and
    no door is being used."""

    ups: PowerSupply
    record: Callable[[Event], Awaitable[object]]
    changed: Callable[[], None]
    is_quiet: Callable[[], bool]
    limits: PowerLimits = PowerLimits()
    health: Health = Health(DeviceStatus.STARTING)
    is_ending: bool = False
    _on_battery: bool = False
    _answered_s: float = 0.0
    _parking: "asyncio.Task[None] | None" = field(default=None, repr=False)

    async def run(self) -> None:
        """Work until cancelled."""
        try:
            while True:
                await self._look()
                await asyncio.sleep(self.limits.poll_s)
        finally:
            if self._parking is not None:
                self._parking.cancel()
            await self.ups.close()

    async def _look(self) -> None:
        now_s = asyncio.get_running_loop().time()
        try:
            reading = await self.ups.read()
        except DeviceError as error:
            self._take_health(_unanswered(error))
            # a UPS that fell silent on battery has most likely run empty or is about to (upsmon's DEADTIME)
            if self._on_battery and now_s - self._answered_s > self.limits.silent_s:
                self._take_end(ending=True)
            return
        self._answered_s = now_s
        self._take_health(reading.health)
        if reading.on_battery != self._on_battery:
            self._on_battery = reading.on_battery
            await self._note(_mains_fact(reading))
        self._take_end(ending=reading.is_ending)

    def _take_health(self, health: Health) -> None:
        if health != self.health:
            self.health = health
            self.changed()

    def _take_end(self, *, ending: bool) -> None:
        if ending == self.is_ending:
            return
        self.is_ending = ending
        self.changed()
        if ending:
            self._parking = asyncio.create_task(self._park(), name="parking")
        elif self._parking is not None:
            self._parking.cancel()
            self._parking = None

    async def _park(self) -> None:
        quiet = True
        try:
            async with asyncio.timeout(self.limits.finish_s):
                while not self.is_quiet():
                    await asyncio.sleep(QUIET_CHECK_S)
        except TimeoutError:
            quiet = False  # whoever stands there has had their time: the battery will not wait
        logger.warning("the battery ends: parked, %s", "nobody here" if quiet else "in the middle of something")
        await self._note(KioskParked(reason="power" if quiet else "power, in the middle"))
        if self.limits.shutdown_command:
            await self._shut_down(*self.limits.shutdown_command)

    async def _shut_down(self, program: str, *arguments: str) -> None:
        try:
            process = await asyncio.create_subprocess_exec(program, *arguments, stdin=asyncio.subprocess.DEVNULL)
            status = await process.wait()
        except OSError as error:
            logger.error("power.shutdown_command cannot be run: %s", error)
            return
        if status:
            logger.error("power.shutdown_command %s ended with status %d", program, status)

    async def _note(self, fact: Event) -> None:
        try:
            await self.record(fact)
        except JournalError as error:
            logger.error("could not record %s: %s", fact, error)


def _mains_fact(reading: PowerReading) -> Event:
    charge = reading.charge_percent
    return MainsLost(charge) if reading.on_battery else MainsReturned(charge)


def _unanswered(error: DeviceError) -> Health:
    wrong = isinstance(error, DeviceRefused)
    action = ErrorAction.CONFIGURATION if wrong else ErrorAction.MAINTENANCE
    return Health(DeviceStatus.OFFLINE, str(error), action)
