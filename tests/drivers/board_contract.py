"""What every `LockBoard` does, whatever is behind it. A test class derives from this and gives a `World`."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from drivers.contracts.board import DoorState, ItemState, LockBoard
from drivers.errors import LinkTimeout


@dataclass(frozen=True, slots=True)
class World:
    """A board and the hands of a person at it.

    `hasty` is the same board, asked by somebody who does not wait for late answers. Hands act on one channel.
    """

    board: LockBoard
    hasty: LockBoard
    close_door: Callable[[int], None]
    put_item: Callable[[int], None]
    take_item: Callable[[int], None]
    set_silent: Callable[[bool], None]
    sees_items: bool = True


Scene = Callable[[World], Awaitable[None]]


async def read_until(board: LockBoard, channel: int, door: DoorState) -> None:
    """Poll until a door reads so; fails after 10 s."""
    async with asyncio.timeout(10.0):
        while (await board.read())[channel].door is not door:
            pass


def play(world: World, scene: Scene) -> None:
    """The scene with a connected board, which is closed at the end."""

    async def main() -> None:
        try:
            await world.board.connect()
            await scene(world)
        finally:
            await world.board.close()

    asyncio.run(main())


class BoardContract:
    """Begins with all doors closed and nothing inside."""

    @pytest.fixture
    def world(self) -> World:
        raise NotImplementedError

    def test_reads_all_channels(self, world: World) -> None:
        async def scene(world: World) -> None:
            readings = await world.board.read()
            assert sorted(readings) == list(range(1, world.board.channels + 1))
            assert {reading.door for reading in readings.values()} == {DoorState.CLOSED}
            nothing = ItemState.ABSENT if world.sees_items else ItemState.UNKNOWN
            assert {reading.item for reading in readings.values()} == {nothing}

        play(world, scene)

    def test_opens_the_one_door_that_was_asked_for(self, world: World) -> None:
        async def scene(world: World) -> None:
            for channel in (1, world.board.channels):
                await world.board.unlock(channel)
                await read_until(world.board, channel, DoorState.OPEN)
                readings = await world.board.read()
                assert [n for n, reading in readings.items() if reading.door is DoorState.OPEN] == [channel]
                world.close_door(channel)
                await read_until(world.board, channel, DoorState.CLOSED)

        play(world, scene)

    def test_sees_what_is_put_in_and_taken_out(self, world: World) -> None:
        async def scene(world: World) -> None:
            await world.board.unlock(3)
            await read_until(world.board, 3, DoorState.OPEN)
            world.put_item(3)
            inside = (await world.board.read())[3].item
            assert inside is (ItemState.PRESENT if world.sees_items else ItemState.UNKNOWN)
            world.take_item(3)
            taken = (await world.board.read())[3].item
            assert taken is (ItemState.ABSENT if world.sees_items else ItemState.UNKNOWN)
            world.close_door(3)

        play(world, scene)

    def test_silence_is_an_exception_and_ends(self, world: World) -> None:
        async def scene(world: World) -> None:
            world.set_silent(True)
            with pytest.raises(LinkTimeout):
                await world.hasty.read()
            world.set_silent(False)
            assert (await world.board.read())[1].door is DoorState.CLOSED

        play(world, scene)

    def test_a_channel_that_is_not_there_is_refused(self, world: World) -> None:
        async def scene(world: World) -> None:
            for channel in (0, -1, world.board.channels + 1):
                with pytest.raises(ValueError, match="channel"):
                    await world.board.unlock(channel)
            readings = await world.board.read()
            assert {reading.door for reading in readings.values()} == {DoorState.CLOSED}

        play(world, scene)
