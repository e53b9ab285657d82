"""Who imports whom, module by module, against the table of docs/architecture.md."""

import re
from functools import cache
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[2]
HOUSES = ("drivers", "kiosk", "locker", "screens")
TABLES = ("drivers.tables", "drivers.boardtables")
OF_DRIVERS = (
    "drivers.contracts",
    "drivers.errors",
    "drivers.link",
    "drivers.registry",
    *TABLES,
    "drivers.emulators",
)
PORTS = ("drivers.ports", "drivers.serialport", "drivers.usb", "drivers.hidraw", "drivers.pcsc")

# what modules below the left side may import of ours, besides what lies below the left side itself
ALLOWED: dict[str, tuple[str, ...]] = {
    "drivers.contracts": (),
    "drivers.errors": ("drivers.contracts",),
    "drivers.link": ("drivers.contracts", "drivers.errors", "drivers.ports", "drivers.serialport"),
    "drivers.ports": (),
    "drivers.serialport": ("drivers.ports",),
    "drivers.usb": ("drivers.ports",),
    "drivers.hidraw": (),
    "drivers.tables": (),
    "drivers.boardtables": ("drivers.contracts", "drivers.tables"),
    "drivers.registry": ("drivers.contracts", *TABLES),
    "drivers.buses": ("drivers.contracts", "drivers.link", "drivers.registry", *TABLES),
    "drivers.lockboard": ("drivers.contracts", "drivers.link", "drivers.errors", *TABLES),
    "drivers.explain": (),
    "drivers.discovery": ("drivers.contracts", "drivers.errors", "drivers.link", "drivers.registry"),
    "drivers.emulators": ("drivers.contracts",),
    "drivers.*": (
        *PORTS,
        *TABLES,
        "drivers.contracts",
        "drivers.link",
        "drivers.lockboard",
        "drivers.errors",
        "drivers.registry",
        "drivers.explain",
    ),
    "locker": ("drivers.contracts", "drivers.errors"),
    "screens": (),
    "kiosk.session": (
        "kiosk.catalogue",
        "kiosk.idnumber",  # what a number says by itself
        "locker",
        "drivers.contracts",
        "screens.languages",
        "screens.intents",
        "screens.signature",  # strokes, without Kivy
        "screens.theme",  # which colours there are, without Kivy
        "screens.viewmodels",  # the cabinet's picture is a value that the session passes on
    ),
}


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*HOUSES, cache_dir=None)


def below(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def house_of(module: str) -> str | None:
    """The row of the table that a module belongs to."""
    for row in ALLOWED:
        if row != "drivers.*" and below(module, row):
            return row
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "drivers" and len(parts) > 1 else None


def test_every_import_follows_the_table() -> None:
    wrong = []
    for module in sorted(graph().modules):
        house = house_of(module)
        if house is None:
            continue
        allowed = ALLOWED.get(house, ALLOWED["drivers.*"])
        for imported in sorted(graph().find_modules_directly_imported_by(module)):
            if imported in HOUSES or below(imported, house):
                continue
            if not any(below(imported, permitted) for permitted in allowed):
                wrong.append(f"{module} imports {imported}")
    assert wrong == []


def test_there_is_something_to_judge() -> None:
    assert {house_of(module) for module in graph().modules} >= ALLOWED.keys() - {"drivers.*"}
    devices = {house_of(module) for module in graph().modules if below(module, "drivers")} - {
        None,
        *OF_DRIVERS,
        *PORTS,
    }
    assert len(devices) >= 4


def test_only_the_composition_knows_concrete_drivers() -> None:
    """Everyone else asks the registry; the identity process and the demonstration are compositions of their own."""
    composing = (
        "kiosk.__main__",
        "kiosk.runtime",
        "kiosk.demo",
        "kiosk.cli",
        "kiosk.bench",
        "kiosk.identity",
    )
    neutral = (*OF_DRIVERS[:-1], "drivers.buses", "drivers.discovery", "drivers.explain")
    wrong = [
        f"{module} imports {imported}"
        for module in sorted(graph().modules)
        if below(module, "kiosk") and not any(below(module, package) for package in composing)
        for imported in sorted(graph().find_modules_directly_imported_by(module))
        if below(imported, "drivers") and not any(below(imported, package) for package in neutral)
    ]
    assert [line for line in wrong if not line.endswith(" drivers")] == []


@pytest.mark.parametrize("package", HOUSES)
def test_every_folder_of_code_is_a_package(package: str) -> None:
    folders = {path.parent for path in (ROOT / package).rglob("*.py")}
    assert [str(folder) for folder in sorted(folders) if not (folder / "__init__.py").is_file()] == []


def test_the_page_names_every_row() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    folders = set(re.findall(r"^\| `([a-z_/]+)", page, flags=re.MULTILINE))
    assert {"locker/", "screens/", "drivers/contracts/", "drivers/emulators/", "kiosk/session/"} <= folders
