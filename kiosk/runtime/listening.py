"""Keeps a device open that speaks by itself when somebody holds something to it, and says how it is."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Protocol

from drivers.contracts.health import DeviceStatus, ErrorAction, Health
from drivers.errors import DeviceError


class Speaking(Protocol):
    """What is listened to."""

    async def connect(self) -> None:
        """Open it; nothing where it is open. Raises `DeviceError`."""

    async def close(self) -> None:
        """Release it."""


class Listening(ABC):
    """Listens for ever; a device that goes away is opened again every `retry_s`. `changed`: its health did."""

    def __init__(self, device: Speaking, changed: Callable[[], None], retry_s: float) -> None:
        self.health = Health(DeviceStatus.STARTING)
        self._device = device
        self._changed = changed
        self._retry_s = retry_s

    async def run(self) -> None:
        """Work until cancelled."""
        try:
            while True:
                await self._listen()
        finally:
            await self._device.close()

    @abstractmethod
    async def hear(self) -> None:
        """Wait a while for what is held to it, and pass it on. Raises `DeviceError`."""

    async def _listen(self) -> None:
        try:
            await self._device.connect()
            self._take(Health(DeviceStatus.ONLINE))
            await self.hear()
        except DeviceError as error:
            self._take(Health(DeviceStatus.OFFLINE, str(error), ErrorAction.MAINTENANCE))
            await asyncio.sleep(self._retry_s)

    def _take(self, health: Health) -> None:
        if health != self.health:
            self.health = health
            self._changed()
