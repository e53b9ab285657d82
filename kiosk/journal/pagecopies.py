"""Sealed pages in a backup of the journal: copied as they are, and proved by the digests that the journal recorded.

No key goes with them: a page of a case that was erased since opens in no backup, however old.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

from .archive import connect
from .pagefiles import FOLDER, digest_of_hashes, page_names
from .sealing import make_folder, sync_folder
from .segments import file_sha256

NAME: Final = rf"{FOLDER}/[\w-]+/\d{{3,}}\.sealed"
"""What a backup may call a page."""


def copy_pages(
    journal_file: Path, database: Path, out: Path, copy_once: Callable[[Path, Path], None]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Copy the pages of all cases that the copied `database` names into `out`; what is there is not copied again.

    Answers SHA-256 by name, and the cases whose pages are not those that the journal recorded: they are left out.
    Raises `OSError`.
    """
    kept: dict[str, str] = {}
    without: list[str] = []
    root = journal_file.with_name(FOLDER)
    for case_id, names, digest in _recorded(database):
        if (hashes := _hashes(out, names)) is None or digest_of_hashes(hashes.values()) != digest:
            hashes = _hashes(root.parent, names)
            if hashes is None or digest_of_hashes(hashes.values()) != digest:
                without.append(case_id)
                continue
            for folder in (out / FOLDER, out / FOLDER / case_id):  # each for its owner alone
                make_folder(folder)
            for name in names:
                copy_once(root.parent / name, out / name)
        kept |= hashes
    return kept, tuple(without)


def drop_others(out: Path, kept: Mapping[str, str]) -> None:
    """Remove what a backup has of cases that are erased by now. Raises `OSError`."""
    cases = {Path(name).parts[1] for name in kept if name.startswith(f"{FOLDER}/")}
    gone = [path for path in (out / FOLDER).glob("*") if path.name not in cases]
    for path in gone:
        shutil.rmtree(path)
    if gone:
        sync_folder(out / FOLDER)


def unlike(database: Path, listed: Mapping[str, str], without: tuple[str, ...]) -> list[str]:
    """Cases whose listed pages are not those that the database's journal recorded, but for those left out."""
    return [
        case_id
        for case_id, names, digest in _recorded(database)
        if case_id not in without
        and (
            any(name not in listed for name in names)
            or digest_of_hashes(listed[name] for name in names) != digest
        )
    ]


def _recorded(database: Path) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Case, names of its pages, digest. None in a journal from before there were pages."""
    with closing(connect(database)) as db:
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'scans'").fetchone():
            return
        rows = db.execute("SELECT case_id, pages, digest FROM scans ORDER BY case_id").fetchall()
    for case_id, pages, digest in rows:
        yield case_id, tuple(f"{FOLDER}/{case_id}/{name}" for name in page_names(pages)), digest


def _hashes(folder: Path, names: tuple[str, ...]) -> dict[str, str] | None:
    """SHA-256 by name, in their order; None where one is not there."""
    try:
        return {name: file_sha256(folder / name) for name in names}
    except FileNotFoundError:
        return None
