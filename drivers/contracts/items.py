"""Item sensors beside the locks: a board of inputs for cabinets whose lock boards see no papers."""

from collections.abc import Mapping
from typing import Protocol

from .board import ItemState


class ItemBoard(Protocol):
    """One board of inputs, counted from 1. Every method may raise `drivers.errors.DeviceError`."""

    async def connect(self) -> None:
        """Open the bus and see the board answer once."""

    async def read(self) -> Mapping[int, ItemState]:
        """What the sensor at each input says."""

    async def close(self) -> None:
        """Release the bus."""
