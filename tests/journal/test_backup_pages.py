"""Scanned pages go with a backup as they are sealed, come back proved, and open no more once their case is erased."""

import asyncio
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from kiosk.journal import Journal, opened
from kiosk.journal.backup import Backup, read_backup, restore, write_backup
from kiosk.journal.errors import JournalDamaged, KeyErased
from kiosk.journal.pagefiles import FOLDER, PagesOnDisk, digest_of
from kiosk.journal.rows import LISTING, Trailer
from kiosk.journal.scanevents import PagesAdded, PagesSealed
from kiosk.journal.verify import verify
from tests.journal.facts import run, story

NOW: Final = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
SECRET: Final = b"what stands on page "


async def scanned(journal: Journal, state: Path, case_id: str, count: int = 2) -> None:
    await journal.append(story(case_id, f"A-{case_id[1:]:0>2}"))
    pages = [await journal.seal(case_id, SECRET + bytes([48 + number])) for number in range(count)]
    await asyncio.to_thread(PagesOnDisk(state).put, case_id, pages)
    size = sum(map(len, pages))
    await journal.append(
        PagesSealed(case_id, "s", "tax", ("form",), (count,), count, size, digest_of(pages), whole=False)
    )


async def back_up(journal: Journal, out: Path) -> Backup:
    head = Trailer(await journal.anchor(), (await journal.public_key()).hex())
    return write_backup(journal.file, out, head, NOW)


@pytest.fixture
def backed_up(tmp_path: Path) -> tuple[Path, Path]:
    """State and backup of a kiosk with two cases of two pages each."""
    state, backup = tmp_path / "state", tmp_path / "backup"

    async def work() -> None:
        async with opened(state, ballast_bytes=0) as journal:
            for case_id in ("c1", "c2"):
                await scanned(journal, state, case_id)
            assert (await back_up(journal, backup)).without_pages == ()

    run(work)
    return state, backup


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in (folder / FOLDER).rglob("*") if path.is_file())


ALL: Final = [f"pages/{case}/00{number}.sealed" for case in ("c1", "c2") for number in (1, 2)]


def test_pages_go_sealed_as_they_are_for_their_owner_alone(backed_up: tuple[Path, Path]) -> None:
    state, backup = backed_up
    assert names(backup) == ALL
    assert [name for name in read_backup(backup).files if name.startswith(FOLDER)] == ALL
    for name in ALL:
        assert (backup / name).read_bytes() == (state / name).read_bytes()
    everything = [path for path in backup.rglob("*") if path.is_file()]
    assert SECRET not in b"".join(path.read_bytes() for path in everything)
    assert {path.stat().st_mode & 0o077 for path in backup.rglob("*")} == {0}
    assert verify(backup, [read_backup(backup).head]).ok


def test_lost_pages_come_back_and_open(backed_up: tuple[Path, Path]) -> None:
    state, backup = backed_up
    before = {name: (state / name).read_bytes() for name in ALL}
    (state / "journal.db").unlink()
    (state / ALL[0]).write_bytes(b"of another time")
    done = restore(backup, state, NOW)
    assert done.moved_to is not None
    assert (done.moved_to / ALL[0]).read_bytes() == b"of another time"
    assert {name: (state / name).read_bytes() for name in ALL} == before

    async def work() -> None:
        async with opened(state, ballast_bytes=0) as journal:
            sealed = PagesOnDisk(state).read("c2", 2)
            assert [await journal.unseal("c2", page) for page in sealed] == [SECRET + b"0", SECRET + b"1"]

    run(work)


def test_a_page_of_an_erased_case_opens_in_no_old_backup_and_leaves_the_next_one(
    tmp_path: Path, backed_up: tuple[Path, Path]
) -> None:
    state, backup = backed_up
    shutil.copytree(backup, tmp_path / "old")

    async def work() -> None:
        async with opened(state, ballast_bytes=0) as journal:
            await journal.erase(["c1"], by="1001", reason="asked for")
            await back_up(journal, backup)
            assert names(backup) == ALL[2:]
            with pytest.raises(KeyErased):
                await journal.unseal("c1", (tmp_path / "old" / ALL[0]).read_bytes())
        restore(tmp_path / "old", state, NOW, accept_loss=True)
        async with opened(state, ballast_bytes=0) as journal:
            (one, *_) = PagesOnDisk(state).read("c1", 2)
            with pytest.raises(KeyErased):
                await journal.unseal("c1", one)
            (other, *_) = PagesOnDisk(state).read("c2", 2)
            assert await journal.unseal("c2", other) == SECRET + b"0"

    run(work)


def test_a_second_backup_copies_no_page_again_and_adds_the_new(backed_up: tuple[Path, Path]) -> None:
    state, backup = backed_up
    before = {name: (backup / name).stat().st_ino for name in ALL}

    async def work() -> None:
        async with opened(state, ballast_bytes=0) as journal:
            await scanned(journal, state, "c3", 3)
            await back_up(journal, backup)

    run(work)
    assert names(backup) == [*ALL, *(f"pages/c3/00{number}.sealed" for number in (1, 2, 3))]
    assert {name: (backup / name).stat().st_ino for name in ALL} == before


@pytest.mark.parametrize("spoil", [lambda page: page.unlink(), lambda page: page.write_bytes(b"else")])
def test_pages_that_are_not_those_recorded_are_named_and_hold_up_nothing_else(
    tmp_path: Path, spoil: Callable[[Path], object], backed_up: tuple[Path, Path]
) -> None:
    state, _ = backed_up
    spoil(state / ALL[1])
    backup = tmp_path / "another"

    async def work() -> None:
        async with opened(state, ballast_bytes=0) as journal:
            assert (await back_up(journal, backup)).without_pages == ("c1",)

    run(work)
    assert names(backup) == ALL[2:]
    assert restore(backup, tmp_path / "new-machine", NOW).without_pages == ("c1",)


def test_a_damaged_or_missing_page_is_refused_at_the_restore(
    tmp_path: Path, backed_up: tuple[Path, Path]
) -> None:
    _, backup = backed_up
    page = backup / ALL[3]
    whole = page.read_bytes()
    page.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(JournalDamaged, match=ALL[3]):
        restore(backup, tmp_path / "new-machine", NOW)
    page.write_bytes(whole)
    old = read_backup(backup)
    left_out = {name: digest for name, digest in old.files.items() if name != ALL[3]}
    (backup / LISTING).write_bytes(Backup(old.trailer, old.made_at, left_out).encode())
    with pytest.raises(JournalDamaged, match="scanned pages of c2"):
        restore(backup, tmp_path / "new-machine", NOW)
    assert not (tmp_path / "new-machine" / "journal.db").exists()


def test_pages_that_were_added_go_into_the_next_backup_behind_the_others(
    backed_up: tuple[Path, Path],
) -> None:
    state, backup = backed_up

    async def work() -> None:
        async with opened(state, ballast_bytes=0) as journal:
            files = PagesOnDisk(state)
            before = files.read("c1", 2)
            added = await journal.seal("c1", SECRET + b"2")
            await asyncio.to_thread(files.put, "c1", [added], 2)
            await asyncio.to_thread(files.put, "c2", [b"left by a crash"], 2)
            every = (*before, added)
            await journal.append(
                PagesAdded("c1", "s", "tax", ("other",), (1,), 1, 3, sum(map(len, every)), digest_of(every))
            )
            assert (await back_up(journal, backup)).without_pages == ()

    run(work)
    assert names(backup) == sorted([*ALL, "pages/c1/003.sealed"])
    assert verify(backup, [read_backup(backup).head]).ok
