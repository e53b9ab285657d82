"""Looks for bytes where they must not be: in a process's memory, and in every file of a folder."""

import mmap
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PREVIEW: Final = "memfd:nightdesk-preview"
LARGEST: Final = 1 << 28  # a mapping of the graphics driver that only reserves addresses
_REGION = re.compile(r"([0-9a-f]+)-([0-9a-f]+) (r[w-])\S+ \S+ \S+ \d+\s*(.*)")


@dataclass(frozen=True, slots=True)
class Region:
    """A readable and writable mapping of a process."""

    begin: int
    end: int
    name: str


def regions(pid: int) -> Iterator[Region]:
    """Where a process may keep what it read."""
    for line in Path(f"/proc/{pid}/maps").read_text(encoding="utf-8").splitlines():
        found = _REGION.match(line)
        if found and found[3] == "rw":
            region = Region(int(found[1], 16), int(found[2], 16), found[4])
            if region.end - region.begin <= LARGEST:
                yield region


def read(pid: int, region: Region) -> bytes:
    """Its bytes; fewer where pages are not there."""
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        memory.seek(region.begin)
        try:
            return memory.read(region.end - region.begin)
        except OSError:
            return b""


def preview_of(pid: int) -> bytes:
    """The shared preview picture as this process has it."""
    (region,) = {region for region in regions(pid) if PREVIEW in region.name}
    return read(pid, region)


def found_in_memory(pid: int, needles: Mapping[str, Iterable[bytes]]) -> set[str]:
    """Names of the needles of which any piece lies in the process's memory."""
    left = {name: list(pieces) for name, pieces in needles.items()}
    found: set[str] = set()
    for region in regions(pid):
        raw = read(pid, region)
        found |= {name for name, pieces in left.items() if any(piece in raw for piece in pieces)}
    return found


def found_in_files(folder: Path, needles: Mapping[str, Iterable[bytes]]) -> set[str]:
    """Names of the needles of which any piece lies in a file below the folder, with the file."""
    found: set[str] = set()
    for path in folder.rglob("*"):
        if not path.is_file() or path.stat().st_size == 0:
            continue
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as raw:
            hits = (name for name, pieces in needles.items() if any(raw.find(piece) >= 0 for piece in pieces))
            found |= {f"{name} in {path.name}" for name in hits}
    return found
