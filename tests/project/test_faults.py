"""Each fault on each device has a test that exists, or a reason."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from drivers import registry

ROOT = Path(__file__).resolve().parents[2]
# as the issue tracker's list of what every emulator can show has them
WORLD = {
    "mute", "late", "half", "garbage", "wrong_checksum", "wrong_address", "glued", "echo", "stuck_door", "door_ajar",
    "sensor_flicker", "cable", "power_cut", "slow_line",
}  # fmt: skip
CELL = re.compile(r"(tests/\S+\.py)::(\w+)(?:\[(.+)\])?")
TABLE = yaml.safe_load((ROOT / "docs" / "faults.yaml").read_text(encoding="utf-8"))
QUALITY = yaml.safe_load((ROOT / "docs" / "quality.yaml").read_text(encoding="utf-8"))["devices"]
DEVICES: dict[str, dict[str, str]] = TABLE["devices"]


@pytest.fixture(scope="module")
def collected() -> set[str]:
    """The names of all test cases in the files that the table names."""
    files = {found[1] for cells in DEVICES.values() for cell in cells.values() if (found := CELL.match(cell))}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--collect-only",
        "-q",
        "-p",
        "no:cacheprovider",
        *sorted(files),
    ]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return set(told.stdout.splitlines())


def test_every_driver_with_an_emulator_is_in_the_table() -> None:
    emulated = {driver.name for driver in registry.DRIVERS if "emulator" in QUALITY[driver.name]}
    assert set(DEVICES) == emulated
    assert set(TABLE["faults"]) == WORLD


@pytest.mark.parametrize("device", DEVICES)
def test_no_cell_is_empty(device: str) -> None:
    assert set(DEVICES[device]) == WORLD
    for fault, cell in DEVICES[device].items():
        assert CELL.fullmatch(cell) or (not cell.startswith("tests/") and len(cell.split()) >= 3), fault


def test_every_test_that_is_named_exists(collected: set[str]) -> None:
    missing = [
        f"{device} {fault}: {cell}"
        for device, cells in DEVICES.items()
        for fault, cell in cells.items()
        if (found := CELL.fullmatch(cell)) and not any(is_of(case, *found.groups()) for case in collected)
    ]
    assert missing == []


def is_of(case: str, path: str, test: str, words: str | None) -> bool:
    """Whether this case is what a cell means."""
    name, _, parameters = case.partition("[")
    if name != f"{path}::{test}":
        return False
    told = set(re.split(r"[-,\s\]]+", parameters))
    return words is None or set(re.split(r"[-,\s]+", words)) <= told
