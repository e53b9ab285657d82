"""A copy of the journal made while the program runs, and the way back.

The copy holds no key, and no table by which a person is found: what is erased later, no backup gives back. The way
back never lets an older copy take the place of a newer journal without a word.

One rename makes a new copy count, that of `backup.json`, which names the database that it speaks of: cut off at any
moment, a folder is the backup that it was or the one that it becomes.
"""

import contextlib
import json
import re
import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from . import pagecopies
from .anchor import Anchor
from .archive import FOLDER, connect, opened_database, segment_files
from .codec import to_text
from .connecting import on_disk
from .erasing import TABLES_OF_A_PERSON
from .errors import JournalDamaged, JournalError, JournalFull, JournalUnreadable
from .journal import KEYS
from .lockfile import LockFile
from .pagefiles import FOLDER as PAGES
from .rows import BACKUP_NAMES, JOURNAL_NAME, LISTING, Trailer, database_of, opened_chain
from .sealing import KEYS_FILE, make_folder, put_down, sync_file, sync_folder
from .segments import MANIFEST, file_sha256
from .store import is_disk_full
from .verify import verify
from .witness import Witness

UNFINISHED: Final = "backup.unfinished"  # stands in a folder whose first backup has not come to its end
GROWS: Final = (
    f"{FOLDER}/{MANIFEST}"  # of an earlier backup it says more than was then; the chain vouches for it
)
_IN_FOLDER: Final = re.compile(rf"{FOLDER}/[\w-][\w.-]*|{pagecopies.NAME}")
_OWN: Final = (JOURNAL_NAME, f"{JOURNAL_NAME}-wal", f"{JOURNAL_NAME}-shm", FOLDER, PAGES)


@dataclass(frozen=True, slots=True)
class Backup:
    """What a folder of a backup says of itself. `files`: SHA-256 by name, hexadecimal, one of them the database.

    `without_pages`: cases whose scanned pages are not in it, for they were not those that the journal recorded.
    """

    trailer: Trailer
    made_at: str
    files: Mapping[str, str]
    without_pages: tuple[str, ...] = ()

    @property
    def head(self) -> Anchor:
        """The head that it holds."""
        return self.trailer.head

    @property
    def database(self) -> str:
        """Name of the file that holds the journal's newest events."""
        return database_of(self.files)

    def encode(self) -> bytes:
        """The file `backup.json`."""
        told = {**self.trailer.plain(), "made_at": self.made_at, "files": dict(self.files)}
        told["without_pages"] = list(self.without_pages)
        return json.dumps(told, indent=1).encode() + b"\n"


def read_backup(folder: Path) -> Backup:
    """Read `backup.json`. Raises `JournalUnreadable`."""
    try:
        told: dict[str, Any] = json.loads((folder / LISTING).read_bytes())
        files = {str(name): str(digest) for name, digest in told["files"].items()}
        if strange := [name for name in files if name not in BACKUP_NAMES and not _IN_FOLDER.fullmatch(name)]:
            raise ValueError(f"{LISTING} names {strange[0]!r}, which no backup has")
        database_of(files)
        without = tuple(str(case) for case in told.get("without_pages", ()))
        return Backup(Trailer.decode(told), str(told["made_at"]), files, without)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise JournalUnreadable(f"{folder} holds no backup of a journal: {error}") from error


# there ----------------------------------------------------------------------------------------------------------------


def write_backup(journal_file: Path, out: Path, trailer: Trailer, now: datetime) -> Backup:
    """Copy the journal with its segments into the folder `out`, and check the copy; the program may run on.

    `out` is new, empty, or an earlier backup of this very journal, to which only what is new is added; that one stays
    good until the new one is proved. What was cut off goes on with the next call. Raises `JournalError` for any other
    folder and for a copy that is not whole, `JournalFull` where `out` has no room, `OSError`.
    """
    old = _refuse_others(journal_file, out)
    database = next(free for free in BACKUP_NAMES if old is None or free != old.database)
    fresh, listing = (out / f"{name}.part" for name in (JOURNAL_NAME, LISTING))
    try:
        _copy_all(journal_file, out, fresh)
        pages, without = pagecopies.copy_pages(journal_file, fresh, out, _copy_once)
        digests = {database: file_sha256(fresh)}
        digests |= {name: file_sha256(out / name) for name in _segment_names(out)}
        made = Backup(trailer, to_text(now), digests | pages, without)
        _prove(out, fresh, made)
        put_down(listing, made.encode())
        fresh.replace(out / database)  # beside the one that counts until the listing is replaced
        sync_folder(out)
        listing.replace(out / LISTING)
    except (sqlite3.OperationalError, OSError) as error:
        if not is_disk_full(error):
            raise
        raise JournalFull(f"there is no room for the backup in {out}: make some and call again") from error
    finally:
        fresh.unlink(missing_ok=True)
        listing.unlink(missing_ok=True)
    sync_folder(out)
    for past in (UNFINISHED, *(name for name in BACKUP_NAMES if name != database)):
        (out / past).unlink(missing_ok=True)
    pagecopies.drop_others(out, made.files)
    return made


def _copy_all(journal_file: Path, out: Path, fresh: Path) -> None:
    segments = out / FOLDER
    make_folder(segments)
    out.chmod(0o700)
    if not (out / LISTING).exists():
        put_down(out / UNFINISHED, b"")
    _copy_database(journal_file, fresh)  # first: what is sealed meanwhile is in both
    for _, file in segment_files(journal_file):
        _copy_once(file, segments / file.name)
    manifest = journal_file.with_name(FOLDER) / MANIFEST
    if manifest.exists():  # lists what an earlier backup has too
        _copy_once(manifest, segments / MANIFEST)
    else:
        segments.rmdir()


def _refuse_others(journal_file: Path, out: Path) -> Backup | None:
    """The earlier backup that is there, None where there is none yet. Raises `JournalError` for any other folder."""
    if not out.exists() or not any(out.iterdir()):
        return None
    if not (out / LISTING).exists():
        if (out / UNFINISHED).exists():
            return None
        raise JournalError(f"{out} is not empty and holds no backup: name a new folder")
    earlier = read_backup(out)
    old = earlier.head
    with opened_chain(journal_file) as chain:
        found = chain.at(old.seq)
    if old.seq and (found is None or not old.matches(found.hash)):
        raise JournalError(
            f"{out} holds a backup up to {old.text}, which this journal does not have: it is of another journal, or"
            " this one is older; name a new folder and look into that first"
        )
    return earlier


def _copy_database(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    with closing(connect(source)) as db:
        db.execute("VACUUM INTO ?", (str(target),))
    target.chmod(0o600)
    with closing(sqlite3.connect(target, isolation_level=None)) as db:
        db.execute("PRAGMA secure_delete=ON")
        for table in TABLES_OF_A_PERSON:
            db.execute(f"DELETE FROM {table}")
        db.execute("VACUUM")
    sync_file(target)


def _copy_once(source: Path, target: Path) -> None:
    """A file whose name says what is in it; the manifest is another one each time."""
    if target.exists() and file_sha256(target) == file_sha256(source):
        return
    half = target.with_name(target.name + ".part")
    half.unlink(missing_ok=True)
    try:
        shutil.copyfile(source, half)
        half.chmod(source.stat().st_mode & 0o777)
        sync_file(half)
        half.replace(target)
    finally:
        half.unlink(missing_ok=True)
    sync_folder(target.parent)


def _segment_names(folder: Path) -> Iterator[str]:
    for file in sorted((folder / FOLDER).glob("*")):
        yield f"{FOLDER}/{file.name}"


def _check(folder: Path, backup: Backup) -> None:
    """Every file is the one that is listed, and the chain is whole up to the head. Raises `JournalDamaged`."""
    wrong = [
        name
        for name, digest in backup.files.items()
        if not (folder / name).is_file() or (name != GROWS and file_sha256(folder / name) != digest)
    ]
    if wrong:
        raise JournalDamaged(f"{folder} is damaged: {', '.join(wrong)} is not what {LISTING} lists")
    _prove(folder, folder / backup.database, backup)


def _prove(folder: Path, database: Path, backup: Backup) -> None:
    key = bytes.fromhex(backup.trailer.public_key) if backup.trailer.public_key else None
    report = verify(database, [backup.head], public_key=key)
    if not report.ok:
        fault = report.faults[0]
        raise JournalDamaged(f"{folder} is damaged: event {fault.seq}: {fault.fault}: {fault.detail}")
    if strange := pagecopies.unlike(database, backup.files, backup.without_pages):
        raise JournalDamaged(
            f"{folder} is damaged: the scanned pages of {', '.join(strange)} are not those that the journal recorded"
        )


# and back -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, what is missing since, and where the files went that stood there before."""

    head: Anchor
    known: Anchor | None  # the newest head that anybody knows of, where it is not in the backup
    moved_to: Path | None
    without_pages: tuple[str, ...]  # cases whose scanned pages the backup has not


def restore(
    folder: Path, state_dir: Path, now: datetime, *, anchors: Sequence[Anchor] = (), accept_loss: bool = False
) -> Restored:
    """Put a backup in the place of the journal in `state_dir`, once it is proved; the program must have ended.

    `anchors`: of receipts and of the status on MQTT, for what the kiosk itself does not know any more. A backup that
    lacks events which are known to have been is refused unless `accept_loss`; the program records it at its next start
    and asks staff to look into every compartment. Raises `JournalBusy`, `JournalDamaged`, `JournalError`, `OSError`.
    """
    backup = read_backup(folder)
    make_folder(state_dir)
    lock = LockFile(state_dir / "journal.lock")
    try:
        _check(folder, backup)
        known = _newest_lost(folder, [*anchors, *_heads_of(state_dir)])
        if known is not None and not accept_loss:
            raise JournalError(
                f"this backup ends at {backup.head.text}, and {known.text} has been: what happened after"
                f" event {backup.head.seq} would be lost. Take a newer backup; where there is none, call again with"
                " --accept-loss, and staff will be asked to look into every compartment"
            )
        moved_to = _exchange(folder, backup, state_dir, now)
        if known is not None:
            with _witness(state_dir) as witness:
                witness.note(known)
    finally:
        lock.release()
    return Restored(backup.head, known, moved_to, backup.without_pages)


@contextlib.contextmanager
def _witness(state_dir: Path) -> Iterator[Witness]:
    (state_dir / KEYS).mkdir(mode=0o700, exist_ok=True)
    with closing(on_disk(state_dir / KEYS / KEYS_FILE)) as db:
        yield Witness(db)


def _heads_of(state_dir: Path) -> Iterator[Anchor]:
    """What the kiosk itself knows: by its witness, and by the journal that stands there, if it can be read."""
    with _witness(state_dir) as witness:
        if witness.known is not None:
            yield witness.known
    try:
        with opened_database(state_dir / JOURNAL_NAME) as chain:
            newest = chain.newest(())
    except (sqlite3.DatabaseError, OSError):
        return
    if newest is not None:
        yield Anchor(newest[0], newest[5].hex())


def _newest_lost(folder: Path, heads: Sequence[Anchor]) -> Anchor | None:
    """The newest of these heads that the backup does not hold."""
    with opened_chain(folder) as chain:
        found = {head: chain.at(head.seq) for head in heads if head.seq}
    lost = [head for head, row in found.items() if row is None or not head.matches(row.hash)]
    return max(lost, key=lambda head: head.seq, default=None)


def _unused(path: Path) -> Path:
    """The same name with a number behind it, where there is one already."""
    number = 1
    tried = path
    while tried.exists():
        number += 1
        tried = path.with_name(f"{path.name}-{number}")
    return tried


def _exchange(folder: Path, backup: Backup, state_dir: Path, now: datetime) -> Path | None:
    """The copies are whole and durable before what stood there moves aside; nothing is deleted."""
    fresh = state_dir / "restore.part"
    shutil.rmtree(fresh, ignore_errors=True)
    for name in (FOLDER, PAGES):
        (fresh / name).mkdir(mode=0o700, parents=True)
    fresh.chmod(0o700)
    try:
        for name in backup.files:
            make_folder((fresh / name).parent)
            _copy_once(folder / name, fresh / (JOURNAL_NAME if name == backup.database else name))
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        if not is_disk_full(error):
            raise
        raise JournalFull(
            f"there is no room for the backup beside the journal in {state_dir}: make some and call again;"
            " nothing was changed"
        ) from error
    (fresh / JOURNAL_NAME).chmod(0o600)
    stood = [state_dir / name for name in _OWN if (state_dir / name).exists()]
    aside = _unused(state_dir / f"replaced-{now:%Y%m%dT%H%M%S}")
    if stood:
        aside.mkdir(mode=0o700)
        for path in stood:
            path.rename(aside / path.name)
        sync_folder(aside)
    for name in (FOLDER, PAGES):
        (fresh / name).rename(state_dir / name)
    (fresh / JOURNAL_NAME).rename(
        state_dir / JOURNAL_NAME
    )  # last: without it the next start would be a first one
    fresh.rmdir()
    sync_folder(state_dir)
    return aside if stood else None
