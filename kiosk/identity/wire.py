"""What crosses between the main and the identity process: frozen dataclasses as length-prefixed JSON.

A value is rebuilt from the type hints of a class that the receiver chose from its own table, within bounds: nothing
that arrives names code to run.
"""

import asyncio
import dataclasses
import json
import struct
import types
import typing
from datetime import date
from enum import Enum
from typing import Any, Final

MAX_MESSAGE_BYTES: Final = 256 * 1024
_LENGTH: Final = struct.Struct(">I")


class WireError(Exception):
    """The other side sent something that is not in the protocol."""


def to_plain(value: object) -> Any:
    """Turn a (nested) dataclass value into what JSON can carry."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list | frozenset):
        return [to_plain(item) for item in value]
    return value


def from_plain(hint: Any, plain: Any) -> Any:
    """Rebuild a value of type `hint`. Raises `WireError` when the plain form does not fit."""
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return _from_union(typing.get_args(hint), plain)
    if origin in (tuple, list, frozenset):
        return _from_sequence(origin, typing.get_args(hint), plain)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _from_mapping(hint, plain)
    if hint is float and isinstance(plain, int) and not isinstance(plain, bool):
        return float(plain)
    try:
        if isinstance(hint, type) and issubclass(hint, Enum):
            return hint(plain)
        if hint is date:
            return date.fromisoformat(plain)
    except (ValueError, TypeError):
        raise WireError(f"no {hint.__name__}") from None
    if hint in (str, int, float, bool, types.NoneType) and type(plain) is hint:
        return plain
    raise WireError(f"{type(plain).__name__} where {hint} was expected")


def _from_union(choices: tuple[Any, ...], plain: Any) -> Any:
    for choice in choices:
        try:
            return from_plain(choice, plain)
        except WireError:
            continue
    raise WireError(f"{type(plain).__name__} fits none of {len(choices)} types")


def _from_sequence(origin: Any, hints: tuple[Any, ...], plain: Any) -> Any:
    if not isinstance(plain, list):
        raise WireError("a list was expected")
    if origin is tuple and not (len(hints) == 2 and hints[1] is Ellipsis):
        if len(hints) != len(plain):
            raise WireError(f"{len(plain)} items where {len(hints)} were expected")
        return tuple(from_plain(hint, item) for hint, item in zip(hints, plain, strict=True))
    return origin(from_plain(hints[0], item) for item in plain)


def _from_mapping(cls: type, plain: Any) -> Any:
    if not isinstance(plain, dict):
        raise WireError(f"no mapping for {cls.__name__}")
    hints = typing.get_type_hints(cls)
    names = {f.name for f in dataclasses.fields(cls) if f.init}
    if not plain.keys() <= names:
        raise WireError(f"{cls.__name__} has no such field")
    try:
        return cls(**{name: from_plain(hints[name], item) for name, item in plain.items()})
    except TypeError:
        raise WireError(f"{cls.__name__}: a field is missing") from None


def pack(message: dict[str, Any]) -> bytes:
    """One message as it goes over the line."""
    body = json.dumps(message, ensure_ascii=False).encode()
    return _LENGTH.pack(len(body)) + body


async def receive(reader: asyncio.StreamReader) -> dict[str, Any] | None:
    """The next message; None when the other side has gone. Raises `WireError`."""
    try:
        (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
        if length > MAX_MESSAGE_BYTES:
            raise WireError(f"a message of {length} bytes; {MAX_MESSAGE_BYTES} are allowed")
        message = json.loads(await reader.readexactly(length))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    except json.JSONDecodeError:
        raise WireError("not JSON") from None
    if not isinstance(message, dict):
        raise WireError("not an object")
    return message
