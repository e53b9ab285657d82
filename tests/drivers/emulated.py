"""Starts an emulator as a process of its own and ends it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from drivers.emulators.control import Control


@contextmanager
def emulated(name: str, folder: Path, *options: str) -> Iterator[Control]:
    """`python -m drivers.emulators.NAME` with its port at `folder/pty`, ready when entered."""
    with _running(name, folder, "--pty", str(folder / "pty"), *options) as control:
        yield control


@contextmanager
def emulated_server(name: str, folder: Path, says_where: str, *options: str) -> Iterator[tuple[Control, str]]:
    """The same for a server: what it writes into the file of its option `says_where` (`--http`) is where it is."""
    where = folder / "where"
    with _running(name, folder, says_where, str(where), *options) as control:
        yield control, where.read_text(encoding="utf-8").strip()


@contextmanager
def _running(name: str, folder: Path, *options: str) -> Iterator[Control]:
    socket = folder / "control"
    command = [sys.executable, "-m", f"drivers.emulators.{name}", "--control", str(socket), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("ready")
            control = Control(socket)
            yield control
            control.close()
        finally:
            process.terminate()


@contextmanager
def cabinet(folder: Path) -> Iterator[Control]:
    """The hands at a cabinet of emulated lock boards that several tests share; all is as it was when they leave."""
    control = Control(folder / "control")
    yield control
    restore(control)
    control.close()


def restore(control: Control) -> None:
    """No faults, power and cable as they should be, nothing on its way, all doors closed, nothing inside."""
    control.do("fault", name="none")
    for act in ("power.off", "power.on"):
        control.do(act)
    for board, boxes in control.do("state")["boards"].items():
        for channel, box in boxes.items():
            if box["door"] != "closed" or box["item"]:
                for act in ("door.open", "item.take", "door.close"):
                    control.do(act, board=int(board), channel=int(channel))
    for act in ("cable.pull", "cable.plug"):  # with the cable goes what is still on its way
        control.do(act)
