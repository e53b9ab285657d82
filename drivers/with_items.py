"""A lock board whose item sensors are inputs of another board.

Each poll of the doors asks for the items after them, so that what is said of a closed door was seen behind it. A board
of inputs that is silent makes its items unknown, never absent; the doors go on, and it is asked again after growing
pauses.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, cast

from .contracts.board import ChannelReading, ItemState, LockBoard
from .contracts.health import DeviceStatus, Health
from .contracts.items import ItemBoard
from .contracts.report import Lined, LineReport
from .errors import DeviceError, health_of
from .link import Passage, Traced

logger = logging.getLogger(__name__)

RETRY_FIRST_S: Final = 0.5
RETRY_MOST_S: Final = 10.0


class ItemWatch:
    """One board of item sensors, asked by every lock board whose compartments have a sensor there."""

    def __init__(self, name: str, board: ItemBoard, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.health = Health(DeviceStatus.STARTING)
        self._name = name
        self._board = board
        self._clock = clock
        self._is_connected = False
        self._pause_s = RETRY_FIRST_S
        self._ask_from_s = 0.0

    async def seen(self) -> Mapping[int, ItemState]:
        """What the sensor at each input says; nothing while the board is silent."""
        if self._clock() < self._ask_from_s:
            return {}
        try:
            if not self._is_connected:
                await self._board.connect()
                self._is_connected = True
            found = await self._board.read()
        except DeviceError as error:
            self._lost(error)
            return {}
        if self.health.status is not DeviceStatus.ONLINE:
            logger.info("item sensors %s answer", self._name)
            self.health = Health(DeviceStatus.ONLINE)
        self._pause_s = RETRY_FIRST_S
        return found

    @property
    def line(self) -> LineReport:
        """The counters of its line."""
        return cast(Lined, self._board).line

    @property
    def passages(self) -> tuple[Passage, ...]:
        """What went over its line last, oldest first."""
        return cast(Traced, self._board).passages

    async def close(self) -> None:
        """Release the bus."""
        await self._board.close()

    def _lost(self, error: DeviceError) -> None:
        health = health_of(error)
        if self.health.status is not health.status:
            logger.warning("item sensors %s: %s", self._name, error)
        self.health = health
        self._ask_from_s = self._clock() + self._pause_s
        self._pause_s = min(2 * self._pause_s, RETRY_MOST_S)


@dataclass(frozen=True, slots=True)
class ItemSensor:
    """The sensor of one compartment: an input, from 1, of a board."""

    watch: ItemWatch
    number: int


class BoardWithItems:
    """A `LockBoard` with `sensors` by channel; a channel without one keeps what the lock board says of its item."""

    def __init__(self, locks: LockBoard, sensors: Mapping[int, ItemSensor]) -> None:
        self._locks = locks
        self._sensors = dict(sensors)
        self._watches = tuple({id(sensor.watch): sensor.watch for sensor in sensors.values()}.values())

    @property
    def channels(self) -> int:
        """Number of locks wired to the board."""
        return self._locks.channels

    @property
    def line(self) -> LineReport:
        """The counters of the lock board's line."""
        return cast(Lined, self._locks).line

    @property
    def passages(self) -> tuple[Passage, ...]:
        """What went over the lock board's line last, oldest first."""
        return cast(Traced, self._locks).passages

    async def connect(self) -> None:
        """Open the bus and see the lock board answer once; the sensors' board is found by the polls."""
        await self._locks.connect()

    async def unlock(self, channel: int) -> None:
        """Pulse one lock."""
        await self._locks.unlock(channel)

    async def read(self) -> Mapping[int, ChannelReading]:
        """Poll the doors, then the items. Raises what the lock board raises."""
        readings = dict(await self._locks.read())
        seen = {id(watch): await watch.seen() for watch in self._watches}
        for channel, sensor in self._sensors.items():
            if channel in readings:
                item = seen[id(sensor.watch)].get(sensor.number, ItemState.UNKNOWN)
                readings[channel] = replace(readings[channel], item=item)
        return readings

    async def close(self) -> None:
        """Release the buses."""
        await self._locks.close()
        for watch in self._watches:
            await watch.close()
