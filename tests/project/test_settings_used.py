"""A setting that nothing reads would be a promise nobody keeps."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from kiosk import (
    approvalsettings,
    certificatesettings,
    countersettings,
    facesettings,
    journalsettings,
    settings,
    voicesettings,
)

ROOT = Path(__file__).resolve().parents[2]
HOMES = (
    settings,
    approvalsettings,
    countersettings,
    facesettings,
    journalsettings,
    certificatesettings,
    voicesettings,
)
OWN = {Path(str(home.__file__)).name for home in HOMES}
READ_INSIDE = {"channel"}  # as part of the check for doubles


def tables() -> list[type[BaseModel]]:
    found = [
        value
        for home in HOMES
        for value in vars(home).values()
        if isinstance(value, type) and issubclass(value, BaseModel) and value.__module__ == home.__name__
    ]
    assert found
    return found


def sources() -> str:
    files = [path for folder in ("kiosk", "screens") for path in (ROOT / folder).rglob("*.py")]
    return "\n".join(path.read_text(encoding="utf-8") for path in files if path.name not in OWN)


@pytest.mark.parametrize(
    "key", sorted({name for table in tables() for name in table.model_fields} - READ_INSIDE)
)
def test_every_key_is_read_somewhere(key: str) -> None:
    assert re.search(rf"\.{key}\b", sources()), f"{key}: read nowhere; wire it or take it out"
