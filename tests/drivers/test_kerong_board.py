"""What the suite of all lock boards leaves out: KERONG's own, and what a polled board does for all families."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from drivers.contracts.board import ChannelReading, DoorState, ItemState, LockBoard
from drivers.emulators.control import Control
from drivers.errors import LinkClosed, LinkTimeout
from drivers.link import Link
from tests.drivers.board_contract import read_until
from tests.locker.rig import board, emulator

SHUT = ChannelReading(DoorState.CLOSED, ItemState.ABSENT)

Scene = Callable[[LockBoard], Awaitable[None]]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Control]]:
    folder = tmp_path_factory.mktemp("line")
    with emulator(folder, "--board", "0", "--board", "3") as control:
        yield folder, control


@pytest.fixture
def line(shared: tuple[Path, Control]) -> Iterator[tuple[Path, Control]]:
    yield shared
    _, control = shared
    control.do("fault", name="none")
    for number, boxes in control.do("state")["boards"].items():
        for channel, box in boxes.items():
            if box["door"] != "closed":
                control.do("door.close", board=int(number), channel=int(channel))


def play(tested: LockBoard, scene: Scene) -> None:
    async def main() -> None:
        try:
            await tested.connect()
            await scene(tested)
        finally:
            await tested.close()

    asyncio.run(main())


def test_a_question_is_asked_again(line: tuple[Path, Control]) -> None:
    folder, control = line

    async def scene(tested: LockBoard) -> None:
        before = control.do("state")["polls"]
        control.do("fault", name="mute")
        with pytest.raises(LinkTimeout):
            await tested.read()
        assert control.do("state")["polls"] == before + 4

    play(board(folder, attempts=4), scene)


def test_garbage_is_counted(line: tuple[Path, Control]) -> None:
    folder, control = line
    wire = Link(str(folder / "pty"), baudrate=19200, name="test")

    async def scene(tested: LockBoard) -> None:
        await tested.read()
        assert wire.counters.dropped_bytes == 8

    control.do("fault", name="garbage")
    play(board(folder, wire=wire, timeout_s=5.0), scene)


def test_two_boards_share_one_bus(line: tuple[Path, Control]) -> None:
    folder, _ = line
    wire = Link(str(folder / "pty"), baudrate=19200, name="test")
    far = board(folder, wire=wire, board=3, timeout_s=5.0)

    async def scene(near: LockBoard) -> None:
        await far.connect()
        await asyncio.gather(near.unlock(1), far.unlock(2))
        await asyncio.gather(read_until(near, 1, DoorState.OPEN), read_until(far, 2, DoorState.OPEN))
        assert (await near.read())[2] == SHUT
        assert (await far.read())[1] == SHUT

    play(board(folder, wire=wire, timeout_s=5.0), scene)


@pytest.mark.parametrize(
    ("options", "reading"),
    [
        ({"has_ir": False}, ChannelReading(DoorState.CLOSED, ItemState.UNKNOWN)),
        ({"closed_is_one": False}, ChannelReading(DoorState.OPEN, ItemState.ABSENT)),
        ({"item_is_one": False}, ChannelReading(DoorState.CLOSED, ItemState.PRESENT)),
    ],
)
def test_polarity_is_a_setting(
    line: tuple[Path, Control], options: dict[str, Any], reading: ChannelReading
) -> None:
    async def scene(tested: LockBoard) -> None:
        assert (await tested.read())[1] == reading

    play(board(line[0], timeout_s=5.0, **options), scene)


def test_no_port_says_so_and_leaves_nothing_open(tmp_path: Path) -> None:
    async def main() -> None:
        tested = board(tmp_path)
        with pytest.raises(LinkClosed, match="cannot open"):
            await tested.connect()
        await tested.close()
        await tested.close()
        with pytest.raises(LinkClosed, match="for good"):
            await tested.read()

    asyncio.run(main())


@pytest.mark.parametrize("act", ["item.put", "item.take"])
def test_nothing_goes_through_a_closed_door(line: tuple[Path, Control], act: str) -> None:
    _, control = line
    with pytest.raises(ValueError, match="closed"):
        control.do(act, channel=1)
    control.do("door.ajar", channel=1)
    with pytest.raises(ValueError, match="ajar"):
        control.do(act, channel=1)
    with pytest.raises(ValueError, match="no channel 17"):
        control.do(act, channel=17)
    with pytest.raises(ValueError, match="no board 7"):
        control.do(act, channel=1, board=7)
    with pytest.raises(ValueError, match="known are"):
        control.do("door.kick", channel=1)
