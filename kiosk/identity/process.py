"""The main process's side of the identity process: starts it, keeps a warm spare, ends the used one after a session."""

import asyncio
import contextlib
import logging
import socket
import time
from collections.abc import Callable, Coroutine
from typing import Any, Final

from drivers.contracts.health import Health

from . import events, wire
from .config import IdentityConfig
from .events import IdentityEvent, IdentityLost, IdentityReady
from .liveness.contract import ChallengeKind
from .nursery import Nursery, NurseryLost, Offspring
from .preview import PreviewBuffer

logger = logging.getLogger(__name__)

OnEvent = Callable[[IdentityEvent], None]
EVENTS: Final[dict[str, type]] = {
    cls.__name__: cls
    for cls in (
        events.CardFound, events.CardRead, events.CardProblem, events.CardRemoved, events.CardStillThere,
        events.FaceGuidance, events.FacePreview, events.FaceChallenge, events.FaceResult, events.FaceChanged,
        events.CameraSight, events.DeviceHealth, events.ReaderSeen,
    )
}  # fmt: skip
WATCH_PERIOD_S: Final = 0.25


class IdentityProcess:
    """One identity process. `on_message` gets what it says until it ends, then `on_end` a reason, once."""

    def __init__(
        self,
        config: IdentityConfig,
        preview: PreviewBuffer,
        on_message: Callable[["IdentityProcess", dict[str, Any]], None],
        on_end: Callable[["IdentityProcess", str], None],
    ) -> None:
        self._config = config
        self._preview = preview
        self._on_message = on_message
        self._on_end = on_end
        self._process: Offspring | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._heard_s = 0.0
        self._over = False
        self.face: Health | None = None
        self.ready = asyncio.Event()
        self.ended = asyncio.Event()

    @property
    def pid(self) -> int:
        """Process id; 0 before `start`."""
        return self._process.pid if self._process is not None else 0

    async def start(self, nursery: Nursery) -> None:
        """Start it as a spare; `ready` is set when its models are loaded. Raises `NurseryLost`."""
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                self._process = await nursery.bear(theirs.fileno(), self._preview.fd)
        except BaseException:
            ours.close()
            raise
        lines, self._writer = await asyncio.open_connection(sock=ours)
        self.send({"config": wire.to_plain(self._config)})
        self._heard_s = time.monotonic()
        self._tasks = [asyncio.ensure_future(self._listen(lines)), asyncio.ensure_future(self._watch())]

    def send(self, message: dict[str, Any]) -> None:
        """Tell it something; lost when it is gone, which is reported apart."""
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(wire.pack(message))

    async def became_ready(self) -> bool:
        """Wait until it is a spare that can take over; False when it ended instead."""
        waits = [asyncio.ensure_future(event.wait()) for event in (self.ready, self.ended)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        return not self.ended.is_set()

    async def retire(self) -> None:
        """Let it release its devices, then make sure that it is gone."""
        self._over = True
        self.send({"do": "retire"})
        if self._process is None:
            return
        try:
            async with asyncio.timeout(self._config.limits.retire_s):
                await self._process.ended.wait()
        except TimeoutError:
            self._kill()
            await self._process.ended.wait()
        await self._forget()

    async def _forget(self) -> None:
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._writer is not None:
            self._writer.close()
            with contextlib.suppress(ConnectionError):
                await self._writer.wait_closed()

    async def _listen(self, lines: asyncio.StreamReader) -> None:
        reason = "it ended"
        try:
            while (message := await wire.receive(lines)) is not None:
                self._heard_s = time.monotonic()
                if "ready" in message:
                    self.face = wire.from_plain(Health, message["ready"])
                    self.ready.set()
                else:
                    self._on_message(self, message)
        except wire.WireError as error:
            reason = f"it said what it may not: {error}"
        self._end(reason)

    async def _watch(self) -> None:
        """No heartbeat for too long means that it hangs; a late look of our own does not count against it."""
        limits = self._config.limits
        looked_s = time.monotonic()
        while not self._over:
            await asyncio.sleep(WATCH_PERIOD_S)
            now_s = time.monotonic()
            if now_s - looked_s > 2 * WATCH_PERIOD_S:
                self._heard_s = now_s
            looked_s = now_s
            allowed_s = limits.heartbeat_lost_s if self.ready.is_set() else limits.start_timeout_s
            if now_s - self._heard_s > allowed_s:
                self._end(f"no sign of life for {allowed_s:g} s")

    def _end(self, reason: str) -> None:
        if self._over:
            return
        self._over = True
        self._kill()
        self.ended.set()
        self._on_end(self, reason)

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()


class IdentityService:
    """Reader, photo decoder, camera and matcher, in a process that lives for one session.

    `on_event` is called in the event loop that `start` ran in. Commands are kept, in order, for a process that can take
    them. At every time at most one process is active: two would steal each other's bytes at the reader.
    """

    def __init__(self, config: IdentityConfig, on_event: OnEvent) -> None:
        self._config = config
        self._on_event = on_event
        self._preview = PreviewBuffer.create()
        self._nursery = Nursery(config.limits.start_timeout_s, config.driver_modules)
        self._active: IdentityProcess | None = None
        self._spare: asyncio.Task[IdentityProcess] | None = None
        self._used = False  # the active process was told something, and may know something
        self._untold: list[dict[str, Any]] = []  # commands that wait for an active process
        self._moving: asyncio.Task[None] | None = None  # runs from the loss of one active process to the next
        self._ended_s = 0.0
        self._closed = False
        self._reaping: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Start the first process and its spare. Returns when the first is active; devices may still be out."""
        self._moving = asyncio.ensure_future(self._take_over())
        await self._moving

    async def close(self) -> None:
        """End all processes and wipe the preview."""
        self._closed = True
        if self._moving is not None:
            self._moving.cancel()
            await asyncio.gather(self._moving, return_exceptions=True)
        if self._spare is not None:
            self._spare.cancel()
            await asyncio.gather(self._spare, return_exceptions=True)
            if not self._spare.cancelled() and self._spare.exception() is None:
                await self._spare.result().retire()
        if self._active is not None:
            await self._active.retire()
        await asyncio.gather(*self._reaping, return_exceptions=True)
        await self._nursery.close()
        self._preview.close()

    async def begin_card(self) -> None:
        """Look for a card."""
        self._tell({"do": "begin_card"})

    async def begin_face(self, *, consent: bool, challenge: str = ChallengeKind.STANDARD) -> None:
        """Is the live face alive and that of the chip photo? Raises `ValueError` without consent."""
        if not consent:
            raise ValueError("a face check needs the person's consent")
        self._tell({"do": "begin_face", "challenge": ChallengeKind(challenge).value})

    async def begin_view(self) -> None:
        """Show the camera's picture to a technician, a found face boxed, until `end_session`; nothing is compared."""
        self._tell({"do": "begin_view"})

    async def stop_face(self) -> None:
        """End a running face check without an outcome; the preview is wiped."""
        self._tell({"do": "stop_face"})
        self._preview.wipe()

    async def watch_card(self) -> None:
        """Say when the card that was read is lifted."""
        self._tell({"do": "watch_card"})

    async def end_session(self) -> None:
        """End the used process, and with it all it knew of the person; the spare takes over as soon as it is ready.

        Returns when the process is gone. One that was told nothing knows nothing, and stays.
        """
        self._untold.clear()
        if self._active is not None and self._used:
            await asyncio.shield(self._leave(self._active))

    def read_preview(self) -> bytearray | None:
        """The preview picture, 480 x 480 RGB, top row first, mirrored; None when there is none."""
        return self._preview.read()

    def pids(self) -> tuple[int, ...]:
        """Process ids of the active process and of the spare, as far as they run."""
        spare = self._spare.result() if self._spare is not None and self._spare.done() else None
        return tuple(process.pid for process in (self._active, spare) if process is not None)

    async def spare_ready(self) -> None:
        """Wait until a spare stands ready."""
        if self._spare is not None:
            await asyncio.shield(self._spare)

    def _tell(self, message: dict[str, Any]) -> None:
        if self._active is None:
            self._untold.append(message)
        else:
            self._used = True
            self._active.send(message)

    async def _new_process(self, pause_s: float = 0.0) -> IdentityProcess:
        """A spare that is ready; tries again for as long as that takes."""
        while True:
            await asyncio.sleep(pause_s)
            process = IdentityProcess(self._config, self._preview, self._heard, self._ended)
            try:
                await process.start(self._nursery)
                if await process.became_ready():
                    return process
            except (NurseryLost, OSError) as error:
                logger.warning("%s", error)
            except asyncio.CancelledError:
                await process.retire()
                raise
            await process.retire()
            pause_s = self._config.limits.retry_s

    def _leave(self, used: IdentityProcess) -> "asyncio.Task[None]":
        """The active process is active no more; what it says from now on is not heard. Done when it is gone."""
        self._active = None
        self._ended_s = time.monotonic()
        gone = self._see_to(self._put_away(used))
        self._moving = asyncio.ensure_future(self._take_over(gone))
        return gone

    async def _put_away(self, used: IdentityProcess) -> None:
        await used.retire()
        self._preview.wipe()

    async def _take_over(self, gone: "asyncio.Task[None] | None" = None) -> None:
        """The used process lets go of the devices, then the spare takes them."""
        if gone is not None:
            await asyncio.shield(gone)
        process = await asyncio.shield(self._next())
        while process.ended.is_set():  # it died at this very moment
            process = await asyncio.shield(self._next())
        self._active = process
        self._used = bool(self._untold)
        for message in ({"do": "activate"}, *self._untold):
            process.send(message)
        self._untold.clear()
        self._spare = asyncio.ensure_future(self._new_process())

    def _next(self) -> "asyncio.Task[IdentityProcess]":
        if self._spare is None or (self._spare.done() and self._spare.result().ended.is_set()):
            self._spare = asyncio.ensure_future(self._new_process())
        return self._spare

    def _heard(self, process: IdentityProcess, message: dict[str, Any]) -> None:
        if process is not self._active:
            return
        if "active" in message:
            swap_s = time.monotonic() - self._ended_s if self._ended_s else 0.0
            self._on_event(IdentityReady(round(swap_s * 1000)))
        elif "event" in message:
            cls = EVENTS.get(str(message["event"]))
            if cls is None:
                raise wire.WireError("an event that is not in the table")
            self._on_event(wire.from_plain(cls, message.get("data")))

    def _ended(self, process: IdentityProcess, reason: str) -> None:
        if self._closed:
            return
        logger.warning("an identity process was lost: %s", reason)
        if process is self._active:
            self._leave(process)
            self._preview.wipe()
            self._on_event(IdentityLost(reason))
            return
        self._see_to(process.retire())
        if self._spare is not None and self._spare.done() and self._spare.result() is process:
            self._spare = asyncio.ensure_future(self._new_process(self._config.limits.retry_s))

    def _see_to(self, ending: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.ensure_future(ending)
        self._reaping.add(task)
        task.add_done_callback(self._reaping.discard)
        return task
