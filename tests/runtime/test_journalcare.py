"""The journal is looked after while nobody is at the screen; what was lost is owned up to at the start."""

import logging
import os
from datetime import UTC, timedelta
from pathlib import Path
from typing import Final

import pytest
from argon2 import PasswordHasher

from drivers.contracts.health import DeviceStatus
from kiosk.journal import Journal, opened
from kiosk.journal import events as ev
from kiosk.journal.archive import segment_files
from kiosk.journal.erasing import Retention
from kiosk.journal.errors import JournalFull
from kiosk.journal.rotation import Rotation, Sizes
from kiosk.journal.types import Event, Notice, Recorded
from kiosk.notify.policy import CaseFacts, NoticeWriter
from kiosk.runtime.disk import Disk
from kiosk.runtime.journalcare import JournalCare
from kiosk.runtime.restart import own_up_to_loss
from kiosk.staff import Role, StaffRegistry
from kiosk.staffsecrets import StaffSecrets
from locker import events as le
from locker.compartment import Content
from tests.journal.facts import NOON, Clock, run, story

DAY: Final = timedelta(days=1)
CELLS: Final = ("A-03", "A-04", "B-01")


class Lobby:
    """Whether somebody stands at the screen; leaves and comes as the test says."""

    def __init__(self) -> None:
        self.is_empty = self.has_room = True
        self.looks_until_somebody_comes = -1

    def __call__(self) -> bool:
        if self.looks_until_somebody_comes == 0:
            self.is_empty = False
        self.looks_until_somebody_comes -= 1
        return self.is_empty


def care_of(journal: Journal, clock: Clock, lobby: Lobby) -> JournalCare:
    rotation = Rotation(journal, Sizes(segment_events=10, kept_events=10))
    return JournalCare(
        journal,
        rotation,
        Retention(30, 180),
        lobby,
        lambda: lobby.has_room,
        lambda: clock.now,
        look_every_s=30.0,
        sweep_staff=lambda: StaffSecrets(journal).sweep(30, clock.now, by="nightdesk"),
        sweep_pages=_no_pages,
    )


async def _no_pages() -> int:
    """A kiosk without a document camera."""
    return 0


async def filled(journal: Journal) -> None:
    for number in range(8):
        cell = f"A-{number:02d}"
        await journal.append([*story(f"c{number}", cell), le.DepositReturned(f"c{number}", cell, "citizen")])


def test_nothing_is_done_while_somebody_is_at_the_screen(tmp_path: Path) -> None:
    async def work() -> None:
        clock, lobby = Clock(), Lobby()
        async with opened(tmp_path, clock=clock, ballast_bytes=0) as journal:
            await filled(journal)
            clock.now += 31 * DAY
            care = care_of(journal, clock, lobby)
            lobby.is_empty = False
            await care.once()
            assert segment_files(journal.file) == []
            assert await journal.last_event("PersonalDataErased") is None
            lobby.is_empty = True
            await care.once()
            assert len(segment_files(journal.file)) > 2
            assert len(await journal.events(kinds=["PersonalDataErased"])) == 8

    run(work)


def test_a_full_disk_and_who_comes_meanwhile_stop_it_after_one_step(tmp_path: Path) -> None:
    async def work() -> None:
        clock, lobby = Clock(), Lobby()
        async with opened(tmp_path, clock=clock, ballast_bytes=0) as journal:
            await filled(journal)
            care = care_of(journal, clock, lobby)
            lobby.has_room = False
            await care.once()
            assert segment_files(journal.file) == []
            lobby.has_room = True
            lobby.looks_until_somebody_comes = 2
            await care.once()
            assert len(segment_files(journal.file)) == 1
            lobby.is_empty = True
            await care.once()
            assert len(segment_files(journal.file)) > 2

    run(work)


def test_the_sweep_comes_once_a_day(tmp_path: Path) -> None:
    async def work() -> None:
        clock, lobby = Clock(), Lobby()
        async with opened(tmp_path, clock=clock, ballast_bytes=0) as journal:
            care = care_of(journal, clock, lobby)
            await care.once()
            await filled(journal)
            clock.now = NOON + timedelta(hours=2)
            await journal.append(ev.SessionStarted("s"))
            care.retention = Retention(0, 0)
            await care.once()
            assert await journal.last_event("PersonalDataErased") is None
            clock.now += DAY
            await care.once()
            assert await journal.last_event("PersonalDataErased") is not None

    run(work)


def test_what_fails_is_said_once_and_tried_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = 0

    async def full(_self: Rotation) -> bool:
        nonlocal tries
        tries += 1
        if tries == 3:
            raise RuntimeError("enough")
        raise JournalFull("no room")

    async def work() -> None:
        clock = Clock()
        async with opened(tmp_path, clock=clock, ballast_bytes=0) as journal:
            care = care_of(journal, clock, Lobby())
            care.look_every_s = 0.001
            with pytest.raises(RuntimeError, match="enough"):
                await care.run()

    monkeypatch.setattr(Rotation, "step", full)
    with caplog.at_level(logging.ERROR):
        run(work)
    assert [record.message for record in caplog.records if "looked after" in record.message] == [
        "the journal could not be looked after: no room"
    ]


def test_the_sweep_erases_the_names_of_staff_whose_account_is_closed_for_long(tmp_path: Path) -> None:
    async def work() -> None:
        clock, lobby = Clock(), Lobby()
        async with opened(tmp_path, clock=clock, ballast_bytes=0) as journal:
            staff = StaffRegistry(journal, hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
            await staff.add("1001", name="甲", pin="402915", role=Role.STAFF, by="cli")
            await staff.disable("1001", by="9001")
            care = care_of(journal, clock, lobby)
            await care.once()
            assert (await staff.list())[0].name == "甲"
            clock.now += 31 * DAY
            await care.once()
            assert (await staff.list())[0].name == ""

    run(work)


# events are missing -------------------------------------------------------------------------------------------------


def writer() -> NoticeWriter:
    return NoticeWriter(
        "lobby-01", lambda _lang: "lobby", UTC, lambda _item: ("1001",), lambda: ("9001",),
        lambda _case: CaseFacts("food-permit"), lambda _item, _lang: "food permit",
    )  # fmt: skip


def test_after_a_loss_no_compartment_is_known_and_those_on_call_are_told_once(tmp_path: Path) -> None:
    def policy(event: Event, recorded: Recorded) -> tuple[Notice, ...]:
        return writer()(event, recorded)

    async def before() -> bytes:
        async with opened(tmp_path, clock=Clock(), ballast_bytes=0) as journal:
            await journal.append(story("c1", "A-03"))
            await journal.copy_to(tmp_path / "older.db")
            await journal.append(
                [le.RetrievalAuthorized("c1", "A-03", "1001"), le.DepositCollected("c1", "A-03", "1001")]
            )
            await journal.append(story("c2", "A-04"))
        return (tmp_path / "older.db").read_bytes()

    async def after() -> None:
        async with opened(tmp_path, clock=Clock(), ballast_bytes=0, notice_policy=policy) as journal:
            await own_up_to_loss(journal, CELLS)
            found = await journal.compartments()
            assert {cell: found[cell].content for cell in CELLS} == dict.fromkeys(CELLS, Content.UNKNOWN)
            assert found["A-03"].case_id == "c1"
            assert [cell for cell in CELLS if found[cell].is_free] == []
            letters = await journal.read(
                lambda db: db.execute("SELECT recipient FROM outbox WHERE channel = 'sms'").fetchall()
            )
            assert letters == [("9001",)]
        async with opened(tmp_path, ballast_bytes=0, notice_policy=policy) as journal:
            await own_up_to_loss(journal, CELLS)
            assert len(await journal.events(kinds=["EventsMissing"])) == 1

    old = run(before)
    for name in ("journal.db-wal", "journal.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / "journal.db").write_bytes(old)
    run(after)


# room ---------------------------------------------------------------------------------------------------------------


def test_the_disk_is_full_before_it_is_and_has_room_only_with_some_to_spare(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free_mb = 300
    real = os.statvfs(tmp_path)

    class Room:
        f_frsize = real.f_frsize

        @property
        def f_bavail(self) -> int:
            return (free_mb << 20) // self.f_frsize

    monkeypatch.setattr(os, "statvfs", lambda _path: Room())
    disk = Disk(tmp_path, least_free_mb=256)
    assert disk.health().works
    free_mb = 255
    full = disk.health()
    assert full.status is DeviceStatus.HARDWARE_ERROR
    assert "255 MB" in full.detail
    assert "256 MB" in full.detail
    free_mb = 260
    assert not disk.health().works
    free_mb = 282
    assert disk.health().works
    free_mb = 260
    assert disk.health().works
