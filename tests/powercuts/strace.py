"""Reads what `strace` tells of a program: the operations on the files of one folder, and what is said outside.

Only what changes a file, syncs one or goes to somebody named outside is kept; everything else, whatever it carries, is
dropped as it is read. A call that could change a file in a way that is not understood here is an error, not a gap.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final, TypedDict

from .operations import (
    ABOVE,
    Create,
    MakeFolder,
    Operation,
    Remove,
    Rename,
    Resize,
    Say,
    Sync,
    SyncFolder,
    Write,
)

CALLS: Final = (
    "open", "openat", "creat", "write", "pwrite64", "writev", "pwritev", "pwritev2", "ftruncate", "truncate",
    "fallocate", "fsync", "fdatasync", "sync", "syncfs", "sync_file_range", "rename", "renameat", "renameat2", "unlink",
    "unlinkat", "link", "linkat", "symlink", "symlinkat", "mkdir", "mkdirat", "rmdir", "lseek", "sendfile",
    "copy_file_range", "sendto", "sendmsg", "mmap",
)  # fmt: skip
LONGEST_BYTES: Final = 4 << 20

_LINE: Final = re.compile(r"(\d+) +(\d+\.\d+) (.*)", re.DOTALL)
_CALL: Final = re.compile(r"(\w+)\((.*)\) += (-?\d+)(.*)", re.DOTALL)
_RESUMED: Final = re.compile(r"<\.\.\. \w+ resumed>,? ?")
_STRING: Final = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_FILE: Final = re.compile(r"(-?\w+)<((?:\\x[0-9a-f]{2})+)>(\(deleted\))?")
_UNFINISHED: Final = " <unfinished ...>"
PASSING: Final = ("-shm", ".lock")  # rebuilt at each start, and nothing in it
_SHARED: Final = "MAP_SHARED"


def command(output: Path) -> tuple[str, ...]:
    """What a program is started under, so that its calls and those of its children come to `output`."""
    traced = "trace=" + ",".join(CALLS)
    return (
        "strace", "-f", "-DDD", "--seccomp-bpf", "-qq", "-ttt", "-yy", "-xx", "-s", str(LONGEST_BYTES),
        "-e", "signal=none", "-e", traced, "-o", str(output),
    )  # fmt: skip


class NotUnderstood(Exception):
    """A call that may have changed a file and that this reader does not follow."""


@dataclass(slots=True)
class Reader:
    """`folder`: whose files are watched. `outside`: what a socket's or device's name holds -> who that is."""

    folder: Path
    outside: Mapping[str, str]
    _begun: dict[str, tuple[int, str]] = field(default_factory=dict)  # by thread: an unfinished call
    _offsets: dict[tuple[str, str], int] = field(default_factory=dict)  # by descriptor and path
    _names: set[str] = field(default_factory=set)
    _place: int = 0

    def read(self, lines: Iterable[str]) -> Iterator[Operation]:
        """Operations in the order in which they ended. Raises `NotUnderstood`."""
        watched = _hex(str(self.folder.parent))
        who = {_hex(name): told for name, told in self.outside.items()} | dict(self.outside)
        for line in lines:
            self._place += 1
            found = _LINE.match(line.rstrip("\n"))
            if found is None:
                continue
            thread, at, text = found.groups()
            if text.startswith("<..."):
                began, before = self._begun.pop(thread, (0, ""))
                text = before + _RESUMED.sub("", text, count=1)
            else:
                began = self._place
            matters = watched in text or any(name in text for name in who)
            if not matters:
                continue
            if text.endswith(_UNFINISHED):
                self._begun[thread] = began, text.removesuffix(_UNFINISHED)
            elif (call := _CALL.fullmatch(text)) is not None and int(call[3]) >= 0:
                yield from self._understood(call, _Moment(began, self._place, float(at)), who)

    def _understood(
        self, call: re.Match[str], when: "_Moment", who: Mapping[str, str]
    ) -> Iterator[Operation]:
        name, given, result, rest = call.groups()
        match name:
            case "openat" | "open" | "creat":
                yield from self._opened(given, result, rest, when)
            case "pwrite64":
                yield from self._written(given, int(result), when, at=int(given.rsplit(", ", 1)[1]))
            case "write" | "sendto" | "sendmsg":
                said = next((told for part, told in who.items() if part in given), None)
                if said is not None:
                    data = b"".join(map(_bytes, _STRING.findall(given)))
                    yield Say(to=said, data=data, **when.fields)
                elif name == "write":
                    yield from self._written(given, int(result), when, at=None)
            case "sendfile":
                yield from self._copied(given, int(result), when)
            case "lseek":
                self._offsets[self._descriptor(given)] = int(result)
            case "mmap":
                self._mapped(given)
            case _:
                yield from self._changed(name, given, when)

    def _changed(self, name: str, given: str, when: "_Moment") -> Iterator[Operation]:
        numbers = [int(one) for one in re.findall(r", (\d+)", given)]
        path = self._of_descriptor(given)
        match name:
            case "ftruncate" if path:
                yield Resize(path=path, size=numbers[-1], **when.fields)
            case "fallocate" if path:
                yield Resize(path=path, size=numbers[-2] + numbers[-1], **when.fields)
            case "fsync" | "fdatasync" if path is not None:
                kind = Sync if path in self._names else SyncFolder
                yield kind(path=path, **when.fields)
            case "unlink" | "unlinkat":
                yield from self._removed(given, when)
            case "rename" | "renameat" | "renameat2":
                yield from self._renamed(given, when)
            case "mkdir" | "mkdirat":
                yield MakeFolder(path=self._named(given)[0], **when.fields)
            case _:
                if self._named(given) or path:
                    raise NotUnderstood(f"{name} on a file of {self.folder}")

    # names ------------------------------------------------------------------------------------------------------

    def _opened(self, given: str, result: str, rest: str, when: "_Moment") -> Iterator[Operation]:
        found = _FILE.fullmatch(result + rest)
        path = self._inside(found[2]) if found else None
        if path is None:
            return
        self._offsets[result, path] = 0
        if "O_CREAT" in given and path not in self._names:
            self._names.add(path)
            yield Create(path=path, **when.fields)
        elif "O_TRUNC" in given:
            yield Resize(path=path, size=0, **when.fields)

    def _removed(self, given: str, when: "_Moment") -> Iterator[Operation]:
        for path in self._named(given):
            if path in self._names:  # a socket's name was never made by opening
                self._names.discard(path)
                yield Remove(path=path, **when.fields)

    def _renamed(self, given: str, when: "_Moment") -> Iterator[Operation]:
        path, to = self._named(given)
        if PurePosixPath(path).parent != PurePosixPath(to).parent:
            raise NotUnderstood(f"{path} goes into another folder")
        self._names = self._names - {path} | {to}
        yield Rename(path=path, to=to, **when.fields)

    def _written(self, given: str, count: int, when: "_Moment", *, at: int | None) -> Iterator[Operation]:
        descriptor = self._descriptor(given)
        path = descriptor[1]
        if not path:
            return
        found = _STRING.search(given)
        if found is None:
            raise NotUnderstood(f"a write to {path} whose bytes are not told")
        offset = self._offsets.get(descriptor, 0) if at is None else at
        if at is None:
            self._offsets[descriptor] = offset + count
        yield Write(path=path, offset=offset, data=_bytes(found[1])[:count], **when.fields)

    def _copied(self, given: str, count: int, when: "_Moment") -> Iterator[Operation]:
        """Bytes of another file, which is not written any more: the trace does not tell them."""
        target, source = list(_FILE.finditer(given))[:2]
        path = self._inside(target[2])
        if not path or not count:
            return
        begin = re.search(r", \[(\d+)\]", given)
        if begin is None:
            raise NotUnderstood(f"a copy to {path} from a place that is not told")
        with Path(_bytes(source[2]).decode()).open("rb") as file:
            file.seek(int(begin[1]))
            data = file.read(count)
        offset = self._offsets.get((target[1], path), 0)
        self._offsets[target[1], path] = offset + count
        yield Write(path=path, offset=offset, data=data, **when.fields)

    def _mapped(self, given: str) -> None:
        path = self._of_descriptor(given.split(", ")[4] if given.count(", ") >= 5 else "")
        if path and _SHARED in given and "PROT_WRITE" in given:
            raise NotUnderstood(f"{path} is changed through memory")

    def _descriptor(self, given: str) -> tuple[str, str]:
        found = _FILE.match(given)
        path = self._inside(found[2]) if found and not found[3] else None
        return (found[1] if found else "", path or "")

    def _of_descriptor(self, given: str) -> str | None:
        found = _FILE.match(given)
        return None if found is None or found[3] else self._inside(found[2])

    def _named(self, given: str) -> list[str]:
        named = (self._inside(one) for one in _STRING.findall(given))
        return [path for path in named if path]

    def _inside(self, told: str) -> str | None:
        """The path in the folder, `ABOVE` for where the folder itself lies; None for what lies elsewhere, or passes."""
        path = PurePosixPath(_bytes(told).decode())
        if path == PurePosixPath(self.folder.parent):
            return ABOVE
        inside = path.is_relative_to(self.folder) and not path.name.endswith(PASSING)
        return str(path.relative_to(self.folder)) if inside else None


class _Fields(TypedDict):
    began: int
    ended: int
    at_s: float


@dataclass(frozen=True, slots=True)
class _Moment:
    began: int
    ended: int
    at_s: float

    @property
    def fields(self) -> _Fields:
        return {"began": self.began, "ended": self.ended, "at_s": self.at_s}


def _hex(text: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in text.encode())


def _bytes(told: str) -> bytes:
    return bytes.fromhex(told.replace("\\x", ""))
