"""The guided run at one board: pull a lock, hear which door opened, see which switch moved, have it closed again."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from drivers.contracts.board import ChannelReading, DoorState, ItemState, LockBoard

from .learning import Opening

NONE: Final = "-"
AGAIN: Final = "again"
QUIT: Final = "quit"
POLL_S: Final = 0.05


class Ask(StrEnum):
    """What a person is asked."""

    READY = "ready"  # every door shut
    WHICH = "which"  # which door opened
    PUT_IN = "put_in"
    CLOSE = "close"


class Person(Protocol):
    """Who stands at the cabinet."""

    async def say(self, text: str) -> None:
        """Tell something."""

    async def ask(self, what: Ask, text: str) -> str:
        """One typed line, without blanks around it."""


class Left(Exception):
    """The person ended the run."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One board. `board` reads every bit it sends; `cells`: the names of all compartments; `expected`: channel -> name.

    `record` makes an opening durable before the bytes go out. `move_s`: how long a switch may take.
    """

    name: str
    board: LockBoard
    cells: frozenset[str]
    expected: Mapping[int, str]
    person: Person
    record: Callable[[int], Awaitable[None]]
    move_s: float = 2.0

    async def run(self, channels: Iterable[int]) -> list[Opening]:
        """Pull these channels in turn. Raises `Left`, `DeviceError`."""
        await self._ask(Ask.READY, f"Board {self.name}: close every door, then press Enter.")
        openings = []
        for channel in channels:
            opening = await self._channel(channel)
            while opening is None:
                opening = await self._channel(channel)
            openings.append(opening)
        return openings

    async def _channel(self, channel: int) -> Opening | None:
        """One channel; None: once more."""
        before = await self.board.read()
        await self.record(channel)
        await self.person.say(f"Channel {channel}: the lock is pulled.")
        await self.board.unlock(channel)
        after = await self._until(lambda now: _doors_moved(before, now))
        moved = _doors_moved(before, after)
        cell = await self._which(channel)
        if cell is None:
            return None
        if not cell:
            if moved:
                await self._closed(before, f"Channel {channel}")
            return Opening(channel, "", moved)
        item = await self._item(cell)
        if not await self._closed(before, cell):
            await self.person.say(f"{cell}: its switch does not say that it is closed.")
        shut = before[moved[0]].door if moved else DoorState.UNKNOWN
        return Opening(channel, cell, moved, shut, item)

    async def _which(self, channel: int) -> str | None:
        """The compartment that opened, empty: none; None: pull again."""
        expected = self.expected.get(channel, "")
        usual = f"Enter for {expected}, " if expected else ""
        while True:
            answer = await self._ask(
                Ask.WHICH, f"Which door opened? {usual}its name, {NONE} for none, {AGAIN} to pull it again:"
            )
            if answer == AGAIN:
                return None
            if answer == NONE:
                return ""
            name = answer.upper() or expected
            if name in self.cells:
                return name
            await self.person.say(
                f"There is no compartment {name!r}; there is {', '.join(sorted(self.cells))}."
            )

    async def _item(self, cell: str) -> ItemState | None:
        """What the sensor of the compartment reads with something inside; None where none changed."""
        before = await self.board.read()
        if all(reading.item is ItemState.UNKNOWN for reading in before.values()):
            return None  # the board has no item sensors
        await self._ask(Ask.PUT_IN, f"{cell}: hold a hand or a sheet of paper inside, then press Enter.")
        after = await self._until(lambda now: _items_moved(before, now))
        moved = _items_moved(before, after)
        return after[moved[0]].item if len(moved) == 1 else None

    async def _closed(self, shut: Mapping[int, ChannelReading], what: str) -> bool:
        """Have it closed, and see every switch as it was."""
        await self._ask(Ask.CLOSE, f"{what}: take everything out, close the door, then press Enter.")
        now = await self._until(lambda now: not _doors_moved(shut, now))
        return not _doors_moved(shut, now)

    async def _until(
        self, true: Callable[[Mapping[int, ChannelReading]], object]
    ) -> Mapping[int, ChannelReading]:
        """The reading for which this is true, or the last one within `move_s`."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.move_s
        while True:
            now = await self.board.read()
            if true(now) or loop.time() > deadline:
                return now
            await asyncio.sleep(POLL_S)

    async def _ask(self, what: Ask, text: str) -> str:
        answer = await self.person.ask(what, f"{text} ({QUIT} ends, nothing is written)")
        if answer == QUIT:
            raise Left
        return answer


def _doors_moved(before: Mapping[int, ChannelReading], now: Mapping[int, ChannelReading]) -> tuple[int, ...]:
    return tuple(channel for channel in before if before[channel].door is not now[channel].door)


def _items_moved(before: Mapping[int, ChannelReading], now: Mapping[int, ChannelReading]) -> tuple[int, ...]:
    return tuple(channel for channel in before if before[channel].item is not now[channel].item)
