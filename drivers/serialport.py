"""Serial ports by name: device paths and pyserial's URLs, among them serial servers that speak RFC 2217.

pyserial's RFC 2217 port negotiates with the server, 50 ms at least, whenever a timeout is set or input is discarded,
which is too much for every exchange: `RemotePort` does both on its own side.
"""

import time
from functools import partial
from typing import Final

import serial

from .ports import OpenPort, Port

POLL_S: Final = 0.05
SLICE_S: Final = 0.01
WRITE_TIMEOUT_S: Final = 2.0


def serial_port(url: str, baudrate: int, *, rtscts: bool = False, xonxoff: bool = False) -> OpenPort:
    """What opens the port; it raises `serial.SerialException` or `ValueError` with the reason.

    `rtscts`, `xonxoff`: how the device stops us when its buffer is full; behind RFC 2217 the server's own matter.
    """
    if url.lower().startswith("rfc2217://"):
        return partial(RemotePort, url, baudrate)
    return partial(
        serial.serial_for_url,
        url,
        baudrate=baudrate,
        timeout=POLL_S,
        write_timeout=WRITE_TIMEOUT_S,
        exclusive=True,  # two programs on one port would eat each other's answers
        rtscts=rtscts,
        xonxoff=xonxoff,
    )


class RemotePort(Port):
    """A port of a serial server, told its speed once, when it is opened."""

    def __init__(self, url: str, baudrate: int) -> None:
        self.timeout: float | None = None
        self._port = serial.serial_for_url(url, baudrate=baudrate, timeout=SLICE_S)

    @property
    def in_waiting(self) -> int:
        """Bytes that have come over the network and were not read yet."""
        return int(self._port.in_waiting)

    def read(self, size: int = 1, /) -> bytes:
        """Up to `size` bytes; fewer when `timeout` has passed, `SLICE_S` too late at most."""
        deadline = time.monotonic() + (self.timeout or 0.0)
        found = b""
        while len(found) < size:
            found += self._port.read(size - len(found))
            if time.monotonic() >= deadline:
                break
        return found

    def write(self, data: bytes, /) -> int | None:
        """Send all of `data`."""
        written: int | None = self._port.write(data)
        return written

    def flush(self) -> None:
        """Nothing to do: the server has no word for it."""

    def reset_input_buffer(self) -> None:
        """Forget what came and was not read; what the server still holds comes later."""
        self._port.read(self.in_waiting)

    def close(self) -> None:
        """Hang up."""
        self._port.close()
