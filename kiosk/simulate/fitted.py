"""Simulated devices that a kiosk can be without: the UPS, the reader of staff cards."""

import asyncio
from typing import Final

from drivers.contracts.power import PowerReading, Supply
from drivers.contracts.staffcard import CardUid
from drivers.errors import LinkTimeout
from kiosk.runtime.disk import ONLINE

from .devices import Trouble
from .world import World

MAINS: Final = PowerReading(frozenset({Supply.ENGAGED}), ONLINE, 100, 600)
ON_BATTERY: Final = PowerReading(frozenset({Supply.ENGAGED, Supply.POWERING}), ONLINE, 60, 300)
LOW: Final = PowerReading(frozenset({Supply.ENGAGED, Supply.POWERING, Supply.LOW}), ONLINE, 5, 20)


class SimulatedUps:
    """`drivers.contracts.power.PowerSupply`: on mains, on battery, low, or silent."""

    def __init__(self, trouble: Trouble) -> None:
        self._trouble = trouble

    async def connect(self) -> None:
        """There, unless it is silent."""
        await self.read()

    async def identity(self) -> str:
        """None."""
        return "simulated"

    async def read(self) -> PowerReading:
        """How it is now."""
        match self._trouble.power:
            case "silent":
                raise LinkTimeout("simulated UPS: no answer")
            case "on_battery":
                return ON_BATTERY
            case "low":
                return LOW
            case _:
                return MAINS

    async def close(self) -> None:
        """Nothing to release."""


class SimulatedStaffCards:
    """`drivers.contracts.staffcard.StaffCardReader`: the card that somebody holds to it."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def connect(self) -> None:
        """There."""

    async def presented(self, *, timeout_s: float) -> CardUid | None:
        """What was held to it in this time; of two the later."""
        await asyncio.sleep(timeout_s)
        card, self._world.staff_card = self._world.staff_card, b""
        return CardUid(card) if card else None

    async def close(self) -> None:
        """Nothing to release."""
