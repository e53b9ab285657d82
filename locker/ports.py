"""What the locker needs from outside: a durable log and a clock."""

import asyncio
from collections.abc import Sequence
from dataclasses import Field
from typing import Any, ClassVar, Protocol

from .events import Event


class Fact(Protocol):
    """Any frozen dataclass instance: what others record with an event of custody."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


class NotRecorded(Exception):
    """The log could not make an event durable (disk full, say). What was not recorded is not done and not told."""


class CustodyLog(Protocol):
    """Where facts of custody go."""

    async def record(self, *events: Event, along: Sequence[Fact] = ()) -> None:
        """Make all events durable, in order, all or none; `along`: facts of somebody else's, after them.

        Raises `NotRecorded`.
        """


class Clock(Protocol):
    """Time that never jumps."""

    def monotonic(self) -> float:
        """Seconds since some moment."""


class LoopClock:
    """The running event loop's own time, so that a loop with virtual time carries the locker along."""

    def monotonic(self) -> float:
        """Seconds of the loop's clock."""
        return asyncio.get_running_loop().time()
