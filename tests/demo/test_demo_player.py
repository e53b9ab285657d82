"""The player knows what a person knows: it takes nothing from the program but the probe on its screen."""

import ast
from pathlib import Path

DEMO = Path(__file__).parents[2] / "kiosk" / "demo"


def imported(module: str) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse((DEMO / module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add("." * node.level + (node.module or ""))
    return found


def test_the_player_imports_nothing_of_the_program() -> None:
    for module in ("player.py", "performing.py", "filling.py"):
        names = imported(module)
        ours = {name for name in names if name.startswith((".", "kiosk", "locker", "screens", "drivers"))}
        assert ours <= {".filling", ".performing", ".probe", "drivers.emulators.world"}, module
