"""One lock board kept under observation: polled for ever, its readings and health published, silence never hidden.

A board that does not answer makes every door of it unknown at once; it is asked again with growing pauses, for ever.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from drivers.contracts.board import ChannelReading, DoorState, ItemState, LockBoard
from drivers.contracts.health import DeviceStatus, Health
from drivers.errors import DeviceError, health_of

from .ports import Clock

logger = logging.getLogger(__name__)

NOTHING_KNOWN: Final = ChannelReading(DoorState.UNKNOWN, ItemState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class DoorSettings:
    """Times of the door service, all in seconds."""

    poll_interval_s: float = 0.25
    watch_interval_s: float = (
        0.0  # while somebody waits for a door of the board, or one moves: as fast as it answers
    )
    open_deadline_s: float = 3.0
    late_s: float = 10.0  # a door that opens this long after its deadline was opened by us, not by force
    gap_s: float = 0.3  # between two openings on one board: inrush current
    retry_first_s: float = 0.5
    retry_most_s: float = 10.0
    item_readings: int = 3


class BoardWatch:
    """Observer of one board. `cells`: channel -> compartment name. `polled` is awaited after every poll."""

    def __init__(
        self,
        name: str,
        board: LockBoard,
        cells: Mapping[int, str],
        *,
        settings: DoorSettings,
        clock: Clock,
        polled: Callable[["BoardWatch"], Awaitable[None]],
    ) -> None:
        beyond = [channel for channel in cells if not 1 <= channel <= board.channels]
        if beyond:
            raise ValueError(f"board {name} has channels 1 to {board.channels}, not {sorted(beyond)}")
        self.name = name
        self.cells = dict(cells)
        self.opening = asyncio.Lock()  # one lock at a time
        self.health = Health(DeviceStatus.STARTING)
        self.readings = self._all_unknown()
        self.moving = False  # set by `polled`: a door changes, poll faster
        self._board = board
        self._settings = settings
        self._clock = clock
        self._polled = polled
        self._bus = asyncio.Lock()
        self._connected = False
        self._watchers = 0
        self._retry_s = settings.retry_first_s
        self._wake = asyncio.Event()
        self._answered = asyncio.Event()
        self._unlock_from_s = 0.0

    async def run(self) -> None:
        """Poll for ever. When this ends, for whatever reason, nothing is known any more."""
        try:
            while True:
                await self.poll()
                await self._pause()
        finally:
            self.readings = self._all_unknown()
            self.health = Health(DeviceStatus.OFFLINE, f"lock board {self.name} is not polled")
            self._answered.set()

    async def poll(self) -> bool:
        """Read the board once; True when it answered. Publishes readings and health either way."""
        async with self._bus:
            answered = await self._read()
            await self._polled(self)
        passed, self._answered = self._answered, asyncio.Event()
        passed.set()
        return answered

    async def unlock(self, channel: int, *, unless: Callable[[], bool] = lambda: False) -> bool | None:
        """Pulse one lock, after the pause that the one before it needs; False when the line failed.

        `unless` is asked last, with the newest readings: when it is so nothing is sent, and `None` answered.
        """
        async with self._bus:
            if unless():
                return None
            try:
                await self._board.unlock(channel)
            except DeviceError as error:
                self._lost(error)
                return False
            finally:
                self._unlock_from_s = self._clock.monotonic() + self._settings.gap_s
        return True

    async def wait_gap(self) -> None:
        """Return when the next lock may be pulsed."""
        await asyncio.sleep(max(0.0, self._unlock_from_s - self._clock.monotonic()))

    async def wait_poll(self, timeout_s: float) -> None:
        """Return after the next poll, or after `timeout_s`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._answered.wait()

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Poll faster inside this block."""
        self._watchers += 1
        self._wake.set()
        try:
            yield
        finally:
            self._watchers -= 1

    async def close(self) -> None:
        """Release the bus."""
        await self._board.close()

    async def _read(self) -> bool:
        try:
            if not self._connected:
                await self._board.connect()
                self._connected = True
            found = await self._board.read()
        except DeviceError as error:
            self._lost(error)
            return False
        self.readings = {cell: found.get(channel, NOTHING_KNOWN) for channel, cell in self.cells.items()}
        self._retry_s = self._settings.retry_first_s
        if self.health.status is not DeviceStatus.ONLINE:
            logger.info("lock board %s answers", self.name)
            self.health = Health(DeviceStatus.ONLINE)
        return True

    def _lost(self, error: DeviceError) -> None:
        self.readings = self._all_unknown()
        health = health_of(error)
        if self.health.status is not health.status:
            logger.warning("lock board %s: %s", self.name, error)
        self.health = health

    async def _pause(self) -> None:
        self._wake.clear()
        alarm = asyncio.get_running_loop().call_later(self._interval_s(), self._wake.set)
        try:
            await self._wake.wait()
        finally:
            alarm.cancel()

    def _interval_s(self) -> float:
        if self.health.status is not DeviceStatus.ONLINE:
            pause, self._retry_s = self._retry_s, min(2 * self._retry_s, self._settings.retry_most_s)
            return pause
        awaited = self.moving or self._watchers
        return self._settings.watch_interval_s if awaited else self._settings.poll_interval_s

    def _all_unknown(self) -> dict[str, ChannelReading]:
        return dict.fromkeys(self.cells.values(), NOTHING_KNOWN)
