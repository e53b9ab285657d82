"""What is in a bundle: each file's name with its text, none with anything of a person."""

import asyncio
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from importlib.metadata import distributions
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from kiosk.filing import versions
from kiosk.journal.archive import opened_database
from kiosk.journal.errors import JournalError
from kiosk.journal.verify import verify
from kiosk.runtime import examine
from kiosk.runtime.command import ask
from kiosk.runtime.diagnosis import diagnosis
from kiosk.runtime.traces import cabinet_frames
from kiosk.settings import Settings

from .scrub import scrubbed, scrubbed_table

UNITS: Final = ("nightdesk.service", "nightdesk-cage.service")
LOG_LINES: Final = 2000
TOOL_LIMIT_S: Final = 20.0
UNIT_FACTS: Final = (
    "Id,LoadState,ActiveState,SubState,Result,NRestarts,ExecMainStatus,ActiveEnterTimestamp,MemoryCurrent"
)


class NotHad(Exception):
    """Something that can't be put in; the text says why."""


@dataclass(slots=True)
class Bundle:
    """`files`: name -> text; `missing`: what could not be had, and why."""

    at: datetime
    kiosk_id: str
    files: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The archive's name, without an ending."""
        return f"nightdesk-{self.kiosk_id}-{self.at:%y%m%d-%H%M%S}"

    def add(self, name: str, make: Callable[[], str]) -> None:
        """Put in what `make` gives; where it fails, the reason."""
        try:
            text = make()
        except NotHad as error:
            self.missing[name] = scrubbed(str(error))
        except (OSError, ValueError, sqlite3.Error, JournalError) as error:
            self.missing[name] = scrubbed(f"{type(error).__name__}: {error}")
        else:
            self.files[name] = scrubbed(text)


def collect(settings: Settings, *, log_file: Path | None) -> Bundle:
    """Everything, through the running program where one runs. `log_file`: where the program's output goes without
    systemd. Raises `CommandRefused`."""
    bundle = Bundle(datetime.now(ZoneInfo(settings.kiosk.timezone)), settings.kiosk.id)
    told = ask(settings.paths.state_dir, "diagnose", names=[])
    frames: Mapping[str, Sequence[str]]
    if told is None:
        told, frames = asyncio.run(_alone(settings))
        running = False
    else:
        frames, running = (ask(settings.paths.state_dir, "frames") or {}).get("frames", {}), True
    state_dir = settings.paths.state_dir
    bundle.add("about.json", lambda: _json(_about(bundle, running=running)))
    bundle.add("diagnosis.json", lambda: _json({**told, "program": running}))
    bundle.add("settings.json", lambda: _json(scrubbed_table(settings.model_dump(mode="json"))))
    for name, lines in frames.items():
        bundle.add(f"frames/{name.replace(' ', '-')}.txt", partial("\n".join, lines))
    bundle.add("journal.json", lambda: _json(journal_figures(state_dir / "journal.db")))
    bundle.add("outbox.json", lambda: _json(outbox_figures(state_dir / "journal.db")))
    bundle.add("disk.json", lambda: _json(disk_figures(state_dir)))
    bundle.add("log.txt", lambda: _log(log_file))
    bundle.add("systemd.txt", lambda: _tool("systemctl", "show", *UNITS, f"--property={UNIT_FACTS}"))
    return bundle


async def _alone(settings: Settings) -> tuple[dict[str, Any], dict[str, list[str]]]:
    async with examine.opened(settings) as subjects:
        return await diagnosis(subjects, []), cabinet_frames(subjects, ZoneInfo(settings.kiosk.timezone))


def _about(bundle: Bundle, *, running: bool) -> dict[str, Any]:
    return {
        "kiosk": bundle.kiosk_id, "at": bundle.at.isoformat(timespec="seconds"), "program_runs": running,
        "up_s": float(Path("/proc/uptime").read_text(encoding="ascii").split()[0]), "load": os.getloadavg(),
        "versions": dict(versions()), "packages": {one.name: one.version for one in distributions()},
    }  # fmt: skip


def journal_figures(file: Path) -> dict[str, Any]:
    """How many events of which type, the head, whether the chain is whole. No event's content."""
    report = verify(file, by_seals=True)
    with opened_database(file) as chain:
        counts = chain.counts()
    return {
        "events": report.events, "head_seq": report.head_seq, "head_hash": report.head_hash, "whole": report.ok,
        "faults": [f"event {fault.seq}: {fault.fault}: {fault.detail}" for fault in report.faults], "by_type": counts,
    }  # fmt: skip


def outbox_figures(file: Path) -> list[dict[str, Any]]:
    """Notices by channel and state: how many, since when, how often tried. No recipient, no text."""
    sql = (
        "SELECT channel, state, count(*), count(DISTINCT recipient), min(created_at), max(attempts) FROM outbox"
        " GROUP BY channel, state ORDER BY channel, state"
    )
    with closing(_read_only(file)) as db:
        keys = ("channel", "state", "count", "recipients", "oldest", "most_attempts")
        return [dict(zip(keys, row, strict=True)) for row in db.execute(sql)]


def _read_only(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)


def disk_figures(folder: Path) -> dict[str, Any]:
    """Room on the state folder's disk, and what takes it."""
    usage = shutil.disk_usage(folder)
    sizes = {
        str(path.relative_to(folder)): path.stat().st_size
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    return {"total_mb": usage.total >> 20, "free_mb": usage.free >> 20, "files": sizes}


def _log(file: Path | None) -> str:
    if file is not None:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-LOG_LINES:]) + "\n"
    units = [f"--unit={unit}" for unit in UNITS]
    return _tool("journalctl", *units, f"--lines={LOG_LINES}", "--no-pager", "--output=short-iso", "--quiet")


def _tool(*command: str) -> str:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=TOOL_LIMIT_S, check=False, errors="replace"
        )
    except FileNotFoundError:
        raise NotHad(f"there is no {command[0]} on this machine") from None
    except subprocess.TimeoutExpired:
        raise NotHad(f"{command[0]} did not answer within {TOOL_LIMIT_S:g} s") from None
    if done.returncode != 0:
        said = done.stderr.strip().splitlines()
        raise NotHad(f"{command[0]} says: {said[0] if said else f'status {done.returncode}'}")
    return done.stdout


def _json(value: Any) -> str:
    return json.dumps(_rounded(value), ensure_ascii=False, indent=2) + "\n"


def _rounded(value: Any) -> Any:
    """Without long fractions, which read like somebody's number."""
    match value:
        case float():
            return round(value, 3)
        case dict():
            return {key: _rounded(one) for key, one in value.items()}
        case list() | tuple():
            return [_rounded(one) for one in value]
        case _:
            return value
