"""Every driver of the registry has a page, an emulator and a word on how far it is."""

import importlib
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from drivers import explain, registry
from drivers.emulators.base import Emulator
from drivers.tables import SerialConfig

ROOT = Path(__file__).resolve().parents[2]
NAMES = [driver.name for driver in registry.DRIVERS]
LEVELS = ("emulated", "bench", "field")


def quality() -> dict[str, dict[str, Any]]:
    devices: dict[str, dict[str, Any]] = yaml.safe_load(
        (ROOT / "docs" / "quality.yaml").read_text(encoding="utf-8")
    )["devices"]
    return devices


def test_quality_names_exactly_the_registry() -> None:
    assert sorted(quality()) == sorted(NAMES)


@pytest.mark.parametrize("driver", registry.DRIVERS, ids=NAMES)
def test_the_line_is_complete(driver: registry.Driver) -> None:
    line = quality()[driver.name]
    assert line["class"] == driver.kind.value
    assert line["level"] in LEVELS
    assert line["shown"]
    assert line["tests"]
    assert [test for test in line["tests"] if not (ROOT / test).is_file()] == []
    assert (ROOT / line["protocol"]).is_file(), line["protocol"]


def test_the_lines_of_other_systems_are_complete() -> None:
    systems = yaml.safe_load((ROOT / "docs" / "quality.yaml").read_text(encoding="utf-8"))["systems"]
    for name, line in systems.items():
        assert line["level"] in LEVELS, name
        assert line["shown"], name
        assert [file for file in (*line["tests"], line["protocol"]) if not (ROOT / file).is_file()] == [], (
            name
        )
        assert (ROOT / "drivers" / "emulators" / f"{line['emulator']}.py").is_file(), name


@pytest.mark.parametrize("driver", [d for d in registry.DRIVERS if issubclass(d.config, SerialConfig)])
def test_what_runs_over_a_serial_line_can_be_decoded_or_the_line_says_why_not(
    driver: registry.Driver,
) -> None:
    """An explainer in the table of `drivers/explain.py`, or `no_decode: reason` in docs/quality.yaml."""
    reason = quality().get(driver.name, {}).get("no_decode", "")
    assert bool(reason) != (explain.device_of(driver.name) is not None), driver.name


def test_only_drivers_that_exist_are_decoded() -> None:
    assert {name for device in explain.DEVICES for name in device.drivers} <= set(NAMES)


@pytest.mark.parametrize("driver", registry.DRIVERS, ids=NAMES)
def test_the_factory_exists(driver: registry.Driver) -> None:
    module, _, function = driver.factory.partition(":")
    assert callable(getattr(importlib.import_module(module), function))


@pytest.mark.parametrize("driver", [d for d in registry.DRIVERS if issubclass(d.config, SerialConfig)])
def test_a_serial_device_has_an_emulator_with_faults(driver: registry.Driver) -> None:
    emulator = importlib.import_module(f"drivers.emulators.{quality()[driver.name]['emulator']}")
    faults = [
        item.FAULTS
        for item in vars(emulator).values()
        if isinstance(item, type) and issubclass(item, Emulator) and item.__module__ == emulator.__name__
    ]
    assert len(faults) == 1
    assert "mute" in faults[0]


@pytest.mark.parametrize("driver", registry.DRIVERS, ids=NAMES)
def test_an_installer_finds_the_device_in_the_hardware_pages(driver: registry.Driver) -> None:
    """By the name that the settings give it; what runs on emulated hardware only needs no page."""
    pages = [page.read_text(encoding="utf-8") for page in (ROOT / "docs" / "hardware").glob("*.md")]
    named = [page for page in pages if re.search(rf"\b{driver.name}\b", page)]
    assert driver.emulator_only or named
    assert all("## Limits" in page and "[devices." in page for page in named)
