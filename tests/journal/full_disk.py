"""A program: plays one kind of care of the journal on a small disk that fills up at one point after the other.

`python -m tests.journal.full_disk FOLDER WHAT`, FOLDER being a file system of its own; prints what went wrong as JSON.
"""

import asyncio
import json
import os
import shutil
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from kiosk.journal import Journal, JournalError, JournalFull, opened
from kiosk.journal import events as ev
from kiosk.journal.backup import restore, write_backup
from kiosk.journal.erasing import Retention
from kiosk.journal.rotation import Rotation, Sizes
from kiosk.journal.rows import Trailer
from kiosk.journal.verify import verify
from locker import events as le
from tests.journal.facts import Clock, story

SIZES: Final = Sizes(segment_events=60, kept_events=60)
FREE: Final = (0, 4096, 12_288, 40_960, 81_920, 131_072, 196_608, 327_680, 430_080)
LATER: Final = timedelta(days=31)
STAYS: Final = "c29"


class Disk:
    """The small disk with a kiosk's state on it, and what is kept elsewhere: `spare` has room."""

    def __init__(self, folder: Path, spare: Path) -> None:
        self.folder = folder
        self.state, self.out, self._filler = folder / "state", folder / "out", folder / "filler"
        self._whole, self.backup = spare / "state", spare / "backup"

    async def prepare(self) -> None:
        """Thirty cases that have ended, two segments, a backup from before the newest hundred events."""
        async with opened(self._whole, clock=Clock(), ballast_bytes=0) as journal:
            for number in range(30):
                case, cell = f"c{number}", f"A-{number % 9:02d}"
                await journal.append([*story(case, cell), le.DepositReturned(case, cell, "citizen")])
            rotation = Rotation(journal, SIZES)
            await rotation.step()
            await rotation.step()
            await back_up(journal, self.backup)
            await journal.append([ev.SessionStarted(f"s{number}") for number in range(100)])

    def reset(self) -> None:
        """As prepared, with nothing else on the disk."""
        for path in self.folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copytree(self._whole, self.state)
        shutil.copytree(self.backup, self.out)

    def fill(self, free: int) -> None:
        """Leave room for so many bytes."""
        room = os.statvfs(self.folder)
        self._filler.write_bytes(bytes(max(0, room.f_bavail * room.f_frsize - free)))

    def make_room(self) -> None:
        self._filler.unlink(missing_ok=True)


async def back_up(journal: Journal, out: Path) -> None:
    head = Trailer(await journal.anchor(), (await journal.public_key()).hex())
    write_backup(journal.file, out, head, datetime.now(UTC))


Fill = Callable[[], None]


async def rotate(disk: Disk, fill: Fill) -> None:
    async with opened(disk.state, clock=Clock(), ballast_bytes=0) as journal:
        fill()
        rotation = Rotation(journal, SIZES)
        while await rotation.step():
            pass


async def erase(disk: Disk, fill: Fill) -> None:
    clock = Clock()
    clock.now += LATER
    async with opened(disk.state, clock=clock, ballast_bytes=0) as journal:
        fill()
        due = await journal.overdue(Retention(30, 180))
        await journal.erase([case for case in due if case != STAYS], by="nightdesk", reason="RETENTION")


async def add_backup(disk: Disk, fill: Fill) -> None:
    async with opened(disk.state, clock=Clock(), ballast_bytes=0) as journal:
        fill()
        await back_up(journal, disk.out)


async def first_backup(disk: Disk, fill: Fill) -> None:
    if not (disk.out / "backup.unfinished").exists():
        shutil.rmtree(disk.out)
    await add_backup(disk, fill)


async def put_back(disk: Disk, fill: Fill) -> None:
    fill()
    restore(disk.backup, disk.state, datetime.now(UTC), accept_loss=True)


async def start(disk: Disk, fill: Fill) -> None:
    """With a ballast, as a kiosk has it."""
    async with opened(disk.state, clock=Clock(), ballast_bytes=65_536):
        pass
    fill()
    async with opened(disk.state, clock=Clock(), ballast_bytes=65_536) as journal:
        await journal.append(ev.KioskStarted("1", "test"))


async def make_keys(disk: Disk, fill: Fill) -> None:
    async with opened(disk.state, clock=Clock(), ballast_bytes=0) as journal:
        fill()
        for number in range(200):
            await journal.prepare(f"n{number}")


WHATS: Final[dict[str, Callable[[Disk, Fill], Awaitable[None]]]] = {
    "rotate": rotate, "erase": erase, "add_backup": add_backup, "first_backup": first_backup,
    "put_back": put_back, "start": start, "make_keys": make_keys,
}  # fmt: skip


async def fault_after(disk: Disk, what: str) -> str:
    """What does not work any more once there is room again; empty where all does."""
    halves = [path.name for path in disk.folder.rglob("*") if ".part" in path.name]
    if halves:
        return f"left behind: {halves}"
    report = verify(disk.state / "journal.db")
    if not report.ok:
        return f"the chain: {report.faults[:2]}"
    async with opened(disk.state, clock=Clock(), ballast_bytes=0) as journal:
        if what != "put_back":
            await journal.personal(STAYS, staff_no="900", reason="asked")
    with suppress(FileNotFoundError):
        if what == "add_backup":  # the one from before is as good as it was
            again = disk.folder / "again"
            restore(disk.out, again, datetime.now(UTC))
            shutil.rmtree(again)
    await WHATS[what](disk, disk.make_room)
    report = verify(disk.state / "journal.db")
    return "" if report.ok else f"the chain after a second try: {report.faults[:2]}"


async def main() -> None:
    """Say how often there was no room, and what went wrong: [bytes free, what]."""
    disk, what = Disk(Path(sys.argv[1]), Path(sys.argv[2])), sys.argv[3]
    await disk.prepare()
    full, wrong = 0, []
    for free in FREE:
        disk.reset()
        try:
            await WHATS[what](disk, lambda free=free: disk.fill(free))  # type: ignore[misc]
        except JournalFull:
            full += 1
        except (JournalError, sqlite3.Error, OSError) as error:
            full += 1
            if what not in CARED_FOR:
                wrong.append((free, f"not told as a full disk: {error!r}"))
        disk.make_room()
        if fault := await fault_after(disk, what):
            wrong.append((free, fault))
    print(json.dumps({"full": full, "wrong": wrong}))


CARED_FOR: Final = frozenset({"rotate"})  # by who catches whatever a disk can raise, and tries again

if __name__ == "__main__":
    asyncio.run(main())
