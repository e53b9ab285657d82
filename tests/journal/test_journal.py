"""The journal: facts, notices, projections, persons, disk full, clock, crash."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import pytest

from drivers.contracts.board import ItemState
from kiosk.journal import (
    Channel,
    Journal,
    JournalBusy,
    JournalError,
    JournalFull,
    JournalNewer,
    KeyErased,
    Notice,
    OutboxState,
    Recorded,
    opened,
)
from kiosk.journal import events as ev
from kiosk.journal.ballast import Ballast
from kiosk.journal.custody import JournalCustody
from kiosk.journal.projections import TABLES
from kiosk.journal.types import Event
from locker import events as le
from locker.ports import NotRecorded

T = TypeVar("T")
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
NAME, NUMBER, PHONE = "测试甲", "110101199003070000", "13800000000"


class Clock:
    """A wall clock in the hand of the test; it moves a second with each look unless held."""

    def __init__(self) -> None:
        self.now = NOON
        self.tick_s = 1.0

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=self.tick_s)
        return self.now


def run(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """One event loop around a test."""
    return asyncio.run(asyncio.wait_for(work(), 20))


def case(case_id: str = "c1") -> ev.CaseOpened:
    return ev.CaseOpened(case_id, "s1", "sole-trader", "dept", "verified", NAME, NUMBER, PHONE)


def story(case_id: str = "c1", cell: str = "A-03") -> list[Event]:
    return [
        case(case_id),
        le.DepositRequested(case_id, cell, "sole-trader"),
        le.OpenRequested("op1", cell, case_id, "citizen"),
        le.DoorOpened("op1", cell, case_id),
        le.DoorClosed("op1", cell, case_id, ItemState.PRESENT),
        le.DepositHeld(case_id, cell, le.Evidence.SENSOR),
    ]


def kept_files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


def tables(journal_file: Path) -> dict[str, list[Any]]:
    db = sqlite3.connect(journal_file)
    try:
        return {table: db.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in TABLES}
    finally:
        db.close()


def test_facts_come_back_in_order_with_their_times(tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(tmp_path, clock=Clock()) as journal:
            first = await journal.append([ev.KioskStarted("1", "emulated"), ev.SessionStarted("s1")])
            second = await journal.append(ev.SessionEnded("s1", "done"))
            assert [fact.seq for fact in (*first, *second)] == [1, 2, 3]
            stored = await journal.events()
            assert [event.type for event in stored] == ["KioskStarted", "SessionStarted", "SessionEnded"]
            assert stored[1].data == {"session_id": "s1"}
            assert [event.at for event in stored] == [fact.at for fact in (*first, *second)]
            newest = await journal.last_event("SessionStarted")
            assert newest is not None
            assert newest.seq == 2

    run(work)


def test_everything_survives_reopening(tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(tmp_path) as journal:
            await journal.append(story())
            head = await journal.anchor()
        async with opened(tmp_path) as journal:
            assert await journal.anchor() == head
            cell = (await journal.compartments())["A-03"]
            assert (cell.status, cell.content, cell.case_id, cell.uses) == ("ok", "held", "c1", 1)
            (row,) = await journal.cases("held")
            assert (row.item_code, row.identity, row.evidence, row.cell) == (
                "sole-trader",
                "verified",
                "SENSOR",
                "A-03",
            )
            (next_fact,) = await journal.append(ev.KioskStarted("1", "x"))
            assert next_fact.seq == head.seq + 1

    run(work)


def test_nothing_personal_stands_in_any_file(tmp_path: Path) -> None:
    async def work() -> None:
        notice = Notice(Channel.SMS, "citizen:c1", PHONE.encode(), personal=True, case_id="c1")
        async with opened(tmp_path) as journal:
            await journal.append(case(), [notice])
            assert await journal.cases_of(NUMBER)
            files = [file for file in kept_files(tmp_path) if file.name != "ballast"]
            assert any(file.name.endswith("-wal") for file in files)
            for file in files:
                content = file.read_bytes()
                for secret in (NAME, NUMBER, PHONE):
                    assert secret.encode() not in content, file.name

    run(work)


def test_personal_part_opens_with_its_key_and_leaves_a_trace(tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(tmp_path) as journal:
            await journal.append(case())
            found = await journal.personal("c1", staff_no="900", reason="court order")
            assert found == {"name": NAME, "id_number": NUMBER, "phone": PHONE}
            trace = await journal.last_event()
            assert trace is not None
            assert (trace.type, trace.data["staff_no"]) == ("PersonalDataRead", "900")

    run(work)


def test_erasing_takes_the_person_and_leaves_the_chain(tmp_path: Path) -> None:
    async def work() -> None:
        notice = Notice(Channel.SMS, "citizen:c1", b"secret", personal=True, case_id="c1")
        async with opened(tmp_path) as journal:
            await journal.append(case("c1"), [notice])
            await journal.append(case("c2"))
            before = (tmp_path / "keys" / "master.key").read_bytes()
            await journal.erase("c1", by="900", reason="purpose reached")
            assert (tmp_path / "keys" / "master.key").read_bytes() != before
            with pytest.raises(KeyErased):
                await journal.personal("c1", staff_no="900", reason="again")
            assert [row.case_id for row in await journal.cases_of(NUMBER)] == ["c2"]
            settled = await journal.outbox.get(notice.message_id)
            assert settled is not None
            assert (settled.state, settled.payload) == (OutboxState.FAILED, b"")
        async with opened(tmp_path) as journal:
            assert (await journal.personal("c2", staff_no="900", reason="x"))["name"] == NAME

    run(work)


@pytest.mark.parametrize("committed", [False, True])
def test_a_crash_while_the_master_key_changes_loses_no_key(tmp_path: Path, *, committed: bool) -> None:
    async def work() -> None:
        keys = tmp_path / "keys"
        async with opened(tmp_path) as journal:
            await journal.append([case("c1"), case("c2")])
            old = (keys / "master.key").read_bytes()
            await journal.erase("c1", by="900", reason="x")
        if committed:  # the database speaks of the new key, the rename is still to come
            (keys / "master.key").rename(keys / "master.next")
            (keys / "master.key").write_bytes(old)
        else:  # a new key lay ready, the database still speaks of the old one
            (keys / "master.next").write_bytes(os.urandom(32))
        for _ in range(2):  # the first start tidies up, the second lives with what it left
            async with opened(tmp_path) as journal:
                assert (await journal.personal("c2", staff_no="900", reason="x"))["name"] == NAME
                assert not (keys / "master.next").exists()

    run(work)


def test_a_wrong_master_key_is_refused(tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(tmp_path) as journal:
            await journal.append(case())
        (tmp_path / "keys" / "master.key").write_bytes(os.urandom(32))
        with pytest.raises(JournalError, match="master key"):
            await Journal.open(tmp_path)

    run(work)


def test_files_are_private(tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(tmp_path) as journal:
            await journal.append(case())
            for name in ("journal.db", "keys/keys.db", "keys/master.key"):
                assert (tmp_path / name).stat().st_mode & 0o077 == 0, name

    run(work)


def test_personal_fields_without_a_case_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    @dataclass(frozen=True)
    class Strange:
        PERSONAL: ClassVar[frozenset[str]] = frozenset({"name"})
        name: str = field(repr=False)

    async def work() -> None:
        async with opened(tmp_path) as journal:
            with pytest.raises(ValueError, match="case_id"):
                await journal.append([ev.SessionStarted("s1"), Strange(NAME)])
            assert await journal.events() == []
            (fact,) = await journal.append(ev.SessionStarted("s2"))
            assert fact.seq == 1

    run(work)


def test_rebuilt_projections_equal_the_incremental_ones(tmp_path: Path) -> None:
    more: list[Event] = [
        *story("c1", "A-01"),
        le.RetrievalAuthorized("c1", "A-01", "1001"),
        le.OpenRequested("op2", "A-01", "c1", "staff:1001"),
        le.DoorOpened("op2", "A-01", "c1"),
        le.DoorClosed("op2", "A-01", "c1", ItemState.ABSENT),
        le.DepositCollected("c1", "A-01", "1001"),
        *story("c2", "A-02"),
        le.CustodyDisputed("c2", "A-02", "sensor says empty"),
        le.CompartmentCleared("A-02", "1001", "looked"),
        le.DepositRequested("c3", "A-04", "food-permit"),
        le.OpenRequested("op3", "A-04", "c3", "citizen"),
        le.OpeningFailed("op3", "A-04", "c3", le.Reason.DOOR_JAMMED),
        le.DepositAbandoned("c3", "A-04", "door"),
        le.CompartmentOutOfService("A-04", "jammed twice"),
        le.DoorForced("A-05"),
        le.ItemSeenInEmptyCompartment("A-06"),
        le.OpenRequested("op4", "A-07", None, "staff:1001"),
        ev.StaffAdded("1001", "staff", ("dept",), ("sole-trader",), "cli"),
        ev.StaffPinWrong("1001", 5),
        ev.StaffLockedOut("1001", 5, 15.0, "2026-03-01T12:00:15.000Z"),
        ev.StaffAdded("1002", "supervisor", (), ("*",), "cli"),
        ev.StaffDisabled("1002", "cli"),
        ev.CaseCancelled("c9", "left"),
    ]

    async def work() -> None:
        async with opened(tmp_path) as journal:
            for event in more:
                await journal.append(event)
            before = tables(tmp_path / "journal.db")
            assert {row[0]: row[5] for row in before["cases"]} == {
                "c1": "collected",
                "c2": "cleared",
                "c3": "abandoned",
                "c9": "abandoned",
            }
            assert [row.operation_id for row in await journal.open_intents()] == ["op4"]
            assert {name: row.status.value for name, row in (await journal.compartments()).items()} == {
                "A-01": "ok", "A-02": "ok", "A-04": "inoperative", "A-05": "manipulated", "A-06": "ok", "A-07": "ok",
            }  # fmt: skip
            assert all(before.values())
            await journal.write(
                lambda db: db.execute("UPDATE compartments SET uses = 99, status = 'missing'")
            )
            assert await journal.rebuild() == len(more)
            assert tables(tmp_path / "journal.db") == before

    run(work)


def test_event_and_notice_stand_or_fall_together(tmp_path: Path) -> None:
    fail = False

    def policy(_event: Event, recorded: Recorded) -> list[Notice]:
        if fail:
            raise LookupError("policy broke")
        return [Notice(Channel.MQTT, "topic", f"{recorded.seq}".encode())]

    async def work() -> None:
        nonlocal fail
        async with opened(tmp_path, notice_policy=policy) as journal:
            await journal.append([ev.SessionStarted("s1"), ev.SessionStarted("s2")])
            assert [len(await journal.outbox.of_event(seq)) for seq in (1, 2)] == [1, 1]
            fail = True
            with pytest.raises(LookupError):
                await journal.append(ev.SessionStarted("s3"))
            assert len(await journal.events()) == 2
            fail = False
            (fact,) = await journal.append(ev.SessionStarted("s4"))
            assert fact.seq == 3

    run(work)


def test_a_policy_may_look_up_the_case_it_is_about(tmp_path: Path) -> None:
    async def work() -> None:
        seen: list[str] = []

        def policy(event: Event, _recorded: Recorded) -> list[Notice]:
            if isinstance(event, le.DepositHeld):
                row = journal.case_inside(event.case_id)
                assert row is not None
                seen.append(row.item_code)
            return []

        journal = await Journal.open(tmp_path, notice_policy=policy)
        try:
            await journal.append(story())
        finally:
            await journal.close()
        assert seen == ["sole-trader"]

    run(work)


def test_each_recipient_has_a_line_of_its_own(tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(tmp_path, clock=Clock()) as journal:
            box = journal.outbox
            rows = [Notice(Channel.SMS, who, text) for who, text in (("1", b"a"), ("2", b"b"), ("1", b"c"))]
            await journal.append(ev.SessionStarted("s"), [*rows, Notice(Channel.MQTT, "t", b"d")])
            later = NOON + timedelta(hours=1)
            assert [m.payload for m in await box.due(later)] == [b"a", b"b", b"d"]
            await box.mark_failed(rows[0].message_id, later, "no network")
            assert [m.payload for m in await box.due(later - timedelta(seconds=1), Channel.SMS)] == [b"b"]
            waiting = await box.next(Channel.SMS, "1")
            assert waiting is not None
            assert (waiting.payload, waiting.attempts, waiting.error) == (b"a", 1, "no network")
            await box.give_up(rows[0].message_id, later, "number refused")
            head = await box.next(Channel.SMS, "1")
            assert head is not None
            assert head.payload == b"c"
            await box.mark_sent(rows[2].message_id, later)
            assert await box.next(Channel.SMS, "1") is None
            with pytest.raises(JournalError):
                await box.mark_sent(rows[2].message_id, later)
            assert [m.payload for m in await box.undelivered(later)] == [b"a", b"b", b"d"]

    run(work)


def test_a_settled_personal_payload_is_wiped(tmp_path: Path) -> None:
    async def work() -> None:
        notice = Notice(Channel.SMS, "citizen:c1", b"to the citizen", personal=True, case_id="c1")
        async with opened(tmp_path) as journal:
            await journal.append(case(), [notice])
            queued = await journal.outbox.next(Channel.SMS, "citizen:c1")
            assert queued is not None
            assert queued.payload == b"to the citizen"
            await journal.outbox.mark_sent(notice.message_id, datetime.now(UTC))
            row = await journal.read(lambda db: db.execute("SELECT state, payload FROM outbox").fetchone())
            assert row == ("sent", b"")

    run(work)


def test_waiting_lines_hurry_when_the_network_is_back(tmp_path: Path) -> None:
    async def work() -> None:
        woken: list[int] = []
        async with opened(tmp_path, clock=Clock()) as journal:
            journal.outbox.on_change(lambda: woken.append(1))
            notice = Notice(Channel.MQTT, "t", b"x")
            await journal.append(ev.SessionStarted("s"), [notice])
            await journal.outbox.mark_failed(notice.message_id, NOON + timedelta(days=1), "refused")
            assert await journal.outbox.due(NOON + timedelta(hours=1)) == []
            await journal.outbox.hurry(Channel.MQTT, NOON + timedelta(hours=1))
            assert len(await journal.outbox.due(NOON + timedelta(hours=1))) == 1
            assert await journal.outbox.next_time() == NOON + timedelta(hours=1)
            assert len(woken) == 2

    run(work)


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
            full = (await journal.events(kinds=["DiskFull"]))[0]
            assert full.data == {"freed_bytes": 65_536}
            assert full.seq == fact.seq - 1
            assert await journal.refill_ballast()
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
