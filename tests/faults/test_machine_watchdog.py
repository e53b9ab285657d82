"""What systemd is told by the real program: READY, and no WATCHDOG while a part of it hangs."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from drivers.emulators.world import Options
from tests.faults.playing import Kiosk, identity_pids

OPTIONS = Options(read_delay_ms=50, extra={"printer": ("--print-speed", "2000")})
OVERRIDES = {"face": {"engine": "none"}, "session": {"board_poll_s": 0.1, "printer_poll_s": 1.0}}
FROZEN_S = 5
PATIENCE_S = 40.0


@dataclass(slots=True)
class Systemd:
    """The other end of NOTIFY_SOCKET."""

    socket: socket.socket

    def hears(self, word: str) -> list[str]:
        """Read until a datagram has this word; everything that came up to it."""
        heard: list[str] = []
        deadline = time.monotonic() + PATIENCE_S
        while not heard or word not in heard[-1]:
            assert time.monotonic() < deadline, f"systemd did not hear {word}: {heard[-5:]}"
            with contextlib.suppress(TimeoutError):
                heard.append(self.socket.recv(4096).decode())
        return heard


@contextlib.contextmanager
def supervised(site: Path, *arguments: str) -> Iterator[tuple[Systemd, "subprocess.Popen[str]"]]:
    """The program as systemd would start it, with a short watchdog."""
    address = site.parent / "notify.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        address.unlink(missing_ok=True)
        listener.bind(str(address))
        listener.settimeout(1.0)
        environment = {
            **os.environ, "NOTIFY_SOCKET": str(address), "WATCHDOG_USEC": "900000",
            "SDL_VIDEODRIVER": "offscreen",
        }  # fmt: skip
        with (site.parent / "supervised.log").open("ab") as log:
            program = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.freezable", str(site), *arguments],
                stdin=subprocess.PIPE, stdout=log, stderr=log, text=True, env=environment, start_new_session=True,
                cwd=Path(__file__).parents[2],
            )  # fmt: skip
        try:
            yield Systemd(listener), program
        finally:
            program.send_signal(signal.SIGTERM)
            try:
                program.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(program.pid, signal.SIGKILL)
                program.wait()
            if program.stdin is not None:
                program.stdin.close()


def stops_and_heals(systemd: Systemd, program: "subprocess.Popen[str]", part: str) -> None:
    """A frozen part is named, WATCHDOG stops at once and comes back with the part."""
    systemd.hears("WATCHDOG=1")
    assert program.stdin is not None
    program.stdin.write(f"{part} {FROZEN_S}\n")
    program.stdin.flush()
    systemd.hears(f"hangs: {part}")
    silence = systemd.hears("WATCHDOG=1")
    assert all("hangs" in words for words in silence[:-1])
    assert "STATUS=serving" in silence[-1]


@pytest.mark.parametrize("part", ["loop", pytest.param("journal", marks=pytest.mark.long)])
def test_the_program_says_ready_and_a_frozen_part_stops_the_watchdog(running_kiosk: Kiosk, part: str) -> None:
    running_kiosk.stage.quit()
    try:
        with supervised(running_kiosk.stage.site) as (systemd, program):
            assert "READY=1" in systemd.hears("READY=1")[-1]
            stops_and_heals(systemd, program, part)
            program.send_signal(signal.SIGTERM)
            systemd.hears("STOPPING=1")
    finally:
        running_kiosk.start()


@pytest.mark.long
def test_a_frozen_window_stops_the_watchdog(running_kiosk: Kiosk) -> None:
    running_kiosk.stage.quit()
    try:
        with supervised(running_kiosk.stage.site, "--window") as (systemd, program):
            systemd.hears("READY=1")
            stops_and_heals(systemd, program, "ui")
    finally:
        running_kiosk.start()


@pytest.mark.long
@pytest.mark.parametrize("during_a_visit", [False, True])
def test_frozen_identity_processes_are_replaced(kiosk: Kiosk, *, during_a_visit: bool) -> None:
    if during_a_visit:
        kiosk.identifies()
    kiosk.until(lambda: bool(identity_pids(kiosk)), "identity process")
    frozen = identity_pids(kiosk)
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    kiosk.until(lambda: not set(frozen) & set(identity_pids(kiosk)), "fresh identity processes")
    if during_a_visit:
        kiosk.world.do("reader", "card.lift")
    kiosk.to_home()
    kiosk.deposit()
