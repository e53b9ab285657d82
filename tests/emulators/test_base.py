"""What all emulators share, shown on one that echoes in capitals."""

import contextlib
import json
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import serial

from drivers.emulators.control import Control

ROOT = Path(__file__).parents[2]
LINE_FAULTS = {"mute", "late", "garbage", "half", "glued", "echo", "slow_line", "power_cut"}


@contextlib.contextmanager
def process(module: str, folder: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """An emulator at `pty` and `control` in this folder; ended at the end."""
    places = ("--pty", str(folder / "pty"), "--control", str(folder / "control"))
    command = [sys.executable, "-m", module, *places, *options]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as started:
        try:
            yield started
        finally:
            started.kill()


def ready_line(started: subprocess.Popen[str]) -> str:
    assert started.stdout is not None
    assert select.select([started.stdout], [], [], 10)[0]
    return started.stdout.readline()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    place = tmp_path_factory.mktemp("shouter")
    with process("tests.emulators.shouter", place) as started:
        assert ready_line(started).startswith("ready")
        yield place


@pytest.fixture
def control(folder: Path) -> Iterator[Control]:
    client = Control(folder / "control")
    yield client
    client.do("fault", name="none")
    client.do("cable.pull")
    client.do("cable.plug")
    client.do("power.on")
    client.close()


def port(folder: Path, *, timeout_s: float = 0.5) -> serial.Serial:
    return serial.Serial(str(folder / "pty"), 1200, timeout=timeout_s)


def ask(line: serial.Serial, words: bytes, length: int = 100) -> bytes:
    line.write(words)
    return bytes(line.read(length))


def test_answers_at_the_speed_of_the_line(folder: Path, control: Control) -> None:
    with port(folder, timeout_s=3) as line:
        started = time.monotonic()
        assert ask(line, b"a" * 60, 60) == b"A" * 60
        assert time.monotonic() - started >= 60 * 10 / 1200 - 0.02


def test_acts_and_state(control: Control) -> None:
    before = control.do("state")["cups"]
    assert control.do("drink", cups=2) == {"cups": before + 2}
    assert control.do("state")["cups"] == before + 2
    with pytest.raises(ValueError, match="eat: known is drink"):
        control.do("eat")
    with pytest.raises(ValueError, match="drink: 'cups'"):
        control.do("drink")


def test_the_fault_menu(folder: Path, control: Control) -> None:
    before = control.do("state")["fault_changes"]
    assert set(control.do("faults")["menu"]) == LINE_FAULTS | {"hoarse"}
    assert control.do("fault", name="garbage") == {"faults": ["garbage"]}
    assert control.do("fault", name="hoarse") == {"faults": ["garbage", "hoarse"]}
    assert control.do("fault", name="garbage", on=False) == {"faults": ["hoarse"]}
    assert control.do("fault", name="none") == {"faults": []}
    assert control.do("state")["fault_changes"] == before + 4
    with pytest.raises(ValueError, match=r"no fault 'x'; the menu: echo, garbage, .* slow_line, none"):
        control.do("fault", name="x")


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        ("mute", b""),
        ("late", b""),
        ("half", b"ON"),
        ("garbage", b"\xfa\xfd\x99\x99ONCE"),
        ("glued", b"ONCEONCE"),
        ("echo", b"onceONCE"),
        ("power_cut", b"ON"),
        ("hoarse", b"once"),
    ],
)
def test_each_fault_bends_the_answer(folder: Path, control: Control, fault: str, answer: bytes) -> None:
    control.do("fault", name=fault)
    with port(folder, timeout_s=0.3) as line:
        assert ask(line, b"once") == answer
        control.do("fault", name="none")


def test_a_late_answer_comes(folder: Path, control: Control) -> None:
    control.do("fault", name="late")
    with port(folder, timeout_s=4) as line:
        started = time.monotonic()
        assert ask(line, b"x", 1) == b"X"
        assert time.monotonic() - started >= 1.5


def test_a_slow_line_takes_ten_times_as_long(folder: Path, control: Control) -> None:
    control.do("fault", name="slow_line")
    with port(folder, timeout_s=4) as line:
        started = time.monotonic()
        assert ask(line, b"slowly", 6) == b"SLOWLY"
        assert time.monotonic() - started >= 6 * 10 * 10 / 1200 - 0.02


def test_power_comes_back_by_itself_after_a_cut(folder: Path, control: Control) -> None:
    control.do("fault", name="power_cut")
    with port(folder, timeout_s=0.1) as line:
        assert ask(line, b"once") == b"ON"
        deadline = time.monotonic() + 10
        while ask(line, b"back", 4) != b"BACK":
            assert time.monotonic() < deadline


def test_without_power_nothing_is_heard(folder: Path, control: Control) -> None:
    control.do("power.off")
    with port(folder, timeout_s=0.2) as line:
        assert ask(line, b"anybody") == b""
        control.do("power.on")
        assert ask(line, b"there", 5) == b"THERE"


def test_a_serial_server_takes_one_client(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.emulators.shouter", "--tcp", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as started:
        try:
            url = ready_line(started).split()[1]
            with serial.serial_for_url(url, timeout=5) as first:
                assert ask(first, b"one", 3) == b"ONE"
                with serial.serial_for_url(url, timeout=5) as second, pytest.raises(serial.SerialException):
                    second.read(1)
                assert ask(first, b"still", 5) == b"STILL"
            with serial.serial_for_url(url, timeout=5) as third:
                assert ask(third, b"three", 5) == b"THREE"
        finally:
            started.kill()


def test_the_cable(folder: Path, control: Control) -> None:
    with port(folder) as line:
        control.do("cable.pull")
        assert not (folder / "pty").exists()
        with pytest.raises((serial.SerialException, OSError)):
            line.read(1)
    control.do("cable.plug")
    control.do("cable.plug")
    with port(folder) as line:
        assert ask(line, b"again", 5) == b"AGAIN"


def test_two_people_at_the_control_socket(folder: Path, control: Control) -> None:
    other = Control(folder / "control")
    before = control.do("state")["cups"]
    other.do("drink", cups=1)
    control.do("drink", cups=1)
    assert other.do("state")["cups"] == before + 2
    other.close()


@pytest.mark.parametrize(
    ("line", "error"), [(b"drink\n", "not JSON"), (b"[1]\n", "one JSON object"), (b"{}\n", "known is drink")]
)
def test_nonsense_is_answered(folder: Path, control: Control, line: bytes, error: str) -> None:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(folder / "control"))
        client.sendall(line)
        answer = json.loads(client.makefile().readline())
    assert not answer["ok"]
    assert error in answer["error"]


def test_the_process_says_ready_and_takes_faults_from_the_start(tmp_path: Path) -> None:
    with process("drivers.emulators.kerong", tmp_path, "--fault", "mute") as started:
        assert ready_line(started) == f"ready {tmp_path / 'pty'} {tmp_path / 'control'}\n"
        assert os.path.realpath(tmp_path / "pty").startswith("/dev/pts/")
        client = Control(tmp_path / "control")
        assert client.do("faults")["active"] == ["mute"]
        client.close()


def test_an_unknown_fault_is_refused_at_the_start(tmp_path: Path) -> None:
    with process("drivers.emulators.kerong", tmp_path, "--fault", "x") as started:
        _, errors = started.communicate(timeout=10)
        assert started.returncode == 1
    assert "no fault 'x'; the menu: bad_checksum" in errors
