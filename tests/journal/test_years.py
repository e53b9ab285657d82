"""A journal of years takes no more memory to be checked or given away than one of days."""

import asyncio
import shutil
import sqlite3
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from kiosk.demo.years import case_number, facts_of, write_years
from kiosk.journal.archive import segment_files
from kiosk.journal.export import write_export
from kiosk.journal.faults import Fault
from kiosk.journal.history import Subject, View, history
from kiosk.journal.rotation import Sizes
from kiosk.journal.rows import Trailer
from kiosk.journal.verify import MOST_FAULTS, verify

FEW, MANY = 100, 450  # both with segments
A_VISIT: Final = len(list(facts_of(0)))
MOST_GROWTH: Final = 1.3
SIZES: Final = Sizes(segment_events=1_000, kept_events=500)


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, Path]]:
    """One journal with few and one with many visits."""
    folders = {count: tmp_path_factory.mktemp(f"visits-{count}") for count in (FEW, MANY)}
    for count, folder in folders.items():
        asyncio.run(write_years(folder, count, SIZES))
    yield {count: folder / "journal.db" for count, folder in folders.items()}
    for folder in folders.values():
        shutil.rmtree(folder)


def test_it_is_a_journal_like_any_other(years: dict[int, Path]) -> None:
    report = verify(years[MANY])
    assert report.ok, report
    assert report.events == MANY * A_VISIT + len(segment_files(years[MANY]))
    assert len(segment_files(years[MANY])) == 6
    for visit in (0, MANY // 2, MANY - 1):
        told = history(years[MANY], Subject(View.CASE, case_number(visit)))
        assert [entry.event.type for entry in told] == [kind for kind, _, _ in facts_of(visit)]


def exported(file: Path) -> None:
    out = file.with_name("out.jsonl")
    out.unlink(missing_ok=True)
    write_export(file, out, Trailer(verify(file).head))


@pytest.mark.parametrize("work", [verify, exported, lambda file: verify(file, by_seals=True)])
def test_memory_does_not_grow_with_the_journal(
    years: dict[int, Path], work: Callable[[Path], object]
) -> None:
    def peak(file: Path) -> int:
        tracemalloc.start()
        try:
            work(file)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    work(years[FEW])  # what is kept for good is made by now
    assert peak(years[MANY]) <= MOST_GROWTH * peak(years[FEW])


def test_a_file_that_is_wrong_throughout_is_given_up_in_time(years: dict[int, Path], tmp_path: Path) -> None:
    shutil.copytree(years[MANY].parent, tmp_path / "state")
    for _, file in segment_files(tmp_path / "state" / "journal.db"):
        file.chmod(0o600)
        with closing(sqlite3.connect(file)) as db:
            db.execute("UPDATE events SET version = 2")
            db.commit()
    faults = verify(tmp_path / "state" / "journal.db").faults
    assert MOST_FAULTS < len(faults) < MOST_FAULTS + 20
    assert {fault.fault for fault in faults[:MOST_FAULTS]} == {Fault.EDITED}
    assert "ended here" in faults[MOST_FAULTS].detail
