"""Sealed pages on the disk: a folder for each case, a file for each page, put down whole and durable or not at all.

Here nothing is sealed or opened; what comes is sealed already, under the key of its case.
"""

import errno
import hashlib
import shutil
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Final, Protocol

from locker.ports import NotRecorded

from .sealing import make_folder, put_down, sync_folder

FOLDER: Final = "pages"
SUFFIX: Final = ".sealed"
HALF: Final = ".part"


class PageFiles(Protocol):
    """Where sealed pages lie. All methods block."""

    def put(self, case_id: str, pages: Sequence[bytes]) -> None:
        """Put down all pages of a case, in place of any there. Raises `NotRecorded`; nothing is there then."""

    def read(self, case_id: str) -> tuple[bytes, ...]:
        """The pages in their order; none where none are. Raises `OSError`."""

    def keep_only(self, cases: Collection[str]) -> int:
        """Remove the pages of all other cases; answers of how many. Raises `OSError`."""


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

    def put(self, case_id: str, pages: Sequence[bytes]) -> None:
        """Into a folder of another name first: half a case is never found."""
        half, folder = self._root / (case_id + HALF), self._root / case_id
        try:
            make_folder(self._root)
            shutil.rmtree(half, ignore_errors=True)
            make_folder(half)
            for name, page in zip(page_names(len(pages)), pages, strict=True):
                put_down(half / name, page)
            sync_folder(half)
            shutil.rmtree(folder, ignore_errors=True)
            half.replace(folder)
            sync_folder(self._root)
        except OSError as error:
            shutil.rmtree(half, ignore_errors=True)
            why = "the disk is full" if error.errno == errno.ENOSPC else str(error.strerror)
            raise NotRecorded(f"{folder}: pages could not be kept: {why}") from error

    def read(self, case_id: str) -> tuple[bytes, ...]:
        """By the names of the files."""
        return tuple(path.read_bytes() for path in sorted((self._root / case_id).glob(f"*{SUFFIX}")))

    def keep_only(self, cases: Collection[str]) -> int:
        """What a crash left half goes too."""
        gone = [path for path in self._root.glob("*") if path.name not in cases]
        for path in gone:
            shutil.rmtree(path)
        if gone:
            sync_folder(self._root)
        return len(gone)
