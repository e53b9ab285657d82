"""Contacts, lamps, fan and buzzer of the cabinet, by what they are for."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol


class Contact(StrEnum):
    """What is told. True, always: it is so (the door is open, the cabinet was hit, somebody stands there)."""

    CABINET_DOOR = "cabinet_door"
    VIBRATION = "vibration"
    PRESENCE = "presence"


class Switch(StrEnum):
    """What is switched."""

    LAMP_FREE = "lamp_free"
    BUZZER = "buzzer"
    FAN = "fan"


class SignalBoard(Protocol):
    """What is wired of them. Every method but `close` may raise `drivers.errors.DeviceError`."""

    @property
    def switches(self) -> frozenset[Switch]:
        """Those that are wired."""

    async def connect(self) -> None:
        """Open the line and see the board answer."""

    async def read(self) -> Mapping[Contact, bool]:
        """All contacts that are wired, at one moment."""

    async def set(self, switch: Switch, *, on: bool) -> None:
        """Switch something until further notice. Raises `ValueError` for what is not wired."""

    async def pulse(self, switch: Switch, *, duration_s: float) -> None:
        """Switch something on for a while, timed by the board: it goes off also when this program dies."""

    async def close(self) -> None:
        """Release the line, for all devices on it."""
