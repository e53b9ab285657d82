"""What a journal of years costs. `python -m kiosk.demo.measure_years STATE_DIR WHAT` does one thing, prints how long.

Each thing runs in a process of its own, so that its memory is its own.
"""

import asyncio
import hashlib
import json
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from kiosk.journal.events import SessionStarted
from kiosk.journal.export import write_export
from kiosk.journal.history import Subject, View, history, passage
from kiosk.journal.journal import FILE_NAME, opened
from kiosk.journal.rotation import Sizes
from kiosk.journal.rows import Trailer, opened_chain
from kiosk.journal.verify import verify
from kiosk.runtime.histories import LEAST

from .figures import Figure, figure
from .years import case_number, write_years

SIZES: Final = Sizes(segment_events=100_000, kept_events=50_000)
VERIFY_TARGET_US: Final = 5.0  # 200,000 rows/s
START_TARGET_S: Final = 3.0
FACTS: Final = 200
KIB_PER_MB: Final = 1024
TENTH: Final = 10


def figures(folder: Path, visits: int, start: Callable[[Path], float], *, times: int = 3) -> list[Figure]:
    """Rows for a journal with so many visits. `start`: seconds of a start of the program on a state folder."""
    year, part = folder / "year", folder / "part"
    events = asyncio.run(write_years(year, visits, SIZES))
    asyncio.run(write_years(part, max(1, visits // TENTH), SIZES))
    checks = [_measured(year, "verify") for _ in range(times)]
    floor = _measured(year, "floor")["hashing_s"] / events * 1e6
    seconds = sorted(one["seconds"] for one in checks)[len(checks) // 2]
    rate = f"{events / seconds:,.0f} rows/s"
    used = min(one["processor_s"] for one in checks)
    rate += f", {events / used:,.0f} for a second of processor time"
    size = f"{events} events, {visits} deposits"
    small = {what: _measured(part, what) for what in ("verify", "export", "fact")}
    rest = [
        _of(year, "case", "history of a case, seals checked first", "s"),
        _of(year, "cell", "history of a compartment, seals checked first", "s"),
        _of(year, "page of a case", "the oldest case, read for its page", "s"),
        _of(year, "page of a cell", "a compartment's last week, read for its page", "s"),
        figure("a fact, durable, in such a journal", "ms", _measured(year, "fact")["times"], None,
               f"{_median(small['fact']['times']):.1f} ms in one a tenth as large"),
        _memory(year, small, "verify"), _memory(year, small, "export"),
    ]  # fmt: skip
    return [
        figure("journal verify", "us a row", [one["seconds"] / events * 1e6 for one in checks], VERIFY_TARGET_US,
               f"{floor:.1f} us: SHA-256 of the same bytes", f"{rate}; {size}"),
        figure("start -> first page with such a journal", "s", [start(year) for _ in range(times)], START_TARGET_S,
               "", size),
        *rest,
    ]  # fmt: skip


def _of(state: Path, what: str, name: str, unit: str) -> Figure:
    told = _measured(state, what)
    return figure(name, unit, [told["seconds"]], None, "", f"{told['lines']} lines")


def _memory(state: Path, small: Mapping[str, Mapping[str, Any]], what: str) -> Figure:
    told = _measured(state, what)
    floor = f"{small[what]['peak_mb']:.0f} MB for a tenth of the events"
    return figure(f"memory of journal {what}", "MB", [told["peak_mb"]], None, floor)


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def _measured(state: Path, what: str) -> dict[str, Any]:
    command = [sys.executable, "-m", __name__, str(state), what]
    done = subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE)
    return dict(json.loads(done.stdout))


# the measured process ----------------------------------------------------------------------------------------------


def _verify(file: Path) -> dict[str, Any]:
    report = verify(file)
    if not report.ok:
        raise RuntimeError(f"the measured journal is damaged: {report.faults[:3]}")
    return {}


def _floor(file: Path) -> dict[str, Any]:
    """Reading apart: what hashing alone costs."""
    spent = 0.0
    with opened_chain(file) as chain:
        for stored in chain.stored():
            began = time.perf_counter()
            hashlib.sha256(stored[4] + stored[3]).digest()
            spent += time.perf_counter() - began
    return {"hashing_s": spent}


def _export(file: Path) -> dict[str, Any]:
    out = file.with_name("measured.jsonl")
    try:
        write_export(file, out, Trailer(verify(file, by_seals=True).head))
    finally:
        out.unlink(missing_ok=True)
    return {}


def _case(file: Path) -> dict[str, Any]:
    return _history(file, Subject(View.CASE, case_number(0)))


def _cell(file: Path) -> dict[str, Any]:
    return _history(file, Subject(View.CELL, "A-03"))


def _history(file: Path, subject: Subject) -> dict[str, Any]:
    if not verify(file, by_seals=True).ok:
        raise RuntimeError("the measured journal is damaged")
    return {"lines": len(history(file, subject))}


def _page_of_case(file: Path) -> dict[str, Any]:
    return _page(file, Subject(View.CASE, case_number(0)))


def _page_of_cell(file: Path) -> dict[str, Any]:
    return _page(file, Subject(View.CELL, "A-03"))


def _page(file: Path, subject: Subject) -> dict[str, Any]:
    with closing(sqlite3.connect(file)) as db:
        upto = int(db.execute("SELECT max(seq) FROM events").fetchone()[0])
    with opened_chain(file) as chain:
        return {"lines": len(passage(chain, subject, upto, upto + 1, LEAST)[0])}


def _fact(file: Path) -> dict[str, Any]:
    async def work() -> list[float]:
        times = []
        async with opened(file.parent, ballast_bytes=0, idle_s=3600.0) as journal:
            for number in range(FACTS):
                began = time.perf_counter()
                await journal.append(SessionStarted(f"{number}"))
                times.append(1000 * (time.perf_counter() - began))
        return times

    return {"times": asyncio.run(work())}


def _peak_mb() -> float:
    """Largest resident size of this process; what `getrusage` says counts the parent's too."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    if found is None:
        raise RuntimeError("/proc/self/status has no VmHWM")
    return int(found[1]) / KIB_PER_MB


THINGS: Final[Mapping[str, Callable[[Path], dict[str, Any]]]] = {
    "verify": _verify, "floor": _floor, "export": _export, "case": _case, "cell": _cell, "fact": _fact,
    "page of a case": _page_of_case, "page of a cell": _page_of_cell,
}  # fmt: skip


def main() -> None:
    """Do one of them, print JSON."""
    began, worked = time.perf_counter(), time.process_time()
    told = THINGS[sys.argv[2]](Path(sys.argv[1]) / FILE_NAME)
    used = time.process_time() - worked
    print(
        json.dumps(
            {"seconds": time.perf_counter() - began, "processor_s": used, "peak_mb": _peak_mb()} | told
        )
    )


if __name__ == "__main__":
    main()
