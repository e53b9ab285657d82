"""The command socket answers administrators of this machine, whatever they send, and nobody else."""

import asyncio
import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from kiosk.runtime.command import SOCKET_NAME, CommandRefused, CommandServer, ask


async def greet(request: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"said": f"good night, {request['name']}"}


async def refuse(_: Mapping[str, Any]) -> Mapping[str, Any]:
    raise CommandRefused("the kiosk is busy; try when nobody is there")


async def raw(path: Path, sent: bytes) -> bytes:
    reader, writer = await asyncio.open_unix_connection(str(path))
    writer.write(sent)
    writer.write_eof()
    answer = await reader.read()
    writer.close()
    return answer


def served(folder: Path, work: Any, *, allowed: frozenset[int] | None = None) -> Any:
    async def run() -> Any:
        server = CommandServer(folder / SOCKET_NAME, {"greet": greet, "refuse": refuse}, allowed=allowed)
        await server.start()
        try:
            return await work()
        finally:
            await server.close()

    return asyncio.run(run())


def test_a_command_is_done_and_its_answer_comes_back(tmp_path: Path) -> None:
    assert served(tmp_path, lambda: asyncio.to_thread(ask, tmp_path, "greet", name="Li")) == {
        "said": "good night, Li"
    }


def test_the_program_s_no_comes_with_its_words(tmp_path: Path) -> None:
    with pytest.raises(CommandRefused, match="when nobody is there"):
        served(tmp_path, lambda: asyncio.to_thread(ask, tmp_path, "refuse"))
    with pytest.raises(CommandRefused, match="'name' is missing"):
        served(tmp_path, lambda: asyncio.to_thread(ask, tmp_path, "greet"))
    with pytest.raises(CommandRefused, match="no command 'open'; there is: greet, refuse"):
        served(tmp_path, lambda: asyncio.to_thread(ask, tmp_path, "open"))


@pytest.mark.parametrize("sent", [b"nonsense\n", b"[1]\n", b"\xff\xfe\n", b"{}\n"])
def test_nothing_that_comes_breaks_it(tmp_path: Path, sent: bytes) -> None:
    answer = served(tmp_path, lambda: raw(tmp_path / SOCKET_NAME, sent + b'{"do": "greet", "name": "Li"}\n'))
    refused, done = answer.splitlines()
    assert b'"ok": false' in refused
    assert b"good night, Li" in done


def test_a_line_without_end_is_hung_up_on(tmp_path: Path) -> None:
    async def hung_up() -> bool:
        try:
            return await raw(tmp_path / SOCKET_NAME, b"x" * (1 << 18)) == b""
        except ConnectionError:  # it may hang up while we still talk
            return True

    assert served(tmp_path, hung_up)


def test_another_user_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandRefused, match="only root"):
        served(tmp_path, lambda: asyncio.to_thread(ask, tmp_path, "greet", name="Li"),
               allowed=frozenset({os.getuid() + 1}))  # fmt: skip


def test_the_socket_is_closed_to_others_by_its_mode_too(tmp_path: Path) -> None:
    async def mode() -> int:
        return (tmp_path / SOCKET_NAME).stat().st_mode & 0o777

    assert served(tmp_path, mode) == 0o600


def test_without_a_program_there_is_no_answer(tmp_path: Path) -> None:
    assert ask(tmp_path, "greet", name="Li") is None
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(tmp_path / SOCKET_NAME))  # a program that was killed leaves its socket behind
    left.close()
    assert ask(tmp_path, "greet", name="Li") is None
