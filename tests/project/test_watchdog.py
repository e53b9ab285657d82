"""The watchdog against a real datagram socket, as systemd would listen."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.runtime.watchdog import DEFAULT_INTERVAL_S, NotifySocket, Watchdog, interval_s

PARTS = {"ui": 2.0, "io": 2.0, "sqlite": 5.0, "identity": 10.0}


class Systemd:
    """The far end of NOTIFY_SOCKET."""

    def __init__(self, address: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(address)
        self._socket.settimeout(5)

    def next(self) -> dict[str, str]:
        lines = self._socket.recv(4096).decode().split("\n")
        return dict(line.split("=", 1) for line in lines)

    def is_silent(self) -> bool:
        self._socket.setblocking(False)
        try:
            self._socket.recv(4096)
        except BlockingIOError:
            return True
        finally:
            self._socket.settimeout(5)
        return False

    def close(self) -> None:
        self._socket.close()


@contextmanager
def listening(path: Path) -> Iterator[tuple[Systemd, NotifySocket]]:
    systemd, notify = Systemd(str(path)), NotifySocket(str(path))
    try:
        yield systemd, notify
    finally:
        notify.close()
        systemd.close()


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_ready_and_status(tmp_path: Path) -> None:
    with listening(tmp_path / "notify") as (systemd, notify):
        watchdog = Watchdog(PARTS, notify=notify)
        watchdog.ready("citizens")
        assert systemd.next() == {"READY": "1", "STATUS": "citizens"}
        watchdog.status("two lines\nare one")
        assert systemd.next() == {"STATUS": "two lines are one"}
        watchdog.stop()
        assert systemd.next() == {"STOPPING": "1"}


def test_an_abstract_socket_too() -> None:
    name = f"nightdesk-test-{os.getpid()}"
    systemd = Systemd(f"\0{name}")
    notify = NotifySocket.from_environment({"NOTIFY_SOCKET": f"@{name}"})
    try:
        assert notify.send(READY="1")
        assert systemd.next() == {"READY": "1"}
    finally:
        notify.close()
        systemd.close()


@pytest.mark.parametrize("frozen", sorted(PARTS))
def test_one_frozen_part_stops_the_watchdog_and_its_return_heals_it(tmp_path: Path, frozen: str) -> None:
    clock = Clock()
    with listening(tmp_path / "notify") as (systemd, notify):
        watchdog = Watchdog(PARTS, notify=notify, clock=clock)
        for _ in range(12):
            clock.now += 1
            for part in PARTS.keys() - {frozen}:
                watchdog.beat(part)
            alive = watchdog.look()
            assert alive == (clock.now - 100 <= PARTS[frozen])
            if alive:
                assert systemd.next() == {"WATCHDOG": "1"}
        assert watchdog.late() == (frozen,)
        assert systemd.next() == {"STATUS": f"hangs: {frozen}"}
        assert systemd.is_silent()
        watchdog.beat(frozen)
        assert watchdog.look()
        assert systemd.next()["WATCHDOG"] == "1"


def test_the_thread_sends_by_itself_and_ends(tmp_path: Path) -> None:
    with listening(tmp_path / "notify") as (systemd, notify):
        watchdog = Watchdog({"ui": 60.0}, notify=notify, every_s=0.01)
        watchdog.start()
        assert systemd.next() == {"WATCHDOG": "1"}
        assert systemd.next() == {"WATCHDOG": "1"}
        watchdog.stop()
        assert "watchdog" not in {thread.name for thread in threading.enumerate()}


def test_a_loss_is_logged_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    watchdog = Watchdog({"ui": 2.0}, notify=NotifySocket(None), clock=clock)
    clock.now += 3
    assert [watchdog.look() for _ in range(3)] == [False, False, False]
    watchdog.beat("ui")
    assert watchdog.look()
    assert [record.message for record in caplog.records] == ["no beat from ui for 2 s", "ui beats again"]


def test_nobody_listens(tmp_path: Path) -> None:
    assert not NotifySocket(None).send(READY="1")
    assert not NotifySocket.from_environment({}).send(READY="1")
    lost = NotifySocket(str(tmp_path / "gone"))
    assert not lost.send(READY="1")
    lost.close()


def test_an_unknown_part_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        Watchdog(PARTS, notify=NotifySocket(None)).beat("printer")


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, DEFAULT_INTERVAL_S),
        ({"WATCHDOG_USEC": "3000000"}, 1.0),
        ({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "7"}, 1.0),
        ({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "8"}, DEFAULT_INTERVAL_S),
        ({"WATCHDOG_USEC": "30000000"}, DEFAULT_INTERVAL_S),
        ({"WATCHDOG_USEC": "soon"}, DEFAULT_INTERVAL_S),
        ({"WATCHDOG_USEC": "0"}, DEFAULT_INTERVAL_S),
    ],
)
def test_interval(environment: dict[str, str], expected: float) -> None:
    assert interval_s(environment, pid=7) == expected


def test_a_process_that_really_hangs(tmp_path: Path) -> None:
    program = (
        "import sys, threading\n"
        "from kiosk.runtime.watchdog import NotifySocket, Watchdog\n"
        "watchdog = Watchdog({'ui': 0.3}, notify=NotifySocket.from_environment(), every_s=0.05)\n"
        "watchdog.start(); watchdog.ready()\n"
        "for line in sys.stdin: watchdog.beat('ui')\n"
    )
    with listening(tmp_path / "notify") as (systemd, _):
        environment = {**os.environ, "NOTIFY_SOCKET": str(tmp_path / "notify")}
        process = subprocess.Popen(
            [sys.executable, "-c", program], stdin=subprocess.PIPE, env=environment, text=True
        )
        try:
            assert process.stdin is not None
            seen = systemd.next()
            while "STATUS" not in seen or "READY" in seen:
                seen = systemd.next()
            assert seen == {"STATUS": "hangs: ui"}
            process.stdin.write("\n")
            process.stdin.flush()
            while "WATCHDOG" not in seen:
                seen = systemd.next()
        finally:
            process.kill()
            process.communicate()
