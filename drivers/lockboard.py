"""The `LockBoard` of every family that is polled: unlock is sent once, everything that is known comes from polling.

What a board answers to an unlock is not awaited: some families' boards confirm, some say nothing, and a confirmation
says only that the board heard. A family brings its frames as a `Dialogue`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Generic, TypeVar

from .contracts.board import ChannelReading, DoorState, ItemState
from .errors import LinkTimeout
from .link import Link, Parser
from .registry import BoardConfig

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class WireState:
    """Bits as on the wire, channel 1 first. A channel beyond the end was not told, so nothing is known of it."""

    doors: Sequence[bool]
    items: Sequence[bool] = ()


def bits(mask: int, count: int) -> tuple[bool, ...]:
    """The lowest `count` bits, bit 0 first."""
    return tuple(bool(mask >> position & 1) for position in range(count))


@dataclass(frozen=True, slots=True)
class Dialogue(Generic[T]):
    """What one board is sent and how it answers. `unlock` gives the bytes that pulse a channel (1..)."""

    query: bytes
    parser: Parser[T]
    state: Callable[[T], WireState]
    unlock: Callable[[int], bytes]


class PolledBoard(Generic[T]):
    """One board on a line that it may share; closing one board closes the line."""

    def __init__(
        self, link: Link, config: BoardConfig, dialogue: Dialogue[T], *, item_is_one: bool = True
    ) -> None:
        self._link = link
        self._config = config
        self._dialogue = dialogue
        self._item_is_one = item_is_one

    @property
    def channels(self) -> int:
        """Number of locks wired to the board."""
        return self._config.channels

    async def connect(self) -> None:
        """Open the bus and see the board answer once. Raises `LinkClosed` or `LinkTimeout`."""
        await self._link.open()
        await self.read()

    async def unlock(self, channel: int) -> None:
        """Send one unlock, never repeated. Raises `LinkClosed`, `ValueError` for a channel that is not wired."""
        if not 1 <= channel <= self.channels:
            raise ValueError(f"channel {channel} of board {self._config.board}; it has 1 to {self.channels}")
        await self._link.send(self._dialogue.unlock(channel), quiet_s=self._config.settle_s)

    async def read(self) -> Mapping[int, ChannelReading]:
        """Poll the board, asking again up to `attempts` times. Raises `LinkTimeout`, `LinkClosed`, `DeviceRefused`."""
        for attempt in range(1, self._config.attempts + 1):
            try:
                answer = await self._link.exchange(
                    self._dialogue.query, self._dialogue.parser, timeout_s=self._config.timeout_s
                )
                return self._readings(self._dialogue.state(answer))
            except LinkTimeout:
                if attempt == self._config.attempts:
                    raise
        raise AssertionError("attempts is at least 1")

    async def close(self) -> None:
        """Release the bus, for all devices on it."""
        await self._link.close()

    def _readings(self, state: WireState) -> dict[int, ChannelReading]:
        closed, present = self._config.closed_is_one, self._item_is_one
        doors = (DoorState.CLOSED if bit == closed else DoorState.OPEN for bit in state.doors)
        items = (ItemState.PRESENT if bit == present else ItemState.ABSENT for bit in state.items)
        told = zip(
            chain(doors, repeat(DoorState.UNKNOWN)), chain(items, repeat(ItemState.UNKNOWN)), strict=False
        )
        return {
            channel: ChannelReading(*sensors)
            for channel, sensors in zip(range(1, self.channels + 1), told, strict=False)
        }
