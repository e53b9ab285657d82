"""A program that plays: `aplay`, or what the settings name in its place; samples go in by its standard input."""

import asyncio
import contextlib
from typing import Final

import numpy as np

from .engine import RATE_HZ

GAINS: Final = (0.2, 0.35, 0.55, 0.78, 1.0)  # by volume; each about 4 dB
PAUSE: Final = bytes(2 * (RATE_HZ // 5))  # between two sentences
FORMAT: Final = ("-q", "-t", "raw", "-f", "S16_LE", "-c", "1", "-r", str(RATE_HZ))


class Player:
    """Plays to one device at a time."""

    def __init__(self, program: str) -> None:
        self._program = program
        self._process: asyncio.subprocess.Process | None = None
        self._device: str | None = None
        self._cut: list[asyncio.subprocess.Process] = []  # killed, not waited for yet

    async def play(self, samples: bytes, device: str, volume: int) -> None:
        """Take the samples in; returns when there is room for more. Another device begins when this one is done.

        Raises `OSError` where there is no such program.
        """
        if self._process is None or device != self._device:
            await self.finish()
            self._process = await self._start(device)
            self._device = device
        assert self._process.stdin is not None
        with contextlib.suppress(ConnectionError):  # it ended: no such device, or cut off
            self._process.stdin.write(louder(samples, volume) + PAUSE)
            await self._process.stdin.drain()

    async def finish(self) -> None:
        """Wait until everything is heard."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        try:
            process.stdin.close()
            await process.wait()
        finally:
            self._end(process)

    def cut(self) -> None:
        """Silence, at once."""
        process, self._process = self._process, None
        if process is not None:
            self._end(process)

    async def close(self) -> None:
        """Silence; returns when no program of this player is left."""
        self.cut()
        while self._cut:
            await self._cut.pop().wait()

    def _end(self, process: asyncio.subprocess.Process) -> None:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            self._cut.append(process)

    async def _start(self, device: str) -> asyncio.subprocess.Process:
        while self._cut:
            await self._cut.pop().wait()
        where = ("-D", device) if device else ()
        return await asyncio.create_subprocess_exec(
            self._program, *FORMAT, *where, stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip


def louder(samples: bytes, volume: int) -> bytes:
    """The samples at one of the volumes, 1 to 5."""
    heard = np.frombuffer(samples, "<i2") * GAINS[volume - 1]
    return heard.astype("<i2").tobytes()
