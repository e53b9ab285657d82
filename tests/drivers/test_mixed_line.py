"""Boards of several families on one line: every board hears every request and only the one that is asked answers."""

import asyncio
import contextlib
import selectors
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from drivers.boardtables import BoardConfig
from drivers.buses import Buses, create_boards
from drivers.contracts.board import DoorState, LockBoard
from drivers.registry import DriverKind, parse
from tests.drivers.board_contract import read_until
from tests.drivers.board_families import DRIVERS, PATIENT_S, Bench, running

TOGETHER = [family for family in DRIVERS if family.driver in ("lock_8a80", "wkly", "winnsen", "modbus_relay")]


def _carry(caller: socket.socket, boards: list[socket.socket]) -> None:
    """What the caller says goes to all boards, what a board says to the caller, until the caller leaves."""
    with selectors.DefaultSelector() as ends:
        for end in (caller, *boards):
            ends.register(end, selectors.EVENT_READ)
        while True:
            for key, _ in ends.select():
                end = cast(socket.socket, key.fileobj)
                data = end.recv(4096)
                if not data:
                    return
                for other in boards if end is caller else [caller]:
                    other.sendall(data)


@contextlib.contextmanager
def party_line(benches: list[Bench]) -> Iterator[str]:
    """`socket://…` of one line on which all these emulators hang; it takes one caller."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        places = [urlsplit(bench.url) for bench in benches]
        boards = [
            stack.enter_context(socket.create_connection((place.hostname, place.port or 0)))
            for place in places
        ]

        listener.settimeout(60)

        def serve() -> None:
            with contextlib.suppress(TimeoutError):
                caller, _ = listener.accept()
                with caller:
                    _carry(caller, boards)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"socket://127.0.0.1:{listener.getsockname()[1]}"
        thread.join()


def test_four_families_on_one_line(tmp_path: Path) -> None:
    async def scene(boards: dict[str, LockBoard]) -> None:
        for board in boards.values():
            await board.connect()
        for name, board in boards.items():
            await board.unlock(2)
            await read_until(board, 2, DoorState.OPEN)
            others = [other for other in boards if other != name]
            for other in others:
                assert {reading.door for reading in (await boards[other].read()).values()} == {
                    DoorState.CLOSED
                }
            control = benches[name].control
            control.do("door.close", channel=2)
            await read_until(board, 2, DoorState.CLOSED)

    async def main(url: str) -> None:
        tables = {
            family.driver: {"driver": family.driver, "timeout_s": PATIENT_S, **family.settings, "url": url}
            for family in TOGETHER
        }
        configs = {name: cast(BoardConfig, parse(DriverKind.BOARD, table)) for name, table in tables.items()}
        boards = create_boards(configs, profile="emulated", buses=Buses())
        try:
            await scene(boards)
        finally:
            for board in boards.values():
                await board.close()

    with contextlib.ExitStack() as stack:
        benches = {}
        for family in TOGETHER:
            folder = tmp_path / family.driver
            folder.mkdir()
            benches[family.driver] = stack.enter_context(running(family, folder, tcp=True))
        url = stack.enter_context(party_line(list(benches.values())))
        asyncio.run(main(url))
