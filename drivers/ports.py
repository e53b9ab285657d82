"""What a link needs of a port, and the part that ports with packets instead of a stream of bytes share.

pyserial's ports are such ports as they are; USB bulk pipes and HID reports become one by `PacketPort`.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Final, Protocol

DRAIN_S: Final = 0.005
MOST_STALE_PACKETS: Final = 64  # a device that never stops talking does not hold up its own requests


class Port(Protocol):
    """The part of `serial.Serial` that `drivers.link.Link` uses. Losing the device raises `OSError`."""

    timeout: float | None  # seconds that `read` waits at most

    @property
    def in_waiting(self) -> int:
        """Bytes that `read` returns without waiting."""

    def read(self, size: int = 1, /) -> bytes:
        """Up to `size` bytes; fewer when `timeout` has passed."""

    def write(self, data: bytes, /) -> int | None:
        """Send all of `data`."""

    def flush(self) -> None:
        """Wait until everything has left."""

    def reset_input_buffer(self) -> None:
        """Forget what came in and was not read."""

    def close(self) -> None:
        """Give the device back."""


OpenPort = Callable[[], Port]  # raises `OSError` or `ValueError` with the reason


class PacketPort(ABC):
    """A `Port` over packets. A subclass sends one request and receives one packet's share of the stream."""

    def __init__(self) -> None:
        self.timeout: float | None = None
        self._stream = bytearray()

    @abstractmethod
    def _send(self, data: bytes) -> None:
        """Send one request whole. Raises `OSError`."""

    @abstractmethod
    def _receive(self, timeout_s: float) -> bytes:
        """The stream's bytes out of the next packet; none when none came or it carries none. Raises `OSError`."""

    @abstractmethod
    def close(self) -> None:
        """Give the device back."""

    @property
    def in_waiting(self) -> int:
        """Bytes that came and were not read yet."""
        return len(self._stream)

    def read(self, size: int = 1, /) -> bytes:
        """Up to `size` bytes; fewer when `timeout` has passed."""
        deadline = time.monotonic() + (self.timeout or 0.0)
        while len(self._stream) < size:
            left_s = deadline - time.monotonic()
            self._stream += self._receive(max(left_s, 0.001))
            if left_s <= 0:
                break
        found = bytes(self._stream[:size])
        del self._stream[:size]
        return found

    def write(self, data: bytes, /) -> int:
        """Send one request."""
        self._send(data)
        return len(data)

    def flush(self) -> None:  # noqa: B027 - nothing is kept back on the way out
        """Nothing to do: a request has left when `write` returns."""

    def reset_input_buffer(self) -> None:
        """Forget what came late, in the buffer and in the device."""
        self._stream.clear()
        for _ in range(MOST_STALE_PACKETS):
            if not self._receive(DRAIN_S):
                return
