"""Calls of `nightdesk` that make no sense: each is answered in a line that says what is wrong, with status 2."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.__main__ import main
from kiosk.settings import DEMO_FILE

STAFF = ("--config", str(DEMO_FILE))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (("staff", "add", *STAFF), "staff add: needs a staff number"),
        (("staff", "disable", *STAFF), "staff disable: needs a staff number"),
        (("staff", "add", "1001", *STAFF), "no PIN was typed"),
        (("demo", "--mute", "reader"), "--mute and --keep belong to --auto"),
        (("demo", "--auto", "--deadline", "-3"), "must be above 0: -3"),
        (("bench", "--sessions", "0"), "must be above 0: 0"),
        (("bench", "--sessions", "many"), "many"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(
    call: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    monkeypatch.setattr("getpass.getpass", lambda _prompt: input())
    assert status(call) == 2
    assert says in capsys.readouterr().err


def test_a_folder_that_cannot_be_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert status(("demo", "--auto", "--out", str(tmp_path / "file" / "demo"))) == 2
    assert str(tmp_path / "file" / "demo") in capsys.readouterr().err


@pytest.mark.parametrize(
    "verb", [("run",), ("discover",), ("staff", "list"), ("bundle", "--out", "x.tar.gz")]
)
def test_settings_that_can_not_be_read_are_named(
    verb: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status((*verb, "--config", str(tmp_path / "none.toml"))) == 2
    assert capsys.readouterr().err == f"{tmp_path}/none.toml: cannot be read: No such file or directory\n"


def test_the_demo_s_settings_are_no_site_s(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert status(("run", "--headless", *STAFF)) == 2
    assert "demo.toml: [paths] state_dir: nothing fills {runtime_dir} here" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Settings whose devices are not there."""
    (tmp_path / "state").mkdir()
    file = tmp_path / "site.toml"
    file.write_text(DEMO_FILE.read_text(encoding="utf-8").replace("{runtime_dir}", str(tmp_path)), "utf-8")
    return file


@pytest.mark.parametrize("verb", ["readiness", "bundle"])
def test_a_place_that_can_not_be_written_is_named_before_anything_is_done(
    verb: str, site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = site / "report.pdf"  # a file where a folder should be
    assert status((verb, "--config", str(site), "--out", str(out))) == 2
    said = capsys.readouterr()
    assert said.err == f"{out} can't be written: File exists\n"
    assert said.out == ""
    assert list((site.parent / "state").iterdir()) == []


def test_a_bundle_without_systemd_says_so_and_cameras_say_nothing(site: Path) -> None:
    out = site.parent / "bundle.tar.gz"
    command = [sys.executable, "-m", "kiosk", "bundle", "--config", str(site), "--out", str(out)]
    tools = site.parent / "tools"
    tools.mkdir()
    (tools / "systemctl").write_text(
        "#!/bin/sh\necho 'not booted with systemd' >&2\nexit 1\n", encoding="utf-8"
    )
    (tools / "systemctl").chmod(0o755)
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "PATH": str(tools)}
    )
    assert done.returncode == 0, done.stderr
    assert "without systemd.txt: systemctl says: not booted with systemd\n" in done.stderr
    assert "without log.txt: there is no journalctl on this machine\n" in done.stderr
    assert "WARN" not in done.stderr
    assert "Error(" not in done.stderr


@pytest.mark.parametrize("option", ["--control", "--pty"])
def test_an_emulator_names_the_folder_that_is_not_there(option: str, tmp_path: Path) -> None:
    missing = tmp_path / "none"
    command = [sys.executable, "-m", "kiosk", "emulate", "board", option, str(missing / "x")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == f"nothing can be put into {missing}: No such file or directory\n"


def test_a_folder_is_no_journal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(("journal", "verify", str(tmp_path))) == 1
    assert "it is a folder without a journal.db" in capsys.readouterr().out


def status(call: tuple[str, ...]) -> int | str | None:
    """How the call ends, whoever ends it."""
    try:
        return main(call)
    except SystemExit as ended:
        return ended.code


def test_check_config_misses_a_site_s_table_of_thresholds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = DEMO_FILE.read_text(encoding="utf-8").replace("{runtime_dir}", str(tmp_path))
    site = tmp_path / "site.toml"
    site.write_text(f'{text}\n[face]\ncalibration = "{tmp_path}/gone.toml"\n', encoding="utf-8")
    assert main(["check-config", str(site)]) == 1
    assert f"[face] calibration: {tmp_path}/gone.toml" in capsys.readouterr().out
    (tmp_path / "gone.toml").write_text("[calibration.external]\nfiles = []\n", encoding="utf-8")
    assert main(["check-config", str(site)]) == 0


def test_check_config_looks_at_the_service_items(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = DEMO_FILE.read_text(encoding="utf-8").replace("{runtime_dir}", str(tmp_path))
    site, services = tmp_path / "site.toml", tmp_path / "services"
    services.mkdir()
    assert "[paths]\n" in text
    site.write_text(text.replace("[paths]\n", f'[paths]\nservices_dir = "{services}"\n'), encoding="utf-8")
    (services / "broken.toml").write_text('code = "broken"\n', encoding="utf-8")
    assert main(["check-config", str(site)]) == 1
    assert f"{services}/broken.toml: title: is missing; add it" in capsys.readouterr().out
