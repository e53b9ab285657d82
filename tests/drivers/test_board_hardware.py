"""The contract on a real board, with a person as its hands.

`pytest -s tests/drivers/test_board_hardware.py --hardware TABLE`, where TABLE is the board's table as in a site file,
written in one line: `driver = "kerong_cu16", url = "/dev/ttyUSB0"`. It opens doors: use a board with nothing behind
it that matters.
"""

import sys
import tomllib
from collections.abc import Callable
from typing import cast

import pytest

from drivers.boardtables import BoardConfig
from drivers.contracts.board import LockBoard
from drivers.link import Link
from drivers.registry import DriverKind, create, parse
from tests.drivers.board_contract import BoardContract, World
from tests.drivers.board_families import HASTY_S


def person(words: str) -> Callable[[int], None]:
    """Asks for one thing to be done and waits until it is."""

    def ask(channel: int) -> None:
        sys.stderr.write(f"\n{words.format(channel=channel)}, then press Enter ")
        sys.stderr.flush()
        sys.stdin.readline()

    return ask


def silence(silent: bool) -> None:
    """The line's plug is the only thing that every board has."""
    person("Pull the board's line out of its adapter" if silent else "Put the board's line back")(0)


@pytest.fixture
def told(request: pytest.FixtureRequest) -> BoardConfig:
    """The board's table."""
    table = request.config.getoption("--hardware")
    if not table:
        pytest.skip('no real board: --hardware \'driver = "kerong_cu16", url = "/dev/ttyUSB0"\'')
    return cast(BoardConfig, parse(DriverKind.BOARD, tomllib.loads(f"board = {{ {table} }}")["board"]))


class TestOnHardware(BoardContract):
    @pytest.fixture
    def world(self, told: BoardConfig) -> World:
        link = Link(told.url, baudrate=told.baudrate, name="hardware", echo=told.echo)
        link.rest_s = told.SILENCE_BITS / told.baudrate

        def board(config: BoardConfig) -> LockBoard:
            return cast(LockBoard, create(DriverKind.BOARD, config, profile="emulated", link=link))

        return World(
            board(told),
            hasty=board(told.model_copy(update={"timeout_s": HASTY_S, "attempts": 1})),
            close_door=person("Shut door {channel}"),
            put_item=person("Put a sheet into compartment {channel}"),
            take_item=person("Take the sheet out of compartment {channel}"),
            set_silent=silence,
            sees_items=told.sees_items,
        )
