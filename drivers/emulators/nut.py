"""`upsd` with one UPS behind it, on a loopback port: NUT's network protocol 1.3, byte for byte.

`python -m drivers.emulators.nut --address-file FILE --control SOCKET [--port N] [--ups NAME]`; FILE receives
`127.0.0.1:PORT`. Acts: `mains.cut`, `mains.return`, `battery` (`charge` in percent, `runtime` in s), `battery.worn`
(`on`), `bypass` (`on`), `overload` (`on`), `output` (`on`), `shutdown.forced` (`on`), `cable.pull` (upsd is gone),
`cable.plug`, `state`. Source: NUT developer guide, "Network protocol information" (docs/net-protocol.txt).
"""

import argparse
import select
import shlex
import socket
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

from .control import Answer, ControlServer, switch_fault, until_ended

VERSION: Final = "Network UPS Tools upsd 2.8.0 - http://www.networkupstools.org/"
NET_VERSION: Final = "1.3"
COMMANDS: Final = "HELP VER GET LIST SET INSTCMD LOGIN LOGOUT USERNAME PASSWORD STARTTLS"
DESCRIPTION: Final = "Description unavailable"
LATE_S: Final = 1.5
SLOW_BYTE_S: Final = 0.05
CHARGE_LOW: Final = 20
FAULTS: Final = {
    "mute": "takes questions, never answers",
    "late": f"answers {LATE_S:g} s late",
    "half": "sends half of each answer and hangs up",
    "slow": f"a byte each {SLOW_BYTE_S * 1000:g} ms",
    "garbage": "sends a line of noise before each answer",
    "stale": "the driver hears nothing from the UPS",
    "driver_gone": "the driver of the UPS does not run",
    "unknown_ups": "knows no UPS of that name",
    "denied": "does not let this client ask",
    "no_status": "the driver tells no ups.status",
}
SWITCHES: Final = {
    "battery.worn": "RB", "bypass": "BYPASS", "overload": "OVER", "shutdown.forced": "FSD", "output": "OFF",
}  # fmt: skip


@dataclass(slots=True)
class Ups:
    """The box and its battery."""

    mains: bool = True
    charge: int = 100
    runtime_s: int = 1800
    flags: set[str] = field(default_factory=set)

    def status(self) -> str:
        """Value of ups.status, flags in the order in which usbhid-ups writes them."""
        words = ["FSD"] if "FSD" in self.flags else []
        words += ["OL" if self.mains else "OB"]
        words += [] if self.mains else ["DISCHRG"]
        words += ["CHRG"] if self.mains and self.charge < 100 else []
        words += ["LB"] if self.charge <= CHARGE_LOW else []
        return " ".join([*words, *(word for word in ("RB", "OVER", "BYPASS", "OFF") if word in self.flags)])

    def variables(self) -> dict[str, str]:
        """What the driver tells, in the order of `upsc`."""
        return {
            "battery.charge": str(self.charge),
            "battery.charge.low": str(CHARGE_LOW),
            "battery.runtime": str(self.runtime_s),
            "device.mfr": "EATON",
            "device.model": 'Ellipse "ECO" 650',
            "device.type": "ups",
            "input.voltage": "230.0" if self.mains else "0.0",
            "ups.firmware": "01.20.0007",
            "ups.status": self.status(),
        }


@dataclass(slots=True)
class Client:
    """One connection: what it sent so far, and what it is still owed: (when, bytes, hang up after it)."""

    socket: socket.socket
    received: bytes = b""
    owed: list[tuple[float, bytes, bool]] = field(default_factory=list)


class NutEmulator:
    """The server's state, its connections and the acts; one thread."""

    def __init__(self, name: str = "ups", port: int = 0) -> None:
        self.faults: set[str] = set()
        self.ups = Ups()
        self._name = name
        self._port = port
        self._listener: socket.socket | None = None
        self._clients: list[Client] = []
        self.listen()

    @property
    def port(self) -> int:
        """Where it listens, also while the cable is pulled."""
        return self._port

    def listen(self) -> None:
        """Take connections from now on."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self._port))
        listener.listen()
        self._port = listener.getsockname()[1]
        self._listener = listener

    def perform(self, do: str, values: Mapping[str, Any]) -> Answer:
        """One act from the control socket. Raises `ValueError` with what is allowed."""
        match do:
            case "mains.cut":
                self.ups.mains = False
            case "mains.return":
                self.ups.mains = True
            case "battery":
                self.ups.charge = int(values.get("charge", self.ups.charge))
                self.ups.runtime_s = int(values.get("runtime", self.ups.runtime_s))
            case name if name in SWITCHES:
                wanted = bool(values["on"]) != (name == "output")
                (self.ups.flags.add if wanted else self.ups.flags.discard)(SWITCHES[name])
            case "cable.pull":
                self._unplug()
            case "cable.plug":
                if self._listener is None:
                    self.listen()
            case "fault":
                switch_fault(self.faults, FAULTS, str(values["name"]), on=bool(values.get("on", True)))
            case "faults":
                return {"menu": dict(FAULTS), "active": sorted(self.faults)}
            case "state":
                pass
            case _:
                raise ValueError(f"unknown act {do!r}")
        return {"status": self.ups.status(), "charge": self.ups.charge, "clients": len(self._clients)}

    def serve(self, address: Path, control: Path) -> None:
        """Run until the process is ended."""
        calls = ControlServer()
        calls.listen(control)
        address.write_text(f"127.0.0.1:{self.port}\n", encoding="utf-8")
        print(f"ready {address} {control}", flush=True)
        while True:
            self._step(calls)

    # the protocol --------------------------------------------------------------------------------------------

    def answer(self, line: str) -> tuple[str, bool]:
        """The answer to one line (whole lines, or nothing), and whether the server hangs up after it."""
        try:
            words = shlex.split(line)
        except ValueError:
            return "ERR INVALID-ARGUMENT\n", False
        match words:
            case []:
                return "", False
            case ["LOGOUT", *_]:
                return "OK Goodbye\n", True
            case ["VER"]:
                return f"{VERSION}\n", False
            case ["NETVER" | "PROTVER"]:
                return f"{NET_VERSION}\n", False
            case ["HELP"]:
                return f"Commands: {COMMANDS}\n", False
            case ["STARTTLS"]:
                return "ERR FEATURE-NOT-CONFIGURED\n", False
            case ["USERNAME" | "PASSWORD", _]:
                return "OK\n", False
            case ["GET" | "LIST" | "USERNAME" | "PASSWORD"]:
                return "ERR INVALID-ARGUMENT\n", False
            case ["LIST" | "GET", *_] if "denied" in self.faults:
                return "ERR ACCESS-DENIED\n", False
            case ["LIST", "UPS"]:
                return self._list("UPS", [f'UPS {self._name} "{DESCRIPTION}"']), False
            case ["LIST" | "GET" as verb, what, name, *rest]:
                return self._of_ups(verb, what, name, rest), False
            case ["SET" | "INSTCMD" | "LOGIN", *_]:
                return "ERR ACCESS-DENIED\n", False
            case _:
                return "ERR UNKNOWN-COMMAND\n", False

    def _of_ups(self, verb: str, what: str, name: str, rest: list[str]) -> str:
        if name != self._name or "unknown_ups" in self.faults:
            return "ERR UNKNOWN-UPS\n"
        if (verb, what) == ("GET", "UPSDESC"):
            return f'UPSDESC {name} "{DESCRIPTION}"\n'
        for fault, code in (("driver_gone", "DRIVER-NOT-CONNECTED"), ("stale", "DATA-STALE")):
            if fault in self.faults:
                return f"ERR {code}\n"
        told = {key: _quoted(value) for key, value in self.ups.variables().items()}
        if "no_status" in self.faults:
            del told["ups.status"]
        match verb, what, rest:
            case "LIST", "VAR", []:
                return self._list(f"VAR {name}", [f"VAR {name} {key} {value}" for key, value in told.items()])
            case "LIST", "RW" | "CMD" | "CLIENT", []:
                return self._list(f"{what} {name}", [])
            case "GET", "VAR", [key]:
                return f"VAR {name} {key} {told[key]}\n" if key in told else "ERR VAR-NOT-SUPPORTED\n"
            case _:
                return "ERR INVALID-ARGUMENT\n"

    @staticmethod
    def _list(what: str, lines: list[str]) -> str:
        return "".join(f"{line}\n" for line in (f"BEGIN LIST {what}", *lines, f"END LIST {what}"))

    # the machinery -------------------------------------------------------------------------------------------

    def _step(self, calls: ControlServer) -> None:
        sockets: dict[Any, Callable[[], None]] = {calls: lambda: calls.run_calls(self.perform)}
        if self._listener is not None:
            sockets[self._listener] = self._accept
        sockets |= {client.socket: partial(self._read, client) for client in self._clients}
        due = min(
            (when for client in self._clients for when, _, _ in client.owed), default=time.monotonic() + 1
        )
        for ready in select.select(list(sockets), [], [], max(0.0, due - time.monotonic()))[0]:
            sockets[ready]()
        for client in list(self._clients):
            self._pay(client)

    def _accept(self) -> None:
        assert self._listener is not None
        self._clients.append(Client(self._listener.accept()[0]))

    def _read(self, client: Client) -> None:
        if client not in self._clients:
            return
        try:
            data = client.socket.recv(4096)
        except OSError:
            data = b""
        if not data:
            self._drop(client)
            return
        *lines, client.received = (client.received + data).split(b"\n")
        for line in lines:
            text, hang_up = self.answer(line.decode("ascii", "replace"))
            if text and "mute" not in self.faults:
                self._owe(client, text.encode(), hang_up=hang_up)

    def _owe(self, client: Client, answer: bytes, *, hang_up: bool) -> None:
        at = time.monotonic() + (LATE_S if "late" in self.faults else 0)
        if "garbage" in self.faults:
            answer = b"\xfa\xfd\x99\x99\n" + answer
        if "half" in self.faults:
            answer, hang_up = answer[: len(answer) // 2], True
        if "slow" in self.faults:
            client.owed += [(at + n * SLOW_BYTE_S, answer[n : n + 1], False) for n in range(len(answer))]
            answer = b""
        client.owed.append((at, answer, hang_up))

    def _pay(self, client: Client) -> None:
        while client.owed and client.owed[0][0] <= time.monotonic():
            _, part, hang_up = client.owed.pop(0)
            try:
                client.socket.sendall(part)
            except OSError:
                hang_up = True
            if hang_up:
                self._drop(client)
                return

    def _drop(self, client: Client) -> None:
        if client in self._clients:
            self._clients.remove(client)
            client.owed.clear()
            client.socket.close()

    def _unplug(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        for client in list(self._clients):
            self._drop(client)


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address-file", type=Path, required=True, help="file that receives host:port")
    parser.add_argument("--control", type=Path, required=True, help="Unix socket for acts and faults")
    parser.add_argument(
        "--port", type=int, default=0, help="TCP port of the loopback interface; 0: a free one"
    )
    parser.add_argument("--ups", default="ups", help="the UPS's name")
    parser.add_argument("--fault", action="append", default=[], choices=sorted(FAULTS))
    options = parser.parse_args()
    try:
        emulator = NutEmulator(options.ups, options.port)
    except OSError as error:
        sys.exit(f"port {options.port} cannot be used: {error}")
    emulator.faults.update(options.fault)
    with until_ended(options.address_file, options.control):
        emulator.serve(options.address_file, options.control)


if __name__ == "__main__":
    main()
