"""A lock board in memory, for tests that need no wire."""

from collections.abc import Mapping

from drivers.contracts.board import ChannelReading, DoorState, ItemState
from drivers.errors import LinkTimeout


class FakeBoard:
    """A `LockBoard` whose doors a test moves by hand. `silent` makes every call time out."""

    def __init__(self, channels: int = 16) -> None:
        self._channels = channels
        self.doors = dict.fromkeys(range(1, channels + 1), DoorState.CLOSED)
        self.items = dict.fromkeys(range(1, channels + 1), ItemState.ABSENT)
        self.stuck: set[int] = set()
        self.unlocked: list[int] = []
        self.silent = False

    @property
    def channels(self) -> int:
        return self._channels

    async def connect(self) -> None:
        self._answer()

    async def unlock(self, channel: int) -> None:
        if channel not in self.doors:
            raise ValueError(f"channel {channel}; it has 1 to {self._channels}")
        self._answer()
        self.unlocked.append(channel)
        if channel not in self.stuck:
            self.doors[channel] = DoorState.OPEN

    async def read(self) -> Mapping[int, ChannelReading]:
        self._answer()
        return {channel: ChannelReading(self.doors[channel], self.items[channel]) for channel in self.doors}

    async def close(self) -> None:
        """Nothing to release."""

    def _answer(self) -> None:
        if self.silent:
            raise LinkTimeout("fake board: silent")
