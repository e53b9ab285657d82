"""What every `LockBoard` does, whatever is behind it. A test class derives from this and gives a `World`."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from drivers.contracts.board import DoorState, ItemState, LockBoard
from drivers.errors import LinkTimeout


@dataclass(frozen=True, slots=True)
class World:
    """A board and the hands of a person at it. The four act on one channel; `set_silent` on the board."""

    board: LockBoard
    close_door: Callable[[int], None]
    put_item: Callable[[int], None]
    take_item: Callable[[int], None]
    set_silent: Callable[[bool], None]


Scene = Callable[[World], Awaitable[None]]


async def read_until(board: LockBoard, channel: int, door: DoorState) -> None:
    """Poll until a door reads so; fails after 2 s."""
    async with asyncio.timeout(2.0):
        while (await board.read())[channel].door is not door:
            pass


class BoardContract:
    """Begins with all doors closed and nothing inside."""

    @pytest.fixture
    def world(self) -> World:
        raise NotImplementedError

    def play(self, world: World, scene: Scene) -> None:
        async def main() -> None:
            try:
                await scene(world)
            finally:
                await world.board.close()

        asyncio.run(main())

    def test_reads_all_channels(self, world: World) -> None:
        async def scene(world: World) -> None:
            await world.board.connect()
            readings = await world.board.read()
            assert sorted(readings) == list(range(1, world.board.channels + 1))
            assert {reading.door for reading in readings.values()} == {DoorState.CLOSED}
            assert {reading.item for reading in readings.values()} == {ItemState.ABSENT}

        self.play(world, scene)

    def test_opens_the_one_door_that_was_asked_for(self, world: World) -> None:
        async def scene(world: World) -> None:
            await world.board.connect()
            last = world.board.channels
            await world.board.unlock(last)
            await read_until(world.board, last, DoorState.OPEN)
            readings = await world.board.read()
            assert [n for n, reading in readings.items() if reading.door is DoorState.OPEN] == [last]
            world.close_door(last)
            await read_until(world.board, last, DoorState.CLOSED)

        self.play(world, scene)

    def test_sees_what_is_put_in_and_taken_out(self, world: World) -> None:
        async def scene(world: World) -> None:
            await world.board.connect()
            await world.board.unlock(3)
            await read_until(world.board, 3, DoorState.OPEN)
            world.put_item(3)
            assert (await world.board.read())[3].item is ItemState.PRESENT
            world.take_item(3)
            assert (await world.board.read())[3].item is ItemState.ABSENT
            world.close_door(3)

        self.play(world, scene)

    def test_silence_is_an_exception_and_ends(self, world: World) -> None:
        async def scene(world: World) -> None:
            await world.board.connect()
            world.set_silent(True)
            with pytest.raises(LinkTimeout):
                await world.board.read()
            world.set_silent(False)
            assert (await world.board.read())[1].door is DoorState.CLOSED

        self.play(world, scene)

    @pytest.mark.parametrize("channel", [0, -1, 17])
    def test_a_channel_that_is_not_there_is_refused(self, world: World, channel: int) -> None:
        async def scene(world: World) -> None:
            await world.board.connect()
            with pytest.raises(ValueError, match="channel"):
                await world.board.unlock(channel)
            readings = await world.board.read()
            assert {reading.door for reading in readings.values()} == {DoorState.CLOSED}

        self.play(world, scene)
