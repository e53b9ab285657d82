"""How a program's life ends: SIGKILL at the n-th sync, at the n-th write, or at a moment. The world lives on."""

import os
import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

TRACER: Final = (
    "strace",
    "-D",
    "-f",
    "-qq",
    "-o",
    "/dev/null",
)  # not by seccomp: strace 6.1 forgets to count then
LOOK_EVERY_S: Final = 0.005


class How(StrEnum):
    """What the killer waits for."""

    SYNC = "sync"  # the call is entered and not performed: what was written before it is there, unsynced
    WRITE = "write"  # the same for a write to a file: between two syncs, in the middle of a transaction
    MOMENT = "moment"


CALLS: Final = {How.SYNC: "fdatasync,fsync", How.WRITE: "pwrite64"}


@dataclass(frozen=True, slots=True)
class End:
    """`at`: number of the call in its thread, or seconds since the program opened the journal.

    `alone`: children are left to themselves.
    """

    how: How
    at: float
    alone: bool = False

    @property
    def under(self) -> tuple[str, ...]:
        """What the program is to be started under."""
        if self.how is How.MOMENT:
            return ()
        calls = CALLS[self.how]
        return (*TRACER, "-e", f"trace={calls}", "-e", f"inject={calls}:signal=SIGKILL:when={self.at:.0f}")

    def __str__(self) -> str:
        """In words, for a report."""
        if self.how is How.MOMENT:
            return (
                f"{self.at:.3f} s after the journal was opened{', children left alone' if self.alone else ''}"
            )
        return f"{self.how} {self.at:.0f}"


class Killer:
    """Ends one process at a moment. `seen`: the newest fact in the journal right before, where it could be read.

    `opened_at`: when the process had the journal for its own, monotonic; a moment is counted from there.
    """

    def __init__(self, pid: int, end: End, journal: Path) -> None:
        self.seen: tuple[int, str] | None = None
        self.opened_at: float | None = None
        self._pid = pid
        self._end = end
        self._journal = journal
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def call_off(self) -> None:
        """It is over already; returns when this killer does nothing any more."""
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._has_the_journal():
            if self._over.wait(LOOK_EVERY_S):
                return
        self.opened_at = time.monotonic()
        if self._end.how is How.MOMENT and not self._over.wait(self._end.at):
            self._strike()

    def _has_the_journal(self) -> bool:
        with suppress(OSError, ValueError):  # not made yet, or being written
            return int(self._journal.with_name("journal.lock").read_text(encoding="ascii")) == self._pid
        return False

    def _strike(self) -> None:
        self.seen = newest(self._journal)
        kill: Callable[[int, int], None] = os.kill if self._end.alone else os.killpg
        with suppress(ProcessLookupError):
            kill(self._pid, signal.SIGKILL)


def newest(journal: Path) -> tuple[int, str] | None:
    """Number and hash of the newest fact; None where there is no journal yet."""
    with (
        suppress(sqlite3.Error),
        closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True, timeout=1.0)) as db,
    ):
        row = db.execute("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1").fetchone()
        return None if row is None else (row[0], row[1].hex())
    return None
