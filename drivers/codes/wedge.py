"""A scanner that plays a keyboard, as a `CodeScanner`: its strokes come to us alone and never reach a page."""

import asyncio
import contextlib
import fcntl
import os
from collections.abc import Callable
from typing import Final

from ..contracts.codes import Code
from ..errors import LinkClosed
from ..registry import KeyboardWedgeConfig
from .keys import EVENT, KeyLine, events

EVIOCGRAB: Final = 0x40044590  # _IOW('E', 0x90, int), linux/input.h
READ_BYTES: Final = 64 * EVENT.size


def grab(fd: int) -> None:
    """Take the device from everybody else. Raises `OSError`: another program has it, or it is no input device."""
    fcntl.ioctl(fd, EVIOCGRAB, 1)


class KeyboardWedge:
    """One input device. `take` is how it is taken from everybody else."""

    def __init__(self, config: KeyboardWedgeConfig, take: Callable[[int], None] = grab) -> None:
        self._path = config.device
        self._take = take
        self._fd = -1
        self._line = KeyLine()
        self._waiting: asyncio.Future[Code] | None = None

    async def connect(self) -> None:
        """Open and grab the device; strokes are read from now on, wanted or not. Raises `LinkClosed`."""
        if self._fd >= 0:
            return
        try:
            fd = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise self._closed(f"cannot open {self._path}: {error.strerror}") from error
        try:
            self._take(fd)
        except OSError as error:
            os.close(fd)
            raise self._closed(f"cannot have {self._path} for itself: {error.strerror}") from error
        self._fd, self._line = fd, KeyLine()
        asyncio.get_running_loop().add_reader(fd, self._read)

    async def scan(self, *, timeout_s: float) -> Code | None:
        """The first code read from now on, None when there is none in time. Raises `LinkClosed`."""
        await self.connect()
        self._waiting = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(timeout_s):
                return await self._waiting
        except TimeoutError:
            return None
        finally:
            self._waiting = None

    async def close(self) -> None:
        """Give the device back."""
        self._drop()

    def _read(self) -> None:
        try:
            data = os.read(self._fd, READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._drop()
            self._answer(error=self._closed(f"{self._path} went away"))
        for event in events(data):
            code = self._line.take(event)
            if code is not None:
                self._answer(code)

    def _answer(self, code: Code | None = None, *, error: LinkClosed | None = None) -> None:
        if self._waiting is None or self._waiting.done():
            return  # nobody asked: thrown away
        if error is not None:
            self._waiting.set_exception(error)
        elif code is not None:
            self._waiting.set_result(code)

    def _drop(self) -> None:
        fd, self._fd = self._fd, -1
        if fd >= 0:
            asyncio.get_running_loop().remove_reader(fd)
            with contextlib.suppress(OSError):
                os.close(fd)

    @staticmethod
    def _closed(what: str) -> LinkClosed:
        return LinkClosed(f"scanner: {what}; check the cable, the name (/dev/input/by-id/…) and group input")


def create(config: KeyboardWedgeConfig) -> KeyboardWedge:
    """The driver table's factory."""
    return KeyboardWedge(config)
