"""The KERONG driver on an emulated line: the board contract, the line's faults, several boards, polarity."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from drivers.boardtables import KerongCu16Config
from drivers.contracts.board import ChannelReading, DoorState, ItemState, LockBoard
from drivers.emulators.control import Control
from drivers.errors import LinkClosed, LinkTimeout
from drivers.kerong.board import create
from drivers.link import Link
from tests.drivers.board_contract import BoardContract, World, read_until
from tests.locker.rig import emulator

SHUT = ChannelReading(DoorState.CLOSED, ItemState.ABSENT)


@pytest.fixture(scope="module", params=[(), ("--ack-unlock",)], ids=["mute31", "ack31"])
def line(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, Control]]:
    folder = tmp_path_factory.mktemp("line")
    with emulator(folder, "--board", "0", "--board", "3", *request.param) as control:
        yield folder, control


@pytest.fixture(autouse=True)
def all_shut(line: tuple[Path, Control]) -> Iterator[None]:
    yield
    _, control = line
    control.do("fault", name="none")
    control.do("cable.pull")  # with it goes what is still on its way
    control.do("cable.plug")
    for number in (0, 3):
        for channel, box in control.do("state")["boards"][str(number)].items():
            if box["door"] != "closed" or box["item"]:
                control.do("door.open", board=number, channel=int(channel))
                control.do("item.take", board=number, channel=int(channel))
                control.do("door.close", board=number, channel=int(channel))


def link(folder: Path) -> Link:
    return Link(str(folder / "pty"), baudrate=19200, name="test")


def board(folder: Path, *, wire: Link | None = None, **options: Any) -> LockBoard:
    config = KerongCu16Config.model_validate({"url": str(folder / "pty"), "timeout_s": 0.06} | options)
    return create(config, link=wire or link(folder))


def hand(control: Control, act: str) -> Callable[[int], None]:
    def move(channel: int) -> None:
        control.do(act, channel=channel)

    return move


def silence(control: Control) -> Callable[[bool], None]:
    def set_silent(silent: bool) -> None:
        control.do("fault", name="mute", on=silent)

    return set_silent


class TestKerongBoard(BoardContract):
    @pytest.fixture
    def world(self, line: tuple[Path, Control]) -> World:
        folder, control = line
        return World(
            board(folder),
            close_door=hand(control, "door.close"),
            put_item=hand(control, "item.put"),
            take_item=hand(control, "item.take"),
            set_silent=silence(control),
        )


@pytest.mark.parametrize("fault", ["bad_checksum", "wrong_address", "half", "late"])
def test_an_answer_that_is_not_right_is_no_answer(line: tuple[Path, Control], fault: str) -> None:
    folder, control = line

    async def main() -> None:
        tested = board(folder)
        try:
            await tested.connect()
            control.do("fault", name=fault)
            with pytest.raises(LinkTimeout):
                await tested.read()
            control.do("fault", name="none")
            assert (await tested.read())[1] == SHUT
        finally:
            await tested.close()

    asyncio.run(main())


def test_garbage_before_each_answer_is_skipped(line: tuple[Path, Control]) -> None:
    folder, control = line

    async def main() -> None:
        wire = link(folder)
        tested = board(folder, wire=wire, timeout_s=0.2)
        try:
            control.do("fault", name="garbage")
            await tested.connect()
            assert (await tested.read())[16] == SHUT
            assert wire.counters.dropped_bytes == 8
        finally:
            await tested.close()

    asyncio.run(main())


def test_a_question_is_asked_again(line: tuple[Path, Control]) -> None:
    folder, control = line

    async def main() -> None:
        tested = board(folder)
        try:
            await tested.connect()
            before = control.do("state")["polls"]
            control.do("fault", name="mute")
            with pytest.raises(LinkTimeout):
                await tested.read()
            assert control.do("state")["polls"] == before + 3
        finally:
            await tested.close()

    asyncio.run(main())


def test_an_unlock_is_never_asked_again(line: tuple[Path, Control]) -> None:
    folder, control = line

    async def main() -> None:
        tested = board(folder)
        try:
            await tested.connect()
            before = control.do("state")["channels"]["5"]["unlocks"]
            control.do("fault", name="stuck", channel=5)
            await tested.unlock(5)
            assert (await tested.read())[5] == SHUT
            assert control.do("state")["channels"]["5"]["unlocks"] == before + 1
        finally:
            await tested.close()

    asyncio.run(main())


def test_two_boards_share_one_bus(line: tuple[Path, Control]) -> None:
    folder, _ = line
    wire = link(folder)
    near, far = (board(folder, wire=wire, board=number) for number in (0, 3))

    async def main() -> None:
        try:
            await asyncio.gather(near.connect(), far.connect())
            await asyncio.gather(near.unlock(1), far.unlock(2))
            await asyncio.gather(read_until(near, 1, DoorState.OPEN), read_until(far, 2, DoorState.OPEN))
            assert (await near.read())[2] == SHUT
            assert (await far.read())[1] == SHUT
        finally:
            await near.close()
            await far.close()

    asyncio.run(main())


def test_the_cable_comes_back(line: tuple[Path, Control]) -> None:
    folder, control = line

    async def main() -> None:
        tested = board(folder)
        try:
            await tested.connect()
            control.do("cable.pull")
            for _ in range(2):
                with pytest.raises(LinkClosed):
                    await tested.read()
            control.do("cable.plug")
            assert (await tested.read())[1] == SHUT
        finally:
            await tested.close()

    asyncio.run(main())


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
    async def main() -> None:
        tested = board(line[0], **options)
        try:
            await tested.connect()
            assert (await tested.read())[1] == reading
        finally:
            await tested.close()

    asyncio.run(main())


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
