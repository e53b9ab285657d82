"""The simulated disk: what was synced is there after a cut, what was not may be, and SQLite lives with both."""

import sqlite3
from random import Random

import pytest

from kiosk.simulate.database import Connection
from kiosk.simulate.disk import Disk, Platter, PowerCut

PATH = "/journal.db"
SEEDS = range(20)


def opened(disk: Disk, synchronous: str) -> Connection:
    db = Connection(disk, PATH)
    for pragma in ("journal_mode=WAL", f"synchronous={synchronous}"):
        db.execute(f"PRAGMA {pragma}")
    db.execute("CREATE TABLE IF NOT EXISTS facts (number INTEGER PRIMARY KEY)")
    return db


def append(db: Connection, number: int) -> None:
    db.execute("BEGIN IMMEDIATE")
    db.execute("INSERT INTO facts VALUES (?)", (number,))
    db.execute("COMMIT")


def left(disk: Disk, rng: Random) -> list[int]:
    after = disk.after_cut(rng)
    disk.scrap()
    numbers = [
        number for (number,) in opened(after, "FULL").execute("SELECT number FROM facts ORDER BY number")
    ]
    after.scrap()
    return numbers


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_committed_survives_a_cut_at_any_write(seed: int) -> None:
    rng = Random(seed)
    disk = Disk()
    db = opened(disk, "FULL")
    disk.cut_in = rng.randrange(1, 80)
    known: list[int] = []
    with pytest.raises(PowerCut):
        for number in range(100):
            append(db, number)
            known.append(number)
    assert left(disk, rng) in (known, [*known, len(known)])  # the one under way may have come through


def test_without_syncs_commits_are_lost() -> None:
    def lost(seed: int) -> bool:
        disk = Disk()
        db = opened(disk, "OFF")
        for number in range(5):
            append(db, number)
        disk.cut()
        try:
            return left(disk, Random(seed)) != [0, 1, 2, 3, 4]
        except sqlite3.OperationalError:  # a damaged file is a loss too
            return True

    assert any(lost(seed) for seed in SEEDS)


def test_a_write_that_was_not_synced_may_be_there_in_part() -> None:
    def after(seed: int) -> bytes:
        platter = Platter()
        platter.put(0, b"a" * 4096)
        platter.sync()
        platter.put(0, b"b" * 4096)
        return bytes(platter.after_cut(Random(seed)).seen)

    contents = {after(seed) for seed in range(200)}
    assert {b"a" * 4096, b"b" * 4096} < contents
    assert all(
        len(set(zip(*[iter(content)] * 512, strict=True))) <= 2 for content in contents
    )  # sectors are whole


def test_a_full_disk_is_told_as_sqlite_tells_it() -> None:
    disk = Disk()
    db = opened(disk, "FULL")
    disk.is_full = lambda: True
    with pytest.raises(sqlite3.OperationalError, match="full") as told:
        for number in range(1000):
            append(db, number)
    assert told.value.sqlite_errorname == "SQLITE_FULL"
    disk.scrap()
