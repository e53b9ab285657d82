"""Personal data goes when its time has come: nothing of it is left in any file, and the chain is whole."""

import base64
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from kiosk.journal import (
    Channel,
    Journal,
    KeyErased,
    Notice,
    SealBroken,
    agencyevents,
    opened,
    sealing,
    staffevents,
)  # fmt: skip
from kiosk.journal import events as ev
from kiosk.journal.backup import write_backup
from kiosk.journal.erasing import TABLES_OF_A_CASE, TABLES_OF_A_PERSON, Retention
from kiosk.journal.persons import INDEXED
from kiosk.journal.projections import TABLES
from kiosk.journal.rotation import Rotation, Sizes
from kiosk.journal.rows import Trailer
from kiosk.journal.sealing import _open
from kiosk.journal.types import Event, Recorded
from kiosk.journal.verify import verify
from locker import events as le
from tests.journal.facts import NAME, NUMBER, PHONE, Clock, run, story

RETENTION: Final = Retention(ended_days=30, unfinished_days=180)
DAY: Final = timedelta(days=1)
OTHER: Final = ("测试乙", "110101199003070027", "13900000000")


def other_case() -> ev.CaseOpened:
    return ev.CaseOpened("c2", "s2", "sole-trader", "dept", "verified", *OTHER)


def letter(event: Event, _recorded: Recorded) -> list[Notice]:
    """A message to the citizen, sealed until it is sent."""
    if not isinstance(event, le.DepositHeld):
        return []
    return [
        Notice(Channel.SMS, f"citizen:{event.case_id}", NAME.encode(), personal=True, case_id=event.case_id)
    ]


def returned(case_id: str, cell: str = "A-03") -> le.DepositReturned:
    return le.DepositReturned(case_id, cell, "citizen")


async def erased(journal: Journal) -> list[str]:
    """The daily sweep."""
    due = await journal.overdue(RETENTION)
    await journal.erase(due, by="nightdesk", reason="time")
    return due


# when ---------------------------------------------------------------------------------------------------------------


def test_a_case_that_has_ended_is_kept_as_long_as_the_settings_say(tmp_path: Path) -> None:
    async def work() -> None:
        clock = Clock()
        async with opened(tmp_path, clock=clock, ballast_bytes=0) as journal:
            await journal.append([*story("c1"), returned("c1")])
            clock.now += 30 * DAY - timedelta(minutes=1)
            assert await erased(journal) == []
            clock.now += timedelta(minutes=2)
            assert await erased(journal) == ["c1"]
            assert await erased(journal) == []
            with pytest.raises(KeyErased):
                await journal.personal("c1", staff_no="900", reason="asked")

    run(work)


def test_papers_in_a_compartment_keep_their_case(tmp_path: Path) -> None:
    async def work() -> None:
        clock = Clock()
        async with opened(tmp_path, clock=clock, ballast_bytes=0) as journal:
            await journal.append(story("c1"))
            clock.now += 1000 * DAY
            assert await erased(journal) == []

    run(work)


def test_papers_that_staff_have_are_kept_longer_since_a_result_may_come(tmp_path: Path) -> None:
    async def work() -> None:
        clock = Clock()
        async with opened(tmp_path, clock=clock, ballast_bytes=0) as journal:
            collected: list[Event] = [
                le.RetrievalAuthorized("c1", "A-03", "1001"),
                le.DepositCollected("c1", "A-03", "1001"),
            ]
            await journal.append([*story("c1"), *collected])
            clock.now += 100 * DAY
            assert await erased(journal) == []
            clock.now += 81 * DAY
            assert await erased(journal) == ["c1"]

    run(work)


def test_that_somebody_reads_it_keeps_nothing_alive(tmp_path: Path) -> None:
    async def work() -> None:
        clock = Clock()
        async with opened(tmp_path, clock=clock, ballast_bytes=0) as journal:
            await journal.append([*story("c1"), returned("c1")])
            clock.now += 29 * DAY
            await journal.personal("c1", staff_no="900", reason="asked")
            clock.now += 2 * DAY
            assert await erased(journal) == ["c1"]

    run(work)


def test_who_comes_back_after_the_erasure_is_erased_again_in_time(tmp_path: Path) -> None:
    async def work() -> None:
        clock = Clock()
        async with opened(tmp_path, clock=clock, ballast_bytes=0) as journal:
            await journal.append([*story("c1"), returned("c1")])
            clock.now += 31 * DAY
            assert await erased(journal) == ["c1"]
            await journal.append([*story("c1"), returned("c1")])
            clock.now += 31 * DAY
            assert await erased(journal) == ["c1"]

    run(work)


def test_an_erasure_that_was_cut_off_is_finished_by_the_next_sweep(tmp_path: Path) -> None:
    async def work() -> None:
        clock = Clock()
        async with opened(tmp_path, clock=clock, ballast_bytes=0) as journal:
            await journal.append([*story("c1"), returned("c1")])
            journal._store.keys.erase(["c1"])  # and the power failed here
        async with opened(tmp_path, clock=clock, ballast_bytes=0) as journal:
            clock.now += 31 * DAY
            assert await erased(journal) == ["c1"]
            assert await journal.cases_of(NUMBER) == []
            assert await journal.last_event("PersonalDataErased") is not None

    run(work)


# what is left -------------------------------------------------------------------------------------------------------


def key_of(state: Path, case_id: str) -> tuple[bytes, bytes, bytes]:
    """The key of a case, the same as it is wrapped, and the master key that wraps it."""
    master = (state / "keys" / "master.key").read_bytes()
    with closing(sqlite3.connect(state / "keys" / "keys.db")) as db:
        (wrapped,) = db.execute("SELECT wrapped FROM keys WHERE owner = ?", (case_id,)).fetchone()
    return _open(master, wrapped, case_id.encode()), wrapped, master


def forms_of(secret: bytes) -> set[bytes]:
    """As it is, and as text that programs write."""
    return {secret, base64.b64encode(secret), secret.hex().encode(), secret.hex().upper().encode()}


def traces(folders: tuple[Path, ...], secrets: dict[str, bytes]) -> list[tuple[str, str]]:
    """Which of these secrets stand in which file."""
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert files
    return [
        (path.name, name)
        for path in files
        for name, secret in secrets.items()
        if any(form in path.read_bytes() for form in forms_of(secret))
    ]


def test_nothing_of_an_erased_person_is_left_in_any_file(tmp_path: Path) -> None:
    state, early, late = tmp_path / "state", tmp_path / "early", tmp_path / "late"

    async def work() -> tuple[dict[str, bytes], dict[str, bytes]]:
        clock = Clock()
        async with opened(state, clock=clock, ballast_bytes=0, notice_policy=letter) as journal:
            await journal.append([*story("c1"), returned("c1")])
            await journal.append([other_case(), *[ev.SessionStarted(f"s{n}") for n in range(20)]])
            await back_up(journal, early)
            rotation = Rotation(journal, Sizes(segment_events=10, kept_events=10))
            while await rotation.step():
                pass
            letters = await journal.read(lambda db: db.execute("SELECT payload FROM outbox").fetchall())
            keys = dict(zip(("key", "wrapped", "master"), key_of(state, "c1"), strict=True))
            plain = {"name": NAME.encode(), "number": NUMBER.encode(), "phone": PHONE.encode()}
            gone = {**plain, **keys, "person": (await journal.keyed_hash(NUMBER)).encode()}
            assert {name for _, name in traces((state,), gone)} == {"wrapped", "master", "person"}
            clock.now += 31 * DAY
            assert await erased(journal) == ["c1"]
            await back_up(journal, late)
            assert traces((state,), {**gone, "letter": letters[0][0]}) == []  # while it runs: log and all
            staying = {"name": OTHER[0].encode(), "key": key_of(state, "c2")[0]}
            assert (await journal.personal("c2", staff_no="900", reason="asked"))["name"] == OTHER[0]
        return gone, staying

    gone, staying = run(work)
    assert traces((state, early, late), gone) == []
    assert traces((state, early, late), staying) == []
    for file in (state / "journal.db", early, late):
        assert verify(file).ok
    assert list(state.glob("segments/*.db"))


def test_what_a_backup_still_has_of_an_erased_person_opens_no_more(tmp_path: Path) -> None:
    state, backup = tmp_path / "state", tmp_path / "backup"

    async def work() -> None:
        clock = Clock()
        async with opened(state, clock=clock, ballast_bytes=0) as journal:
            await journal.append([*story("c1"), returned("c1")])
            await back_up(journal, backup)
            clock.now += 31 * DAY
            await erased(journal)
        for name in ("journal.db", "journal.db-wal", "journal.db-shm"):
            (state / name).unlink(missing_ok=True)
        (state / "journal.db").write_bytes((backup / "journal.db").read_bytes())
        async with opened(state, clock=clock, ballast_bytes=0) as journal:
            assert await journal.reindex() == 0
            assert await journal.cases_of(NUMBER) == []
            with pytest.raises(KeyErased):
                await journal.personal("c1", staff_no="900", reason="asked")

    run(work)


async def back_up(journal: Journal, out: Path) -> None:
    write_backup(journal.file, out, Trailer(await journal.anchor()), datetime(2026, 3, 2, tzinfo=UTC))


@pytest.mark.parametrize("steps", range(6))
def test_the_master_key_changes_in_steps_and_a_cut_between_two_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    monkeypatch.setattr(sealing, "KEYS_A_STEP", 2)
    owners = [f"c{number}" for number in range(6)]
    keys = sealing.KeyStore(tmp_path)
    sealed = {owner: keys.seal(owner, NAME.encode(), b"") for owner in owners}
    old = (tmp_path / "master.key").read_bytes()
    wrapped = wrapped_keys(tmp_path)["c3"]
    assert keys.erase(["c3", "nobody"]) == 1
    for _ in range(steps):
        keys.rewrap()
    sealed["a new one"] = keys.seal("a new one", NAME.encode(), b"")
    keys.close()  # cut off here
    keys = sealing.KeyStore(tmp_path)
    while keys.rewrap():
        pass
    with pytest.raises(KeyErased):
        keys.unseal("c3", sealed.pop("c3"), b"")
    assert {keys.unseal(owner, one, b"") for owner, one in sealed.items()} == {NAME.encode()}
    keys.close()
    assert wrapped not in wrapped_keys(tmp_path).values()
    assert (tmp_path / "master.key").read_bytes() != old
    assert [path.name for path in tmp_path.glob("master*")] == ["master.key"]
    for owner, one in wrapped_keys(tmp_path).items():
        with pytest.raises(SealBroken):
            _open(old, one, owner.encode())


def wrapped_keys(folder: Path) -> dict[str, bytes]:
    with closing(sqlite3.connect(folder / "keys.db")) as db:
        return dict(db.execute("SELECT owner, wrapped FROM keys"))


def test_many_cases_change_the_master_key_once(tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(tmp_path, ballast_bytes=0) as journal:
            for number in range(5):
                await journal.append([*story(f"c{number}"), returned(f"c{number}")])
            inode = (tmp_path / "keys" / "master.key").stat().st_ino
            await journal.erase([f"c{number}" for number in range(4)], by="nightdesk", reason="time")
            assert (tmp_path / "keys" / "master.key").stat().st_ino != inode
            assert (await journal.personal("c4", staff_no="900", reason="asked"))["name"] == NAME
            told = await journal.events(kinds=["PersonalDataErased"])
            assert [event.data["case_id"] for event in told] == [f"c{number}" for number in range(4)]
            assert json.dumps(NAME) not in json.dumps([dict(event.data) for event in told])

    run(work)


@pytest.mark.parametrize("key_is_gone", [False, True])
def test_an_order_that_was_cut_off_is_carried_out_by_the_next_start(
    tmp_path: Path, *, key_is_gone: bool
) -> None:
    """The order is durable before the key goes: a key is never gone without a word of it."""

    async def cut_off() -> None:
        async with opened(tmp_path, ballast_bytes=0) as journal:
            for number in range(2):
                await journal.append([*story(f"c{number}"), returned(f"c{number}")])
            await journal.append(ev.ErasureOrdered("c0", "9001", "asked for"))
            if key_is_gone:
                await journal.destroy(["c0"])

    async def work() -> None:
        async with opened(tmp_path, ballast_bytes=0) as journal:
            await journal.carry_out_erasures()
            with pytest.raises(KeyErased):
                await journal.personal("c0", staff_no="900", reason="asked")
            assert (await journal.personal("c1", staff_no="900", reason="asked"))["name"] == NAME
            await journal.carry_out_erasures()
            told = await journal.events(kinds=["PersonalDataErased"])
            assert [dict(event.data) for event in told] == [
                {"case_id": "c0", "by": "9001", "reason": "asked for"}
            ]

    run(cut_off)
    run(work)


# nothing is forgotten to be forgotten -------------------------------------------------------------------------------


def columns(state: Path) -> dict[str, set[str]]:
    """Each table with its columns."""
    with closing(sqlite3.connect(state / "journal.db")) as db:
        names = [row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {name: {row[1] for row in db.execute(f"PRAGMA table_info({name})")} for name in names}


def test_every_table_of_a_case_or_a_person_is_known_here(tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(tmp_path, ballast_bytes=0):
            pass

    run(work)
    found = columns(tmp_path)
    follows = {*TABLES, "outbox"}  # what the chain says, and what `forget` treats by itself
    assert {name for name, have in found.items() if "case_id" in have} - follows == set(TABLES_OF_A_CASE)
    assert {name for name, have in found.items() if "person" in have} == set(TABLES_OF_A_PERSON)


def test_every_event_by_which_persons_are_found_is_found_again() -> None:
    indexed = {
        name: kind.INDEXED
        for module in (ev, staffevents, agencyevents)
        for name, kind in vars(module).items()
        if isinstance(kind, type) and hasattr(kind, "INDEXED")
    }
    assert indexed == dict(INDEXED)


def test_a_person_who_asks_is_forgotten_altogether(tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(tmp_path, ballast_bytes=0) as journal:
            await journal.append([*story("c1"), returned("c1")])
            persons = [await journal.keyed_hash(number) for number in (NUMBER, OTHER[1])]

            def fill(db: sqlite3.Connection) -> None:
                for person in persons:
                    db.execute("INSERT INTO known_phones VALUES (?, x'00')", (person,))
                    db.execute("INSERT INTO face_mismatches VALUES (?, '2026-03-01', 1)", (person,))

            await journal.write(fill)
            await journal.erase(["c1"], by="900", reason="asked", id_number=NUMBER)
            for table in ("known_phones", "face_mismatches"):
                sql = f"SELECT person FROM {table}"
                left = await journal.read(lambda db, sql=sql: db.execute(sql).fetchall())  # type: ignore[misc]
                assert left == [(persons[1],)]

    run(work)
