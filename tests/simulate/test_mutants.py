"""Planted bugs: each patch in tests/mutants breaks one rule on purpose, and the simulator finds it.

A patch begins with what it does, which invariant it breaks (the first of these to be seen), and within how many
sessions that must be seen.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.simulate.checks import Invariant

ROOT = Path(__file__).parents[2]
PATCHES = sorted((ROOT / "tests" / "mutants").glob("*.patch"))
PARTS = ("config", "drivers", "kiosk", "locker", "screens")
AT_LEAST = 12
LONGEST_S = 900  # on a machine that does other things too


def told(patch: Path, key: str) -> str:
    found = re.search(rf"^# {key}: (.+)$", patch.read_text(encoding="utf-8"), re.MULTILINE)
    assert found is not None, f"{patch.name} does not say what it {key}"
    return found[1]


def broken(patch: Path) -> set[str]:
    return {Invariant[name].value for name in told(patch, "breaks").split(" or ")}


def mutant(patch: Path, folder: Path) -> Path:
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    applied = subprocess.run(
        ["git", "apply", "--verbose", str(patch)], cwd=folder, env={**os.environ, "GIT_CEILING_DIRECTORIES": "/"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert applied.returncode == 0, f"{patch.name} no longer applies: {applied.stderr}"
    return folder


def test_there_are_enough_of_them() -> None:
    assert len(PATCHES) >= AT_LEAST
    assert all(broken(patch) for patch in PATCHES)


@pytest.mark.timeout(LONGEST_S)
@pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.stem)
def test_a_planted_bug_is_found(patch: Path, tmp_path: Path) -> None:
    folder = mutant(patch, tmp_path / "mutant")
    within = int(told(patch, "within"))
    done = subprocess.run(
        [sys.executable, "-m", "kiosk", "simulate", "--sessions", str(within), "--seed", "1", "--json"],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(folder)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    report = json.loads(done.stdout)
    found = {violation["invariant"] for violation in report["violations"]}
    assert found & broken(patch), report
    assert done.returncode == 1
