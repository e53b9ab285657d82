"""What the program stands on: the disk, the clock, its settings, and that it runs only once."""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from drivers.emulators.world import Options
from kiosk.demo.command import cells_of
from kiosk.demo.stage import Stage
from kiosk.journal.events import UnexpectedHappened
from kiosk.journal.journal import opened
from kiosk.journal.verify import main as verify
from tests.faults.machine_eyes import hands_in, home_no_longer_says, home_says, is_diagnosed, is_told, unit_is
from tests.faults.playing import Kiosk, demo_file, running

OPTIONS = Options(read_delay_ms=50, extra={"printer": ("--print-speed", "2000")})
OVERRIDES: dict[str, dict[str, object]] = {
    "face": {"engine": "none"},
    "session": {"board_poll_s": 0.1, "printer_poll_s": 1.0, "device_retry_s": 1.0},
}
DISK_BYTES = 96 << 20
LEAST_FREE_MB = 64
IN_NAMESPACE = "NIGHTDESK_TEST_IN_NAMESPACE"


def nightdesk(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """One verb of the command line, with what it printed."""
    command = [sys.executable, "-m", "kiosk", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


# settings and a second start ---------------------------------------------------------------------------------------


def test_bad_settings_are_said_all_at_once_and_nothing_starts(kiosk: Kiosk, tmp_path: Path) -> None:
    bad = tmp_path / "site.toml"
    text = kiosk.stage.site.read_text(encoding="utf-8")
    text = text.replace('driver = "sam_v_serial"', 'driver = "crystal_ball"')
    text = text.replace("fullscreen = false", 'fullscreen = "perhaps"\nwidht = 7')
    bad.write_text(text + "\n[session]\nidle_limit_s = -1\n", encoding="utf-8")
    checked = nightdesk("check-config", str(bad))
    assert checked.returncode == 1
    for words in (
        "site.toml",
        "screen",
        "fullscreen",
        "widht",
        "idle_limit_s",
        "crystal_ball",
        "sam_v_serial",
    ):
        assert words in checked.stdout, words
    started = nightdesk("run", "--headless", "--config", str(bad))
    assert started.returncode == 2
    assert set(checked.stdout.split()) <= set((started.stderr + started.stdout).split())
    kiosk.deposit()


@pytest.mark.parametrize("how", [(), ("--headless",)])
def test_a_state_folder_that_takes_nothing_is_named(
    tmp_path: Path, how: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "offscreen")
    (tmp_path / "state").touch()  # a file where the folder should be
    site = tmp_path / "site.toml"
    site.write_text(demo_file().read_text(encoding="utf-8").replace("{runtime_dir}", str(tmp_path)), "utf-8")
    started = nightdesk("run", *how, "--config", str(site))
    assert started.returncode == 1
    assert "Traceback" not in started.stderr
    assert str(tmp_path / "state") in started.stderr
    assert "paths.state_dir" in started.stderr


@pytest.mark.parametrize("how", [(), ("--headless",)])
def test_a_second_start_names_the_first_and_leaves_it_alone(
    kiosk: Kiosk, how: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says one line, with or without a window, and ends."""
    monkeypatch.setenv("SDL_VIDEODRIVER", "offscreen")
    assert kiosk.stage.program is not None
    second = nightdesk("run", *how, "--config", str(kiosk.stage.site))
    assert second.returncode == 1
    said = [line for line in second.stderr.splitlines() if "nightdesk" in line or "kiosk" in line]
    assert len(said) == 1
    assert str(kiosk.stage.program.pid) in said[0]
    assert "Traceback" not in second.stderr
    assert kiosk.stage.alive()
    kiosk.deposit()


# the clock ---------------------------------------------------------------------------------------------------------


def test_a_clock_that_was_set_back_is_noted_and_holds_up_no_message(kiosk: Kiosk) -> None:
    mark = kiosk.mark
    kiosk.stage.quit()
    ahead = timedelta(hours=2)

    async def write_ahead() -> None:
        state = kiosk.stage.folder / "state"
        async with opened(state, clock=lambda: datetime.now(UTC) + ahead) as journal:
            await journal.append(UnexpectedHappened("clock", "two hours ahead"))

    asyncio.run(write_ahead())
    kiosk.start()
    back = kiosk.recorded("ClockSetBack", after=mark)
    assert back["by_s"] == pytest.approx(ahead.total_seconds(), abs=120)
    kiosk.until(
        lambda: back["by_s"] in [message["data"]["by_s"] for message in kiosk.mqtt("clock-set-back")],
        "alarm over MQTT",
    )
    kiosk.until(
        lambda: kiosk.retained().get("journal", {}).get("seq", 0) >= back["seq"], "status with the new head"
    )
    kiosk.to_home()
    is_diagnosed(kiosk, "journal", "online")
    case_id = hands_in(kiosk)
    kiosk.leaves()
    kiosk.until(lambda: any(case_id in message for message in kiosk.sms()), "message to staff")
    kiosk.until(
        lambda: case_id in [message["data"]["case_id"] for message in kiosk.mqtt("deposit-held")],
        "message over MQTT",
    )
    assert verify([str(kiosk.stage.folder / "state" / "journal.db")]) == 0
    kiosk.deposit()


# the disk ----------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A file system of its own at `folder`."""
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(path: Path) -> None:
    """Take all the room there is."""
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * 4096)


def test_a_full_disk_lets_the_session_end_then_closes_the_house_until_there_is_room(tmp_path: Path) -> None:
    if os.geteuid() != 0 and IN_NAMESPACE not in os.environ:  # mounting needs a namespace where we are root
        again = [sys.executable, "-m", "pytest", "-q", f"{__file__}::{disk_test.__name__}"]
        environment = {**os.environ, IN_NAMESPACE: "1"}
        subprocess.run(
            ["unshare", "--user", "--map-root-user", "--mount", *again], check=True, env=environment
        )
        return
    with small_disk(tmp_path / "kiosk" / "state"):
        stage = Stage(
            tmp_path / "kiosk",
            cells_of(demo_file()),
            demo_file(),
            options=OPTIONS,
            overrides={**OVERRIDES, "journal": {"least_free_mb": LEAST_FREE_MB}},
        )
        with contextlib.contextmanager(running)(stage) as kiosk:
            kiosk.to_home()
            gets_short_and_recovers(kiosk)
            fills_up_and_recovers(kiosk)


disk_test = test_a_full_disk_lets_the_session_end_then_closes_the_house_until_there_is_room


def gets_short_and_recovers(kiosk: Kiosk) -> None:
    """Deposits end while there still is room: the reserve is not touched, and nothing is cut off."""
    state = kiosk.stage.folder / "state"
    mark = kiosk.mark
    is_told(kiosk, "journal", "online")
    room = os.statvfs(state)
    with (state / "somebody-elses").open("wb") as file:
        os.posix_fallocate(
            file.fileno(), 0, room.f_bavail * room.f_frsize - (LEAST_FREE_MB << 20) + (1 << 20)
        )
    home_says(kiosk, "home.problem.disk")
    assert not kiosk.has("home.deposit")
    is_told(kiosk, "journal", "hardwareError")
    is_diagnosed(kiosk, "journal", "hardwareError")
    assert kiosk.recorded("DeviceLost", after=mark)["device"] == "journal"
    (state / "somebody-elses").unlink()
    home_no_longer_says(kiosk, "home.problem.disk")
    is_told(kiosk, "journal", "online")
    assert (state / "ballast").stat().st_size > 0


def fills_up_and_recovers(kiosk: Kiosk) -> None:
    """The disk fills while a citizen stands before the open door."""
    state = kiosk.stage.folder / "state"
    mark = kiosk.mark
    is_diagnosed(kiosk, "journal", "online")
    kiosk.identifies()
    kiosk.confirms()
    cell = kiosk.opens()
    fill(state / "somebody-elses")
    kiosk.puts_in(cell)
    kiosk.leaves()
    assert kiosk.recorded("DiskFull", after=mark)["freed_bytes"] > 0
    assert kiosk.recorded("DepositHeld", after=mark)["cell"] == cell
    home_says(kiosk, "home.problem.disk")
    assert not kiosk.has("home.deposit")
    is_told(kiosk, "journal", "hardwareError")
    is_diagnosed(kiosk, "journal", "hardwareError")
    unit_is(kiosk, cell, "ok", "closed", "held")
    (state / "somebody-elses").unlink()
    home_no_longer_says(kiosk, "home.problem.disk")
    is_told(kiosk, "journal", "online")
    is_diagnosed(kiosk, "journal", "online")
    kiosk.deposit()
    assert verify([str(state / "journal.db")]) == 0
