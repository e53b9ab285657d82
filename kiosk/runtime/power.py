"""Watches the UPS: mains gone, mains back. When the battery ends nobody begins, what is under way ends, all is parked.

Parked, the kiosk only waits: for the mains, or for the end of the battery. Everything that counts is durable then.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from drivers.contracts.health import DeviceStatus, Health
from drivers.contracts.power import PowerReading, PowerSupply
from drivers.errors import DeviceError, health_of
from kiosk.journal.errors import JournalError
from kiosk.journal.events import KioskParked, MainsLost, MainsReturned
from kiosk.journal.types import Event

logger = logging.getLogger(__name__)


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
    health: Health = field(default_factory=lambda: Health(DeviceStatus.STARTING))
    is_ending: bool = False
    is_parked: bool = False
    _on_battery: bool = False
    _recorded_on_battery: bool = False
    _answered_s: float = 0.0
    _ending_s: float = 0.0

    async def run(self) -> None:
        """Work until cancelled."""
        try:
            while True:
                await self._look()
                await self._park_in_time()
                await asyncio.sleep(self.limits.poll_s)
        finally:
            await self.ups.close()

    async def _look(self) -> None:
        now_s = asyncio.get_running_loop().time()
        try:
            reading = await self.ups.read()
        except DeviceError as error:
            self._take(health_of(error), ending=self.is_ending or self._ran_empty(now_s))
            return
        self._answered_s, self._on_battery = now_s, reading.on_battery
        if reading.on_battery != self._recorded_on_battery:
            if await self._note(_mains_fact(reading)):
                self._recorded_on_battery = reading.on_battery
            elif not reading.on_battery:
                return  # parked until the record says that it is over: the next look tries again
        # a battery that ends seems to recover once less is asked of it: only the mains end that
        self._take(reading.health, ending=reading.is_ending or (self.is_ending and reading.on_battery))

    def _ran_empty(self, now_s: float) -> bool:
        """A UPS that fell silent on battery is empty or about to be, as NUT's upsmon sees it too (its DEADTIME)."""
        return self._on_battery and now_s - self._answered_s > self.limits.silent_s

    def _take(self, health: Health, *, ending: bool) -> None:
        if ending and not self.is_ending:
            self._ending_s = asyncio.get_running_loop().time()
        if (health, ending) != (self.health, self.is_ending):
            self.health, self.is_ending = health, ending
            self.is_parked = self.is_parked and ending
            self.changed()

    async def _park_in_time(self) -> None:
        if not self.is_ending or self.is_parked:
            return
        quiet = self.is_quiet()
        if not quiet and asyncio.get_running_loop().time() - self._ending_s < self.limits.finish_s:
            return
        self.is_parked = True
        where = "nobody here" if quiet else "somebody in the middle: the battery will not wait"
        logger.warning("the battery ends: parked, %s", where)
        await self._note(KioskParked("power" if quiet else "power, somebody was cut off"))
        if self.limits.shutdown_command:
            await _shut_down(*self.limits.shutdown_command)

    async def _note(self, fact: Event) -> bool:
        try:
            await self.record(fact)
        except JournalError as error:
            logger.error("could not record %s: %s", fact, error)
            return False
        return True


async def _shut_down(program: str, *arguments: str) -> None:
    try:
        process = await asyncio.create_subprocess_exec(program, *arguments, stdin=asyncio.subprocess.DEVNULL)
    except OSError as error:
        logger.error("power.shutdown_command cannot be run: %s", error)
        return
    if status := await process.wait():
        logger.error("power.shutdown_command: %s ended with status %d", program, status)


def _mains_fact(reading: PowerReading) -> Event:
    charge = reading.charge_percent
    return MainsLost(charge) if reading.on_battery else MainsReturned(charge)
