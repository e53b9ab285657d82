"""Every emulator's menu is met in the simulator, or a sentence says why not; every fault there stands for something."""

import importlib
import inspect
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

import drivers.emulators
from drivers.emulators.base import Emulator
from kiosk.simulate.faults import MENU

TABLE: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[2] / "docs" / "simulated-faults.yaml").read_text(encoding="utf-8")
)
SIMULATED = {fault.name for fault in MENU}
ACTS = re.compile(r'case ((?:"[a-z]+\.[a-z]+"(?: \| )?)+)')
WORDS_OF_A_REASON = 3


def menus() -> dict[str, set[str]]:
    """By module: the faults that it can be told to have, and the acts on its control socket (`door.open`)."""
    found = {}
    for file in sorted(Path(drivers.emulators.__path__[0]).glob("*.py")):
        module = importlib.import_module(f"drivers.emulators.{file.stem}")
        menu = set(getattr(module, "FAULTS", ()))
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if issubclass(kind, Emulator) and kind.__module__ == module.__name__:
                menu |= set(kind.FAULTS)
        for acts in ACTS.findall(file.read_text(encoding="utf-8")):
            menu |= set(re.findall(r'"([^"]+)"', acts))
        if menu:
            found[file.stem] = menu
    return found


def said(emulator: str, entry: str) -> list[str] | str | None:
    """What the table has of an entry of a menu."""
    tables = (TABLE["tables"][name] for name in TABLE["emulators"].get(emulator, ()))
    return next((table[entry] for table in tables if entry in table), None)


def test_the_menus_are_found() -> None:
    found = menus()
    assert set(found) == set(TABLE["emulators"])
    assert {"stuck", "blind", "door.open"} <= found["kerong"] | found["locks"]
    assert "mains.cut" in found["nut"]


@pytest.mark.parametrize("emulator", sorted(menus()))
def test_each_entry_is_simulated_or_has_a_reason_not_to_be(emulator: str) -> None:
    for entry in sorted(menus()[emulator]):
        what = said(emulator, entry)
        assert what, f"docs/simulated-faults.yaml says nothing of {entry} of {emulator}"
        if isinstance(what, list):
            assert set(what) <= SIMULATED, f"{entry} of {emulator}: {what}"
        else:
            assert len(what.split()) >= WORDS_OF_A_REASON, f"{entry} of {emulator}: {what}"


def test_each_fault_of_the_simulator_stands_for_something() -> None:
    named = {
        name
        for table in TABLE["tables"].values()
        for what in table.values()
        if isinstance(what, list)
        for name in what
    }
    assert named | set(TABLE["beyond"]) == SIMULATED
    assert not named & set(TABLE["beyond"])


def test_the_table_has_no_entry_that_no_menu_has() -> None:
    found = menus()
    for name, table in TABLE["tables"].items():
        of_it = {
            entry for one, tables in TABLE["emulators"].items() if name in tables for entry in found[one]
        }
        assert set(table) <= of_it | found["base"], name
