"""A private MQTT broker: a real mosquitto on a free loopback port, as a process with a control socket.

`python -m drivers.emulators.broker --port-file FILE --control SOCKET [--subscribe-log FILE]`. Acts: `state` and
`broker.stop`, `.start`, `.kill` (no goodbye), `.refuse` ("not authorized" to every CONNECT until the next start),
`.stall` (accepts connections, never answers), `.resume`; `power.off` and `power.on` of its machine: what it had not
written down is gone. With `--subscribe-log` an independent subscriber writes
each message received as one JSON object a line: topic, payload, qos, retain, at (Unix seconds).
"""

import argparse
import contextlib
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, Final, TextIO

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from .control import Answer, ControlServer, until_ended

START_TIMEOUT_S: Final = 10.0
STOP_TIMEOUT_S: Final = 5.0
PROBE_INTERVAL_S: Final = 0.02
SESSION_EXPIRY_S: Final = 86_400


def find_mosquitto() -> str:
    """The broker's program, also where /usr/sbin is not in a user's PATH. Raises `FileNotFoundError`."""
    path = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
    program = shutil.which("mosquitto", path=path)
    if program is None:
        raise FileNotFoundError("mosquitto is not installed; on Debian: apt-get install mosquitto")
    return program


def free_port() -> int:
    """A TCP port of the loopback interface that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class PrivateBroker:
    """One mosquitto in a folder of its own, stopped and started by the name of its port.

    `extra` are further lines of its configuration (TLS, ACL); without them all of this machine may connect.
    """

    def __init__(self, folder: Path, *, port: int | None = None, extra: str | None = None) -> None:
        self.port = port or free_port()
        self.stalled = False
        self._folder = folder
        self._extra = extra
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        return ("127.0.0.1", self.port)

    @property
    def running(self) -> bool:
        """The process is there (it may be stalled)."""
        return self._process is not None and self._process.poll() is None

    def start(self, *, refuse: bool = False) -> None:
        """Start and wait until it accepts connections. Raises `RuntimeError` with the broker's own words."""
        if self.running:
            return
        config = self._folder / "mosquitto.conf"
        config.write_text(self._config(refuse=refuse), encoding="utf-8")
        log = (self._folder / "mosquitto.log").open("ab")
        with log:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", find_mosquitto(), "-c", str(config)],
                stdout=log,
                stderr=log,
            )
        self._wait_until_it_listens(self._process)

    def stop(self) -> None:
        """End it in order: sessions and retained messages are kept for the next start."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it without a goodbye."""
        self._end(signal.SIGKILL)

    def save(self) -> None:
        """Have it write its sessions down now, so that they survive a kill. Raises `RuntimeError`."""
        saved = self._folder / "mosquitto.db"
        saved.unlink(missing_ok=True)
        self._live().send_signal(signal.SIGUSR1)
        deadline = time.monotonic() + START_TIMEOUT_S
        while not saved.exists():
            if time.monotonic() > deadline:
                raise RuntimeError("mosquitto does not save its sessions")
            time.sleep(PROBE_INTERVAL_S)

    def stall(self) -> None:
        """Freeze it: the kernel still accepts connections, nobody answers."""
        self._live().send_signal(signal.SIGSTOP)
        self.stalled = True

    def resume(self) -> None:
        """Let it go on."""
        self._live().send_signal(signal.SIGCONT)
        self.stalled = False

    def _live(self) -> subprocess.Popen[bytes]:
        if self._process is None or not self.running:
            raise ValueError("the broker is not running")
        return self._process

    def _end(self, with_signal: signal.Signals) -> None:
        if self._process is None:
            return
        if self.running:
            self._process.send_signal(with_signal)
            self._process.send_signal(signal.SIGCONT)
        try:
            self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
        self.stalled = False

    def _config(self, *, refuse: bool) -> str:
        lines = [
            f"listener {self.port} 127.0.0.1",
            "persistence true",
            f"persistence_location {self._folder}/",
            f"user {pwd.getpwuid(os.getuid()).pw_name}",
            "connection_messages true",
        ]
        if self._extra is None:
            lines.append(f"allow_anonymous {'false' if refuse else 'true'}")
        else:
            lines.append(self._extra)
        return "\n".join(lines) + "\n"

    def _wait_until_it_listens(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if process.poll() is not None:
                break
            with (
                contextlib.suppress(OSError),
                socket.create_connection(("127.0.0.1", self.port), timeout=1.0),
            ):
                return
            time.sleep(PROBE_INTERVAL_S)  # between two probes of the port; the deadline decides
        self.kill()
        words = (self._folder / "mosquitto.log").read_text(encoding="utf-8", errors="replace")
        raise RuntimeError(f"mosquitto does not listen on port {self.port}: {words.strip()[-400:]}")


class Subscriber:
    """Writes what the broker gives out. Its session survives a restart of the broker."""

    def __init__(self, port: int, log: TextIO) -> None:
        self._log = log
        self._subscribed = threading.Event()
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2, client_id="nightdesk-subscriber", protocol=paho.MQTTv5
        )
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message
        self._client.reconnect_delay_set(1, 1)
        session = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho's is not annotated
        session.SessionExpiryInterval = SESSION_EXPIRY_S
        self._client.connect_async("127.0.0.1", port, keepalive=15, clean_start=False, properties=session)

    def start(self) -> None:
        """Connect and wait for the broker's word that the subscription stands. Raises `RuntimeError`."""
        self._client.loop_start()
        if not self._subscribed.wait(START_TIMEOUT_S):
            raise RuntimeError("the subscriber got no answer from the broker")

    def close(self) -> None:
        """Leave."""
        self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(
        self,
        client: paho.Client,
        _data: Any,
        flags: paho.ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if not reason.is_failure and not flags.session_present:  # a second time would repeat what is retained
            client.subscribe("#", options=SubscribeOptions(qos=1, retainAsPublished=True))

    def _on_subscribe(self, *_: Any) -> None:
        self._subscribed.set()

    def _on_message(self, _client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        line = {
            "topic": message.topic,
            "payload": _readable(message.payload),
            "qos": message.qos,
            "retain": message.retain,
            "at": time.time(),
        }
        self._log.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._log.flush()


def _readable(payload: bytes | bytearray) -> Any:
    text = payload.decode("utf-8", errors="backslashreplace")
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


class BrokerEmulator:
    """The broker under the control socket."""

    def __init__(self, broker: PrivateBroker) -> None:
        self._broker = broker
        self._control = ControlServer()

    def listen(self, control: Path) -> None:
        """Take calls from now on."""
        self._control.listen(control)

    def serve(self) -> None:
        """Perform acts until the process is ended."""
        self._control.serve(self.act)

    def act(self, do: str, _values: dict[str, Any]) -> Answer:
        """One act. Raises `ValueError` for one that makes no sense."""
        match do:
            case "broker.start":
                self._broker.stop()
                self._broker.start()
            case "broker.stop":
                self._broker.stop()
            case "broker.kill" | "power.off":
                self._broker.kill()
            case "power.on":
                self._broker.start()
            case "broker.refuse":
                self._broker.stop()
                self._broker.start(refuse=True)
            case "broker.stall":
                self._broker.stall()
            case "broker.resume":
                self._broker.resume()
            case "state":
                return self._state()
            case _:
                raise ValueError(
                    "the acts: broker.start stop kill refuse stall resume, power.off, power.on, state"
                )
        return self._state()

    def _state(self) -> Answer:
        return {"port": self._broker.port, "running": self._broker.running, "stalled": self._broker.stalled}


def main() -> None:
    """Run until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(description="private MQTT broker")
    parser.add_argument("--port-file", type=Path, required=True, help="where to write the open port")
    parser.add_argument("--control", type=Path, required=True, help="Unix socket for acts")
    parser.add_argument("--subscribe-log", type=Path, help="write each message received as a JSON line")
    options = parser.parse_args()
    with until_ended(options.port_file, options.control), contextlib.ExitStack() as ending:
        # beside the port file: whoever kills this process clears that away, and with it what is left here
        beside = tempfile.TemporaryDirectory(prefix="broker-", dir=options.port_file.parent)
        folder = ending.enter_context(beside)
        broker = PrivateBroker(Path(folder))
        ending.callback(broker.stop)
        broker.start()
        if options.subscribe_log is not None:
            log = ending.enter_context(options.subscribe_log.open("a", encoding="utf-8"))
            subscriber = Subscriber(broker.port, log)
            ending.callback(subscriber.close)
            subscriber.start()
            broker.save()
        emulator = BrokerEmulator(broker)
        emulator.listen(options.control)
        fresh = options.port_file.with_name(f".{options.port_file.name}.{os.getpid()}")
        fresh.write_text(f"{broker.port}\n", encoding="ascii")
        fresh.replace(options.port_file)
        print(f"ready {broker.port} {options.control}", flush=True)
        emulator.serve()


if __name__ == "__main__":
    main()
