"""An event as bytes: canonical JSON of the public fields, beside it the sealed personal part; and the chain's hash."""

import base64
import hashlib
import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import lru_cache
from typing import Any, Final

from .types import Event, StoredEvent

GENESIS: Final = bytes(32)
DEFAULT_VERSION: Final = 1
_LENGTHS: Final = struct.Struct(">IQ").pack

StoredRow = tuple[int, str, int, bytes, bytes, bytes, int]
"""seq, type, version, body, prev, hash as they are stored; 0 at the end where an export's line says something else."""

Seal = Callable[[str, bytes, bytes], bytes]
"""(case_id, plain bytes, associated data) -> sealed bytes."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """What one row of the events table holds, before its place in the chain is known."""

    type: str
    version: int
    body: bytes


def to_text(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds, so that text order is time order. Naive times are refused."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone has no place in the journal")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_text(text: str) -> datetime:
    """The inverse of `to_text`."""
    return datetime.fromisoformat(text)


def plain(value: object) -> Any:
    """The JSON form of a field's value. Raises TypeError for what has none."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, (str, int, float)):
        return value
    if isinstance(value, datetime):
        return to_text(value)
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(plain(item) for item in value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain(getattr(value, item.name)) for item in fields(value)}
    raise TypeError(f"no JSON form for a value of type {type(value).__name__}")


def canonical(value: object) -> bytes:
    """Sorted keys, no spaces, UTF-8."""
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def split(event: Event) -> tuple[dict[str, Any], dict[str, Any]]:
    """Public and personal fields of an event, in JSON form."""
    personal_names: frozenset[str] = getattr(type(event), "PERSONAL", frozenset())
    data = {item.name: plain(getattr(event, item.name)) for item in fields(event)}
    personal = {name: data.pop(name) for name in sorted(personal_names)}
    if personal and not data.get("case_id"):
        raise ValueError(f"{type(event).__name__} has personal fields and no case_id to seal them under")
    return data, personal


def encode(event: Event, *, seq: int, at: datetime, wall: datetime, seal: Seal) -> Encoded:
    """Bytes to store. `wall` is kept beside `at` where the two differ. Raises TypeError, ValueError."""
    kind = type(event).__name__
    version: int = getattr(type(event), "VERSION", DEFAULT_VERSION)
    data, personal = split(event)
    body: dict[str, Any] = {"at": to_text(at), "data": data, "seq": seq}
    if wall != at:
        body["wall"] = to_text(wall)
    if personal:
        sealed = seal(data["case_id"], canonical(personal), associated(kind, seq))
        body["sealed"] = base64.b64encode(sealed).decode()
    return Encoded(kind, version, canonical(body))


def associated(kind: str, seq: int) -> bytes:
    """Binds a sealed part to its place: it opens nowhere else."""
    return f"event:{kind}:{seq}".encode()


def link(prev: bytes, kind: str, version: int, body: bytes) -> bytes:
    """SHA-256 over the hash before, the type, its version and the stored bytes, each with its length in front."""
    return hashlib.sha256(prev + _named(kind) + _LENGTHS(version, len(body)) + body).digest()


@lru_cache(maxsize=256)  # there are some sixty types; a file that somebody made up may hold any number
def _named(kind: str) -> bytes:
    name = kind.encode()
    return struct.pack(">H", len(name)) + name


def field_of_body(name: str) -> str:
    """SQL for a public field of an event. Indexes are made of this very expression."""
    return f"json_extract(CAST(body AS TEXT), '$.data.{name}')"


def decode(kind: str, version: int, body: bytes) -> StoredEvent:
    """Read one row back."""
    raw = json.loads(body)
    at = from_text(raw["at"])
    wall = from_text(raw["wall"]) if "wall" in raw else at
    return StoredEvent(raw["seq"], kind, version, at, wall, raw["data"], "sealed" in raw)


def sealed_part(body: bytes) -> bytes | None:
    """The sealed bytes of a stored event, None where it has none."""
    text = json.loads(body).get("sealed")
    return None if text is None else base64.b64decode(text)
