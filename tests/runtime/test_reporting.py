"""`nightdesk readiness` and `bundle`, alone and through the running program."""

import asyncio
import base64
import hashlib
import io
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdf
import pytest

from drivers.emulators.escpos_render import interpret
from drivers.emulators.world import Options
from kiosk.bundle.scrub import REMOVED
from kiosk.demo.bench import staged
from kiosk.demo.probe import Probe
from kiosk.demo.stage import Stage
from kiosk.journal.journal import opened
from kiosk.journal.verify import verify
from kiosk.runtime.reporting import Reporter, looked
from kiosk.session import effects as do
from kiosk.settings import DEMO_FILE, Settings, layers, load
from tests.test_bundle import unpacked

READY_S = 60.0


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("kiosk"), DEMO_FILE, Options()) as stage:
        yield stage


@pytest.fixture(scope="module")
def settings(stage: Stage) -> Settings:
    return load(layers(stage.site))


def nightdesk(stage: Stage, verb: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "kiosk", verb, "--config", str(stage.site), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def until_fit(stage: Stage) -> None:
    """The first page stands before the last device has answered."""
    deadline = time.monotonic() + READY_S
    while (told := nightdesk(stage, "diagnose")).returncode:
        assert time.monotonic() < deadline, told.stdout


def text_of(path: Path) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(path.read_bytes())).pages)


async def recorded(settings: Settings) -> list[Any]:
    async with opened(settings.paths.state_dir) as journal:
        return [event.data for event in await journal.events(kinds=("ReadinessReported",))]


def bundled(stage: Stage, out: Path) -> dict[str, str]:
    told = nightdesk(stage, "bundle", "--out", str(out), "--log", str(stage.folder / "program.log"))
    assert told.returncode == 0, told.stderr
    assert told.stdout == f"{out}\n"
    assert out.stat().st_mode & 0o777 == 0o600
    return unpacked(out.read_bytes())


def test_alone_with_a_fault_and_with_the_program_without_one(
    stage: Stage, settings: Settings, tmp_path: Path
) -> None:
    stage.launch(offscreen=True, headless=True)
    try:
        Probe(stage.probe_socket, stage.alive).wait("home", timeout_s=READY_S)
        until_fit(stage)
        good = nightdesk(stage, "readiness", "--out", str(tmp_path / "good.pdf"), "--by", "2001", "--print")
        check_bundle(bundled(stage, tmp_path / "running.tar.gz"), program=True)
        walked = nightdesk(stage, "discover", "--ports", str(stage.world.folder / "reader"))
        named = nightdesk(stage, "readiness", "--out", str(tmp_path / "x.pdf"), "--by", "张三")
    finally:
        stage.quit()
    assert (walked.returncode, "in use by the running program" in walked.stderr) == (1, True), walked.stderr
    assert (named.returncode, "3 to 8 digits" in named.stderr) == (2, True)
    assert (good.returncode, good.stderr) == (0, ""), good.stdout
    assert "receipt printer: printed" in good.stdout
    first = text_of(tmp_path / "good.pdf")
    assert "可以投入服务" in first
    assert "2001" in first
    strip = interpret(base64.b64decode(stage.world.do("printer", "job.last")["bytes"]))
    assert strip.unknown == []
    assert "设备就绪报告" in strip.text.replace(" ", "")

    check_bundle(bundled(stage, tmp_path / "alone.tar.gz"), program=False)
    stage.world.do("board", "fault", name="mute")
    bad = nightdesk(stage, "readiness", "--json", "--out", str(tmp_path / "bad.pdf"))
    stage.world.do("board", "fault", name="none")
    assert (bad.returncode, bad.stderr) == (1, "")
    second = text_of(tmp_path / "bad.pdf")
    assert "不可投入服务" in second
    assert "nothing came; check power" in " ".join(second.split())  # a line may end anywhere in it

    one, two = asyncio.run(recorded(settings))
    assert [one["fit"], one["staff_no"], two["fit"], two["staff_no"]] == [True, "2001", False, ""]
    assert two["number"][:-2] == one["number"][:-2]
    assert int(two["number"][-2:]) == int(one["number"][-2:]) + 1
    assert json.loads(bad.stdout)["sha256"] == two["sha256"]
    for name, event in (("good", one), ("bad", two)):
        filed = settings.paths.state_dir / "reports" / f"{event['number']}.pdf"
        assert filed.stat().st_mode & 0o777 == 0o600
        assert filed.read_bytes() == (tmp_path / f"{name}.pdf").read_bytes()
        assert hashlib.sha256(filed.read_bytes()).hexdigest() == event["sha256"]
    anchors = [word for word in second.split() if word.startswith("J-")]
    assert verify(settings.paths.state_dir / "journal.db", anchors).ok


def check_bundle(files: dict[str, str], *, program: bool) -> None:
    assert json.loads(files["about.json"])["program_runs"] == program
    diagnosis = json.loads(files["diagnosis.json"])
    assert diagnosis["program"] == program
    assert diagnosis["fit"]
    settings = json.loads(files["settings.json"])
    assert settings["kiosk"]["hotline"] == REMOVED
    assert settings["kiosk"]["id"] == "demo-01"
    journal = json.loads(files["journal.json"])
    assert journal["whole"]
    assert journal["by_type"]["KioskStarted"] == 1
    assert sum(journal["by_type"].values()) == journal["events"]
    assert any(" > 02 00 30 03 35  " in line for line in files["frames/board-main.txt"].splitlines())
    assert [name for name in files if name.startswith("frames/")] == ["frames/board-main.txt"]
    assert json.loads(files["disk.json"])["files"]["journal.db"] > 0
    assert "INFO" in files["log.txt"] or "WARNING" in files["log.txt"]
    manifest = json.loads(files["MANIFEST.json"])
    assert set(manifest["files"]) == set(files) - {"MANIFEST.json"}
    assert set(manifest["missing"]) <= {"systemd.txt"}  # a container has no systemd


def test_without_a_place_it_names_what_is_plugged_in(stage: Stage) -> None:
    told = nightdesk(stage, "bundle")
    assert (told.returncode, told.stdout) == (2, "")
    assert "--out" in told.stderr


def test_the_technicians_results_stand_in_it_and_the_rest_was_not_run(settings: Settings) -> None:
    asyncio.run(technicians_results(settings))


async def technicians_results(settings: Settings) -> None:
    order = do.WriteReport(
        "2001", (("reader", "card", "failed", "unreadable"), ("sound", "tone", "passed", "judged"))
    )
    async with opened(settings.paths.state_dir) as journal:
        reporter = Reporter(settings, journal, lambda: looked(()), None)
        number = await reporter.of_technician(order)
        again = await reporter.of_technician(order)
        last = await journal.last_event("ReadinessReported")
    assert last is not None
    assert (last.data["number"], last.data["staff_no"], last.data["fit"]) == (again, "2001", True)
    assert again != number
    text = text_of(settings.paths.state_dir / "reports" / f"{number}.pdf")
    assert "unreadable" in text
    assert "未做" in text


def test_a_report_that_can_not_be_filed_has_no_number(settings: Settings, tmp_path: Path) -> None:
    asyncio.run(unfiled(settings, tmp_path))


async def unfiled(settings: Settings, tmp_path: Path) -> None:
    nowhere = settings.model_copy(
        update={"paths": settings.paths.model_copy(update={"state_dir": tmp_path / "file"})}
    )
    (tmp_path / "file").write_text("in the way")
    async with opened(settings.paths.state_dir) as journal:
        before = (await journal.anchor()).text
        assert (
            await Reporter(nowhere, journal, lambda: looked(()), None).of_technician(
                do.WriteReport("2001", ())
            )
            == ""
        )
        assert (await journal.anchor()).text == before
