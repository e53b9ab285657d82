"""Uninterruptible power supply: whether the mains are there, and for how long the battery lasts."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from .health import Health


class Supply(StrEnum):
    """XFS4IoT words for a UPS; several hold at a time."""

    LOW = "low"  # the battery will not last for another session
    ENGAGED = "engaged"  # it stands between the mains and the kiosk
    POWERING = "powering"  # the kiosk runs on the battery
    RECOVERED = "recovered"  # the mains are back after a cut, the battery is not full yet


@dataclass(frozen=True, slots=True)
class PowerReading:
    """One look at the UPS. `charge_percent` and `runtime_s` are None where the UPS does not tell."""

    supply: frozenset[Supply]
    health: Health
    charge_percent: int | None = None
    runtime_s: int | None = None

    @property
    def on_battery(self) -> bool:
        """The mains are gone."""
        return Supply.POWERING in self.supply

    @property
    def is_ending(self) -> bool:
        """On battery, and it is low: finish what is under way and park."""
        return {Supply.POWERING, Supply.LOW} <= self.supply

    @property
    def is_recovering(self) -> bool:
        """The mains are back, the battery is not full yet."""
        return Supply.RECOVERED in self.supply


class PowerSupply(Protocol):
    """One UPS. Every method but `close` may raise `drivers.errors.DeviceError`."""

    async def connect(self) -> None:
        """See the UPS answer once."""

    async def identity(self) -> str:
        """Maker, model and firmware, as far as the UPS tells."""

    async def read(self) -> PowerReading:
        """Ask once."""

    async def close(self) -> None:
        """Release the line."""
