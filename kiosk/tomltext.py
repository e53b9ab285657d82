"""Writes values as TOML: what the technician's verbs leave in `conf.d`."""

import json
from collections.abc import Iterable, Mapping
from typing import Any


def value(thing: Any) -> str:
    """One value; tables inline, keys without a value left out. Raises `TypeError` for what TOML does not have."""
    if isinstance(thing, Mapping):
        return (
            "{ " + ", ".join(f"{key} = {value(one)}" for key, one in thing.items() if one is not None) + " }"
        )
    if isinstance(thing, list | tuple):
        return "[" + ", ".join(value(one) for one in thing) + "]"
    return json.dumps(thing, ensure_ascii=False)  # strings, numbers, true and false are written alike


def pairs(table: Mapping[str, Any]) -> list[str]:
    """The lines of one table."""
    return [f"{key} = {value(one)}" for key, one in table.items() if one is not None]


def rows(key: str, tables: Iterable[Mapping[str, Any]]) -> list[str]:
    """A list of short tables, one a line."""
    return [f"{key} = [", *(f"    {value(table)}," for table in tables), "]"]
