"""`nightdesk readiness`, alone and through the running program: filed, recorded, printed."""

import asyncio
import base64
import hashlib
import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdf
import pytest

from drivers.emulators.escpos_render import interpret
from drivers.emulators.world import Options
from kiosk.demo.bench import staged
from kiosk.demo.probe import Probe
from kiosk.demo.stage import Stage
from kiosk.journal.journal import opened
from kiosk.journal.verify import verify
from kiosk.runtime.reporting import Reporter, looked
from kiosk.session import effects as do
from kiosk.settings import DEMO_FILE, Settings, layers, load

READY_S = 60.0


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("kiosk"), DEMO_FILE, Options()) as stage:
        yield stage


@pytest.fixture(scope="module")
def settings(stage: Stage) -> Settings:
    return load(layers(stage.site))


def readiness(stage: Stage, out: Path, *more: str) -> "subprocess.CompletedProcess[str]":
    command = [
        sys.executable,
        "-m",
        "kiosk",
        "readiness",
        "--config",
        str(stage.site),
        "--out",
        str(out),
        *more,
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def text_of(path: Path) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(path.read_bytes())).pages)


async def recorded(settings: Settings) -> list[Any]:
    async with opened(settings.paths.state_dir) as journal:
        return [event.data for event in await journal.events(kinds=("ReadinessReported",))]


def test_alone_with_a_fault_and_with_the_program_without_one(
    stage: Stage, settings: Settings, tmp_path: Path
) -> None:
    stage.world.do("board", "fault", name="mute")
    bad = readiness(stage, tmp_path / "bad.pdf")
    stage.world.do("board", "fault", name="none")
    assert (bad.returncode, bad.stderr) == (1, "")
    first = text_of(tmp_path / "bad.pdf")
    assert "不可投入服务" in first
    assert "nothing came; check power" in first

    stage.launch(offscreen=True, headless=True)
    try:
        Probe(stage.probe_socket, stage.alive).wait("home", timeout_s=READY_S)
        good = readiness(stage, tmp_path / "good.pdf", "--by", "2001", "--print")
    finally:
        stage.quit()
    assert (good.returncode, good.stderr) == (0, "")
    assert "receipt printer: printed" in good.stdout
    second = text_of(tmp_path / "good.pdf")
    assert "可以投入服务" in second
    assert "2001" in second
    strip = interpret(base64.b64decode(stage.world.do("printer", "job.last")["bytes"]))
    assert strip.unknown == []
    assert "设备就绪报告" in strip.text.replace(" ", "")

    one, two = asyncio.run(recorded(settings))
    assert [one["fit"], two["fit"], two["staff_no"]] == [False, True, "2001"]
    assert two["number"][:-2] == one["number"][:-2]
    assert int(two["number"][-2:]) == int(one["number"][-2:]) + 1
    for name, event in (("bad", one), ("good", two)):
        filed = settings.paths.state_dir / "reports" / f"{event['number']}.pdf"
        assert filed.stat().st_mode & 0o777 == 0o600
        assert filed.read_bytes() == (tmp_path / f"{name}.pdf").read_bytes()
        assert hashlib.sha256(filed.read_bytes()).hexdigest() == event["sha256"]
    anchors = [word for word in second.split() if word.startswith("J-")]
    assert verify(settings.paths.state_dir / "journal.db", anchors).ok


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
