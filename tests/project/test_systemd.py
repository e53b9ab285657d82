"""The units as install.sh writes them, judged by systemd's own tool."""

import configparser
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from drivers.registry import SamVHidConfig, SamVUsbConfig

ROOT = Path(__file__).resolve().parents[2]
UNITS = {"nightdesk.service": (), "nightdesk-cage.service": ("--cage",)}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("machine")
    config = target / "site.toml"
    config.write_text("", encoding="utf-8")
    for options in UNITS.values():
        command = [str(ROOT / "systemd/install.sh"), *options, "--destdir", str(target), str(config)]
        subprocess.run(command, check=True, capture_output=True, timeout=30)
    return target


def read_unit(path: Path) -> configparser.RawConfigParser:
    unit = configparser.RawConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's keys know case
    unit.read_string(path.read_text(encoding="utf-8"))
    return unit


@pytest.mark.parametrize("name", UNITS)
def test_systemd_accepts_the_unit(installed: Path, name: str) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd here")
    path = installed / "etc/systemd/system" / name
    if shutil.which("cage") is None:  # its absence here says nothing about the unit
        path.write_text(
            path.read_text(encoding="utf-8").replace("/usr/bin/cage", "/usr/bin/env"), encoding="utf-8"
        )
    verdict = subprocess.run(
        ["systemd-analyze", "verify", path], capture_output=True, text=True, timeout=60, check=False
    )
    own = [line for line in verdict.stderr.splitlines() if "nightdesk" in line]
    assert (verdict.returncode, own) == (0, [])


@pytest.mark.parametrize("name", UNITS)
def test_nothing_is_left_to_fill_in(installed: Path, name: str) -> None:
    text = (installed / "etc/systemd/system" / name).read_text(encoding="utf-8")
    assert "@" not in text.replace("@system-service", "").replace("getty@", "")
    service = read_unit(installed / "etc/systemd/system" / name)["Service"]
    assert service["Type"] == "notify"
    assert service["WatchdogSec"] == "30"
    assert service["LimitCORE"] == "0"
    assert service["ProtectSystem"] == "strict"
    assert service["NoNewPrivileges"] == "yes"
    assert str(ROOT / ".venv/bin/nightdesk") in service["ExecStart"]


def test_usb_devices_are_the_services(installed: Path) -> None:
    """The rules name the vendor and product that the drivers look for by themselves."""
    rules = (installed / "etc/udev/rules.d/60-nightdesk.rules").read_text(encoding="utf-8").lower()
    for config in (SamVUsbConfig(), SamVHidConfig()):
        vendor, product = config.url.lower().partition("://")[2].split(":")
        assert f'{{idvendor}}=="{vendor}", ' in rules
        assert f'{{idproduct}}=="{product}", group="nightdesk", mode="0660"' in rules


def test_the_master_key_is_made_once_and_for_root_alone(installed: Path) -> None:
    key = installed / "etc/nightdesk/credentials/master.key"
    assert len(key.read_bytes()) == 32
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700
    before = key.read_bytes()
    command = [str(ROOT / "systemd/install.sh"), "--destdir", str(installed), str(installed / "site.toml")]
    subprocess.run(command, check=True, capture_output=True, timeout=30)
    assert key.read_bytes() == before
