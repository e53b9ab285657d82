"""`nightdesk emulate DEVICE`: each emulator alone, from the call to its end."""

import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from kiosk.__main__ import main

ROOT = Path(__file__).resolve().parents[2]
QUALITY = yaml.safe_load((ROOT / "docs" / "quality.yaml").read_text(encoding="utf-8"))["devices"]
SERIAL = (
    "cu48",
    "escpos",
    "gsm",
    "kerong",
    "lock_8a80",
    "modbus",
    "samv",
    "scanner",
    "staffcard",
    "winnsen",
    "wkly",
)
SERVERS = {
    "approval": (),
    "broker": ("--port-file", "{folder}/port"),
    "camera": ("--http", "{folder}/url", "--infrared", "{folder}/infrared"),
    "dutydesk": (),
    "nut": ("--address-file", "{folder}/address"),
    "smartcard": ("--vpcd", "127.0.0.1:1"),
    "smshttp": ("--provider", "aliyun"),
}


def command(folder: Path, device: str, *options: str) -> list[str]:
    asked = [sys.executable, "-m", "kiosk", "emulate", device, "--control", str(folder / "control")]
    return [*asked, *(option.format(folder=folder) for option in options)]


def live_and_die(folder: Path, device: str, options: Sequence[str], end: signal.Signals) -> None:
    with subprocess.Popen(
        command(folder, device, *options), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("ready")
        assert (folder / "control").is_socket()
        process.send_signal(end)
        _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("device", SERIAL)
def test_a_serial_device_ends_when_it_is_told_to_and_leaves_nothing(tmp_path: Path, device: str) -> None:
    live_and_die(tmp_path, device, ("--pty", "{folder}/pty", "--fault", "mute"), signal.SIGTERM)


@pytest.mark.parametrize("device", SERVERS)
def test_a_server_ends_when_it_is_told_to_and_leaves_nothing(tmp_path: Path, device: str) -> None:
    live_and_die(tmp_path, device, SERVERS[device], signal.SIGINT)


def test_every_emulator_is_here(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["emulate", "--help"]) == 0
    words = capsys.readouterr().out
    named = {word.strip(",") for word in words.splitlines()[0].partition("devices: ")[2].split()}
    everyday = {"board", "reader", "printer", "modem", "staff_card"}
    assert named == {*SERIAL, *SERVERS, *everyday}
    assert {line["emulator"] for line in QUALITY.values() if "emulator" in line} <= named


@pytest.mark.parametrize("arguments", [["emulate"], ["emulate", "tape"]])
def test_a_device_that_is_not_there_is_said_with_those_that_are(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert "devices: approval, board, broker" in capsys.readouterr().err


def test_each_says_what_it_can_do() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "kiosk", "emulate", "kerong", "--help"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "usage: nightdesk emulate kerong" in told
    assert "--fault" in told
