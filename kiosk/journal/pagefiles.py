"""Sealed pages on the disk: a folder for each case, a file for each page; how many of them count, the journal says.

Here nothing is sealed or opened; what comes is sealed already, under the key of its case.
"""

import contextlib
import errno
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

from locker.ports import NotRecorded

from .sealing import make_folder, put_down, sync_folder

FOLDER: Final = "pages"
SUFFIX: Final = ".sealed"


class PageFiles(Protocol):
    """Where sealed pages lie. All methods block."""

    def put(self, case_id: str, pages: Sequence[bytes], behind: int = 0) -> None:
        """Put down pages of a case behind so many that are there, in place of any others.

        Raises `NotRecorded`; none of these is there then.
        """

    def read(self, case_id: str, count: int) -> tuple[bytes, ...]:
        """So many pages in their order; fewer where fewer are there. Raises `OSError`."""

    def keep_only(self, cases: Mapping[str, int]) -> int:
        """Remove what is beyond so many pages of these cases; answers of how many cases. Raises `OSError`."""


def digest_of(pages: Sequence[bytes]) -> str:
    """SHA-256 over the SHA-256 of each sealed page, in their order; hexadecimal."""
    return digest_of_hashes(hashlib.sha256(page).hexdigest() for page in pages)


def digest_of_hashes(hashes: Iterable[str]) -> str:
    """The same from the hexadecimal SHA-256 of each."""
    whole = hashlib.sha256()
    for one in hashes:
        whole.update(bytes.fromhex(one))
    return whole.hexdigest()


def page_names(count: int) -> tuple[str, ...]:
    """Names of so many pages in their case's folder, in their order."""
    return tuple(f"{number:03}{SUFFIX}" for number in range(1, count + 1))


class PagesOnDisk:
    """`PageFiles` in a folder of the state, for the kiosk's own user alone."""

    def __init__(self, state_dir: Path) -> None:
        self._root = state_dir / FOLDER

    def put(self, case_id: str, pages: Sequence[bytes], behind: int = 0) -> None:
        """A page without a fact counts for nothing: those of a crash are written over, or swept."""
        folder = self._root / case_id
        files = [folder / name for name in page_names(behind + len(pages))[behind:]]
        try:
            make_folder(self._root)
            make_folder(folder)
            for path, page in zip(files, pages, strict=True):
                put_down(path, page)
            sync_folder(folder)
            sync_folder(self._root)
        except OSError as error:
            for path in files:  # their room is needed; what stays counts for nothing
                with contextlib.suppress(OSError):
                    path.unlink()
            why = "the disk is full" if error.errno == errno.ENOSPC else str(error.strerror)
            raise NotRecorded(f"{folder}: pages could not be kept: {why}") from error

    def read(self, case_id: str, count: int) -> tuple[bytes, ...]:
        """By the names of the files."""
        files = [self._root / case_id / name for name in page_names(count)]
        return tuple(path.read_bytes() for path in files if path.exists())

    def keep_only(self, cases: Mapping[str, int]) -> int:
        """What a crash left goes."""
        swept = 0
        for folder in self._root.glob("*"):
            known = {folder / name for name in page_names(cases.get(folder.name, 0))}
            gone = [path for path in folder.glob("*") if path not in known]
            for path in gone:
                path.unlink()
            if not known:
                folder.rmdir()
            elif gone:
                sync_folder(folder)
            swept += bool(gone) or not known
        if swept:
            sync_folder(self._root)
        return swept
