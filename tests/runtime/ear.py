"""What a watch over a device that speaks by itself says, and that it runs meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from drivers.contracts.health import DeviceStatus
from kiosk.runtime.listening import Listening
from kiosk.session import events as ev

ENOUGH_S = 20.0


class Ear:
    """Events and changes of health."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[ev.Event] = asyncio.Queue()
        self.changed = asyncio.Event()

    async def next(self, within_s: float = ENOUGH_S) -> ev.Event:
        return await asyncio.wait_for(self.heard.get(), within_s)

    async def until(self, watch: Listening, status: DeviceStatus) -> None:
        async with asyncio.timeout(ENOUGH_S):
            while watch.health.status is not status:
                await self.changed.wait()
                self.changed.clear()


@asynccontextmanager
async def running(watch: Listening, ear: Ear) -> AsyncIterator[None]:
    """From the moment at which the device is there."""
    task = asyncio.create_task(watch.run())
    try:
        await ear.until(watch, DeviceStatus.ONLINE)
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
