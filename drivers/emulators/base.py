"""What all emulators share: a line that a real driver opens, a control socket, a fault menu, a paced line.

An emulator is a process of its own and outlives the kiosk. It is run as `python -m drivers.emulators.NAME [--pty LINK |
--tcp PORT] [--control SOCKET] [options]`; LINK becomes a symbolic link to a pseudo-terminal, PORT a TCP port as of a
serial server. SOCKET is a Unix socket that takes one JSON object a line, `{"do": "door.close", "channel": 3}`, and
answers each with one JSON object a line, `{"ok": true, …}` or `{"ok": false, "error": "…"}`.

Every emulator knows `{"do": "fault", "name": "mute"}` (`"none"` clears all), `{"do": "faults"}` (the menu),
`{"do": "state"}` (the physical state), `cable.pull`, `cable.plug`, `power.off` and `power.on`: with the power goes what
the device keeps in memory only.
"""

import argparse
import contextlib
import select
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Final

from .control import Answer, Control, ControlServer, until_ended
from .line import Line, PtyLine, TcpLine

__all__ = ["FRAME_FAULTS", "Answer", "Control", "Emulator", "arguments", "run"]

BITS_PER_BYTE: Final = 10  # 8N1
GARBAGE: Final = b"\xfa\xfd\x99\x99"  # seen on real lines before an answer
LATE_S: Final = 1.5
SLOWER: Final = 10
POWER_CUT_S: Final = 0.5

FRAME_FAULTS: Final[Mapping[str, str]] = {
    "bad_checksum": "every answer carries a wrong checksum",
    "wrong_address": "every answer carries another board's address",
}
"""For devices whose frames have an address, and end with the checksum's last byte."""


class Emulator:
    """Base of all serial emulators. A subclass implements `received` and names its physical acts in `act`.

    `received` gets every chunk from the line, in the emulator's one thread; it answers through `reply`. Acts arrive
    in the same thread, so a subclass needs no locks. `tick` is called at least every 20 ms.
    """

    BAUDRATE: ClassVar[int] = 9600
    FAULTS: ClassVar[Mapping[str, str]] = {
        "mute": "never answers",
        "late": f"answers {LATE_S:g} s late",
        "garbage": f"sends {GARBAGE.hex(' ').upper()} before each answer",
        "half": "sends only the first half of each answer",
        "glued": "sends each answer twice, without a pause",
        "echo": "the line hands back what was sent to it",
        "slow_line": f"each byte takes {SLOWER} times as long",
        "power_cut": f"power fails in the middle of the next answer, for {POWER_CUT_S:g} s",
    }

    def __init__(self) -> None:
        self.faults: set[str] = set()
        self.baudrate = self.BAUDRATE
        self.own_speed_only = False
        self._line: Line = PtyLine(None)
        self._due: list[tuple[float, bytes]] = []
        self._control = ControlServer()
        self._powered = True
        self._power_back_at_s: float | None = None

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

    def power_lost(self) -> None:
        """Forget what is in memory only."""

    def power_returned(self, now_s: float) -> None:
        """Begin as after a switch was thrown (monotonic seconds)."""

    def reply(self, frame: bytes, *, delay_s: float = 0.0) -> None:
        """Send one answer `delay_s` from now, bent by the active faults, paced like the line; none without power."""
        if "mute" in self.faults or not self._powered:
            return
        if "late" in self.faults:
            delay_s += LATE_S
        if "bad_checksum" in self.faults:
            frame = frame[:-1] + bytes((frame[-1] ^ 0x01,))
        if "half" in self.faults:
            frame = frame[: len(frame) // 2]
        if "garbage" in self.faults:
            frame = GARBAGE + frame
        if "glued" in self.faults:
            frame += frame
        self._due.append((time.monotonic() + delay_s, frame))
        self._due.sort(key=lambda entry: entry[0])

    @property
    def bytes_per_s(self) -> float:
        """What the line carries now."""
        return self.baudrate / BITS_PER_BYTE / (SLOWER if "slow_line" in self.faults else 1)

    # the machinery -------------------------------------------------------------------------------------------

    def plug(self) -> None:
        """Put the cable in."""
        self._line.plug()

    def unplug(self) -> None:
        """Pull the cable; with it goes what is still on its way."""
        self._line.unplug()
        self._due.clear()

    def close(self) -> None:
        """Take the line away: its link goes with it."""
        self._line.unplug()

    def serve(self, line: Line, control: Path | None) -> None:
        """Run until the process is ended."""
        self._line = line
        self.plug()
        if control is not None:
            self._control.listen(control)
        print("ready", line.url, *([control] if control is not None else []), flush=True)
        while True:
            self._step()

    def _step(self) -> None:
        lines = self._line.filenos()
        wait = 0.02
        if self._due:
            wait = min(wait, max(0.0, self._due[0][0] - time.monotonic()))
        readable, _, _ = select.select([self._control.fileno(), *lines], [], [], wait)
        if self._control.fileno() in readable:
            self._control.run_calls(self._perform)
        if set(lines) & set(readable) and (data := self._line.read()):
            self._heard(data)
        now_s = time.monotonic()
        if self._power_back_at_s is not None and self._power_back_at_s <= now_s:
            self._power(on=True)
        self.tick(now_s)
        self._send_due()

    def _heard(self, data: bytes) -> None:
        if self.own_speed_only and self._line.speed() not in (None, self.baudrate):
            return  # at another speed no byte keeps its shape
        if "echo" in self.faults:
            self._send(data)
        if self._powered:
            self.received(data)

    def _send_due(self) -> None:
        while self._due and self._due[0][0] <= time.monotonic():
            _, data = self._due.pop(0)
            cut = "power_cut" in self.faults
            self._send(data[: len(data) // 2] if cut else data)
            if cut:
                self.faults.discard("power_cut")
                self._power(on=False)
                self._power_back_at_s = time.monotonic() + POWER_CUT_S
            else:
                self.sent()

    def _send(self, data: bytes) -> None:
        """At the line's own speed."""
        started = time.monotonic()
        rate = self.bytes_per_s
        chunk = max(1, int(rate / 100))  # what the line carries in 10 ms
        for offset in range(0, len(data), chunk):
            part = data[offset : offset + chunk]
            time.sleep(max(0.0, started + (offset + len(part)) / rate - time.monotonic()))
            self._line.write(part)

    def _power(self, *, on: bool) -> None:
        self._powered, self._power_back_at_s = on, None
        if not on:
            self._due.clear()
            self.power_lost()
        else:
            self.power_returned(time.monotonic())

    def _perform(self, do: str, call: dict[str, Any]) -> Answer:
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
            case "cable.plug":
                self.plug()
            case "power.off" | "power.on":
                self._power(on=do == "power.on")
            case _:
                return self.act(do, call)
        return {}

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
    port = parser.add_mutually_exclusive_group()
    port.add_argument("--pty", type=Path, help="symbolic link to make to the emulated port")
    port.add_argument("--tcp", type=int, help="TCP port of a serial server instead; 0: any free one")
    parser.add_argument("--control", type=Path, help="Unix socket for acts and faults")
    parser.add_argument("--fault", action="append", default=[], help="a fault that is active from the start")
    parser.add_argument("--baudrate", type=int, help="pace of the line, where it is not the device's own")
    parser.add_argument(
        "--own-speed-only",
        action="store_true",
        help="hear only what is sent at the line's speed (needs --pty)",
    )
    return parser


def run(emulator: Emulator, options: argparse.Namespace, line: Line | None = None) -> None:
    """Serve until SIGINT or SIGTERM. `line`: for a device on none of the usual ones."""
    unknown = [name for name in options.fault if name not in emulator.FAULTS]
    if unknown:
        sys.exit(f"no fault {unknown[0]!r}; the menu: {', '.join(sorted(emulator.FAULTS))}")
    emulator.faults.update(options.fault)
    emulator.baudrate = options.baudrate or emulator.baudrate
    emulator.own_speed_only = options.own_speed_only
    if line is None:
        line = PtyLine(options.pty) if options.tcp is None else TcpLine(options.tcp)
    with until_ended(options.control), contextlib.closing(emulator):
        emulator.serve(line, options.control)
