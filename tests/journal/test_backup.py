"""A backup is whole, holds no key, and never takes the place of a newer journal without a word."""

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from kiosk.journal import Journal, JournalBusy, JournalError, opened
from kiosk.journal.anchor import parse_anchor
from kiosk.journal.archive import segment_files
from kiosk.journal.backup import Backup, read_backup, restore, write_backup
from kiosk.journal.errors import JournalDamaged, JournalUnreadable
from kiosk.journal.rotation import Rotation, Sizes
from kiosk.journal.rows import LISTING, Trailer
from kiosk.journal.segments import file_sha256
from kiosk.journal.verify import verify
from tests.journal.facts import NAME, NUMBER, PHONE, Clock, run, story

NOW: Final = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
SIZES: Final = Sizes(segment_events=10, kept_events=10)


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def back_up(journal: Journal, out: Path) -> Backup:
    head = Trailer(await journal.anchor(), (await journal.public_key()).hex())
    return write_backup(journal.file, out, head, NOW)


async def visits(journal: Journal, first: int, count: int) -> None:
    for number in range(first, first + count):
        await journal.append(story(f"c{number}", f"A-{number:02d}"))
    rotation = Rotation(journal, SIZES)
    while await rotation.step():
        pass


def test_a_backup_beside_the_running_journal_is_whole(tmp_path: Path, clock: Clock) -> None:
    async def work() -> bytes:
        async with opened(tmp_path / "state", clock=clock, ballast_bytes=0) as journal:
            await visits(journal, 1, 6)
            made = await back_up(journal, tmp_path / "backup")
            await visits(journal, 7, 1)
            assert made == read_backup(tmp_path / "backup")
            assert {*made.files} >= {"journal.db", "segments/000000000001.db", "segments/manifest.json"}
            return await journal.public_key()

    key = run(work)
    head = read_backup(tmp_path / "backup").head
    report = verify(tmp_path / "backup", [head], public_key=key)
    assert report.ok, report
    assert (report.head_seq, report.head_hash) == (head.seq, head.hash_hex)
    modes = {path.stat().st_mode & 0o077 for path in (tmp_path / "backup").rglob("*")}
    assert modes == {0}


def test_a_second_backup_adds_what_is_new_and_copies_no_segment_again(tmp_path: Path, clock: Clock) -> None:
    out = tmp_path / "backup"

    async def work() -> None:
        async with opened(tmp_path / "state", clock=clock, ballast_bytes=0) as journal:
            await visits(journal, 1, 6)
            first = await back_up(journal, out)
            kept = {file.name: file.stat().st_ino for _, file in segment_files(out / "journal.db")}
            await visits(journal, 7, 6)
            second = await back_up(journal, out)
            assert second.head.seq > first.head.seq
            now = {file.name: file.stat().st_ino for _, file in segment_files(out / "journal.db")}
            assert {name: now[name] for name in kept} == kept
            assert len(now) > len(kept)

    run(work)
    assert verify(out, [read_backup(out).head]).ok


def test_only_the_database_that_is_listed_counts(tmp_path: Path, clock: Clock) -> None:
    """Which a cut left beside it, older or newer, is not looked at, and the next backup puts its own in its place."""
    out, names = tmp_path / "backup", []

    async def work() -> None:
        async with opened(tmp_path / "state", clock=clock, ballast_bytes=0) as journal:
            for number in range(1, 4):
                await visits(journal, number, 1)
                made = await back_up(journal, out)
                names.append(made.database)
                (other,) = {"journal.db", "journal-2.db"} - {made.database}
                assert not (out / other).exists()
                (out / other).write_bytes(b"torn")
                assert verify(out, [made.head]).ok

    run(work)
    assert names == ["journal.db", "journal-2.db", "journal.db"]
    restore(out, tmp_path / "new-machine", NOW)
    assert verify(tmp_path / "new-machine" / "journal.db", [read_backup(out).head]).ok


@pytest.mark.parametrize("name", ["../keys/keys.db", "segments/../../x", "/etc/passwd", "segments/"])
def test_a_listing_that_names_files_elsewhere_is_refused(
    tmp_path: Path, backed_up: tuple[Path, Path], name: str
) -> None:
    _, backup = backed_up
    old = read_backup(backup)
    forged = Backup(old.trailer, old.made_at, {**old.files, name: "0" * 64})
    (backup / LISTING).write_bytes(forged.encode())
    with pytest.raises(JournalUnreadable, match="which no backup has"):
        restore(backup, tmp_path / "new-machine", NOW)


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, clock: Clock) -> None:
    async def work() -> None:
        async with opened(tmp_path / "state", clock=clock, ballast_bytes=0) as journal:
            await visits(journal, 1, 1)
            (tmp_path / "photos").mkdir()
            (tmp_path / "photos" / "cat.png").write_bytes(b"meow")
            with pytest.raises(JournalError, match="holds no backup"):
                await back_up(journal, tmp_path / "photos")
            assert [path.name for path in (tmp_path / "photos").iterdir()] == ["cat.png"]

    run(work)


def test_an_older_journal_does_not_take_the_place_of_a_newer_backup(tmp_path: Path, clock: Clock) -> None:
    async def work() -> None:
        async with opened(tmp_path / "state", clock=clock, ballast_bytes=0) as journal:
            await visits(journal, 1, 1)
            await journal.copy_to(tmp_path / "older.db")
            await visits(journal, 2, 1)
            await back_up(journal, tmp_path / "backup")
        (tmp_path / "other").mkdir()
        shutil.copy(tmp_path / "older.db", tmp_path / "other" / "journal.db")
        async with opened(tmp_path / "other", clock=clock, ballast_bytes=0) as journal:
            with pytest.raises(JournalError, match="does not have"):
                await back_up(journal, tmp_path / "backup")

    run(work)


def test_a_backup_holds_no_key_no_person_and_nothing_plain(tmp_path: Path, clock: Clock) -> None:
    async def work() -> str:
        async with opened(tmp_path / "state", clock=clock, ballast_bytes=0) as journal:
            await visits(journal, 1, 3)
            await back_up(journal, tmp_path / "backup")
            return await journal.keyed_hash(NUMBER)

    person = run(work)
    kept = b"".join(path.read_bytes() for path in (tmp_path / "backup").rglob("*") if path.is_file())
    assert [word for word in (NAME, NUMBER, PHONE, person) if word.encode() in kept] == []
    assert not list((tmp_path / "backup").rglob("*key*"))


# and back -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def backed_up(tmp_path: Path, clock: Clock) -> tuple[Path, Path]:
    """A kiosk's state folder that went on after its backup, and the backup."""
    state, backup = tmp_path / "state", tmp_path / "backup"

    async def work() -> None:
        async with opened(state, clock=clock, ballast_bytes=0) as journal:
            await visits(journal, 1, 6)
            await back_up(journal, backup)
        shutil.copytree(state, tmp_path / "as-backed-up")
        async with opened(state, clock=clock, ballast_bytes=0) as journal:
            await visits(journal, 7, 1)

    run(work)
    return state, backup


def test_a_lost_journal_comes_back_whole_and_finds_its_persons(
    tmp_path: Path, backed_up: tuple[Path, Path]
) -> None:
    _, backup = backed_up
    state = tmp_path / "as-backed-up"
    for path in (state / "journal.db", state / "segments"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    done = restore(backup, state, NOW)
    assert (done.known, done.moved_to) == (None, None)

    async def work() -> None:
        async with opened(state, ballast_bytes=0) as journal:
            assert journal.gap is None
            assert await journal.cases_of(NUMBER) == []
            assert await journal.reindex() == 6
            assert [row.case_id for row in await journal.cases_of(NUMBER)] == [f"c{n}" for n in range(1, 7)]
            assert (await journal.personal("c1", staff_no="900", reason="asked"))["name"] == NAME

    run(work)
    assert verify(state / "journal.db", [read_backup(backup).head]).ok


def test_an_older_backup_is_refused_and_nothing_is_touched(backed_up: tuple[Path, Path]) -> None:
    state, backup = backed_up
    before = {path: path.read_bytes() for path in state.rglob("*") if path.is_file()}
    del before[state / "journal.lock"]
    with pytest.raises(JournalError, match="--accept-loss"):
        restore(backup, state, NOW)
    assert {path: path.read_bytes() for path in before} == before
    assert list(state.glob("restore*")) + list(state.glob("replaced*")) == []


def test_with_accepted_loss_the_kiosk_knows_what_is_missing(backed_up: tuple[Path, Path]) -> None:
    state, backup = backed_up
    lost = verify(state / "journal.db").head
    done = restore(backup, state, NOW, accept_loss=True)
    assert done.known is not None
    assert done.known.seq == lost.seq
    assert done.moved_to is not None
    assert verify(done.moved_to / "journal.db").ok
    assert said_of_gap(state) == (read_backup(backup).head.seq, lost.seq, lost.hash_hex)


def said_of_gap(state: Path) -> tuple[int, int, str]:
    """What the journal says of it at the next start, after a look from the command line came in between."""

    async def look() -> None:
        async with opened(state, ballast_bytes=0) as journal:
            await journal.reindex()

    async def start() -> tuple[int, int, str]:
        async with opened(state, ballast_bytes=0) as journal:
            assert journal.gap is not None
            await journal.own_up(journal.gap, [])
            event = await journal.last_event("EventsMissing")
            assert event is not None
            data = event.data
        async with opened(state, ballast_bytes=0) as journal:
            assert journal.gap is None
        return data["found_seq"], data["known_seq"], data["known_hash"]

    run(look)
    return run(start)


def test_an_anchor_from_outside_counts_where_the_kiosk_forgot(
    tmp_path: Path, backed_up: tuple[Path, Path]
) -> None:
    state, backup = backed_up
    receipt = parse_anchor(verify(state / "journal.db").head.text)
    fresh = tmp_path / "new-machine"
    with pytest.raises(JournalError, match=receipt.text):
        restore(backup, fresh, NOW, anchors=[receipt])
    restore(backup, fresh, NOW, anchors=[receipt], accept_loss=True)
    assert said_of_gap(fresh)[1] == receipt.seq


def test_an_older_file_that_somebody_copied_in_is_noticed_at_the_start(tmp_path: Path, clock: Clock) -> None:
    state = tmp_path / "state"

    async def work() -> None:
        async with opened(state, clock=clock, ballast_bytes=0) as journal:
            await visits(journal, 1, 1)
            await journal.copy_to(tmp_path / "older.db")
            await visits(journal, 2, 1)
        shutil.copy(tmp_path / "older.db", state / "journal.db")

    run(work)
    assert said_of_gap(state)[:2] == (6, 12)


def test_a_journal_that_was_written_anew_is_noticed_at_the_start(tmp_path: Path, clock: Clock) -> None:
    state = tmp_path / "state"

    async def work(folder: Path, first: int, count: int) -> None:
        async with opened(folder, clock=clock, ballast_bytes=0) as journal:
            await visits(journal, first, count)

    run(lambda: work(state, 1, 1))
    run(lambda: work(tmp_path / "forged", 5, 3))
    shutil.copy(tmp_path / "forged" / "journal.db", state / "journal.db")
    found, known, _ = said_of_gap(state)
    assert found > known


def test_a_program_that_runs_keeps_its_journal(backed_up: tuple[Path, Path]) -> None:
    state, backup = backed_up

    async def work() -> None:
        async with opened(state, ballast_bytes=0):
            with pytest.raises(JournalBusy):
                restore(backup, state, NOW, accept_loss=True)

    run(work)


@pytest.mark.parametrize(
    "name", ["journal.db", "segments/000000000011.db", "segments/manifest.json", LISTING]
)
def test_a_damaged_backup_is_refused(tmp_path: Path, backed_up: tuple[Path, Path], name: str) -> None:
    _, backup = backed_up
    path = backup / name
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises((JournalDamaged, JournalUnreadable)):
        restore(backup, tmp_path / "new-machine", NOW)
    assert not (tmp_path / "new-machine" / "journal.db").exists()


def test_a_backup_that_was_edited_and_listed_anew_is_refused(
    tmp_path: Path, backed_up: tuple[Path, Path]
) -> None:
    _, backup = backed_up
    with closing(sqlite3.connect(backup / "journal.db")) as db:
        db.execute("DROP TRIGGER events_are_not_edited")
        db.execute("UPDATE events SET type = 'DepositHeld' WHERE seq = (SELECT max(seq) FROM events)")
        db.commit()
    old = read_backup(backup)
    forged = Backup(old.trailer, old.made_at, {**old.files, "journal.db": file_sha256(backup / "journal.db")})
    (backup / LISTING).write_bytes(forged.encode())
    with pytest.raises(JournalDamaged, match="edited"):
        restore(backup, tmp_path / "new-machine", NOW)
