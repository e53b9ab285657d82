"""What the locker needs from outside: a durable log and a clock."""

import asyncio
from typing import Protocol

from .events import Event


class NotRecorded(Exception):
    """The log could not make an event durable (disk full, say). What was not recorded is not done and not told."""


class CustodyLog(Protocol):
    """Where facts of custody go."""

    async def record(self, *events: Event) -> None:
        """Make all events durable, in order, all or none. Raises `NotRecorded`."""


class Clock(Protocol):
    """Time that never jumps."""

    def monotonic(self) -> float:
        """Seconds since some moment."""


class LoopClock:
    """The running event loop's own time, so that a loop with virtual time carries the locker along."""

    def monotonic(self) -> float:
        """Seconds of the loop's clock."""
        return asyncio.get_running_loop().time()
