"""Tells systemd that the kiosk is up, and goes on telling it only while every part of the program is alive.

Protocol: sd_notify(3), datagrams of `KEY=value` lines to the socket that NOTIFY_SOCKET names. Each part (UI thread,
I/O loop, SQLite thread) beats from its own thread, so that a part that hangs can't be covered for
by another; the watchdog's thread only looks and sends. The identity process is not among them: who started it ends
and replaces it when it hangs.
"""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Mapping
from typing import Final, Self

_log: Final = logging.getLogger(__name__)

SENDS_PER_TIMEOUT: Final = 3  # systemd asks for two; one may then be late
DEFAULT_INTERVAL_S: Final = 5.0  # where systemd watches nothing: how often the parts are looked at
ABSTRACT_MARK: Final = "@"  # how systemd writes the leading zero byte of an abstract address
USEC_PER_S: Final = 1_000_000


class NotifySocket:
    """Sends state to systemd; without an address it is silent. A send never blocks and never raises."""

    def __init__(self, address: str | None) -> None:
        """`address`: a path, `@name` for an abstract socket, or None."""
        self._address = address
        self._socket: socket.socket | None = None
        self._was_lost = False
        if address:
            if address.startswith(ABSTRACT_MARK):
                self._address = "\0" + address[1:]
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
            self._socket.setblocking(False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """The socket that NOTIFY_SOCKET names, or the silent one."""
        return cls(environment.get("NOTIFY_SOCKET") or None)

    def send(self, **state: str) -> bool:
        """Send upper-case keys, such as `READY="1"`, in one datagram. Answers whether it went out."""
        if self._socket is None:
            return False
        lines = (f"{key}={value.replace(chr(10), ' ')}" for key, value in state.items())
        try:
            self._socket.sendto("\n".join(lines).encode(), self._address or "")
        except OSError as error:
            if not self._was_lost:
                _log.warning("systemd does not listen: %s", error)
            self._was_lost = True
            return False
        self._was_lost = False
        return True

    def close(self) -> None:
        """Leave."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def interval_s(environment: Mapping[str, str] = os.environ, *, pid: int | None = None) -> float:
    """Seconds between two looks, from WATCHDOG_USEC where that is meant for this process (WATCHDOG_PID)."""
    meant_for = environment.get("WATCHDOG_PID", "")
    usec = environment.get("WATCHDOG_USEC", "")
    mine = not meant_for or meant_for == str(os.getpid() if pid is None else pid)
    if not mine or not usec.isdecimal() or int(usec) == 0:
        return DEFAULT_INTERVAL_S
    return min(DEFAULT_INTERVAL_S, int(usec) / USEC_PER_S / SENDS_PER_TIMEOUT)


class Watchdog:
    """Knows when each part last beat. WATCHDOG=1 goes out only when none is late.

    `deadlines_s`: part -> seconds within which it must beat again. A part counts as alive when the watchdog is made.
    `beat` may be called from any thread.
    """

    def __init__(
        self,
        deadlines_s: Mapping[str, float],
        *,
        notify: NotifySocket,
        every_s: float = DEFAULT_INTERVAL_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._deadlines_s = dict(deadlines_s)
        self._notify = notify
        self._every_s = every_s
        self._clock = clock
        self._beats = dict.fromkeys(self._deadlines_s, clock())
        self._late: tuple[str, ...] = ()
        self._status = ""
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def beat(self, part: str) -> None:
        """`part` is alive now. Raises `KeyError` for a part that was not named at the start."""
        if part not in self._deadlines_s:
            raise KeyError(part)
        self._beats[part] = self._clock()

    def late(self) -> tuple[str, ...]:
        """The parts whose deadline has passed, in the order in which they were named."""
        now = self._clock()
        return tuple(part for part, limit in self._deadlines_s.items() if now - self._beats[part] > limit)

    def ready(self, status: str = "") -> None:
        """The first page can be used: READY=1."""
        self._status = status
        self._notify.send(READY="1", STATUS=status)

    def status(self, text: str) -> None:
        """What `systemctl status` shows. No personal data."""
        self._status = text
        self._notify.send(STATUS=text)

    def look(self) -> bool:
        """Look once at all parts; answers whether all are alive. Logs a part once when lost and once when back."""
        late = self.late()
        lost, back = set(late) - set(self._late), set(self._late) - set(late)
        self._late = late
        for part in sorted(lost):
            _log.error("no beat from %s for %.0f s", part, self._deadlines_s[part])
        for part in sorted(back):
            _log.warning("%s beats again", part)
        if lost or (back and late):
            self._notify.send(STATUS=f"hangs: {', '.join(late)}")
        if late:
            return False
        if back:
            self._notify.send(WATCHDOG="1", STATUS=self._status)
        else:
            self._notify.send(WATCHDOG="1")
        return True

    def start(self) -> None:
        """Look from a thread of its own, until `stop`."""
        self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """The program ends: STOPPING=1, and no more looks."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._notify.send(STOPPING="1")
        self._notify.close()

    def _run(self) -> None:
        while not self._stop.wait(self._every_s):
            self.look()
