"""The identity process: forked by the nursery on behalf of `process.IdentityService`, which it serves over a line.

It begins as a spare: models loaded, no device open. On `activate` it opens reader and camera; on `retire`, or when the
main process is gone, it releases them and ends, and what it knew of a person ends with it.
"""

import asyncio
import contextlib
import os
import socket
import traceback
from collections.abc import Awaitable
from typing import Any, Final, TypeVar

from drivers.contracts.health import Health
from drivers.contracts.report import Lined

from . import wire
from .config import IdentityConfig
from .events import DeviceHealth, FaceChanged, FaceOutcome, IdentityEvent, IdentityPart, ReaderSeen
from .facing import FaceDesk
from .liveness.contract import ChallengeKind
from .plugging import build
from .preview import PreviewBuffer
from .reading import CardDesk, Mode

EXIT_HUNG: Final = 70
READER_TOLD_EVERY_S: Final = 2.0

T = TypeVar("T")


class Child:
    """Dispatches the main process's commands to the two desks and their events back."""

    def __init__(self, config: IdentityConfig, writer: asyncio.StreamWriter, preview: PreviewBuffer) -> None:
        self._config = config
        self._writer = writer
        self._loop = asyncio.get_running_loop()
        camera = build(config.camera) if config.camera is not None else None
        infrared = build(config.infrared) if config.infrared is not None else None
        photo = build(config.photo)
        self._face = FaceDesk(config, camera, photo, preview, self._say_from_thread, infrared=infrared)
        self._reader = build(config.reader)
        self._cards = CardDesk(self._reader, config.limits, self._say, self._keep_photo)
        self._unread_photo = b""
        self._tasks: set[asyncio.Task[None]] = set()
        self._check: asyncio.Task[None] | None = None
        self._watch: asyncio.Task[None] | None = None

    async def run(self, lines: asyncio.StreamReader) -> None:
        """Serve until told to retire or until the main process is gone."""
        state = self._face.load()
        self._start(self._beat())
        self._send({"ready": wire.to_plain(state)})
        while (message := await wire.receive(lines)) is not None:
            if message.get("do") == "retire":
                break
            await self._do(message, state)
        await self._close()

    async def _do(self, message: dict[str, Any], face: Health) -> None:
        match message.get("do"):
            case "activate":
                self._start(self._activate(face))
            case "begin_card":
                self._cards.set_mode(Mode.LOOK)
            case "watch_card":
                self._cards.set_mode(Mode.WATCH)
            case "begin_face":
                await self._stop_check()
                kind = ChallengeKind(message.get("challenge", ChallengeKind.STANDARD))
                self._check = self._start(self._check_face(kind))
            case "begin_view":
                await self._stop_check()
                self._check = self._start(self._view())
            case "stop_face":
                await self._stop_check()
            case unknown:
                raise wire.WireError(f"no command {unknown!r}")

    async def _activate(self, face: Health) -> None:
        self._say(DeviceHealth(IdentityPart.FACE, face))
        self._start(self._cards.run())
        self._start(self._mind_camera())
        self._start(self._tell_reader())
        await self._cards.tried.wait()
        self._send({"active": True})

    async def _tell_reader(self) -> None:
        while isinstance(self._reader, Lined):
            await asyncio.sleep(READER_TOLD_EVERY_S)
            self._say(ReaderSeen(self._cards.module, self._reader.line))

    async def _mind_camera(self) -> None:
        limits = self._config.limits
        await self._face.look_once()
        while True:
            await asyncio.sleep(limits.retry_s if self._face.camera_starting else limits.health_period_s)
            if (self._face.camera_starting or self._face.camera_failing) and self._check is None:
                await self._face.look_once()

    def _keep_photo(self, untrusted_photo: bytes) -> None:
        """Nothing biometric is made of a photo before consent: it waits as it came, and ends with the session."""
        self._unread_photo = untrusted_photo

    async def _check_face(self, kind: ChallengeKind) -> None:
        untrusted_photo, self._unread_photo = self._unread_photo, b""
        await self._within(0.0, self._face.prepare(untrusted_photo))
        result = await self._within(self._config.face.longest_s, self._face.check(kind))
        if result is not None:
            self._say(result)
            if result.outcome is FaceOutcome.MATCH:
                self._watch = self._start(self._watch_face())

    async def _watch_face(self) -> None:
        """Look now and then whether somebody else stands there; ends when that is so, or can't be told any more."""
        changed: bool | None = False
        while changed is False:
            await asyncio.sleep(self._config.limits.watch_face_s)
            changed = await self._within(0.0, self._face.another_there())
        if changed:
            self._say(FaceChanged())
        await self._face.rest()

    async def _view(self) -> None:
        limit_s = self._config.limits.view_s
        result = await self._within(limit_s, self._face.view(limit_s))
        if result is not None:
            self._say(result)

    async def _within(self, limit_s: float, work: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(limit_s + self._config.limits.hang_s):
                return await work
        except TimeoutError:
            os._exit(EXIT_HUNG)  # a thread that does not come back cannot be ended otherwise

    async def _stop_check(self) -> None:
        check, self._check = self._check, None
        watch, self._watch = self._watch, None
        self._face.stop()
        if check is not None:
            await check
        if watch is not None and not watch.done():
            watch.cancel()
            await self._face.rest()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._config.limits.heartbeat_s)
            self._send({"alive": True})

    async def _close(self) -> None:
        for task in self._tasks - {self._check}:
            task.cancel()
        self._face.stop()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._reader.close()
        await self._face.close()

    def _start(self, work: Any) -> "asyncio.Task[None]":
        task: asyncio.Task[None] = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            traceback.print_tb(error.__traceback__)  # without the error's text: it may hold what a card said
            raise SystemExit(f"identity process: {type(error).__name__}")

    def _say(self, event: IdentityEvent) -> None:
        self._send({"event": type(event).__name__, "data": wire.to_plain(event)})

    def _say_from_thread(self, event: IdentityEvent) -> None:
        self._loop.call_soon_threadsafe(self._say, event)

    def _send(self, message: dict[str, Any]) -> None:
        if not self._writer.is_closing():
            self._writer.write(wire.pack(message))


async def serve(line: int, preview: int) -> None:
    """Take the configuration, then serve."""
    lines, writer = await asyncio.open_connection(sock=socket.socket(fileno=line))
    first = await wire.receive(lines)
    if first is None:
        return
    config = wire.from_plain(IdentityConfig, first["config"])
    await Child(config, writer, PreviewBuffer(preview)).run(lines)
    with contextlib.suppress(ConnectionError):
        writer.close()
        await writer.wait_closed()


def live(line: int, preview: int) -> None:
    """The whole life of an identity process. The arguments are file descriptors."""
    asyncio.run(serve(line, preview))
