"""A disk whose power can be cut: what was written after the last sync is lost, kept, or torn, as a draw decides.

A file system of its own for SQLite (an apsw VFS), in memory. A write is seen at once and safe at the next sync of its
file. After `cut` every call raises `PowerCut`; `after_cut` is the disk that the next start finds: of each file's
writes since its last sync any may be there, in part too; a deletion may not have happened unless something was synced
after it (journalling file systems keep the order of names).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any, Final

import apsw

SECTOR_BYTES: Final = 512  # what a disk writes whole
KEPT_SHARE: Final = 0.5  # of the writes since the last sync
TORN_SHARE: Final = 0.2  # of those
_names = count(1)


class PowerCut(Exception):
    """The power is gone: nothing is written or read any more."""


@dataclass(slots=True)
class Platter:
    """One file: what is seen, what is safe, and the writes in between (offset and bytes, or a new length)."""

    seen: bytearray = field(default_factory=bytearray)
    safe: bytearray = field(default_factory=bytearray)
    since: list[tuple[int, bytes | None]] = field(default_factory=list)
    durable: bool = False  # the file's name is; it comes with the first sync

    def put(self, offset: int, data: bytes | None) -> None:
        """Write bytes, or cut off (fill up) at `offset`."""
        _apply(self.seen, offset, data)
        self.since.append((offset, data))

    def sync(self) -> None:
        """Everything so far is safe."""
        for offset, data in self.since:
            _apply(self.safe, offset, data)
        self.since.clear()
        self.durable = True

    def after_cut(self, rng: Random) -> "Platter":
        """What is left of it."""
        content = bytearray(self.safe)
        for offset, data in self.since:
            if rng.random() >= KEPT_SHARE:
                continue
            torn = data is not None and rng.random() < TORN_SHARE
            _apply(content, offset, _torn(data, rng) if torn and data else data)
        return Platter(content, bytearray(content), durable=True)


def _torn(data: bytes, rng: Random) -> bytes:
    return data[: rng.randrange(0, len(data) + 1, min(SECTOR_BYTES, len(data)))]


def _apply(content: bytearray, offset: int, data: bytes | None) -> None:
    if data is None:
        del content[offset:]
        content.extend(bytes(offset - len(content)))
        return
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(data)] = data


class Disk:
    """Files by path. `on_cut` is called when the power goes; `cut_at`: the how manieth write or sync it goes at."""

    def __init__(self, files: dict[str, Platter] | None = None) -> None:
        self.files = files if files is not None else {}
        self.gone: dict[str, Platter] = {}  # deleted, and not for certain
        self.on_cut: Callable[[], None] = lambda: None
        self.is_cut = False
        self.is_scrap = False  # nobody will look at it again: what still holds files may close them
        self.cut_in: int | None = None
        self.is_full: Callable[[], bool] = lambda: False
        self.steps = 0  # writes and syncs so far
        self.name = f"nightdesk-{next(_names)}"
        self._vfs = _FileSystem(self)

    def step(self) -> None:
        """One write or sync is about to happen; raises `PowerCut` where the power goes first."""
        if self.is_scrap:
            return
        if not self.is_cut:
            self.steps += 1
            if self.cut_in is None:
                return
            self.cut_in -= 1
            if self.cut_in > 0:
                return
            self.cut()
        raise PowerCut

    def cut(self) -> None:
        """The power goes."""
        self.is_cut = True
        self.on_cut()

    def unsafe(self, path: str) -> bool:
        """Whether something of a file was written and not synced yet."""
        platter = self.files.get(path)
        return platter is not None and bool(platter.since)

    def after_cut(self, rng: Random) -> "Disk":
        """What the next start finds."""
        left = {
            path: old
            for path, old in self.gone.items()
            if path not in self.files and rng.random() < KEPT_SHARE
        }
        left |= {
            path: platter
            for path, platter in self.files.items()
            if platter.durable or rng.random() < KEPT_SHARE
        }
        return Disk({path: platter.after_cut(rng) for path, platter in sorted(left.items())})

    def scrap(self) -> None:
        """It has been replaced."""
        self.is_scrap = True


class _FileSystem(apsw.VFS):
    def __init__(self, disk: Disk) -> None:
        super().__init__(disk.name, base="")
        self._disk = disk

    def xOpen(  # type: ignore[override]  # any object with the methods of a file will do
        self, name: Any, flags: list[int]
    ) -> "_File":
        path = name.filename() if hasattr(name, "filename") else str(name or f"temp-{next(_names)}")
        flags[1] = flags[0]
        return _File(self._disk, path, delete=bool(flags[0] & apsw.SQLITE_OPEN_DELETEONCLOSE))

    def xDelete(self, filename: str, syncdir: bool) -> None:
        self._disk.step()
        old = self._disk.files.pop(filename, None)
        if old is None:
            raise apsw.IOErrorDeleteNoentError if hasattr(apsw, "IOErrorDeleteNoentError") else apsw.IOError
        if not syncdir and old.durable:
            self._disk.gone[filename] = old

    def xAccess(self, pathname: str, flags: int) -> bool:
        del flags
        return pathname in self._disk.files

    def xFullPathname(self, filename: str) -> str:
        return filename

    def xRandomness(self, numbytes: int) -> bytes:
        return bytes(numbytes)

    def xSleep(self, microseconds: int) -> int:
        return microseconds

    def xCurrentTime(self) -> float:
        return 2_461_000.5

    def xGetLastError(self) -> tuple[int, str]:
        return 0, ""


class _File:
    def __init__(self, disk: Disk, path: str, *, delete: bool) -> None:
        self._disk = disk
        self._path = path
        self._delete = delete
        if disk.is_cut:
            raise PowerCut
        self._platter = disk.files.setdefault(path, Platter())

    def xRead(self, amount: int, offset: int) -> bytes:
        if self._disk.is_cut and not self._disk.is_scrap:
            raise PowerCut
        return bytes(self._platter.seen[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:
        self._disk.step()
        grows = offset + len(data) > len(self._platter.seen)
        if grows and not self._disk.is_scrap and self._disk.is_full():
            raise apsw.FullError("the disk is full")
        self._platter.put(offset, bytes(data))

    def xTruncate(self, newsize: int) -> None:
        self._disk.step()
        self._platter.put(newsize, None)

    def xSync(self, flags: int) -> None:
        del flags
        self._disk.step()
        self._platter.sync()
        self._disk.gone.clear()

    def xFileSize(self) -> int:
        return len(self._platter.seen)

    def xLock(self, level: int) -> None:
        """Nobody else is there."""

    def xUnlock(self, level: int) -> None:
        """Nobody else is there."""

    def xCheckReservedLock(self) -> bool:
        return False

    def xFileControl(self, op: int, ptr: int) -> bool:
        del op, ptr
        return False

    def xSectorSize(self) -> int:
        return 4096

    def xDeviceCharacteristics(self) -> int:
        return apsw.SQLITE_IOCAP_POWERSAFE_OVERWRITE  # as SQLite takes for granted on this kind of system

    def xClose(self) -> None:
        if self._delete:
            self._disk.files.pop(self._path, None)
