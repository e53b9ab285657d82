"""What all emulators share: a pty that a real driver opens, a control socket, a fault menu, a paced line.

An emulator is a process of its own and outlives the kiosk. It is run as
`python -m drivers.emulators.NAME --pty LINK --control SOCKET [options]`; LINK is a symbolic link to the pty's slave
side, SOCKET a Unix socket that takes one JSON object a line, `{"do": "door.close", "channel": 3}`, and answers each
with one JSON object a line, `{"ok": true, …}` or `{"ok": false, "error": "…"}`. `{"do": "fault", "name": "mute"}`
sets a fault, `"none"` clears all, `{"do": "state"}` tells the physical state, `{"do": "faults"}` the menu.
"""

import argparse
import contextlib
import errno
import os
import select
import sys
import termios
import time
import tty
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Final

from .control import Answer, Control, ControlServer

__all__ = ["Answer", "Control", "Emulator", "arguments", "run"]

BITS_PER_BYTE: Final = 10  # 8N1


class Emulator:
    """Base of all serial emulators. A subclass implements `received` and names its physical acts in `acts`.

    `received` gets every chunk from the line, in the emulator's one thread; it answers through `reply`. Acts arrive
    in the same thread, so a subclass needs no locks. `tick` is called at least every 20 ms.
    """

    BAUDRATE: ClassVar[int] = 9600
    FAULTS: ClassVar[Mapping[str, str]] = {
        "mute": "never answers",
        "late": "answers 1.5 s late",
        "garbage": "sends FA FD 99 99 before each answer",
        "half": "sends only the first half of each answer",
    }

    def __init__(self) -> None:
        self.faults: set[str] = set()
        self._master = -1
        self._slave = -1
        self._pty_link: Path | None = None
        self._due: list[tuple[float, bytes]] = []
        self._line_free_at = 0.0
        self._control = ControlServer()

    # for subclasses ------------------------------------------------------------------------------------------

    def received(self, data: bytes) -> None:
        """Bytes came over the line."""
        raise NotImplementedError

    def tick(self, now_s: float) -> None:
        """Time passed (monotonic seconds)."""

    def state(self) -> Answer:
        """The physical state, as `{"do": "state"}` answers it."""
        return {}

    def act(self, do: str, call: Mapping[str, Any]) -> Answer:
        """Perform one physical act. Raise `ValueError` with what is allowed for a call that makes no sense."""
        raise ValueError(f"unknown act {do!r}")

    def sent(self) -> None:
        """The last byte of an answer has left."""

    def fault_changed(self) -> None:
        """`faults` changed."""

    def reply(self, frame: bytes, *, delay_s: float = 0.0) -> None:
        """Send one answer `delay_s` from now, bent by the active faults, paced like the real line."""
        if "mute" in self.faults:
            return
        if "late" in self.faults:
            delay_s += 1.5
        if "half" in self.faults:
            frame = frame[: len(frame) // 2]
        if "garbage" in self.faults:
            frame = b"\xfa\xfd\x99\x99" + frame
        self._due.append((time.monotonic() + delay_s, frame))
        self._due.sort(key=lambda entry: entry[0])

    # the machinery -------------------------------------------------------------------------------------------

    def plug(self, link: Path) -> None:
        """Create the pty and point `link` at it."""
        self._master, self._slave = os.openpty()
        tty.setraw(self._master)
        tty.setraw(self._slave, termios.TCSANOW)
        os.set_blocking(self._master, False)
        self._pty_link = link
        fresh = link.with_name(f".{link.name}.{os.getpid()}")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(os.ttyname(self._slave))
        fresh.replace(link)

    def unplug(self) -> None:
        """Pull the cable: the port vanishes under whoever has it open."""
        if self._pty_link is not None:
            self._pty_link.unlink(missing_ok=True)
        for fd in (self._master, self._slave):
            if fd >= 0:
                os.close(fd)
        self._master = self._slave = -1
        self._due.clear()

    def serve(self, link: Path, control: Path) -> None:
        """Run until the process is ended."""
        self.plug(link)
        self._control.listen(control)
        print(f"ready {link} {control}", flush=True)
        while True:
            self._step(link)

    def _step(self, link: Path) -> None:
        watched = [self._control.fileno()] + ([self._master] if self._master >= 0 else [])
        wait = 0.02
        if self._due:
            wait = min(wait, max(0.0, self._due[0][0] - time.monotonic()))
        readable, _, _ = select.select(watched, [], [], wait)
        if self._control.fileno() in readable:
            self._control.run_calls(lambda do, call: self._perform(do, call, link))
        if self._master >= 0 and self._master in readable:
            self._read_line()
        self.tick(time.monotonic())
        self._send_due()

    def _read_line(self) -> None:
        try:
            data = os.read(self._master, 4096)
        except OSError as error:
            if error.errno not in (errno.EIO, errno.EAGAIN):
                raise
            return
        if data:
            self.received(data)

    def _send_due(self) -> None:
        while self._due and self._due[0][0] <= time.monotonic():
            _, frame = self._due.pop(0)
            started = time.monotonic()
            chunk = max(1, self.BAUDRATE // BITS_PER_BYTE // 100)  # what the line carries in 10 ms
            for offset in range(0, len(frame), chunk):
                if self._master < 0:
                    return
                part = frame[offset : offset + chunk]
                due = started + (offset + len(part)) * BITS_PER_BYTE / self.BAUDRATE
                time.sleep(max(0.0, due - time.monotonic()))  # the line's own speed
                with contextlib.suppress(BlockingIOError):
                    os.write(self._master, part)
            self.sent()

    def _perform(self, do: str, call: dict[str, Any], link: Path) -> Answer:
        match do:
            case "fault":
                self._set_fault(str(call["name"]), on=bool(call.get("on", True)))
                return {"faults": sorted(self.faults)}
            case "faults":
                return {"menu": dict(self.FAULTS), "active": sorted(self.faults)}
            case "state":
                return self.state()
            case "cable.pull":
                self.unplug()
                return {}
            case "cable.plug":
                if self._master < 0:
                    self.plug(link)
                return {}
            case _:
                return self.act(do, call)

    def _set_fault(self, name: str, *, on: bool) -> None:
        if name == "none":
            self.faults.clear()
        elif name not in self.FAULTS:
            raise ValueError(f"no fault {name!r}; the menu: {', '.join(sorted(self.FAULTS))}, none")
        elif on:
            self.faults.add(name)
        else:
            self.faults.discard(name)
        self.fault_changed()


def arguments(description: str) -> argparse.ArgumentParser:
    """The options that every emulator has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--pty", type=Path, required=True, help="symbolic link to make to the emulated port")
    parser.add_argument("--control", type=Path, required=True, help="Unix socket for acts and faults")
    parser.add_argument("--fault", action="append", default=[], help="a fault that is active from the start")
    return parser


def run(emulator: Emulator, options: argparse.Namespace) -> None:
    """Serve until ended; the program's exit status is 0 on SIGINT."""
    unknown = [name for name in options.fault if name not in emulator.FAULTS]
    if unknown:
        sys.exit(f"no fault {unknown[0]!r}; the menu: {', '.join(sorted(emulator.FAULTS))}")
    emulator.faults.update(options.fault)
    with contextlib.suppress(KeyboardInterrupt):
        emulator.serve(options.pty, options.control)
