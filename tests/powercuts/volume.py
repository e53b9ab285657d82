"""A folder on a disk whose power may go at any moment, and the folders that may be found afterwards.

What is taken for granted of the file system, and what is not, is told in docs/power-cuts.md: a sync makes a file's
bytes and length safe and a folder's sync its names; before that each write may be there, missing or torn at a sector,
and of each folder's changes of names a beginning is there. Nothing is taken for granted between two files.
"""

import copy
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from math import prod
from pathlib import Path, PurePosixPath
from random import Random
from typing import Final

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

SECTOR_BYTES: Final = 512
KEPT_SHARES: Final = (0.1, 0.5, 0.9)  # how much of what was not synced is there, in images that are drawn
TORN_SHARE: Final = 0.15  # of the writes that are there
LOST, KEPT = 0, -1  # of a write: none and all of its sectors; else a bit for each that is there


@dataclass(slots=True)
class Content:
    """A file's bytes. What follows `data` up to `size` is zeros: a reserve of megabytes costs nothing here."""

    data: bytearray = field(default_factory=bytearray)
    size: int = 0

    def put(self, offset: int, data: bytes) -> None:
        """Write; a gap before it is zeros."""
        if data and len(self.data) < offset:
            self.data.extend(bytes(offset - len(self.data)))
        self.data[offset : offset + len(data)] = data
        self.size = max(self.size, offset + len(data))

    def resize(self, size: int) -> None:
        """Cut off or fill up."""
        del self.data[size:]
        self.size = size

    def apply(self, change: "Write | Resize", sectors: int = KEPT) -> None:
        """One change, or those of its sectors."""
        if isinstance(change, Resize):
            self.resize(change.size)
        elif sectors == KEPT:
            self.put(change.offset, change.data)
        else:
            for n, (begin, end) in enumerate(_sectors(change)):
                if sectors >> n & 1:
                    self.put(begin, change.data[begin - change.offset : end - change.offset])


@dataclass(slots=True)
class File:
    """What is safe of a file and what came since its last sync."""

    safe: Content = field(default_factory=Content)
    since: list[Write | Resize] = field(default_factory=list)

    def sync(self, began: int) -> None:
        """Whatever had ended before is safe."""
        covered = [change for change in self.since if change.ended < began]
        for change in covered:
            self.safe.apply(change)
        self.since = self.since[len(covered) :]

    def after(self, kept: tuple[int, ...]) -> Content:
        """With these sectors of each change since the last sync."""
        content = Content(bytearray(self.safe.data), self.safe.size)
        for change, sectors in zip(self.since, kept, strict=True):
            if sectors != LOST:
                content.apply(change, sectors)
        return content


Naming = Create | MakeFolder | Rename | Remove


@dataclass(slots=True)
class Folder:
    """The names in one folder (of files; None: a folder) that are safe, and the changes since its last sync."""

    safe: dict[str, File | None] = field(default_factory=dict)
    since: list[tuple[Naming, File | None]] = field(default_factory=list)

    def sync(self, began: int) -> None:
        """Whatever had ended before is safe."""
        covered = sum(1 for naming, _ in self.since if naming.ended < began)
        self.safe = self.after(covered)
        self.since = self.since[covered:]

    def after(self, count: int) -> dict[str, File | None]:
        """With the first so many of the changes."""
        names = dict(self.safe)
        for naming, file in self.since[:count]:
            if isinstance(naming, Rename):
                names[naming.to] = names.pop(naming.path)
            elif isinstance(naming, Remove):
                names.pop(naming.path)
            else:
                names[naming.path] = file
        return names


@dataclass(frozen=True, slots=True)
class Image:
    """What is found after a cut: files by path, and folders."""

    files: Mapping[str, Content]
    folders: frozenset[str]

    @property
    def digest(self) -> str:
        """The same for two images with the same files."""
        whole = hashlib.blake2b(repr(sorted(self.folders)).encode(), digest_size=16)
        for path, content in sorted(self.files.items()):
            whole.update(f"{path} {content.size} {len(content.data)} ".encode())
            whole.update(content.data)
        return whole.hexdigest()

    def put_down(self, target: Path) -> None:
        """Write it into a new folder `target`; where the watched folder itself is missing, nothing is made."""
        for folder in sorted(self.folders):
            (target / folder).mkdir(mode=0o700)
        for path, content in self.files.items():
            with (target / path).open("wb") as file:
                file.write(content.data)
                file.truncate(content.size)


class Volume:
    """The watched folder as operations change it, one by one."""

    def __init__(self) -> None:
        self._folders: dict[str, Folder] = {ABOVE: Folder()}
        self._now: dict[str, File] = {}  # as the program sees it

    def take(self, operation: Operation) -> None:
        """The next one. Raises `KeyError` for a file that never was."""
        match operation:
            case Write() | Resize():
                self._now[operation.path].since.append(operation)
            case Sync():
                self._now[operation.path].sync(operation.began)
            case SyncFolder():
                self._folders[operation.path].sync(operation.began)
            case Create():
                file = self._now[operation.path] = File()
                self._of(operation.path).since.append((operation, file))
            case MakeFolder():
                self._folders[operation.path] = Folder()
                self._of(operation.path).since.append((operation, None))
            case Rename():
                self._now[operation.to] = self._now.pop(operation.path)
                self._of(operation.path).since.append((operation, None))
            case Remove():
                del self._now[operation.path]
                self._of(operation.path).since.append((operation, None))
            case Say():
                pass
            case _:
                raise TypeError(f"no operation on a folder: {operation}")

    def snapshot(self) -> "Volume":
        """A copy that stays as it is."""
        return copy.deepcopy(self)

    # what is found after a cut ------------------------------------------------------------------------------------

    def all_kept(self) -> Image:
        """As the program sees it: nothing is lost."""
        return self._image(self._whole_choice(KEPT))

    def all_lost(self) -> Image:
        """Nothing is there that was not synced."""
        return self._image(self._whole_choice(LOST))

    @property
    def possible(self) -> int:
        """How many images there are, torn writes not counted."""
        names = prod(len(folder.since) + 1 for folder in self._folders.values())
        return int(names * prod(2 ** len(file.since) for file in self._pending()))

    def images(self, rng: Random, most: int) -> Iterator[Image]:
        """All that there are, where that is no more than `most`, and with the newest write torn; else drawn ones,
        after those without anything, with everything, with everything but one write, with the newest write alone."""
        yield self.all_lost()
        yield self.all_kept()
        if self.possible <= most:
            yield from self._every()
        else:
            yield from self._telling(rng)
            for _ in range(most):
                yield self._drawn(rng, rng.choice(KEPT_SHARES))
        yield from self._torn(rng)

    def _every(self) -> Iterator[Image]:
        folders = [path for path, folder in self._folders.items() if folder.since]
        files = self._pending()
        counts = product(*(range(len(self._folders[path].since) + 1) for path in folders))
        for names in counts:
            for kept in product(*(product((LOST, KEPT), repeat=len(file.since)) for file in files)):
                yield self._image(
                    _Choice(
                        dict(zip(folders, names, strict=True)),
                        {id(file): one for file, one in zip(files, kept, strict=True)},
                    )
                )

    def _telling(self, rng: Random) -> Iterator[Image]:
        """The names as they are, and of the file with the most to lose all but one write, and the newest alone."""
        file = max(self._pending(), key=lambda one: len(one.since), default=None)
        if file is None:
            return
        count, missing = len(file.since), rng.randrange(len(file.since))
        for kept in (
            tuple(LOST if n == missing else KEPT for n in range(count)),
            tuple(KEPT if n == count - 1 else LOST for n in range(count)),
        ):
            choice = self._whole_choice(KEPT)
            choice.kept[id(file)] = kept
            yield self._image(choice)

    def _torn(self, rng: Random) -> Iterator[Image]:
        """All there, the newest write of some file in part."""
        torn = [file for file in self._pending() if isinstance(file.since[-1], Write)]
        if torn:
            choice, file = self._whole_choice(KEPT), rng.choice(torn)
            choice.kept[id(file)] = (*choice.kept[id(file)][:-1], _part(file.since[-1], rng))
            yield self._image(choice)

    def _drawn(self, rng: Random, share: float) -> Image:
        names = {path: rng.randint(0, len(folder.since)) for path, folder in self._folders.items()}
        kept = {
            id(file): tuple(
                LOST if rng.random() >= share
                else _part(change, rng) if rng.random() < TORN_SHARE
                else KEPT
                for change in file.since
            )
            for file in self._pending()
        }  # fmt: skip
        return self._image(_Choice(names, kept))

    def _whole_choice(self, word: int) -> "_Choice":
        return _Choice(
            {path: len(folder.since) if word == KEPT else 0 for path, folder in self._folders.items()},
            {id(file): (word,) * len(file.since) for file in self._pending()},
        )

    def _pending(self) -> list[File]:
        """Files with something to lose, those too whose names are gone but may be back."""
        found: dict[int, File] = {}
        for folder in self._folders.values():
            named = [*folder.safe.values(), *(file for _, file in folder.since)]
            found |= {id(file): file for file in named if file is not None and file.since}
        return list(found.values())

    def _image(self, choice: "_Choice") -> Image:
        folders, files = [], {}
        for path, folder in sorted(self._folders.items()):
            if path and path not in folders:
                continue  # its own name was lost, and all in it
            for name, file in folder.after(choice.names.get(path, len(folder.since))).items():
                if file is None:
                    folders.append(name)
                else:
                    files[name] = file.after(choice.kept.get(id(file), (KEPT,) * len(file.since)))
        return Image(files, frozenset(folders))

    def _of(self, path: str) -> Folder:
        return self._folders[ABOVE if path == "." else str(PurePosixPath(path).parent)]


@dataclass(slots=True)
class _Choice:
    """By folder, how many changes of names are there; by file, which sectors of each of its changes."""

    names: dict[str, int]
    kept: dict[int, tuple[int, ...]]


def _part(change: Write | Resize, rng: Random) -> int:
    """Some of the sectors of a write, not all of several; a change of length is there or not."""
    count = 1 if isinstance(change, Resize) else len(_sectors(change))
    return KEPT if count == 1 else rng.randrange(1, 2**count - 1)


def _sectors(change: Write) -> list[tuple[int, int]]:
    """Where in the file the write touches each sector: begin and end."""
    end = change.offset + len(change.data)
    first = change.offset // SECTOR_BYTES * SECTOR_BYTES
    return [(max(at, change.offset), min(at + SECTOR_BYTES, end)) for at in range(first, end, SECTOR_BYTES)]
