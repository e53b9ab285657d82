"""The running program's command socket: one JSON object a line each way, for this machine's administrators only.

A Unix socket in the state folder. Who connects is known from the kernel (`SO_PEERCRED`): root and the user that runs
the kiosk are let in, nobody else. Each request is an object with `do`, each answer one with `ok`.
"""

import asyncio
import contextlib
import json
import logging
import os
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Final

from kiosk.journal.errors import JournalError

logger = logging.getLogger(__name__)

SOCKET_NAME: Final = "command.sock"
LINE_LIMIT: Final = 1 << 16
ANSWERS_WITHIN_S: Final = 120.0  # a test of a device waits for people

_CREDENTIALS: Final = struct.Struct("3i")  # pid, uid, gid: struct ucred of unix(7)

Answer = Mapping[str, Any]
Command = Callable[[Mapping[str, Any]], Awaitable[Answer]]

REFUSED: Final[Answer] = {"ok": False, "error": "only root and the kiosk's own user are answered"}


class CommandRefused(Exception):
    """The program said no; the text says why and what to do."""


class CommandServer:
    """Listens at `path`. `commands` by the name of `do`; one may raise `CommandRefused`, `KeyError`, `ValueError`."""

    def __init__(
        self, path: Path, commands: Mapping[str, Command], *, allowed: frozenset[int] | None = None
    ) -> None:
        self._path = path
        self._commands = dict(commands)
        self._allowed = frozenset({0, os.getuid()}) if allowed is None else allowed
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Take requests from now on. Raises `OSError` where the socket can't be made."""
        self._path.unlink(
            missing_ok=True
        )  # of a program that was killed: the journal's lock says that we are alone
        mask = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(self._serve, str(self._path), limit=LINE_LIMIT)
        finally:
            os.umask(mask)

    async def close(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()
            self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.LimitOverrunError, ValueError):
            may = self._may(writer.get_extra_info("socket"))
            while line := await reader.readline():
                writer.write(_line(await self._answer(line) if may else REFUSED))
                await writer.drain()
        writer.close()

    def _may(self, connection: socket.socket) -> bool:
        raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        pid, uid, _ = _CREDENTIALS.unpack(raw)
        if uid not in self._allowed:
            logger.warning("the command socket refused process %d of user %d", pid, uid)
        return uid in self._allowed

    async def _answer(self, line: bytes) -> Answer:
        try:
            request = json.loads(line)
            if not isinstance(request, dict):
                raise CommandRefused("one JSON object a line")
            command = self._commands.get(str(request.get("do")))
            if command is None:
                raise CommandRefused(
                    f"no command {request.get('do')!r}; there is: {', '.join(sorted(self._commands))}"
                )
            return {"ok": True, **await command(request)}
        except (CommandRefused, JournalError, ValueError) as error:
            return {"ok": False, "error": str(error)}
        except KeyError as error:
            return {"ok": False, "error": f"{error} is missing"}


def ask(state_dir: Path, do: str, /, **values: Any) -> dict[str, Any] | None:
    """Ask the program that runs on this state folder; None when none runs. Blocks.

    Raises `CommandRefused` with the program's words, or when it does not answer.
    """
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(ANSWERS_WITHIN_S)
        try:
            connection.connect(str(state_dir / SOCKET_NAME))
        except (FileNotFoundError, ConnectionRefusedError):
            return None
        except OSError as error:
            raise CommandRefused(
                f"the running program can't be reached: {error}; call as root or as its user"
            ) from error
        try:
            with connection.makefile("rwb") as stream:
                stream.write(_line({"do": do, **values}))
                stream.flush()
                answer = dict(json.loads(stream.readline()))
        except (OSError, ValueError) as error:
            raise CommandRefused(f"the running program does not answer: {error}") from error
    if not answer.pop("ok", False):
        raise CommandRefused(str(answer.get("error", "the program said no")))
    return answer


def _line(answer: Answer) -> bytes:
    return json.dumps(answer, ensure_ascii=False).encode() + b"\n"
