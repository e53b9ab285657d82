"""A printer's TCP connection as a port for a link: one that ends is noticed, also when nobody says so."""

import errno
import fcntl
import select
import socket
import struct
import termios
from typing import Final

CONNECT_TIMEOUT_S: Final = 3.0
WRITE_TIMEOUT_S: Final = 2.0
DEAD_AFTER_MS: Final = 10_000  # a printer without power sends no goodbye, and takes one connection at a time
_CHUNK: Final = 4096


class TcpPort:
    """`drivers.ports.Port` over TCP. Opened when made. Raises `OSError`.

    pyserial's `socket://` is not used: it does not notice a silent end, and leaves open what the other side closed.
    """

    def __init__(self, host: str, port: int) -> None:
        self.timeout: float | None = None
        self._socket = socket.create_connection((host, port), timeout=CONNECT_TIMEOUT_S)
        self._socket.settimeout(WRITE_TIMEOUT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, DEAD_AFTER_MS)

    @property
    def in_waiting(self) -> int:
        """Bytes that `read` returns without waiting."""
        (count,) = struct.unpack("i", fcntl.ioctl(self._socket, termios.FIONREAD, struct.pack("i", 0)))
        return int(count)

    def read(self, size: int = 1, /) -> bytes:
        """Up to `size` bytes; none when none came within `timeout`."""
        if not self._readable(self.timeout or 0.0):
            return b""
        data = self._socket.recv(size)
        if not data:
            raise OSError(errno.ECONNRESET, "the printer ended the connection")
        return data

    def write(self, data: bytes, /) -> int:
        """Send all of `data`."""
        self._socket.sendall(data)
        return len(data)

    def flush(self) -> None:
        """Nothing to do: the kernel sends at once."""

    def reset_input_buffer(self) -> None:
        """Forget what came and was not read."""
        while self._readable(0.0):
            if not self._socket.recv(_CHUNK):
                raise OSError(errno.ECONNRESET, "the printer ended the connection")

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _readable(self, timeout_s: float) -> bool:
        return bool(select.select([self._socket], [], [], timeout_s)[0])
