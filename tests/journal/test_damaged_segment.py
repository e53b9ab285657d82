"""A damaged segment hides no more than itself: what is lost is named, what can be read is told, no database error."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from kiosk.history import main
from kiosk.journal import opened
from kiosk.journal.archive import segment_files
from kiosk.journal.errors import JournalUnreadable, SegmentUnreadable
from kiosk.journal.export import write_export
from kiosk.journal.faults import Fault
from kiosk.journal.history import Subject, View, history
from kiosk.journal.rotation import Rotation, Sizes
from kiosk.journal.rows import Trailer, opened_chain
from kiosk.journal.salvage import Unread
from kiosk.journal.verify import as_text, verify
from kiosk.runtime.auditing import close_cut_off
from tests.journal.facts import Clock, run, story

SIZES: Final = Sizes(segment_events=120, kept_events=20)
CASES: Final = 65
SECOND: Final = "000000000121.db"
INSIDE: Final = "c29"  # a case whose events lie in the middle of the second segment
BEFORE: Final = "c2"
PAGE_BYTES: Final = 4096


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal of three segments."""
    state = tmp_path_factory.mktemp("whole")

    async def write() -> None:
        async with opened(state, clock=Clock(), ballast_bytes=0) as journal:
            for number in range(CASES):
                await journal.append(story(f"c{number}", f"A-{number % 9:02d}"))
            rotation = Rotation(journal, SIZES)
            while await rotation.step():
                pass

    run(write)
    assert len(segment_files(state / "journal.db")) == 3
    return state


@pytest.fixture
def state(whole: Path, tmp_path: Path) -> Path:
    shutil.copytree(whole, tmp_path / "state")
    for _, file in segment_files(tmp_path / "state" / "journal.db"):
        file.chmod(0o600)
    return tmp_path / "state"


def second(state: Path) -> Path:
    return state / "segments" / SECOND


def page_of(file: Path, case_id: str) -> int:
    """Number of the page of the table that holds a case's first event, from 0."""
    pages = file.read_bytes()
    leaf, mark = 0x0D, f'"case_id":"{case_id}"'.encode()
    for number in range(1, len(pages) // PAGE_BYTES):
        page = pages[number * PAGE_BYTES : (number + 1) * PAGE_BYTES]
        if page[0] == leaf and mark in page:
            return number
    raise AssertionError(f"no page of {file.name} holds {case_id}")


def a_page(state: Path) -> None:
    """A sector of the disk gives rubbish: one page in the middle of the table."""
    file = second(state)
    with file.open("r+b") as opened_file:
        opened_file.seek(page_of(file, INSIDE) * PAGE_BYTES)
        opened_file.write(b"\xff" * PAGE_BYTES)


def cut_off(state: Path) -> None:
    file = second(state)
    with file.open("r+b") as opened_file:
        opened_file.truncate(page_of(file, INSIDE) * PAGE_BYTES)


def no_database(state: Path) -> None:
    second(state).write_bytes(b"no database" * 1000)


def emptied(state: Path) -> None:
    second(state).write_bytes(b"")


DAMAGES: Final = [a_page, cut_off, no_database, emptied]


@pytest.fixture(params=DAMAGES, ids=lambda damage: damage.__name__)
def damaged(request: pytest.FixtureRequest, state: Path) -> Path:
    damage: Callable[[Path], None] = request.param
    damage(state)
    return state


def lost(state: Path) -> set[int]:
    return {seq for one in verify(state).unread for seq in range(one.first, one.last + 1)}


# verify -------------------------------------------------------------------------------------------------------------


def test_the_check_names_what_is_lost_and_reads_the_rest(damaged: Path, whole: Path) -> None:
    report, good = verify(damaged), verify(whole)
    assert report.events + len(lost(damaged)) == good.events
    assert (report.head_seq, report.head_hash) == (good.head_seq, good.head_hash)
    assert {fault.fault for fault in report.faults} <= {Fault.UNREADABLE, Fault.SEAL}
    assert {fault.seq for fault in report.faults if fault.fault is Fault.SEAL} == {121}
    told = as_text(report)
    assert f"segments/{SECOND}" in told
    assert f"events {min(lost(damaged))} to {max(lost(damaged))} can't be read" in told
    assert "of a backup" in told


def test_a_page_in_the_middle_takes_no_more_than_its_own_events(state: Path) -> None:
    a_page(state)
    (only,) = verify(state).unread
    assert isinstance(only, Unread)
    assert 121 < only.first <= only.last < 240
    assert only.last - only.first < PAGE_BYTES // 100


def test_an_edit_behind_the_damage_is_still_found(state: Path) -> None:
    a_page(state)
    with closing(sqlite3.connect(state / "segments" / "000000000241.db")) as db:
        db.execute("UPDATE events SET type = 'DepositHeld' WHERE seq = 250")
        db.commit()
    report = verify(state)
    assert (250, Fault.EDITED) in {(fault.seq, fault.fault) for fault in report.faults}
    assert not report.tells_the_rest


def test_by_its_seals_a_journal_with_a_damaged_segment_is_not_whole(damaged: Path) -> None:
    assert verify(damaged, by_seals=True).unread == verify(damaged).unread != ()


# history ------------------------------------------------------------------------------------------------------------


def test_a_history_tells_what_can_be_read(damaged: Path, whole: Path) -> None:
    for subject in (Subject(View.CASE, BEFORE), Subject(View.CASE, INSIDE), Subject(View.CELL, "A-02")):
        told = [entry.row.seq for entry in history(damaged, subject, salvaging=True)]
        all_of_it = [entry.row.seq for entry in history(whole, subject)]
        assert told == [seq for seq in all_of_it if seq not in lost(damaged)]


def test_without_being_told_it_is_an_error_in_words(damaged: Path) -> None:
    with pytest.raises(SegmentUnreadable, match=rf"segments/{SECOND}, which holds events 121 to 240.*backup"):
        history(damaged, Subject(View.CELL, "A-02"))


def test_the_command_shows_the_rest_and_where_something_is_missing(
    damaged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["show", "--cell", "A-02", "--file", str(damaged), "--lang", "en"]
    assert main(words, Path("none.toml")) == 1
    told = capsys.readouterr()
    lines = told.out.splitlines()
    (gap,) = [number for number, line in enumerate(lines) if "can't be read" in line]
    assert (
        f"Events {min(lost(damaged))} to {max(lost(damaged))} can't be read: segments/{SECOND}" in lines[gap]
    )
    assert "backup" in lines[gap + 1]
    numbers = [int(line[2:8]) for line in lines if line.startswith("J-")]
    before = [int(line[2:8]) for line in lines[:gap] if line.startswith("J-")]
    assert before == [seq for seq in numbers if seq < min(lost(damaged))] != numbers
    assert "chain is whole" not in told.out
    main([*words, "--json"], Path("none.toml"))
    assert json.loads(capsys.readouterr().out)["unread"][0]["file"] == f"segments/{SECOND}"


def test_a_case_that_is_lost_altogether_is_not_said_never_to_have_been(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    no_database(state)
    assert main(["show", "--case", INSIDE, "--file", str(state)], Path("none.toml")) == 1
    assert "events 121 to 240 can't be read" in capsys.readouterr().err


# export and the program -----------------------------------------------------------------------------------------------


def test_an_export_is_whole_or_refused_in_words(damaged: Path, tmp_path: Path) -> None:
    with pytest.raises(JournalUnreadable, match=SECOND):
        write_export(damaged, tmp_path / "out.jsonl", Trailer(verify(damaged).head))
    assert not (tmp_path / "out.jsonl").exists()


def test_the_export_s_command_says_what_where_and_what_to_do(
    damaged: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.jsonl"
    assert main(["export", "--out", str(out), "--file", str(damaged)], Path("none.toml")) == 1
    told = capsys.readouterr().err
    assert "is damaged" in told
    assert f"events {min(lost(damaged))} to" in told
    assert "journal verify" in told
    assert not out.exists()


def test_the_rows_of_a_chain_never_end_in_an_error_of_the_database(damaged: Path) -> None:
    with opened_chain(damaged) as chain, pytest.raises(SegmentUnreadable):
        list(chain.rows())


def test_the_kiosk_starts_all_the_same(damaged: Path) -> None:
    """What a start asks of the record lies in no sealed segment, or is not needed to serve."""

    async def start() -> None:
        async with opened(damaged, ballast_bytes=0) as journal:
            await close_cut_off(journal)
            await journal.append(story("new", "A-01"))
            assert await journal.events(kinds=["AuditCutOff"], after=verify(damaged).head_seq - 6) == []

    run(start)
    assert verify(damaged).tells_the_rest


def test_the_segment_of_a_backup_in_its_place_makes_it_whole_again(damaged: Path, whole: Path) -> None:
    shutil.copyfile(whole / "segments" / SECOND, second(damaged))
    assert verify(damaged).ok


def test_what_is_no_journal_at_all_is_not_to_be_mended_with_files_of_a_backup(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no journal")
    told = as_text(verify(tmp_path / "notes.txt"))
    assert "unreadable" in told
    assert "put these files of a backup" not in told
