"""The board in memory keeps the contract too."""

from typing import Any

import pytest

from drivers.contracts.board import DoorState, ItemState
from tests.drivers.board_contract import BoardContract, World
from tests.drivers.fake_board import FakeBoard


class TestFakeBoard(BoardContract):
    @pytest.fixture
    def world(self) -> World:
        board = FakeBoard()

        def into(place: dict[int, Any], value: Any) -> Any:
            return lambda channel: place.__setitem__(channel, value)

        return World(
            board,
            hasty=board,
            close_door=into(board.doors, DoorState.CLOSED),
            put_item=into(board.items, ItemState.PRESENT),
            take_item=into(board.items, ItemState.ABSENT),
            set_silent=lambda silent: setattr(board, "silent", silent),
        )
