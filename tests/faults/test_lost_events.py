"""A backup made while citizens come, and put back over what happened since: the kiosk says what it does not know."""

import contextlib
import subprocess
import sys
from pathlib import Path

import pytest

from drivers.emulators.world import Options
from kiosk.demo.command import cells_of
from kiosk.demo.stage import Stage
from kiosk.journal.verify import main as verify
from tests.faults.playing import Kiosk, demo_file, running

OPTIONS = Options(read_delay_ms=50, extra={"printer": ("--print-speed", "2000")})
OVERRIDES: dict[str, dict[str, object]] = {
    "face": {"engine": "none"},
    "session": {"board_poll_s": 0.1, "printer_poll_s": 1.0, "device_retry_s": 1.0},
}


def nightdesk(kiosk: Kiosk, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """One verb of `nightdesk journal` on this kiosk."""
    command = [sys.executable, "-m", "kiosk", "journal", *arguments, "--config", str(kiosk.stage.site)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.long
def test_what_a_restore_loses_is_recorded_told_and_looked_into(tmp_path: Path) -> None:
    stage = Stage(
        tmp_path / "kiosk", cells_of(demo_file()), demo_file(), options=OPTIONS, overrides=OVERRIDES
    )
    with contextlib.contextmanager(running)(stage) as kiosk:
        kiosk.to_home()
        backup = tmp_path / "backup"
        made = nightdesk(kiosk, "backup", "--out", str(backup))
        assert (made.returncode, made.stderr) == (0, "")
        kiosk.deposit()
        lost = kiosk.mark
        refused = nightdesk(kiosk, "restore", "--from", str(backup))
        assert refused.returncode == 1
        assert "in use by process" in refused.stderr
        stage.quit()
        refused = nightdesk(kiosk, "restore", "--from", str(backup))
        assert refused.returncode == 1
        assert "--accept-loss" in refused.stderr
        assert nightdesk(kiosk, "restore", "--from", str(backup), "--accept-loss").returncode == 0
        kiosk.start()
        missing = kiosk.recorded("EventsMissing")
        assert missing["known_seq"] >= lost
        assert missing["found_seq"] < lost
        kiosk.until(
            lambda: (
                missing["known_seq"]
                in [one["data"]["known_seq"] for one in kiosk.mqtt("journal-events-missing")]
            ),
            "alarm over MQTT",
        )
        kiosk.until(lambda: any("缺失" in message for message in kiosk.sms()), "message to those on call")
        kiosk.to_home(deposits=False)
        assert not kiosk.has("home.deposit")
        assert {kiosk.unit(cell)[2] for cell in cells_of(demo_file())} == {"unknown"}
        assert verify([str(stage.folder / "state" / "journal.db")]) == 0
