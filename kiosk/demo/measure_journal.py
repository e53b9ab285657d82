"""What a fact costs: `python -m kiosk.demo.measure_journal FOLDER N` appends facts with notices and prints their times.

Run under strace it shows how often the disk is asked to hold on to something: the marks in the trace are writes of
`mark NAME` to the null device.
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path
from typing import Final

from kiosk.journal.events import CaseOpened
from kiosk.journal.journal import Journal
from kiosk.notify.policy import CaseFacts, NoticeWriter
from locker.events import DepositHeld, DepositRequested, Evidence

from .figures import Figure, figure

TARGET_MS: Final = 1.0
TRACED_FACTS: Final = 20
CASE: Final = "000000-0001"
CELL: Final = "A-01"
SYNCS: Final = ("fsync(", "fdatasync(")
MARK: Final = "mark "


def figures(folder: Path, count: int) -> list[Figure]:
    """Rows for the time of a fact beside a bare write, and the number of syncs. `folder`: on that disk."""
    rows = _times(folder, count)
    rows.append(_syncs(folder))
    return rows


def _times(folder: Path, count: int) -> list[Figure]:
    with _scratch(folder) as state:
        told = json.loads(_run([], state, count).stdout)
    facts, bare = told["facts_ms"], told["bare_ms"]
    above = [fact - raw for fact, raw in zip(facts, bare, strict=True)]
    floor = f"write + fdatasync of {told['bytes']} bytes"
    return [
        figure("a fact with its notices, durable", "ms", facts, None, floor),
        figure("a bare write + fdatasync of the same size", "ms", bare),
        figure(
            "what the fact costs above it", "ms", above, TARGET_MS, "0 ms", "pairs taken in turn in one run"
        ),
    ]


def _syncs(folder: Path) -> Figure:
    name, floor = "syncs per fact with its notices", "1: else nothing is durable"
    if shutil.which("strace") is None:
        return figure(name, "", (), 1.0, floor, "strace is not installed")
    with _scratch(folder) as state:
        trace = state / "trace"
        tracer = ["strace", "-f", "-e", "trace=fsync,fdatasync,write", "-e", "signal=none", "-o", str(trace)]
        _run(tracer, state, TRACED_FACTS)
        counts = syncs_between_marks(trace.read_text(encoding="utf-8", errors="replace"))
    kinds = Counter(kind for kinds in counts for kind in kinds)
    note = (
        ", ".join(f"{count} {kind}" for kind, count in kinds.items()) + f" in {len(counts)} facts, by strace"
    )
    return figure(name, "", [float(len(kinds)) for kinds in counts], 1.0, floor, note)


def syncs_between_marks(trace: str) -> list[list[str]]:
    """For each fact, the syncs between its two marks."""
    counts: list[list[str]] = []
    inside = False
    for line in trace.splitlines():
        if f'"{MARK}fact"' in line:
            inside = True
            counts.append([])
        elif f'"{MARK}done"' in line:
            inside = False
        elif inside and "resumed" not in line:
            counts[-1] += [sync.rstrip("(") for sync in SYNCS if sync in line.partition(" ")[2]]
    return counts


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as state:
        yield Path(state)


def _run(before: list[str], state: Path, count: int) -> "subprocess.CompletedProcess[str]":
    command = [*before, sys.executable, "-m", "kiosk.demo.measure_journal", str(state), str(count)]
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE)


# the measured process ----------------------------------------------------------------------------------------------


async def _measure(folder: Path, count: int) -> dict[str, object]:
    facts_ms: list[float] = []
    bare_ms: list[float] = []
    policy = NoticeWriter(
        "bench-01", lambda _lang: "bench", UTC, lambda _item: ("1001",), lambda: ("1001",),
        lambda _case: CaseFacts("food-permit"), lambda _item, _lang: "food permit",
    )  # fmt: skip
    marks = os.open(os.devnull, os.O_WRONLY)
    bare = os.open(folder / "bare", os.O_WRONLY | os.O_CREAT, 0o600)
    journal = await Journal.open(folder / "state", notice_policy=policy, idle_s=3600.0)
    held = DepositHeld(CASE, CELL, Evidence.SENSOR)
    try:
        await journal.prepare(CASE)
        await journal.append(CaseOpened(CASE, "s", "food-permit", "", "card_only", "name", "number", "phone"))
        await journal.append([DepositRequested(CASE, CELL, "food-permit"), held])
        log = folder / "state" / "journal.db-wal"
        size = -log.stat().st_size
        await journal.append(held)
        size += log.stat().st_size
        for _ in range(count):
            os.write(marks, f"{MARK}fact".encode())
            began = time.perf_counter()
            await journal.append(held)
            facts_ms.append(1000 * (time.perf_counter() - began))
            os.write(marks, f"{MARK}done".encode())
            bare_ms.append(1000 * _bare_s(bare, size))
    finally:
        await journal.close()
        os.close(bare)
        os.close(marks)
    return {"facts_ms": facts_ms, "bare_ms": bare_ms, "bytes": size}


def _bare_s(file: int, size: int) -> float:
    """Seconds that the disk needs for as many bytes at the end of a file, without a database."""
    content = os.urandom(size)
    began = time.perf_counter()
    os.write(file, content)
    os.fdatasync(file)
    return time.perf_counter() - began


def main() -> None:
    """Measure, print JSON."""
    print(json.dumps(asyncio.run(_measure(Path(sys.argv[1]), int(sys.argv[2])))))


if __name__ == "__main__":
    main()
