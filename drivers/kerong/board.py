"""KERONG CU16 as a `LockBoard`: unlock by 31, everything that is known comes from polling 30.

An answer to 31 is not awaited: some boards give a status frame taken before the lock moved, some give nothing.
Several boards share one bus by sharing one `Link`; closing one of them closes the bus.
"""

from collections.abc import Mapping
from typing import Final

from ..contracts.board import ChannelReading, DoorState, ItemState
from ..errors import LinkTimeout
from ..link import Link
from ..registry import KerongCu16Config
from .frames import LOCKS, StatusQuery, StatusReply, Unlock, status_parser

TIMEOUT_S: Final = 0.2
ATTEMPTS: Final = 3
SETTLE_S: Final = 0.03


class KerongBoard:
    """One CU16 on a bus. `board` is its number on the bus (DIP switch, 0 to 9).

    `settle_s`: how long the bus is left alone after an unlock, while what the board may answer is discarded.
    """

    def __init__(
        self,
        link: Link,
        *,
        board: int = 0,
        channels: int = LOCKS,
        has_ir: bool = True,
        closed_is_one: bool = True,
        item_is_one: bool = True,
        timeout_s: float = TIMEOUT_S,
        attempts: int = ATTEMPTS,
        settle_s: float = SETTLE_S,
    ) -> None:
        self._link = link
        self._board = board
        self._channels = channels
        self._has_ir = has_ir
        self._closed_is_one = closed_is_one
        self._item_is_one = item_is_one
        self._timeout_s = timeout_s
        self._attempts = attempts
        self._settle_s = settle_s
        self._query = StatusQuery(board).encode()
        self._parser = status_parser(board)

    @property
    def channels(self) -> int:
        """Number of locks wired to the board."""
        return self._channels

    async def connect(self) -> None:
        """Open the bus and see the board answer once. Raises `LinkClosed` or `LinkTimeout`."""
        await self._link.open()
        await self.read()

    async def unlock(self, channel: int) -> None:
        """Send one unlock, never repeated. Raises `LinkClosed`, `ValueError` for a channel that is not wired."""
        if not 1 <= channel <= self._channels:
            raise ValueError(f"channel {channel} of board {self._board}; it has 1 to {self._channels}")
        await self._link.send(Unlock(self._board, channel).encode(), quiet_s=self._settle_s)

    async def read(self) -> Mapping[int, ChannelReading]:
        """Poll the board, asking again up to `attempts` times. Raises `LinkTimeout`, `LinkClosed`."""
        for attempt in range(1, self._attempts + 1):
            try:
                reply = await self._link.exchange(self._query, self._parser, timeout_s=self._timeout_s)
                return self._readings(reply)
            except LinkTimeout:
                if attempt == self._attempts:
                    raise
        raise AssertionError("attempts is at least 1")

    async def close(self) -> None:
        """Release the bus, for all boards on it."""
        await self._link.close()

    def _readings(self, reply: StatusReply) -> dict[int, ChannelReading]:
        return {
            channel: ChannelReading(
                self._door(bool(reply.latches >> (channel - 1) & 1)),
                self._item(bool(reply.infrared >> (channel - 1) & 1)),
            )
            for channel in range(1, self._channels + 1)
        }

    def _door(self, is_one: bool) -> DoorState:  # noqa: FBT001 - a bit from the wire
        return DoorState.CLOSED if is_one == self._closed_is_one else DoorState.OPEN

    def _item(self, is_one: bool) -> ItemState:  # noqa: FBT001 - a bit from the wire
        if not self._has_ir:
            return ItemState.UNKNOWN
        return ItemState.PRESENT if is_one == self._item_is_one else ItemState.ABSENT


def create(config: KerongCu16Config, *, link: Link) -> KerongBoard:
    """One board from its settings, unconnected, on the line that it may share with others."""
    return KerongBoard(
        link,
        board=config.board,
        channels=config.channels,
        has_ir=config.has_ir,
        closed_is_one=config.closed_is_one,
        item_is_one=config.item_is_one,
        timeout_s=config.timeout_s,
        attempts=config.attempts,
        settle_s=config.settle_s,
    )
