"""The broker as a process: port file, acts over the control socket, the subscriber's log, a clean end."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from drivers.emulators.control import Control

DEADLINE_S = 10.0


class Process:
    """The emulator under test."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "received.jsonl"
        command = [sys.executable, "-m", "drivers.emulators.broker"]
        command += ["--port-file", str(folder / "port"), "--control", str(folder / "control")]
        command += ["--subscribe-log", str(self.log)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.ready = self._process.stdout.readline()
        self.port = int((folder / "port").read_text(encoding="ascii"))
        self.control = Control(folder / "control")

    def end(self, with_signal: signal.Signals = signal.SIGTERM) -> int:
        self.control.close()
        self._process.send_signal(with_signal)
        try:
            return self._process.wait(DEADLINE_S)
        finally:
            self._process.kill()
            self._process.communicate()

    def publish(self, topic: str, payload: str) -> None:
        client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        client.publish(topic, payload, qos=1, retain=True).wait_for_publish(DEADLINE_S)
        client.disconnect()
        client.loop_stop()

    def logged(self, count: int) -> list[dict[str, Any]]:
        deadline = time.monotonic() + DEADLINE_S
        lines: list[str] = []
        while len(lines) < count:
            assert time.monotonic() < deadline, lines
            lines = self.log.read_text(encoding="utf-8").splitlines()
            time.sleep(0.01)
        return [json.loads(line) for line in lines]


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    started = Process(tmp_path)
    yield started
    with contextlib.suppress(ProcessLookupError):
        started.end()


def brokers() -> set[str]:
    found = set()
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and (entry / "comm").read_text(encoding="utf-8").strip() == "mosquitto":
                found.add(entry.name)
    return found


def test_it_logs_what_an_independent_subscriber_receives(process: Process) -> None:
    assert process.ready == f"ready {process.port} {process.log.parent / 'control'}\n"
    process.publish("a/b", '{"x": "纸"}')
    process.publish("a/c", "plain")
    first, second = process.logged(2)
    assert abs(first.pop("at") - time.time()) < DEADLINE_S
    assert first == {"topic": "a/b", "payload": {"x": "纸"}, "qos": 1, "retain": True}
    assert second["payload"] == "plain"


def test_stop_and_start_keep_the_port_and_the_subscriber(process: Process) -> None:
    process.publish("a", "1")
    process.logged(1)
    assert process.control.do("broker.stop") == {"port": process.port, "running": False, "stalled": False}
    with pytest.raises(ConnectionRefusedError):
        process.publish("a", "2")
    assert process.control.do("broker.start")["running"] is True
    process.publish("a", "3")
    assert [line["payload"] for line in process.logged(2)] == [1, 3]


def test_a_kill_does_not_lose_the_subscription(process: Process) -> None:
    process.control.do("broker.kill")
    process.control.do("broker.start")
    process.publish("a", "1")
    assert [line["payload"] for line in process.logged(1)] == [1]


def test_a_stalled_broker_can_be_resumed_or_ended(process: Process) -> None:
    assert process.control.do("broker.stall")["stalled"] is True
    assert process.control.do("state") == {"port": process.port, "running": True, "stalled": True}
    assert process.control.do("broker.resume")["stalled"] is False
    process.publish("a", "1")
    process.control.do("broker.stall")
    assert process.control.do("broker.stop")["running"] is False


def test_acts_that_make_no_sense_are_answered(process: Process) -> None:
    process.control.do("broker.stop")
    with pytest.raises(ValueError, match="not running"):
        process.control.do("broker.stall")
    with pytest.raises(ValueError, match="the acts"):
        process.control.do("broker.dance")


@pytest.mark.parametrize("with_signal", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_no_mosquitto_stays_behind(tmp_path: Path, with_signal: signal.Signals) -> None:
    process = Process(tmp_path)
    pid = broker_of(process)
    status = process.end(with_signal)
    assert status == (-signal.SIGKILL if with_signal is signal.SIGKILL else 0)
    deadline = time.monotonic() + DEADLINE_S
    while pid in brokers():
        assert time.monotonic() < deadline, "mosquitto outlived its emulator"
        time.sleep(0.01)
    was_killed = with_signal is signal.SIGKILL
    assert (
        any(path.is_dir() for path in tmp_path.iterdir()) is was_killed
    )  # and then it lies where it is cleared away


def broker_of(process: Process) -> str:
    """The process id of the emulator's mosquitto."""
    parent = str(process._process.pid)
    for pid in brokers():
        with contextlib.suppress(OSError):
            if Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[1] == parent:
                return pid
    raise AssertionError(f"no mosquitto below {os.getpid()}")
