"""Facts to write into a journal, a clock in the hand of the test, and what lies in the files afterwards."""

import asyncio
import dataclasses
import importlib
import pkgutil
import sqlite3
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

import kiosk.journal
import locker.events
from drivers.contracts.board import ItemState
from kiosk.journal import events as ev
from kiosk.journal.projections import TABLES
from kiosk.journal.types import Event
from locker import events as le

T = TypeVar("T")
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
NAME, NUMBER, PHONE = "测试甲", "110101199003070000", "13800000000"


def _facts_of(module: ModuleType) -> dict[str, type]:
    return {
        name: kind
        for name, kind in vars(module).items()
        if isinstance(kind, type) and dataclasses.is_dataclass(kind) and kind.__module__ == module.__name__
    }


def all_facts() -> dict[str, type]:
    """Every type that the journal can hold, by its name; a module of facts ends with `events`."""
    found = _facts_of(locker.events)
    for one in pkgutil.iter_modules(kiosk.journal.__path__):
        if one.name.endswith("events"):
            found |= _facts_of(importlib.import_module(f"kiosk.journal.{one.name}"))
    return found


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
