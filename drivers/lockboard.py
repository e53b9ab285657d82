"""The `LockBoard` of every family that is polled: unlock is sent once, everything that is known comes from polling.

What a board answers to an unlock is not awaited: some families' boards confirm, some say nothing, and a confirmation
says only that the board heard. A family brings its frames as a `Dialogue`.

Where boards tell unasked that a door has moved, a door that was open between two polls reads open at the second of
them, though it may be shut again: nobody opens a door so quickly that it goes unseen.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, repeat
from typing import Final, Generic, TypeVar

from .boardtables import BoardConfig
from .contracts.board import ChannelReading, DoorState, ItemState
from .errors import LinkTimeout
from .link import Drop, Link, NeedMore, Parsed, Parser, TracedOnLink

T = TypeVar("T")
E = TypeVar("E")

MOST_MOVES: Final = 256


@dataclass(frozen=True, slots=True)
class WireState:
    """Bits as on the wire, channel 1 first. Nothing is known of a channel beyond the end, or whose door is None."""

    doors: Sequence[bool | None]
    items: Sequence[bool] = ()


def bits(mask: int, count: int) -> tuple[bool, ...]:
    """The lowest `count` bits, bit 0 first."""
    return tuple(bool(mask >> position & 1) for position in range(count))


@dataclass(frozen=True, slots=True)
class DoorMoved:
    """What a board says unasked: the door of this channel (1..), its bit as on the wire."""

    channel: int
    bit: bool


def moves(events: Parser[E], move: Callable[[E], DoorMoved]) -> Parser[DoorMoved]:
    """A family's parser of door events as a parser of moves."""

    def parse(data: bytes) -> Parsed[DoorMoved] | Drop | NeedMore:
        found = events(data)
        return Parsed(move(found.frame), found.count) if isinstance(found, Parsed) else found

    return parse


@dataclass(frozen=True, slots=True)
class Dialogue(Generic[T]):
    """What one board is sent and how it answers. `unlock` gives the bytes that pulse a channel (1..).

    `unasked` finds what a board says of its doors without being asked.
    """

    query: bytes
    parser: Parser[T]
    state: Callable[[T], WireState]
    unlock: Callable[[int], bytes]
    unasked: Parser[DoorMoved] | None = None


class PolledBoard(TracedOnLink, Generic[T]):
    """One board on a line that it may share; closing one board closes the line."""

    def __init__(
        self, link: Link, config: BoardConfig, dialogue: Dialogue[T], *, item_is_one: bool = True
    ) -> None:
        super().__init__(link)
        self._config = config
        self._dialogue = dialogue
        self._item_is_one = item_is_one
        self._moves = deque[DoorMoved](maxlen=MOST_MOVES)  # since the last poll; filled in the bus's thread
        if dialogue.unasked is not None:
            link.listen(dialogue.unasked, self._moves.append)

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
        check_channel(self._config, channel)
        await self._link.send(self._dialogue.unlock(channel), quiet_s=self._config.settle_s)

    async def read(self) -> Mapping[int, ChannelReading]:
        """Poll the board, asking again up to `attempts` times. Raises `LinkTimeout`, `LinkClosed`, `DeviceRefused`."""
        state = await self._state()
        doors = list(state.doors)
        while self._moves:
            move = self._moves.popleft()
            if move.bit != self._config.closed_is_one and 1 <= move.channel <= len(doors):
                doors[move.channel - 1] = move.bit
        return readings(self._config, replace(state, doors=doors), item_is_one=self._item_is_one)

    async def _state(self) -> WireState:
        return self._dialogue.state(await self._ask())

    async def _ask(self) -> T:
        for attempt in range(1, self._config.attempts + 1):
            try:
                return await self._link.exchange(
                    self._dialogue.query, self._dialogue.parser, timeout_s=self._config.timeout_s
                )
            except LinkTimeout:
                if attempt == self._config.attempts:
                    raise
                self._link.counters.retries += 1
        raise AssertionError("attempts is at least 1")

    async def close(self) -> None:
        """Release the bus, for all devices on it."""
        await self._link.close()


def check_channel(config: BoardConfig, channel: int) -> None:
    """Raises `ValueError` for a channel that is not wired."""
    if not 1 <= channel <= config.channels:
        raise ValueError(f"channel {channel} of board {config.board}; it has 1 to {config.channels}")


def readings(config: BoardConfig, state: WireState, *, item_is_one: bool) -> dict[int, ChannelReading]:
    """What the bits mean, for every channel that is wired."""
    doors_of = {
        config.closed_is_one: DoorState.CLOSED,
        not config.closed_is_one: DoorState.OPEN,
        None: DoorState.UNKNOWN,
    }
    doors = (doors_of[bit] for bit in state.doors)
    items = (ItemState.PRESENT if bit == item_is_one else ItemState.ABSENT for bit in state.items)
    told = zip(chain(doors, repeat(DoorState.UNKNOWN)), chain(items, repeat(ItemState.UNKNOWN)), strict=False)
    return {
        channel: ChannelReading(*sensors)
        for channel, sensors in zip(range(1, config.channels + 1), told, strict=False)
    }
