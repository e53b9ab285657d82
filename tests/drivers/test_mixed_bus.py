"""Lock boards of three families, and one that tells unasked, on one two-wire line: everybody hears everybody."""

import asyncio
import os
import select
import threading
import tty
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from drivers.boardtables import BoardConfig, ModbusRelayConfig, WinnsenConfig, WklyConfig
from drivers.buses import Buses, create_boards
from drivers.contracts.board import DoorState, LockBoard
from drivers.emulators.control import Control
from tests.drivers.board_contract import read_until
from tests.drivers.emulated import emulated

EMULATORS: Mapping[str, tuple[str, ...]] = {
    "wkly": ("--events", "--query-all-ms", "10", "--open-ms", "50"),
    "winnsen": (),
    "modbus": (),
}


@contextmanager
def two_wires(ends: list[Path]) -> Iterator[str]:
    """A line: what one end says, all others hear. Yields the port of one more end."""
    master, slave = os.openpty()
    fds = [master, *(os.open(end, os.O_RDWR | os.O_NOCTTY) for end in ends)]
    for fd in (slave, *fds):
        tty.setraw(fd)
    stop, stopped = os.pipe()

    def carry() -> None:
        while stop not in (ready := select.select([stop, *fds], [], [])[0]):
            for fd in ready:
                said = os.read(fd, 1000)
                for other in fds:
                    if other != fd:
                        os.write(other, said)

    thread = threading.Thread(target=carry)
    thread.start()
    try:
        yield os.ttyname(slave)
    finally:
        os.write(stopped, b"!")
        thread.join()
        for fd in (*fds, slave, stop, stopped):
            os.close(fd)


@pytest.fixture
def line(tmp_path: Path) -> Iterator[tuple[str, dict[str, Control]]]:
    with ExitStack() as stack:
        hands = {}
        for name, options in EMULATORS.items():
            (tmp_path / name).mkdir()
            hands[name] = stack.enter_context(
                emulated(name, tmp_path / name, "--channels", "4", "--travel-ms", "5", *options)
            )
        yield stack.enter_context(two_wires([tmp_path / name / "pty" for name in EMULATORS])), hands


def boards(url: str) -> dict[str, LockBoard]:
    shared = {"url": url, "channels": 4, "timeout_s": 5.0}
    configs: dict[str, BoardConfig] = {
        "wkly": WklyConfig.model_validate(shared | {"settle_s": 0.1}),
        "winnsen": WinnsenConfig.model_validate(shared),
        "modbus": ModbusRelayConfig.model_validate(shared),
    }
    return create_boards(configs, profile="emulated", buses=Buses())


def test_each_board_hears_and_says_its_own(line: tuple[str, dict[str, Control]]) -> None:
    url, hands = line

    async def opens(name: str, board: LockBoard, channel: int) -> None:
        for _ in range(3):
            await board.unlock(channel)
            await read_until(board, channel, DoorState.OPEN)
            readings = await board.read()
            assert [n for n, reading in readings.items() if reading.door is DoorState.OPEN] == [channel], name
            hands[name].do("door.close", channel=channel)
            await read_until(board, channel, DoorState.CLOSED)

    async def main() -> None:
        built = boards(url)
        try:
            for board in built.values():
                await board.connect()
            await asyncio.gather(
                *(opens(name, board, 1 + n) for n, (name, board) in enumerate(built.items()))
            )
        finally:
            for board in built.values():
                await board.close()

    asyncio.run(main())
    for n, name in enumerate(EMULATORS):
        counts = [box["unlocks"] for box in hands[name].do("state")["channels"].values()]
        assert counts == [3 * (channel == n) for channel in range(4)], name
