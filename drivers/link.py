"""One bus: one owner thread, one request in flight, a deadline on every exchange.

A parser is a function over the bytes received so far. It returns a frame and how many bytes it used, or asks for
more, or drops bytes to find the next frame. It never blocks and knows nothing of ports.
"""

import asyncio
import contextlib
import errno
import termios
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final, Generic, Protocol, TypeVar, runtime_checkable

import serial

from .contracts.report import LineReport
from .errors import LinkClosed, LinkTimeout
from .ports import OpenPort, Port
from .serialport import POLL_S, serial_port

T = TypeVar("T")

MOST_UNASKED_BYTES: Final = 4096  # of a device that never stops talking
LATENCIES_KEPT: Final = 256
PASSAGES_KEPT: Final = 400  # 200 requests with their answers

# pyserial lets termios.error through (no OSError) when a port vanishes under tcflush or tcdrain
PORT_ERRORS: Final = (serial.SerialException, OSError, termios.error)


@dataclass(frozen=True, slots=True)
class NeedMore:
    """The bytes so far may be the start of a frame."""


@dataclass(frozen=True, slots=True)
class Drop:
    """The first `count` bytes cannot start a frame (resynchronise).

    `checksum`: they look like a frame of this device, and its checksum is wrong.
    """

    count: int = 1
    checksum: bool = False


DROPPED: Final = Drop()


@dataclass(frozen=True, slots=True)
class Parsed(Generic[T]):
    """A whole frame that used the first `count` bytes."""

    frame: T
    count: int


Parser = Callable[[bytes], Parsed[T] | Drop | NeedMore]


@dataclass(slots=True)
class LinkCounters:
    """What happened on a line since the program started. `latencies_s`: of the last exchanges that were answered."""

    frames: int = 0
    retries: int = 0  # counted by the driver that asks again
    checksum_errors: int = 0
    dropped_bytes: int = 0
    timeouts: int = 0
    echoes: int = 0
    losses: int = 0  # the port went away
    answered_at_s: float | None = None  # monotonic
    latencies_s: deque[float] = field(default_factory=lambda: deque(maxlen=LATENCIES_KEPT))

    @property
    def report(self) -> LineReport:
        """The counters now."""
        times_ms = sorted(1000 * latency_s for latency_s in list(self.latencies_s))
        answered_s = self.answered_at_s
        return LineReport(
            self.frames, self.retries, self.checksum_errors, self.timeouts, self.dropped_bytes,
            self.losses, _share(times_ms, 0.5), _share(times_ms, 0.95),
            None if answered_s is None else time.monotonic() - answered_s,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Passage:
    """Bytes that went over a line: `sent` by us or by the device, at a time of the wall clock (s)."""

    at_s: float
    sent: bool
    data: bytes


@runtime_checkable
class Traced(Protocol):
    """A device whose line keeps its last bytes."""

    @property
    def passages(self) -> tuple[Passage, ...]:
        """What went over the line last, oldest first."""


class Link:
    """A serial line, by device path or any pyserial URL (`socket://host:port`, `rfc2217://…`).

    What is no serial line (USB, HID) comes with its own `open_port`; `url` then only names it.

    All methods are safe to call from one event loop; the blocking work happens in the bus's own thread.

    Adapters of two-wire lines may hand back what was sent. What comes first and equals the request is dropped unless
    the parser would take it for the answer (some boards confirm by repeating the request); `echo` says that this line
    repeats everything, so that it is dropped even then.

    Some devices speak unasked. Whatever comes and answers no request is offered to those who `listen`.

    The last bytes either way are kept for technicians where the line is `traced`: never where data of persons pass.

    `rest_s`: how long the line must be silent before a request, for those who tell frames by the silence between them.
    """

    def __init__(
        self, url: str, *, name: str, baudrate: int = 0, echo: bool = False, traced: bool = False,
        open_port: OpenPort | None = None,
    ) -> None:  # fmt: skip
        self._url = url
        self.rest_s = 0.0
        self._busy_s = 0.0  # monotonic: when the line last carried something
        self._name = name
        self._echo = echo
        self._open_port = open_port or serial_port(url, baudrate)
        self._port: Port | None = None
        self._pending = bytearray()
        self._ears: list[_Ear[Any]] = []
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"bus-{name}")
        self._ended = False
        self._passages: deque[Passage] | None = deque(maxlen=PASSAGES_KEPT) if traced else None
        self.counters = LinkCounters()

    @property
    def url(self) -> str:
        """Device path or URL, as configured."""
        return self._url

    @property
    def report(self) -> LineReport:
        """The counters now."""
        return self.counters.report

    @property
    def passages(self) -> tuple[Passage, ...]:
        """What went over the line last, oldest first; nothing of a line that is not traced."""
        return tuple(self._passages or ())

    @property
    def is_open(self) -> bool:
        """True between a successful `open` and `close` or the loss of the port."""
        return self._port is not None

    async def open(self) -> None:
        """Open the port. Raises `LinkClosed` with the port's name and the system's reason."""
        await self._in_thread(self._open)

    async def close(self) -> None:
        """Close the port and end the thread, once and for all; a second call does nothing."""
        if self._ended:
            return
        self._ended = True
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        await asyncio.to_thread(
            self._thread.shutdown
        )  # its work is done: this takes no time, and leaves no thread

    async def send(self, request: bytes, *, quiet_s: float = 0.0, keep_input: bool = False) -> None:
        """Write bytes that get no answer; keep the bus for `quiet_s` more and discard what comes in that time.

        `keep_input`: discard nothing, what came and comes is for the next `receive`.
        """
        await self._in_thread(self._send, request, quiet_s, keep_input)

    async def exchange(self, request: bytes, parser: Parser[T], *, timeout_s: float) -> T:
        """Write `request`, return the first frame that `parser` finds. Stale input is discarded before the write."""
        return await self._in_thread(self._exchange, request, parser, timeout_s)

    async def receive(self, parser: Parser[T], *, timeout_s: float) -> T:
        """Return the next frame without writing first."""
        return await self._in_thread(self._receive, parser, timeout_s)

    def listen(self, parser: Parser[T], heard: Callable[[T], None]) -> None:
        """Call `heard`, in the bus's thread, with each frame that `parser` finds in what answers no request."""
        self._ears.append(_Ear(parser, heard))

    async def _in_thread(self, work: Callable[..., T], *args: object) -> T:
        if self._ended:
            raise LinkClosed(f"{self._name}: {self._url} was closed for good")
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *args)

    def _open(self) -> None:
        if self._port is not None:
            return
        try:
            self._port = self._open_port()
        except (*PORT_ERRORS, ValueError) as error:
            raise LinkClosed(f"{self._name}: cannot open {self._url}: {_unopened(error)}") from error
        self._pending.clear()

    def _close(self) -> None:
        port, self._port = self._port, None
        if port is not None:
            with contextlib.suppress(*PORT_ERRORS):
                port.close()

    def _lost(self, error: Exception) -> LinkClosed:
        self._close()
        self.counters.losses += 1
        return LinkClosed(f"{self._name}: {self._url} went away: {error}; check the cable")

    def _write(self, request: bytes, *, keep_input: bool = False) -> None:
        self._open()  # a port that came back is taken again
        assert self._port is not None
        try:
            if (rest_s := self._busy_s + self.rest_s - time.monotonic()) > 0:
                time.sleep(rest_s)
            if not keep_input:
                self._forget_input(self._port)
            self._port.write(request)
            self._port.flush()
            self._busy_s = time.monotonic()
            self._keep(request, sent=True)
        except PORT_ERRORS as error:
            raise self._lost(error) from error

    def _forget_input(self, port: Port) -> None:
        if self._ears:
            self._fetch_waiting(port)  # a reset would take what has just come and nobody has heard
        else:
            port.reset_input_buffer()
        self._pending.clear()

    def _fetch_waiting(self, port: Port) -> None:
        while port.in_waiting and len(self._pending) < MOST_UNASKED_BYTES:
            self._pending += port.read(port.in_waiting)
        self._overhear(bytes(self._pending))

    def _overhear(self, data: bytes) -> None:
        for ear in self._ears:
            ear.hear(data)

    def _send(self, request: bytes, quiet_s: float, keep_input: bool) -> None:  # noqa: FBT001  # an executor's call
        self._write(request, keep_input=keep_input)
        if keep_input:
            return
        deadline = time.monotonic() + quiet_s
        while time.monotonic() < deadline:
            self._fill(deadline)
        self._passed_over(bytes(self._pending))
        self._pending.clear()

    def _exchange(self, request: bytes, parser: Parser[T], timeout_s: float) -> T:
        self._write(request)
        asked_s = time.monotonic()
        deadline = asked_s + timeout_s
        if self._echo or not isinstance(parser(request), Parsed):
            self._drop_echo(request, deadline)
        try:
            answer = self._receive_until(parser, deadline, timeout_s)
        except LinkTimeout:  # where nobody asked, silence is no fault
            self.counters.timeouts += 1
            raise
        self.counters.latencies_s.append(time.monotonic() - asked_s)
        return answer

    def _drop_echo(self, request: bytes, deadline: float) -> None:
        while request.startswith(self._pending[: len(request)]) and time.monotonic() < deadline:
            if len(self._pending) >= len(request):
                del self._pending[: len(request)]
                self.counters.echoes += 1
                return
            self._fill(deadline)

    def _receive(self, parser: Parser[T], timeout_s: float) -> T:
        return self._receive_until(parser, time.monotonic() + timeout_s, timeout_s, unasked=True)

    def _receive_until(
        self, parser: Parser[T], deadline: float, timeout_s: float, *, unasked: bool = False
    ) -> T:
        """`unasked`: nothing is under way, so that whoever closes the link waits for nobody."""
        before = self.counters.dropped_bytes, self.counters.checksum_errors
        while True:
            found = _scan(self._pending, parser, self._passed_over)
            if found is not None:
                self.counters.frames += 1
                self.counters.answered_at_s = time.monotonic()
                return found.frame
            if time.monotonic() >= deadline:
                raise LinkTimeout(
                    f"{self._name}: no complete answer on {self._url} within {timeout_s:g} s: {self._came(*before)}"
                )
            if unasked and self._ended:
                raise LinkClosed(f"{self._name}: {self._url} was closed while it was listened to")
            self._fill(deadline)

    def _came(self, dropped: int, checksum_errors: int) -> str:
        """What came instead of an answer, and what to look at."""
        wrong = self.counters.checksum_errors - checksum_errors
        strange = self.counters.dropped_bytes - dropped
        if wrong:
            return (
                f"{wrong} with a wrong checksum; check the line: A and B, its ends, its shield, other talkers"
            )
        if strange:
            return (
                f"{strange} bytes came that are no answer of it; check its address, its speed and the driver"
            )
        if self._pending:
            return f"{len(self._pending)} bytes of an unfinished one; check the cable of the device"
        return "nothing came; check power, cable and address of the device"

    def _fill(self, deadline: float) -> None:
        if self._port is None:
            raise LinkClosed(f"{self._name}: {self._url} is not open")
        try:
            timeout_s = max(0.001, min(POLL_S, deadline - time.monotonic()))
            if self._port.timeout != timeout_s:  # pyserial configures the whole port anew for it
                self._port.timeout = timeout_s
            came = self._port.read(max(1, self._port.in_waiting))
        except PORT_ERRORS as error:
            raise self._lost(error) from error
        self._pending += came
        if came:
            self._busy_s = time.monotonic()
            self._keep(came, sent=False)

    def _keep(self, data: bytes, *, sent: bool) -> None:
        if self._passages is not None:
            self._passages.append(Passage(time.time(), sent, data))

    def _passed_over(self, data: bytes, dropped: Drop = DROPPED) -> None:
        self.counters.dropped_bytes += len(data)
        self.counters.checksum_errors += dropped.checksum
        self._overhear(data)


class OnLink:
    """A device on a link: how its line fares is there for everybody to see."""

    def __init__(self, link: Link) -> None:
        self._link = link

    @property
    def line(self) -> LineReport:
        """The line's counters now."""
        return self._link.report


class TracedOnLink(OnLink):
    """The same for a line that may be traced."""

    @property
    def passages(self) -> tuple[Passage, ...]:
        """What went over the line last, oldest first."""
        return self._link.passages


def _scan(
    pending: bytearray, parser: Parser[T], passed_over: Callable[[bytes, Drop], None]
) -> Parsed[T] | None:
    """Take the first frame out of `pending`; what stands before it is taken too and handed to `passed_over`."""
    while pending:
        match parser(bytes(pending)):
            case Parsed() as parsed:
                del pending[: parsed.count]
                return parsed
            case Drop(count) as dropped:
                passed_over(bytes(pending[:count]), dropped)
                del pending[:count]
            case NeedMore():
                return None
    return None


def _unopened(error: Exception) -> str:
    """Why a port does not open, and what to do."""
    if getattr(error, "errno", None) == errno.EAGAIN:  # another program holds its lock
        return "another program uses it; end that one first (fuser -v names it)"
    return f"{error}; check the cable and the port's name"


def _share(ordered: list[float], share: float) -> float | None:
    """The value that `share` of the values do not exceed."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None


def _ignore(_data: bytes, _dropped: Drop) -> None:
    """What is nothing to this listener."""


class _Ear(Generic[T]):
    def __init__(self, parser: Parser[T], heard: Callable[[T], None]) -> None:
        self._parser = parser
        self._heard = heard
        self._pending = bytearray()

    def hear(self, data: bytes) -> None:
        self._pending += data
        while (found := _scan(self._pending, self._parser, _ignore)) is not None:
            self._heard(found.frame)
        del self._pending[:-MOST_UNASKED_BYTES]
