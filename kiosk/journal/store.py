"""The journal's file: one connection, one thread. Facts, their notices and the projections change together."""

import contextlib
import errno
import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

from . import persons
from .archive import DatabaseChain
from .ballast import Ballast
from .codec import GENESIS, Encoded, decode, encode, from_text, link, to_text
from .connecting import Connect, on_disk
from .errors import JournalError, JournalFull, JournalNewer, JournalUnusable
from .events import ClockSetBack, DiskFull
from .projections import project, rebuild
from .sealing import KeyStore
from .types import Clock, Event, Notice, NoticePolicy, Recorded

T = TypeVar("T")

SCHEMA_FOLDER: Final = Path(__file__).parent / "schema"
WAL_PAGES_BACKSTOP: Final = 4000
CLOCK_TOLERANCE_S: Final = 1.0
PROJECTED_SINCE: Final = 3  # the schema that the projections of today begin with

Also = Callable[[sqlite3.Connection], None]


def schema_files() -> list[tuple[int, Path]]:
    """Numbered schema files, oldest first."""
    return sorted((int(path.stem), path) for path in SCHEMA_FOLDER.glob("*.sql"))


def is_disk_full(error: Exception) -> bool:
    """True for the errors by which SQLite, or the system, says that a write found no room."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return _name(error) in ("SQLITE_FULL", "SQLITE_IOERR_SHMSIZE")


def _name(error: Exception) -> str:
    return str(getattr(error, "sqlite_errorname", error))


class Store:
    """Blocking; every call from the journal's own thread."""

    def __init__(
        self, path: Path, keys: KeyStore, *, policy: NoticePolicy, clock: Clock, ballast: Ballast,
        connect: Connect = on_disk,
    ) -> None:  # fmt: skip
        self.path = path
        self.keys = keys
        self._policy = policy
        self._clock = clock
        self._ballast = ballast
        self.queued = 0  # notices since the start, also of a transaction that was taken back
        self.db = connect(path)
        try:
            self._prepare_in_room()
            self.has_ballast = self._ballast.fill()
            self._head = self._read_head()
        except sqlite3.DatabaseError as error:
            self.db.close()
            raise JournalUnusable(
                f"{path} cannot be opened as a journal: {error}; it is left as it is, restore a whole copy"
            ) from error
        except BaseException:
            self.db.close()
            raise

    # --- opening -----------------------------------------------------------------------------------------------------

    def _prepare_in_room(self) -> None:
        """A kiosk that starts on a full disk has papers to give back: the ballast is for that too."""
        try:
            self._prepare()
        except sqlite3.OperationalError as error:
            if not is_disk_full(error):
                raise
            if self._ballast.free() == 0:
                raise JournalFull(
                    f"the disk of {self.path} is full: make room on it and start again; nothing is lost"
                ) from error
            self._prepare()

    def _prepare(self) -> None:
        found = int(self.db.execute("PRAGMA user_version").fetchone()[0])
        files = schema_files()
        if found > files[-1][0]:
            raise JournalNewer(
                f"{self.path} has schema {found}, this program knows {files[-1][0]}: update the program"
            )
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            self.db.execute(f"PRAGMA {pragma}")
        self.db.execute(f"PRAGMA wal_autocheckpoint={WAL_PAGES_BACKSTOP}")
        if found < files[-1][0]:
            self._migrate(found, [file for number, file in files if number > found], files[-1][0])

    def _migrate(self, found: int, files: Sequence[Path], newest: int) -> None:
        """All in one transaction: a cut leaves the older schema whole. Projections are played again, events stay."""
        scripts = "\n".join(file.read_text(encoding="utf-8") for file in files)
        try:
            self.db.executescript(f"BEGIN IMMEDIATE;\n{scripts}\nPRAGMA user_version={newest};")
            if 0 < found < PROJECTED_SINCE:
                rebuild(self.db, self.chain())
            self.db.execute("COMMIT")
        except BaseException:
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")
            raise

    def _read_head(self) -> tuple[int, bytes, datetime | None, datetime | None]:
        row = self.db.execute(
            "SELECT type, version, body, hash FROM events ORDER BY seq DESC LIMIT 1"
        ).fetchone()
        if row is None:
            return 0, GENESIS, None, None
        last = decode(row[0], row[1], row[2])
        return last.seq, row[3], last.at, last.wall

    @property
    def head(self) -> tuple[int, bytes]:
        """Sequence number and hash of the newest event; (0, zeros) when there is none."""
        return self._head[0], self._head[1]

    def chain(self) -> DatabaseChain:
        """Everything ever written, segments included, as this connection sees it."""
        return DatabaseChain(self.path, self.db)

    # --- writing -----------------------------------------------------------------------------------------------------

    def write(self, work: Callable[[], T]) -> T:
        """Run `work` as one transaction. A full disk frees the ballast and tries once more, then `JournalFull`."""
        return self.with_room(lambda: self._transaction(work))

    def with_room(self, work: Callable[[], T]) -> T:
        """Run something that writes, here or beside the journal, with what `write` does where the disk is full."""
        try:
            return work()
        except (sqlite3.OperationalError, OSError) as error:
            if not is_disk_full(error):
                raise JournalError(f"the journal's disk failed: {_name(error)}") from error
        freed = self._ballast.free()
        self.has_ballast = self._ballast.size == 0
        if freed == 0:
            raise JournalFull("the disk is full and there is no ballast left: nothing was written")
        try:
            self._transaction(lambda: self._add(DiskFull(freed), ()))
            return work()
        except (sqlite3.OperationalError, OSError) as error:
            raise JournalFull("the disk is full and the ballast is spent: nothing was written") from error

    def _transaction(self, work: Callable[[], T]) -> T:
        head = self._head
        self.db.execute("BEGIN IMMEDIATE")
        try:
            result = work()
            self.db.execute("COMMIT")
        except BaseException:
            self._head = head
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")
            raise
        return result

    def append(self, events: Sequence[Event], notices: Sequence[Notice], also: Also | None) -> list[Recorded]:
        """Facts, the notices the policy wants for them, and `notices`, which hang on the last fact."""

        def work() -> list[Recorded]:
            self._note_clock()
            last = len(events) - 1
            recorded = [self._add(event, notices if n == last else ()) for n, event in enumerate(events)]
            if also is not None:
                also(self.db)
            return recorded

        return self.write(work) if events else []

    def _note_clock(self) -> None:
        before, now = self._head[3], self._clock()
        if before is not None and (before - now).total_seconds() > CLOCK_TOLERANCE_S:
            self._add(ClockSetBack(round((before - now).total_seconds(), 3)), ())

    def _add(self, event: Event, notices: Sequence[Notice]) -> Recorded:
        seq, prev, last_at, _ = self._head
        wall = from_text(to_text(self._clock()))
        at = wall if last_at is None else max(wall, last_at)
        row = encode(event, seq=seq + 1, at=at, wall=wall, seal=self.keys.seal)
        hash_now = link(prev, row.type, row.version, row.body)
        self._insert(seq + 1, row, prev, hash_now)
        self._head = (seq + 1, hash_now, at, wall)
        persons.index(self.db, self.keys, event)
        project(self.db, decode(row.type, row.version, row.body))
        recorded = Recorded(seq + 1, event, at)
        for notice in (*self._policy(event, recorded), *notices):
            self._queue(notice, recorded)
        return recorded

    def _insert(self, seq: int, row: Encoded, prev: bytes, hash_now: bytes) -> None:
        values = (seq, row.type, row.version, row.body, prev, hash_now)
        self.db.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)", values)

    def _queue(self, notice: Notice, recorded: Recorded) -> None:
        self.queued += 1
        payload = notice.payload
        if notice.personal:
            if notice.case_id is None:
                raise ValueError("a personal notice needs the case_id it is sealed under")
            payload = self.keys.seal(notice.case_id, payload, notice.message_id.encode())
        at = to_text(recorded.at)
        whom = (notice.message_id, recorded.seq, notice.channel, notice.recipient, notice.case_id)
        values = (*whom, int(notice.personal), payload, at, at)
        self.db.execute(
            "INSERT INTO outbox (message_id, event_seq, channel, recipient, case_id, sealed, payload, state,"
            " created_at, next_at) VALUES (?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?)",
            values,
        )

    # --- care --------------------------------------------------------------------------------------------------------

    def checkpoint(self) -> None:
        """Move the log into the file and start a fresh one, so that the next fact costs one fsync and no more."""
        self.db.execute("PRAGMA wal_checkpoint(PASSIVE)")
        self.db.execute("UPDATE pulse SET beats = beats + 1")

    def empty_log(self) -> None:
        """Move the log into the file and let nothing stand in it, erased rows least of all."""
        with contextlib.suppress(sqlite3.OperationalError):  # a reader is at work: the next one empties it
            self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def refill_ballast(self) -> bool:
        """Take the reserve again after somebody made room; False while there is none."""
        self.has_ballast = self._ballast.fill()
        return self.has_ballast

    def copy_to(self, target: Path) -> None:
        """Write a whole, single-file copy of the journal as it stands (no keys in it)."""
        target.unlink(missing_ok=True)
        self.db.execute("VACUUM INTO ?", (str(target),))

    def close(self) -> None:
        """Checkpoint, where the disk has room for it, and release the file."""
        self.empty_log()
        self.db.close()
