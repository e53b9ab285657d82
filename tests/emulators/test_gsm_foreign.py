"""Gammu, which is none of ours, against the emulated modem."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.emulators.control import Control
from tests.drivers.emulated import emulated

GAMMU = shutil.which("gammu")
NUMBER, REFUSED = "+8613900000001", "+8613900000009"
LONG = "柜 A-03 新到材料：居住证办理。" * 8
pytestmark = pytest.mark.skipif(GAMMU is None, reason="gammu is not installed; setup/setup.sh installs it")


@pytest.fixture(scope="module")
def modem(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Control, Path]]:
    folder = tmp_path_factory.mktemp("gammu")
    with emulated("gsm", folder, "--send-time", "0.01") as control:
        settings = folder / "gammurc"
        settings.write_text(f"[gammu]\ndevice = {folder / 'pty'}\nconnection = at115200\n", encoding="utf-8")
        yield control, settings


def gammu(settings: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [str(GAMMU), "-c", str(settings), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def send(settings: Path, number: str, text: str) -> subprocess.CompletedProcess[str]:
    centre = ("-smscnumber", "+8613800100500")
    return gammu(settings, "sendsms", "TEXT", number, "-unicode", "-autolen", "600", *centre, "-text", text)


def test_gammu_knows_the_modem(modem: tuple[Control, Path]) -> None:
    told = gammu(modem[1], "identify").stdout
    assert "Manufacturer         : Emulated" in told
    assert "SIM IMSI             : 460001234567890" in told


def test_a_long_text_that_gammu_sends_arrives_in_one_piece(modem: tuple[Control, Path]) -> None:
    control, settings = modem
    assert send(settings, NUMBER, LONG).returncode == 0
    last = control.do("messages")["messages"][-1]
    assert (last["number"], last["text"]) == (NUMBER, LONG)


def test_gammu_is_told_of_a_number_that_is_refused(modem: tuple[Control, Path]) -> None:
    control, settings = modem
    control.do("number.refuse", number=REFUSED)
    before = control.do("state")["messages"]
    assert send(settings, REFUSED, "您好").returncode != 0
    assert control.do("state")["messages"] == before
