"""Lock board: solenoid outputs with the feedback of door (lock hook) and item (infrared) sensors."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class DoorState(StrEnum):
    """What the hook switch of a lock says. A door pushed to but not latched reads open."""

    CLOSED = "closed"
    OPEN = "open"
    UNKNOWN = "unknown"


class ItemState(StrEnum):
    """What the infrared sensor of a compartment says; `UNKNOWN` where none is fitted."""

    PRESENT = "present"
    ABSENT = "notPresent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ChannelReading:
    """Both sensors of one channel at one poll."""

    door: DoorState
    item: ItemState


class LockBoard(Protocol):
    """One board on a bus. Channels count from 1. Every method may raise `drivers.errors.DeviceError`."""

    @property
    def channels(self) -> int:
        """Number of locks the board drives."""

    async def connect(self) -> None:
        """Open the bus and see the board answer once."""

    async def unlock(self, channel: int) -> None:
        """Pulse one lock. Returning says only that the bytes went out: the door sensor says the rest."""

    async def read(self) -> Mapping[int, ChannelReading]:
        """Poll all channels once."""

    async def close(self) -> None:
        """Release the bus."""
