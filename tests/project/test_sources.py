"""Every source says what it is for and names nothing of the machine that it was written on."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOUSES = ("drivers", "kiosk", "locker", "screens")
FOLDERS = (*HOUSES, "config", "docs", "setup", "systemd", "tests", ".ci")
TEXT_SUFFIXES = {
    "", ".py", ".kv", ".md", ".toml", ".sh", ".txt", ".sql", ".json", ".po", ".in", ".conf", ".yaml", ".yml",
}  # fmt: skip
LONGEST_FILE = 500

# written in pieces, so that this file does not find itself
ELSEWHERE = {
    "a machine's path": re.compile(
        "|".join(("/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/[a-z]+/", r"\.\./sha" + "red"))
    ),
    "a registry's address": re.compile(
        "|".join(
            (
                "py" + "pi.org",
                "pythonhosted" + ".org",
                "npm" + "js.(org|com)",
                "index" + "-url",
                "mirror" + "s\\.",
            )
        )
    ),
}


def texts() -> Iterator[Path]:
    yield from (path for path in ROOT.iterdir() if path.is_file() and path.suffix in TEXT_SUFFIXES)
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix in TEXT_SUFFIXES and "__pycache__" not in path.parts:
                yield path


def modules(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("what", ELSEWHERE)
def test_nothing_points_elsewhere(what: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in texts()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if ELSEWHERE[what].search(line) and path != ROOT / "setup" / "lock.sh"
    ]
    assert found == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path, tree in modules(*HOUSES, "setup", "tests")
        if not ast.get_docstring(tree)
    ]
    assert silent == []


def test_files_are_of_a_size_to_be_read() -> None:
    sizes = {
        str(path.relative_to(ROOT)): len(path.read_bytes().splitlines())
        for house in HOUSES
        for suffix in ("py", "kv")
        for path in (ROOT / house).rglob(f"*.{suffix}")
    }
    assert {name: size for name, size in sizes.items() if size > LONGEST_FILE} == {}


def test_no_drawer_for_everything() -> None:
    assert [
        str(path)
        for path, _ in modules(*HOUSES)
        if path.stem in {"utils", "util", "helpers", "misc", "common"}
    ] == []


def test_no_hex_numbers_above_the_wire() -> None:
    """Bytes have one owner: what lies above the drivers speaks of doors and cards."""
    number = re.compile(r"(?<![\w\"'#])0x[0-9A-Fa-f]+")
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, tree in modules("locker", "kiosk/session", "kiosk/notify")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, int)
        and number.search(ast.get_source_segment(path.read_text(encoding="utf-8"), node) or "")
    ]
    assert found == []


def test_broad_excepts_are_rare_and_explained() -> None:
    lines = [
        (str(path.relative_to(ROOT)), line)
        for house in HOUSES
        for path in (ROOT / house).rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if "noqa" in line
    ]
    reason = re.compile(r"noqa: [A-Z0-9, ]+ (-|#) *\S+")  # each exception has its reason
    assert [entry for entry in lines if not reason.search(entry[1])] == []
    assert sum("BLE001" in line for _, line in lines) <= 8


def test_requirements_are_pinned_with_hashes_and_without_an_address() -> None:
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z])", text)
    assert len(entries) > 60
    assert [entry.split()[0] for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []
    assert "http" not in text


def test_no_sql_numbers_its_parameters() -> None:
    """`?1` with a sequence is a warning to Python 3.12.0 to 3.12.3, and here a warning is an error."""
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, tree in modules(*HOUSES)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and re.search(r"(?s)^\s*(INSERT|SELECT|UPDATE|DELETE)\b.*\?\d", str(node.value))
    ]
    assert found == []


def test_every_declared_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.split(r"[<>=\[ ]", entry)[0] for entry in declared}
    pinned = set(
        re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert names - pinned == set()


def test_continuous_integration_is_the_one_command() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    commands = [line for line in script.splitlines() if line and not line.startswith(("#", "set ", "cd "))]
    assert commands == ["exec make test"]


def test_documents_point_to_what_is_there() -> None:
    broken = []
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "systemd").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)\)", page.read_text(encoding="utf-8")):
            if "://" not in target and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)} -> {target}")
    assert broken == []


def test_decisions_are_numbered_once_and_in_a_row() -> None:
    numbers = sorted(int(page.name[:4]) for page in (ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert numbers == list(range(1, len(numbers) + 1))
