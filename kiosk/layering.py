"""Files of settings laid over each other: which value wins, and which file it stands in."""

from collections.abc import Mapping, Sequence
from typing import Any

Origins = dict[tuple[str, ...], str]  # path of a key -> name of the file that set it


def merge(
    base: dict[str, Any], layer: Mapping[str, Any], file: str, origins: Origins, at: tuple[str, ...] = ()
) -> None:
    """Put `layer` of this file over `base`, and note the file of each key in `origins`.

    Tables merge key by key; anything else, lists too, replaces what stood there.
    """
    for key, value in layer.items():
        here = (*at, key)
        origins[here] = file
        if isinstance(value, dict):
            below = base.get(key)
            base[key] = dict(below) if isinstance(below, dict) else {}
            merge(base[key], value, file, origins, here)
        else:
            base[key] = value


def fill(value: Any, variables: Mapping[str, str]) -> Any:
    """The value with `{name}` in its texts replaced, however deep they stand."""
    if isinstance(value, str):
        for name, text in variables.items():
            value = value.replace(f"{{{name}}}", text)
        return value
    if isinstance(value, dict):
        return {key: fill(item, variables) for key, item in value.items()}
    if isinstance(value, list):
        return [fill(item, variables) for item in value]
    return value


def origin(where: Sequence[str], origins: Origins, last: str) -> str:
    """The file that set this key, or else the one that set the table it is missing from."""
    for length in range(len(where), 0, -1):
        if tuple(where[:length]) in origins:
            return origins[tuple(where[:length])]
    return last
