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
    pty, socket = folder / "pty", folder / "control"
    command = [sys.executable, "-m", f"drivers.emulators.{name}", "--pty", str(pty), "--control", str(socket)]
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("ready")
            control = Control(socket)
            yield control
            control.close()
        finally:
            process.terminate()
