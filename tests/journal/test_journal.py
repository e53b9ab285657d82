"""The journal: facts, persons, projections, notices."""

import asyncio
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest

from drivers.contracts.board import ItemState
from kiosk.journal import (
    Channel,
    Journal,
    JournalError,
    KeyErased,
    Notice,
    OutboxState,
    Recorded,
    opened,
)
from kiosk.journal import agencyevents as aev
from kiosk.journal import events as ev
from kiosk.journal import promiseevents as pev
from kiosk.journal import scanevents as xev
from kiosk.journal import staffevents as sev
from kiosk.journal.anchor import is_genuine
from kiosk.journal.types import Event
from locker import events as le
from tests.journal.facts import NAME, NOON, NUMBER, PHONE, Clock, case, kept_files, run, story, tables


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
            await journal.erase(["c1"], by="900", reason="purpose reached")
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
            await journal.erase(["c1"], by="900", reason="x")
        if committed:  # the database speaks of the new key, the rename is still to come
            (keys / "master.key").rename(keys / "master.next")
            (keys / "master.key").write_bytes(old)
        else:  # a new key lay ready, the database still speaks of the old one
            (keys / "master.next").write_bytes(os.urandom(32))
        for _ in range(2):  # the first start tidies up, the second lives with what it left
            async with opened(tmp_path) as journal:
                assert (await journal.personal("c2", staff_no="900", reason="x"))["name"] == NAME
                await journal.finish_erasing()
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
        sev.StaffAdded("1001", "staff", ("dept",), ("sole-trader",), "cli"),
        sev.StaffPinWrong("1001", 5),
        sev.StaffLockedOut("1001", 5, 15.0, "2026-03-01T12:00:15.000Z"),
        sev.StaffAdded("1002", "supervisor", (), ("*",), "cli"),
        sev.StaffDisabled("1002", "cli"),
        ev.CaseCancelled("c9", "left"),
        pev.PromiseSigned("c3", "s1", "food-permit", ("proof",), "2026-03-09", "00" * 32, ("0,0,0",)),
        aev.CaseEntrusted("c3", "s1", True, True, "parent", NAME, NUMBER),
        xev.PagesSealed("c3", "s1", "food-permit", ("proof",), (1,), 1, 900, "22" * 32, whole=False),
        ev.SegmentSealed(1, 1, "00" * 32, "11" * 32),
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


def test_cases_of_which_staff_were_not_told_come_with_their_oldest_notice_and_without_the_citizens(
    tmp_path: Path,
) -> None:
    async def work() -> None:
        clock = Clock()
        async with opened(tmp_path, clock=clock) as journal:
            box = journal.outbox
            staff, citizen, sent = (
                Notice(Channel.SMS, whom, b"x", case_id=case_id)
                for whom, case_id in (("1001", "c1"), ("citizen:c2", "c2"), ("1002", "c3"))
            )
            await journal.append(ev.SessionStarted("s"), [staff, citizen, sent])
            first = await box.of_event(1)
            clock.now += timedelta(hours=1)
            await journal.append(
                ev.SessionStarted("s"), [Notice(Channel.SMS, "1002", b"again", case_id="c1")]
            )
            await box.mark_sent(sent.message_id, clock.now)
            assert await box.untold_cases(but_to="citizen:") == {"c1": first[0].created_at}
            assert set(await box.untold_cases(but_to="nobody:")) == {"c1", "c2"}

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
            states = [(m.payload, m.state.value) for m in await box.of_event(1)]
            assert states == [(b"a", "failed"), (b"b", "queued"), (b"c", "sent"), (b"d", "queued")]

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


def test_couriers_are_woken_by_a_fact_with_a_notice_and_by_no_other(tmp_path: Path) -> None:
    async def work() -> None:
        woken: list[int] = []
        async with opened(tmp_path, clock=Clock()) as journal:
            journal.outbox.on_change(lambda: woken.append(1))
            await journal.append(ev.SessionStarted("s"))
            assert not woken
            await journal.append(ev.SessionStarted("s"), [Notice(Channel.MQTT, "t", b"x")])
            assert len(woken) == 1
            both = [
                journal.append(ev.SessionStarted("s"), [Notice(Channel.MQTT, "t", b"y")]),
                journal.append(ev.SessionStarted("s"), [Notice(Channel.MQTT, "t", b"z")]),
            ]
            await asyncio.gather(*both)
            assert len(woken) == 3

    run(work)


def test_one_head_is_signed_once_and_each_new_one_anew(tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(tmp_path, clock=Clock()) as journal:
            await journal.append(ev.SessionStarted("s"))
            first = await journal.anchor()
            assert await journal.anchor() is first
            await journal.append(ev.SessionStarted("s"))
            second = await journal.anchor()
            assert second.seq == first.seq + 1
            assert is_genuine(second, await journal.public_key())

    run(work)


def test_a_reserve_that_is_gone_is_known_and_taken_again_with_the_next_look(tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(tmp_path, clock=Clock(), ballast_bytes=4096) as journal:
            assert journal.has_reserve()
            (tmp_path / "ballast").unlink()
            assert await journal.refill_ballast()
            assert (tmp_path / "ballast").stat().st_size == 4096

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
