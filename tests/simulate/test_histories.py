"""Whole histories: one seed is one history, the invariants hold, and every kind of thing happens in them."""

import functools
import json
import re
import subprocess
import sys
from typing import Any

import pytest

from kiosk.simulate.command import LEVELS
from kiosk.simulate.faults import MENU

SEED = 7
EVENT = re.compile(r" *[\d.]+  \d+ (\w+)\(")
MUST_HAPPEN = frozenset(
    {
        "CaseOpened", "ConsentDeclined", "ConsentGiven", "CustodyDisputed", "DepositAbandoned", "DepositCollected",
        "DepositHeld", "DoorClosed", "DoorOpened", "IdentityVerified", "KioskStarted", "OpeningFailed",
        "HelperListPrinted", "ReceiptPrinted", "RetrievalAuthorized", "SessionEnded", "StaffSignedIn",
    }
)  # fmt: skip


@functools.cache
def told(seed: int, sessions: int, faults: int, hash_seed: str = "0") -> dict[str, Any]:
    """One history, in a process of its own: what the power cuts leave behind ends with it."""
    code = (
        "import dataclasses, json; from kiosk.simulate.command import Order, _quiet, play; _quiet();"
        f"print(json.dumps(dataclasses.asdict(play(Order({seed}, {sessions}, {faults}, traced=True)))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    history: dict[str, Any] = json.loads(done.stdout)
    return history


def test_one_seed_is_one_history_whatever_the_hashes_are() -> None:
    one, other = told(SEED, 40, 3, "1"), told(SEED, 40, 3, "2")
    for history in (one, other):
        history.pop("peak_rss_mb")  # of the process, not of the history
    assert one == other
    assert one["crashes"] > 0
    assert one["faults"] > 0


@pytest.mark.parametrize("level", LEVELS)
def test_the_invariants_hold(level: int) -> None:
    history = told(SEED + level, 60, level)
    assert history["violations"] == []
    assert history["sessions"] == 60
    assert (history["crashes"] > 0) == (level == 3)
    assert (history["faults"] > 0) == (level >= 2)


def test_everything_that_matters_happens() -> None:
    seen: set[str] = set()
    for seed in range(SEED, SEED + 12):
        history = told(seed, 150, 3)
        assert history["violations"] == []
        seen |= {match[1] for line in history["trace"] if (match := EVENT.match(line))}
        if seen >= MUST_HAPPEN:
            return
    pytest.fail(f"never seen: {', '.join(sorted(MUST_HAPPEN - seen))}")


def test_every_fault_of_the_menu_has_a_name_of_its_own() -> None:
    names = [fault.name for fault in MENU]
    assert len(set(names)) == len(names)


def test_the_command_reports_as_json_and_by_its_status() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kiosk", "simulate", "--sessions", "20", "--seed", "1", "--json"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    report = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert report["sessions"] == 20
    assert report["violations"] == []
    assert {"seconds", "crashes", "faults", "events", "peak_rss_mb"} <= report.keys()
