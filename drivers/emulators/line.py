"""The emulated side of a serial line: a pseudo-terminal, or a TCP port as a serial server offers it."""

import contextlib
import errno
import os
import socket
import termios
import tty
from pathlib import Path
from typing import Final, Protocol

_CHUNK: Final = 4096
_OSPEED: Final = 5  # place in what tcgetattr gives
_SPEEDS: Final = {
    getattr(termios, name): int(name[1:]) for name in dir(termios) if name[0] == "B" and name[1:].isdigit()
}


class Line(Protocol):
    """What an emulator talks through. `read` and `write` never block; without a cable they do nothing."""

    @property
    def url(self) -> str:
        """What a driver opens."""

    def plug(self) -> None:
        """Put the cable in: from now on the port can be opened. Does nothing when it is in."""

    def unplug(self) -> None:
        """Pull the cable: the port vanishes under whoever has it open."""

    def filenos(self) -> list[int]:
        """For `select`."""

    def read(self) -> bytes:
        """What has come so far."""

    def write(self, data: bytes) -> None:
        """Send to whoever listens."""

    def speed(self) -> int | None:
        """Bits a second that whoever listens has set; None where a line has no speed."""


class PtyLine:
    """A pseudo-terminal, with a symbolic link to it where one is wanted."""

    def __init__(self, link: Path | None) -> None:
        self._link = link
        self._master = -1
        self._slave = -1

    @property
    def url(self) -> str:
        """The link, else the terminal's own name."""
        return str(self._link) if self._link is not None else os.ttyname(self._slave)

    def plug(self) -> None:
        """Make a new terminal and point the link at it."""
        if self._master >= 0:
            return
        self._master, self._slave = os.openpty()
        tty.setraw(self._master)
        tty.setraw(self._slave, termios.TCSANOW)
        os.set_blocking(self._master, False)
        if self._link is not None:
            fresh = self._link.with_name(f".{self._link.name}.{os.getpid()}")
            fresh.unlink(missing_ok=True)
            fresh.symlink_to(os.ttyname(self._slave))
            fresh.replace(self._link)

    def unplug(self) -> None:
        """Remove link and terminal."""
        if self._link is not None:
            self._link.unlink(missing_ok=True)
        for fd in (self._master, self._slave):
            if fd >= 0:
                os.close(fd)
        self._master = self._slave = -1

    def filenos(self) -> list[int]:
        """The terminal's far end."""
        return [self._master] if self._master >= 0 else []

    def read(self) -> bytes:
        """What has come so far."""
        if self._master < 0:
            return b""
        try:
            return os.read(self._master, _CHUNK)
        except OSError as error:
            if error.errno not in (errno.EIO, errno.EAGAIN):
                raise
            return b""

    def write(self, data: bytes) -> None:
        """Send; what nobody fetches is lost."""
        if self._master >= 0:
            with contextlib.suppress(BlockingIOError):
                os.write(self._master, data)

    def speed(self) -> int | None:
        """What the driver has set at its end: a pseudo-terminal keeps it, though it carries bytes at any speed."""
        return _SPEEDS.get(termios.tcgetattr(self._slave)[_OSPEED]) if self._slave >= 0 else None


class TcpLine:
    """A serial server on the loopback interface: one client at a time, a second one is sent away. Port 0: any."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._server: socket.socket | None = None
        self._client: socket.socket | None = None

    @property
    def url(self) -> str:
        """As pyserial wants it."""
        return f"socket://127.0.0.1:{self._port}"

    def plug(self) -> None:
        """Listen; at the same port as the last time."""
        if self._server is None:
            self._server = socket.create_server(("127.0.0.1", self._port))
            self._server.setblocking(False)
            self._port = self._server.getsockname()[1]

    def unplug(self) -> None:
        """Hang up and listen no more."""
        for end in (self._client, self._server):
            if end is not None:
                end.close()
        self._client = self._server = None

    def filenos(self) -> list[int]:
        """Who may call and who has called."""
        return [end.fileno() for end in (self._server, self._client) if end is not None]

    def read(self) -> bytes:
        """What has come so far; takes a caller, and notices one who left."""
        self._accept()
        if self._client is None:
            return b""
        try:
            data = self._client.recv(_CHUNK)
        except BlockingIOError:
            return b""
        except OSError:
            data = b""
        if not data:
            self._client.close()
            self._client = None
        return data

    def write(self, data: bytes) -> None:
        """Send; what nobody fetches is lost."""
        if self._client is not None:
            with contextlib.suppress(OSError):
                self._client.send(data)

    def speed(self) -> int | None:
        """None: the network has none."""
        return None

    def _accept(self) -> None:
        if self._server is None:
            return
        with contextlib.suppress(BlockingIOError):
            caller, _ = self._server.accept()
            if self._client is not None:
                caller.close()
                return
            caller.setblocking(False)
            caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._client = caller
