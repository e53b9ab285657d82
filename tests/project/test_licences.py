"""The table of licences says what is pinned today, and names a licence for everything."""

import importlib.util
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("licences", ROOT / "setup" / "licences.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_current() -> None:
    written = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    assert written == generator().page(), "run `make licences`"


def test_everything_has_a_licence() -> None:
    module = generator()
    names = module.pinned()
    assert len(names) > 40
    assert [name for name in names if module.licence_of(name) == "not stated"] == []


def test_the_product_does_not_need_its_tools() -> None:
    tools = generator().development_only()
    assert {"pytest", "mypy", "ruff", "hypothesis"} <= tools
    assert not tools & {"kivy", "numpy", "pydantic", "paho-mqtt", "urllib3"}


def test_our_own_licence() -> None:
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")[:200]
