"""How much processor and memory the program's processes take, read from /proc.

The program keeps itself from core dumps, so only root may read its memory's size: for others it is `nan`, never 0.
"""

import math
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .figures import Figure, figure

PROC: Final = Path("/proc")
TICKS_PER_S: Final = os.sysconf("SC_CLK_TCK")
SESSION_FIELD, USER_FIELD, SYSTEM_FIELD = 3, 11, 12  # of /proc/PID/stat, counted after the command's name
IDENTITY_MODULE: Final = "kiosk.identity"
CPU_TARGET_PERCENT: Final = 8.0
UI_TARGET_MB, IDENTITY_TARGET_MB, ALL_TARGET_MB = 400.0, 350.0, 850.0
KIB_PER_MB: Final = 1000 / 1.024  # PSS comes in KiB, targets are in MB


@dataclass(frozen=True, slots=True)
class Memory:
    """Proportional set sizes in MB: of the main process, of the identity processes, of all."""

    main: float
    identity: float
    everything: float


def processes(leader: int) -> list[int]:
    """The process that was started as leader of a session of its own, and all it started."""
    found = []
    for folder in PROC.iterdir():
        if (
            folder.name.isdigit()
            and (fields := _stat(folder)) is not None
            and int(fields[SESSION_FIELD]) == leader
        ):
            found.append(int(folder.name))
    return found


def cpu_percent(leader: int, seconds: float) -> float:
    """What all processes of the session use over the next `seconds`, in percent of one core."""
    before, started = _ticks(leader), time.monotonic()
    time.sleep(seconds)  # the measurement itself
    after, passed = _ticks(leader), time.monotonic() - started
    used = sum(ticks - before.get(process, 0) for process, ticks in after.items())
    return 100 * used / TICKS_PER_S / passed


def memory(leader: int) -> Memory:
    """Proportional set sizes now."""
    sizes = {process: pss_mb(process) for process in processes(leader)}
    identity = sum(size for process, size in sizes.items() if IDENTITY_MODULE in _command(process))
    return Memory(sizes.get(leader, 0.0), identity, sum(sizes.values()))


def memory_figures(name: str, samples: list[Memory], *, targets: bool = True) -> list[Figure]:
    """Three rows: main process, identity, all."""
    rows = (
        ("UI process", [sample.main for sample in samples], UI_TARGET_MB),
        ("identity processes", [sample.identity for sample in samples], IDENTITY_TARGET_MB),
        ("all of ours", [sample.everything for sample in samples], ALL_TARGET_MB),
    )
    return [
        figure(f"memory (PSS) {name}: {who}", "MB", values, limit if targets else None)
        for who, values, limit in rows
    ]


def _ticks(leader: int) -> dict[int, int]:
    found = {}
    for process in processes(leader):
        if (fields := _stat(PROC / str(process))) is not None:
            found[process] = int(fields[USER_FIELD]) + int(fields[SYSTEM_FIELD])
    return found


def _stat(folder: Path) -> list[str] | None:
    """The fields after the name; None for a process that has just ended."""
    try:
        return (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None


def _command(process: int) -> str:
    try:
        return (
            (PROC / str(process) / "cmdline").read_text(encoding="utf-8", errors="replace").replace("\0", " ")
        )
    except OSError:
        return ""


def pss_mb(process: int) -> float:
    """Proportional set size: shared pages are divided among those who share them."""
    return _rollup_mb(process, "Pss:")


def rss_mb(process: int) -> float:
    """Resident memory, shared parts in full."""
    return _rollup_mb(process, "Rss:")


def anonymous_mb(process: int) -> float:
    """What the process itself has written. PSS also moves when other programs map the same libraries."""
    return _rollup_mb(process, "Anonymous:")


def _rollup_mb(process: int, name: str) -> float:
    """Sum of the lines that begin so."""
    try:
        lines = (PROC / str(process) / "smaps_rollup").read_text(encoding="ascii").splitlines()
    except PermissionError:
        return math.nan
    except OSError:  # it has ended
        return 0.0
    kib = sum(int(one.split()[1]) for one in lines if one.startswith(name))
    return kib / KIB_PER_MB
