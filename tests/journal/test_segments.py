"""Old events leave the journal's file for sealed segments: no answer changes; what is done to a segment is found."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from kiosk.journal import Channel, Journal, Notice, OutboxState, opened
from kiosk.journal import events as ev
from kiosk.journal import rotation as rotation_module
from kiosk.journal.anchor import Anchor
from kiosk.journal.archive import opened_database, segment_files
from kiosk.journal.codec import link
from kiosk.journal.errors import JournalDamaged, JournalUnreadable
from kiosk.journal.export import write_export
from kiosk.journal.faults import Fault
from kiosk.journal.history import Subject, View, history
from kiosk.journal.rotation import Rotation, Sizes
from kiosk.journal.rows import Trailer
from kiosk.journal.segments import Manifest, file_sha256, read_manifest, seal, write_manifest
from kiosk.journal.types import Event, Recorded
from kiosk.journal.verify import verify
from locker import events as le
from tests.journal.facts import NAME, Clock, run, story, tables

SIZES: Final = Sizes(segment_events=10, kept_events=10)
CASES: Final = 7
CELL: Final = "A-03"


def visits() -> list[Event]:
    """Each a deposit and its collection, all at one compartment."""
    found: list[Event] = []
    for number in range(CASES):
        case_id = f"c{number}"
        taken: list[Event] = [
            le.RetrievalAuthorized(case_id, CELL, "1001"),
            le.DepositCollected(case_id, CELL, "1001"),
        ]
        found += [*story(case_id, CELL), *taken]
    return found


async def turn(journal: Journal, sizes: Sizes = SIZES) -> None:
    """As long as anything is to be done."""
    rotation = Rotation(journal, sizes)
    while await rotation.step():
        pass


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, bytes]:
    """The same journal twice, as one file and with segments, and the public key of the second."""
    whole, parted = tmp_path_factory.mktemp("whole"), tmp_path_factory.mktemp("parted")

    async def write(folder: Path, *, rotate: bool) -> bytes:
        async with opened(folder, clock=Clock(), ballast_bytes=0) as journal:
            await journal.append(visits())
            if rotate:
                await turn(journal)
            return await journal.public_key()

    run(lambda: write(whole, rotate=False))
    key = run(lambda: write(parted, rotate=True))
    return whole, parted, key


@pytest.fixture
def parted(kept: tuple[Path, Path, bytes], tmp_path: Path) -> tuple[Path, bytes]:
    """A journal with segments to do something to, and its public key."""
    shutil.copytree(kept[1], tmp_path / "state")
    for _, file in segment_files(tmp_path / "state" / "journal.db"):
        file.chmod(0o600)
    return tmp_path / "state", kept[2]


# what is asked ------------------------------------------------------------------------------------------------------


def test_the_old_events_have_left_and_the_chain_is_whole(kept: tuple[Path, Path, bytes]) -> None:
    _, parted, key = kept
    files = segment_files(parted / "journal.db")
    assert [first for first, _ in files] == [1, 11, 21, 31, 41]
    assert {file.stat().st_mode & 0o777 for _, file in files} == {0o400}
    with closing(sqlite3.connect(parted / "journal.db")) as db:
        assert db.execute("SELECT min(seq) FROM events").fetchone() == (51,)
    count = CASES * 8 + len(files)
    for by_seals in (False, True):
        report = verify(parted / "journal.db", public_key=key, by_seals=by_seals)
        assert report.ok, report
        assert (report.events, report.head_seq) == (count, count)


@pytest.mark.parametrize(
    "subject", [Subject(View.CASE, "c2"), Subject(View.CELL, CELL), Subject(View.STAFF, "1001")]
)
def test_a_history_is_the_same(kept: tuple[Path, Path, bytes], subject: Subject) -> None:
    whole, parted, _ = kept
    told = [
        [
            (entry.event.seq, entry.event.type, entry.known, entry.by, entry.open)
            for entry in history(folder / "journal.db", subject)
        ]
        for folder in (whole, parted)
    ]
    assert told[0] == told[1]
    assert told[0]


def test_the_program_reads_over_the_seam(kept: tuple[Path, Path, bytes], tmp_path: Path) -> None:
    shutil.copytree(kept[1], tmp_path / "state")

    async def work() -> None:
        async with opened(tmp_path / "state", ballast_bytes=0) as journal:
            assert [event.seq for event in await journal.events()] == list(range(1, CASES * 8 + 6))
            assert [event.seq for event in await journal.events(after=8, limit=4)] == [9, 10, 11, 12]
            opened_cases = await journal.events(kinds=["CaseOpened"])
            assert [event.data["case_id"] for event in opened_cases] == [f"c{n}" for n in range(CASES)]
            newest = await journal.last_event("CaseOpened")
            assert newest is not None
            assert newest.seq == 49
            assert (await journal.personal("c0", staff_no="900", reason="asked"))["name"] == NAME

    run(work)


def test_types_are_counted_over_the_seam(kept: tuple[Path, Path, bytes]) -> None:
    whole, parted, _ = kept
    with opened_database(whole / "journal.db") as one, opened_database(parted / "journal.db") as other:
        assert other.counts() == {**one.counts(), "SegmentSealed": 5}


def test_an_anchor_from_a_segment_counts_however_it_is_checked(kept: tuple[Path, Path, bytes]) -> None:
    file = kept[1] / "journal.db"
    with opened_database(file) as chain:
        row = chain.at(7)
    assert row is not None
    for by_seals in (False, True):
        assert verify(file, [Anchor(7, row[5].hex())], by_seals=by_seals).ok
        wrong = verify(file, [Anchor(7, "00" * 32)], by_seals=by_seals)
        assert [(fault.fault, fault.seq) for fault in wrong.faults] == [(Fault.REPLACED, 7)]


def test_projections_are_made_anew_over_the_seam(kept: tuple[Path, Path, bytes], tmp_path: Path) -> None:
    shutil.copytree(kept[1], tmp_path / "state")
    file = tmp_path / "state" / "journal.db"
    before = tables(file)
    assert before["cases"]

    async def work() -> None:
        async with opened(tmp_path / "state", ballast_bytes=0) as journal:
            assert await journal.rebuild() == CASES * 8 + 5

    run(work)
    assert tables(file) == before


def test_an_export_holds_all(kept: tuple[Path, Path, bytes], tmp_path: Path) -> None:
    file = kept[1] / "journal.db"
    head = verify(file).head
    assert write_export(file, tmp_path / "out.jsonl", Trailer(head)) == head.seq
    assert verify(tmp_path / "out.jsonl").ok


def test_notices_go_with_their_events_but_those_still_to_be_sent(tmp_path: Path) -> None:
    def policy(event: Event, _recorded: Recorded) -> list[Notice]:
        return [Notice(Channel.SMS, "1001", b"{}")] if isinstance(event, le.DepositHeld) else []

    async def work() -> None:
        async with opened(tmp_path, clock=Clock(), ballast_bytes=0, notice_policy=policy) as journal:
            await journal.append(visits())
            message = await journal.outbox.next(Channel.SMS, "1001")
            assert message is not None
            await journal.outbox.mark_sent(message.message_id, message.created_at)
            await turn(journal)
            assert await journal.outbox.get(message.message_id) is None
            left = await journal.read(lambda db: db.execute("SELECT event_seq FROM outbox").fetchall())
            assert [row[0] for row in left] == [6 + 8 * number for number in range(1, CASES)]
        with closing(sqlite3.connect(segment_files(tmp_path / "journal.db")[0][1])) as db:
            (sent,) = db.execute("SELECT message_id, event_seq, state, settled_at FROM notices").fetchall()
            assert sent[:3] == (message.message_id, 6, "sent")
            assert sent[3]

    run(work)


def test_a_notice_that_is_sent_after_its_event_was_sealed_is_kept_where_it_was(tmp_path: Path) -> None:
    def policy(event: Event, _recorded: Recorded) -> list[Notice]:
        return [Notice(Channel.SMS, "1001", b"{}")] if isinstance(event, le.DepositHeld) else []

    async def work() -> None:
        async with opened(tmp_path, clock=Clock(), ballast_bytes=0, notice_policy=policy) as journal:
            await journal.append(visits())
            message = await journal.outbox.next(Channel.SMS, "1001")
            assert message is not None
            rotation = Rotation(journal, SIZES)
            assert await rotation.step()  # sealed, and its rows are still here
            await journal.outbox.mark_sent(message.message_id, message.created_at)
            await turn(journal)
            told = await journal.outbox.get(message.message_id)
            assert told is not None
            assert told.state is OutboxState.SENT

    run(work)


# what is interrupted ------------------------------------------------------------------------------------------------


class Killed(Exception):
    """The program ended here."""


@pytest.mark.parametrize("where", ["read_manifest", "write_manifest", "SegmentSealed", "_let_go"])
def test_a_rotation_that_was_cut_off_is_taken_up_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def dies(*_given: object) -> None:
        raise Killed

    async def cut_off() -> None:
        async with opened(tmp_path, clock=Clock(), ballast_bytes=0) as journal:
            await journal.append(visits())
            with monkeypatch.context() as patch:
                patch.setattr(rotation_module, where, dies)
                with pytest.raises(Killed):
                    await turn(journal)

    async def again() -> bytes:
        async with opened(tmp_path, ballast_bytes=0) as journal:
            await turn(journal)
            assert [event.seq for event in await journal.events()] == list(range(1, CASES * 8 + 6))
            return await journal.public_key()

    run(cut_off)
    assert verify(tmp_path / "journal.db").ok
    key = run(again)
    assert verify(tmp_path / "journal.db", public_key=key).ok


def test_a_check_in_the_middle_of_a_rotation_sees_a_whole_chain(tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(tmp_path, clock=Clock(), ballast_bytes=0) as journal:
            await journal.append(visits())
            rotation = Rotation(journal, SIZES)
            while await rotation.step():
                assert verify(tmp_path / "journal.db").ok

    run(work)


def test_a_damaged_row_is_never_sealed(tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(tmp_path, clock=Clock(), ballast_bytes=0) as journal:
            await journal.append(visits())

            def edit(db: sqlite3.Connection) -> None:
                db.execute("DROP TRIGGER events_are_not_edited")
                db.execute("UPDATE events SET type = 'DepositHeld' WHERE seq = 4")

            await journal.write(edit)
            with pytest.raises(JournalDamaged, match="event 4"):
                await turn(journal)
            assert segment_files(journal.file) == []
            assert list((tmp_path / "segments").iterdir()) == []

    run(work)


def test_no_row_leaves_while_its_segment_is_not_there(tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(tmp_path, clock=Clock(), ballast_bytes=0) as journal:
            await journal.append(visits())
            rotation = Rotation(journal, SIZES)
            assert await rotation.step()
            shutil.rmtree(tmp_path / "segments")
            with pytest.raises(JournalDamaged, match="put the segments back"):
                await rotation.step()
            assert (await journal.events())[0].seq == 1

    run(work)


def test_the_database_lets_only_sealed_events_go(kept: tuple[Path, Path, bytes], tmp_path: Path) -> None:
    shutil.copytree(kept[1], tmp_path / "state")

    async def work() -> None:
        async with opened(tmp_path / "state", ballast_bytes=0) as journal:
            with pytest.raises(sqlite3.IntegrityError, match="never removed"):
                await journal.write(lambda db: db.execute("DELETE FROM events WHERE seq = 51"))

    run(work)


# what is done to the files ------------------------------------------------------------------------------------------


def edit_row(state: Path) -> None:
    sql(
        state,
        11,
        "UPDATE events SET body = CAST(replace(CAST(body AS TEXT), 'A-03', 'A-04') AS BLOB) WHERE seq = 14",
    )


def remove_row(state: Path) -> None:
    sql(state, 11, "DELETE FROM events WHERE seq = 15")


def swap_rows(state: Path) -> None:
    sql(state, 11, "UPDATE events SET seq = -14 WHERE seq = 14", "UPDATE events SET seq = 14 WHERE seq = 15",
        "UPDATE events SET seq = 15 WHERE seq = -14")  # fmt: skip


def sql(state: Path, first: int, *statements: str) -> None:
    with closing(sqlite3.connect(state / "segments" / f"{first:012d}.db")) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()


def remove_file(state: Path) -> None:
    (state / "segments" / "000000000011.db").unlink()


def cut_front(state: Path) -> None:
    (state / "segments" / "000000000001.db").unlink()


def replace_file(state: Path) -> None:
    """One segment in the place of another."""
    folder = state / "segments"
    shutil.copy(folder / "000000000021.db", folder / "000000000011.db")


def rename_file(state: Path) -> None:
    folder = state / "segments"
    (folder / "000000000011.db").rename(folder / "000000000012.db")


def file_of_another_kiosk(state: Path) -> None:
    """Its segment with the same numbers, whole in itself, and listed there as here."""
    other = state.with_name("another kiosk")

    async def write() -> None:
        async with opened(other, clock=Clock(), ballast_bytes=0) as journal:
            await journal.append([ev.SessionStarted(f"s{number}") for number in range(60)])
            await turn(journal)

    run(write)
    name = "000000000011.db"
    shutil.copy(other / "segments" / name, state / "segments" / name)
    ours, theirs = (read_manifest(one / "segments").segments for one in (state, other))
    write_manifest(state / "segments", Manifest((ours[0], theirs[1], *ours[2:])))


def another_notice(state: Path) -> None:
    """Nothing of the chain: a table beside it."""
    sql(state, 11, "CREATE TABLE remarks (text TEXT)")


def forget_manifest(state: Path) -> None:
    (state / "segments" / "manifest.json").unlink()


def spoil_manifest(state: Path) -> None:
    (state / "segments" / "manifest.json").write_text("{}", encoding="utf-8")


def forge_manifest(state: Path) -> None:
    manifest = read_manifest(state / "segments")
    write_manifest(state / "segments", Manifest(manifest.segments, ""))


def everything_anew(state: Path) -> None:
    """A row edited, the hashes of its segment computed anew, and the file listed so."""
    folder = state / "segments"
    edit_row(state)
    with closing(sqlite3.connect(folder / "000000000011.db")) as db:
        rows = db.execute("SELECT seq, type, version, body, prev FROM events ORDER BY seq").fetchall()
        prev = rows[0][4]
        for seq, kind, version, body, _ in rows:
            now = link(prev, kind, version, body)
            db.execute("UPDATE events SET prev = ?, hash = ? WHERE seq = ?", (prev, now, seq))
            prev = now
        db.commit()
    (first, second, *rest) = read_manifest(folder).segments
    forged = replace(second, hash=prev.hex(), sha256=file_sha256(folder / second.name))
    write_manifest(folder, Manifest((first, forged, *rest)))


ATTACKS: Final[dict[str, tuple[Callable[[Path], None], Fault, int]]] = {
    "a row edited": (edit_row, Fault.EDITED, 14),
    "a row removed": (remove_row, Fault.REMOVED, 15),
    "two rows swapped": (swap_rows, Fault.REORDERED, 14),
    "a file removed": (remove_file, Fault.REMOVED, 11),
    "the first file removed": (cut_front, Fault.REMOVED, 1),
    "a file in the place of another": (replace_file, Fault.REMOVED, 11),
    "a file of another name": (rename_file, Fault.REMOVED, 11),
    "a file of another kiosk": (file_of_another_kiosk, Fault.SEAL, 11),
    "a file changed beside its rows": (another_notice, Fault.SEAL, 11),
    "the manifest removed": (forget_manifest, Fault.SEAL, 1),
    "the manifest spoilt": (spoil_manifest, Fault.SEAL, 1),
    "the manifest unsigned": (forge_manifest, Fault.FORGED, 1),
    "edited and made to fit": (everything_anew, Fault.REMOVED, 21),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_is_done_to_a_segment_is_found(parted: tuple[Path, bytes], attack: str) -> None:
    state, key = parted
    do, fault, seq = ATTACKS[attack]
    do(state)
    report = verify(state / "journal.db", public_key=key)
    assert (fault, seq) in [(one.fault, one.seq) for one in report.faults], report
    if fault not in (Fault.FORGED,) and "manifest" not in attack:
        assert not verify(state / "journal.db", by_seals=True).ok


def test_a_head_that_only_a_damaged_segment_could_tell_of_is_no_crash(parted: tuple[Path, bytes]) -> None:
    state, _ = parted
    (state / "segments" / "000000000011.db").write_bytes(b"no database" * 1000)

    async def work() -> None:
        async with opened(state, ballast_bytes=0) as journal:
            with pytest.raises(JournalUnreadable, match="segment"):
                await journal.lacks(Anchor(14, "0" * 64))

    run(work)


def test_a_copied_in_older_file_beside_newer_segments_is_found(
    parted: tuple[Path, bytes], tmp_path: Path
) -> None:
    state, _ = parted
    anchor = verify(state / "journal.db").head

    async def older() -> None:
        async with opened(tmp_path / "older", clock=Clock(), ballast_bytes=0) as journal:
            await journal.append(visits()[:20])
            await journal.copy_to(tmp_path / "older.db")

    run(older)
    for name in ("journal.db", "journal.db-wal", "journal.db-shm"):
        (state / name).unlink(missing_ok=True)
    shutil.copy(tmp_path / "older.db", state / "journal.db")
    faults = verify(state / "journal.db", [anchor]).faults
    assert [one.fault for one in faults] == [Fault.CUT]


def test_sealing_again_after_a_crash_makes_the_same_file(tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(tmp_path, clock=Clock(), ballast_bytes=0) as journal:
            await journal.append(visits())
            assert seal(journal.file, 1, 10) == seal(journal.file, 1, 10)
            with pytest.raises(JournalDamaged, match="not there"):
                seal(journal.file, 1, 1000)

    run(work)
