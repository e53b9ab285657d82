"""Files of settings laid over each other: which value wins, and which file it stands in."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

Origins = dict[tuple[str, ...], str]  # path of a key -> name of the file that set it

VARIABLE: Final = re.compile(r"\{[A-Za-z_]\w*\}")
PLACES: Final = ("url", "source", "device", "host", "library", "_dir", "_file")


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


def unfilled(value: Any, at: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Paths, addresses and the like in which a `{name}` still stands: path of the key, the name with its braces.

    Other texts may have braces of their own.
    """
    if isinstance(value, str) and at and at[-1].endswith(PLACES):
        yield from ((at, name) for name in VARIABLE.findall(value))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from unfilled(item, (*at, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from unfilled(item, (*at, str(number)))


def origin(where: Sequence[str], origins: Origins, last: str) -> str:
    """The file that set this key, or else the one that set the table it is missing from."""
    for length in range(len(where), 0, -1):
        if tuple(where[:length]) in origins:
            return origins[tuple(where[:length])]
    return last
