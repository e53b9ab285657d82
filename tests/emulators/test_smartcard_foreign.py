"""pcscd and a tool of somebody else (scriptor) against the emulated card, through vpcd's virtual reader."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.emulators.control import Control
from tests.drivers.emulated import emulated

PCSCD, SCRIPTOR = shutil.which("pcscd", path=f"{os.defpath}:/usr/sbin"), shutil.which("scriptor")
VPCD = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
RUNNING = Path("/run/pcscd/pcscd.comm")
READY_S = 20.0
pytestmark = pytest.mark.skipif(
    not (PCSCD and SCRIPTOR and VPCD.exists()) or RUNNING.exists() or os.geteuid() != 0,
    reason="needs root, no pcscd that runs, and Debian's pcscd, vsmartcard-vpcd and pcsc-tools, which set-up leaves"
    " out: vpcd listens on every network address",
)


@pytest.fixture
def card(tmp_path: Path) -> Iterator[Control]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    readers = tmp_path / "readers"
    readers.mkdir()
    (readers / "vpcd").write_text(
        f'FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:0x{port:X}\nLIBPATH {VPCD}\nCHANNELID 0x{port:X}\n'
    )
    with subprocess.Popen([str(PCSCD), "--foreground", "--config", str(readers)]) as daemon:
        try:
            wait_for(port)
            with emulated("smartcard", tmp_path, "--vpcd", f"127.0.0.1:{port}") as control:
                yield control
        finally:
            daemon.terminate()


def wait_for(port: int) -> None:
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)  # the daemon is starting
        else:
            return
    raise AssertionError("vpcd does not listen")


def answer(command: str) -> str:
    """What the card says; pcscd takes a moment to see a card."""
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        run = subprocess.run(
            [str(SCRIPTOR)], input=f"{command}\n", capture_output=True, text=True, timeout=30, check=False
        )
        found = [line[2:].split(" : ")[0] for line in run.stdout.splitlines() if line.startswith("< ")]
        if found:
            return found[0]
    raise AssertionError("no answer of a card")


def test_a_foreign_tool_reads_both_kinds_of_card(card: Control) -> None:
    card.do("card.place", kind="uid", uid="04A1B2C3")
    assert answer("FF CA 00 00 00") == "04 A1 B2 C3 90 00"
    card.do("card.lift")
    card.do("card.place", kind="passport")
    assert answer("00 A4 04 0C 07 A0 00 00 02 47 10 01") == "90 00"
