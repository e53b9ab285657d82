"""The journal's file: one program at a time, versions, edits, the clock, a full disk, a kill."""

import asyncio
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.journal import (
    Journal,
    JournalBusy,
    JournalFull,
    JournalNewer,
    JournalUnusable,
    opened,
)
from kiosk.journal import events as ev
from kiosk.journal.ballast import Ballast
from kiosk.journal.custody import JournalCustody
from locker import events as le
from locker.ports import NotRecorded
from tests.journal.facts import Clock, run


def test_the_second_start_is_refused_and_told_who_runs(tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(tmp_path):
            with pytest.raises(JournalBusy, match=f"process {os.getpid()}"):
                await Journal.open(tmp_path)
        async with opened(tmp_path) as journal:
            await journal.ping()

    run(work)


def test_a_newer_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(tmp_path) as journal:
            await journal.append(ev.SessionStarted("s"))
        db = sqlite3.connect(tmp_path / "journal.db")
        db.execute("PRAGMA user_version = 9999")
        db.close()
        with pytest.raises(JournalNewer, match="9999"):
            await Journal.open(tmp_path)

    run(work)


def test_what_is_no_journal_is_named_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "journal.db"
    file.write_bytes(b"minutes of a meeting" * 500)
    with pytest.raises(JournalUnusable, match=re.escape(str(file))):
        run(lambda: Journal.open(tmp_path))
    assert file.read_bytes() == b"minutes of a meeting" * 500
    with pytest.raises(JournalUnusable, match=r"state_dir"):
        run(lambda: Journal.open(file))  # a file where the folder should be


def test_keys_that_are_none_are_named_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "keys.db"
    file.parent.mkdir()
    file.write_bytes(b"a bunch of keys" * 500)
    with pytest.raises(JournalUnusable, match=re.escape(str(file))):
        run(lambda: Journal.open(tmp_path))
    assert file.read_bytes() == b"a bunch of keys" * 500


def test_the_database_itself_refuses_edits(tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(tmp_path) as journal:
            await journal.append(ev.SessionStarted("s"))
            for sql in ("UPDATE events SET type = 'X'", "DELETE FROM events"):
                with pytest.raises(sqlite3.IntegrityError):
                    await journal.write(lambda db, sql=sql: db.execute(sql))  # type: ignore[misc]

    run(work)


def test_times_never_decrease_when_the_clock_is_set_back(tmp_path: Path) -> None:
    async def work() -> None:
        clock = Clock()
        async with opened(tmp_path, clock=clock) as journal:
            await journal.append(ev.SessionStarted("s1"))
            clock.now -= timedelta(days=365)
            await journal.append(ev.SessionStarted("s2"))
            await journal.append(ev.SessionStarted("s3"))
        async with opened(tmp_path, clock=clock) as journal:
            await journal.append(ev.SessionStarted("s4"))
            clock.now += timedelta(days=366)
            await journal.append(ev.SessionStarted("s5"))
            stored = await journal.events()
        assert [e.type for e in stored].count("ClockSetBack") == 1
        assert stored[1].type == "ClockSetBack"
        assert stored[1].data["by_s"] == pytest.approx(365 * 86400, abs=5)
        times = [e.at for e in stored]
        assert times == sorted(times)
        assert stored[2].wall < stored[2].at
        assert stored[-1].wall == stored[-1].at

    run(work)


def limit_pages(journal: Journal, extra: int) -> Coroutine[Any, Any, None]:
    def limit(db: sqlite3.Connection) -> None:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count = {pages + extra}")

    return journal.read(limit)


def test_a_full_disk_loses_nothing_silently(tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(tmp_path, ballast_bytes=4096) as journal:
            await journal.append(ev.SessionStarted("s"))
            await limit_pages(journal, 0)
            big = [ev.DeviceLost("x", "y" * 20_000)]
            with pytest.raises(JournalFull):
                await journal.append(big)
            assert len(await journal.events(kinds=["DeviceLost"])) == 0
            with pytest.raises(NotRecorded):
                await JournalCustody(journal).record(*[le.DoorForced(f"A-{n:02d}") for n in range(900)])
            await limit_pages(journal, 10_000)
            await journal.append(big)
            assert len(await journal.events(kinds=["DeviceLost"])) == 1

    run(work)


def test_the_ballast_lets_the_session_finish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> None:
        async with opened(tmp_path, ballast_bytes=65_536) as journal:
            await journal.append(ev.SessionStarted("s"))
            assert (tmp_path / "ballast").stat().st_size == 65_536
            await limit_pages(journal, 0)
            free = Ballast.free

            def free_and_make_room(self: Ballast) -> int:
                journal._store.db.execute(
                    "PRAGMA max_page_count = 100000"
                )  # what the freed file gives on a real disk
                return free(self)

            monkeypatch.setattr(Ballast, "free", free_and_make_room)
            (fact,) = await journal.append(ev.DeviceLost("x", "y" * 20_000))
            assert not (tmp_path / "ballast").exists()
            assert not journal.has_reserve()
            full = (await journal.events(kinds=["DiskFull"]))[0]
            assert full.data == {"freed_bytes": 65_536}
            assert full.seq == fact.seq - 1
            assert await journal.refill_ballast()
            assert journal.has_reserve()
            assert (tmp_path / "ballast").stat().st_size == 65_536

    run(work)


def test_listeners_hear_of_durable_facts_only(tmp_path: Path) -> None:
    async def work() -> None:
        heard: list[int] = []
        async with opened(tmp_path) as journal:
            stop = journal.listen(lambda fact: heard.append(fact.seq))
            await journal.append([ev.SessionStarted("s1"), ev.SessionStarted("s2")])
            with pytest.raises(TypeError):
                await journal.append(ev.DeviceLost("x", object()))  # type: ignore[arg-type]
            stop()
            await journal.append(ev.SessionStarted("s3"))
        assert heard == [1, 2]

    run(work)


CHILD = """
import asyncio, sys
from pathlib import Path
from kiosk.journal import Channel, Journal, Notice
from kiosk.journal.events import SessionStarted

async def main():
    policy = lambda event, recorded: [Notice(Channel.MQTT, "t", str(recorded.seq).encode())]
    journal = await Journal.open(Path(sys.argv[1]), notice_policy=policy, idle_s=0.01)
    while True:
        (fact,) = await journal.append(SessionStarted("s"))
        sys.stdout.write(f"{fact.seq}\\n")
        sys.stdout.flush()

asyncio.run(main())
"""


def test_what_was_confirmed_is_there_after_a_kill(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    try:
        confirmed = 0
        while confirmed < 40:
            confirmed = int(child.stdout.readline())
        child.send_signal(signal.SIGKILL)
        rest = child.stdout.read().split()
        confirmed = int(rest[-1]) if rest else confirmed
    finally:
        child.kill()
        child.wait()
        child.stdout.close()

    async def work() -> None:
        async with opened(tmp_path) as journal:
            stored = await journal.events(limit=100_000)
            assert len(stored) in (confirmed, confirmed + 1)
            for event in stored:
                assert len(await journal.outbox.of_event(event.seq)) == 1

    run(work)


def test_the_log_is_moved_into_the_file_when_idle(tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(tmp_path, idle_s=0.01) as journal:
            await journal.append(ev.SessionStarted("s"))
            beats = 0
            while beats == 0:  # bounded by the time limit of `run`
                await asyncio.sleep(0.01)
                beats = (await journal.read(lambda db: db.execute("SELECT beats FROM pulse").fetchone()))[0]
            size = (tmp_path / "journal.db-wal").stat().st_size
            await journal.append(ev.SessionStarted("s"))
            assert (tmp_path / "journal.db-wal").stat().st_size <= size

    run(work)
