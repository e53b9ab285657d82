"""A disk that really is full, at every point of what the journal does besides writing facts."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journal.full_disk import FREE, WHATS

OWN_DISK = ("unshare", "--user", "--map-root-user", "--mount")
MOUNT = 'mount -t tmpfs -o size=6m tmpfs "$1" && exec "$0" -m tests.journal.full_disk "$1" "$2" "$3"'


def can_mount(folder: Path) -> bool:
    if shutil.which(OWN_DISK[0]) is None:
        return False
    command = [*OWN_DISK, "mount", "-t", "tmpfs", "tmpfs", str(folder)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


@pytest.mark.parametrize("what", WHATS)
def test_whatever_finds_no_room_says_so_and_goes_on_when_there_is_some(tmp_path: Path, what: str) -> None:
    disk, spare = tmp_path / "disk", tmp_path / "spare"
    disk.mkdir()
    if not can_mount(disk):
        pytest.skip("this machine lets nobody mount a disk of their own (unshare --user --mount)")
    command = [*OWN_DISK, "sh", "-c", MOUNT, sys.executable, str(disk), str(spare), what]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout)
    assert told["wrong"] == []
    if what == "start":
        assert told["full"] == 0  # the ballast is for that too
    else:
        assert 0 < told["full"] <= len(FREE)
