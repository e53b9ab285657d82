"""What root does at the journal of the kiosk's user leaves nothing there that is root's."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.journal.owner import as_owner_of
from kiosk.settings import DEMO_FILE

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that everybody can reach, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="nightdesk-owner-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def state(home: Path) -> Path:
    """A state folder of user nobody."""
    nobody = pwd.getpwnam("nobody")
    folder = home / "state"
    folder.mkdir(mode=0o700)
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return folder


@needs_root
def test_an_account_that_root_adds_is_the_owner_s(home: Path, state: Path) -> None:
    site = home / "site.toml"
    site.write_text(
        DEMO_FILE.read_text(encoding="utf-8").replace("{runtime_dir}", str(home)), encoding="utf-8"
    )
    command = [sys.executable, "-m", "kiosk", "staff", "add", "1001", "--config", str(site), "--name", "A",
               "--pin-stdin"]  # fmt: skip
    added = subprocess.run(command, input="402815\n", capture_output=True, text=True, check=False)
    assert (added.returncode, added.stdout) == (0, "added 1001 (staff)\n"), added.stderr
    made = {path.name: path.stat().st_uid for path in state.rglob("*")}
    assert {"journal.db", "journal.lock", "keys"} <= made.keys()
    assert set(made.values()) == {pwd.getpwnam("nobody").pw_uid}


@needs_root
def test_root_is_root_again_after_it(state: Path) -> None:
    before = (os.geteuid(), os.getegid(), os.getgroups())
    with pytest.raises(RuntimeError), as_owner_of(state):
        assert os.geteuid() == state.stat().st_uid
        assert os.getegid() == state.stat().st_gid
        assert 0 not in os.getgroups()
        raise RuntimeError
    assert (os.geteuid(), os.getegid(), os.getgroups()) == before


@needs_root
def test_an_owner_without_a_name_will_do(state: Path) -> None:
    os.chown(state, 64_123, 64_124)
    with as_owner_of(state):
        (state / "made").touch()
    made = (state / "made").stat()
    assert (made.st_uid, made.st_gid) == (64_123, 64_124)


def test_at_the_own_folder_nothing_changes(tmp_path: Path) -> None:
    before = os.geteuid()
    with as_owner_of(tmp_path), as_owner_of(tmp_path / "not there yet"):
        assert os.geteuid() == before
