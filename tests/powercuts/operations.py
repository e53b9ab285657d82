"""What a program does to the files of one folder, and what it says to the world outside, in order.

Paths are relative to the folder. Each operation has the place of its beginning and of its end in the order of the
trace: a sync covers what had ended before it began, and something begun may be on the disk before it has ended.
"""

from dataclasses import dataclass
from typing import Final

ABOVE: Final = ""
"""The folder in which the watched one lies: only its name in there is followed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """`began`, `ended`: places in the trace; `at_s`: Unix seconds when it ended."""

    began: int
    ended: int
    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Create(Operation):
    """A new, empty file has this name."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeFolder(Operation):
    """A new, empty folder has this name; "." is the folder that is watched."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rename(Operation):
    """A file has another name, within its folder; what had that name before is gone."""

    path: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove(Operation):
    """A name is gone."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Write(Operation):
    """Bytes at an offset of a file."""

    path: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Resize(Operation):
    """A file is so long now: cut off, or filled up with zeros."""

    path: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sync(Operation):
    """What was written to a file is safe, its length too; its name is not."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncFolder(Operation):
    """The names in a folder are safe."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Say(Operation):
    """Bytes to somebody outside: `to` is the name that the recording gave them."""

    to: str
    data: bytes
