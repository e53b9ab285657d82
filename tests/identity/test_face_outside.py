"""A vendor's engine in a process of its own: whatever it does, there is an answer, an error in words, or no match."""

import asyncio
import contextlib
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from drivers.contracts.camera import Image
from drivers.contracts.health import DeviceStatus, Health
from drivers.emulators.people import PEOPLE
from kiosk.identity import calibration, matching
from kiosk.identity.calibration import NotCalibrated
from kiosk.identity.config import DriverSpec, ExternalEngine, IdentityConfig
from kiosk.identity.detector import DETECTOR_FILE, Face
from kiosk.identity.engines.outside import EngineFailed, OutsideProcess
from kiosk.identity.events import DeviceHealth, FaceOutcome, IdentityEvent
from kiosk.identity.facing import FaceDesk
from kiosk.identity.matching import FaceMatcher
from kiosk.identity.photo import StandInDecoder
from kiosk.identity.preview import PreviewBuffer
from kiosk.models import ModelsError, default_target
from tests.identity.enginetools import ROOT, VERSION, calibrated, example_engine

ROGUE = Path(__file__).with_name("rogue_engine.py")
PICTURE: Image = np.arange(640 * 480 * 3, dtype=np.uint32).astype(np.uint8).reshape(480, 640, 3)
POINTS = np.array([(300.0, 200.0), (340.0, 200.0), (320.0, 220.0), (305.0, 240.0), (335.0, 240.0)])
FACE = Face(270.0, 150.0, 100.0, 120.0, 0.9, POINTS)
START_S = 20.0  # a loaded machine


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return example_engine(tmp_path_factory.mktemp("engine"))


def rogue(how: str, *, start_s: float = START_S, answer_s: float = START_S) -> OutsideProcess:
    return OutsideProcess([sys.executable, str(ROGUE), how], start_s=start_s, answer_s=answer_s)


def external_of(program: Path, table: Path, *, calibrating: bool = False) -> FaceMatcher:
    return matching.create(
        default_target(), table,
        engine="external", external=ExternalEngine((str(program),)), calibrating=calibrating,
    )  # fmt: skip


def test_the_detector_before_a_vendor_s_engine_has_to_verify(program: Path, tmp_path: Path) -> None:
    (tmp_path / DETECTOR_FILE).write_bytes(b"another detector")
    engine = ExternalEngine((str(program),))
    table = tmp_path / "table.toml"
    table.write_text(f'[calibration.external]\nfiles = ["{program}"]\n', encoding="utf-8")
    with pytest.raises(ModelsError, match=f"{DETECTOR_FILE} has another sha256"):
        matching.create(tmp_path, table, engine="external", external=engine, calibrating=True)


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_the_example_of_the_documents_speaks_the_protocol(program: Path) -> None:
    engine = OutsideProcess([str(program)], start_s=START_S, answer_s=START_S)
    try:
        assert engine.greet().version == VERSION
        template = engine.template(PICTURE, FACE)
        assert len(template) == engine.greet().template_bytes
        scores = engine.compare([template, template], [template])
        assert scores == pytest.approx(np.ones((2, 1)), abs=1e-5)
        assert 0.0 <= engine.liveness(PICTURE, FACE) <= 1.0
        with pytest.raises(ValueError, match="refused"):
            engine.template(np.zeros_like(PICTURE), FACE)
        assert engine.template(PICTURE, FACE) == template  # a refusal is an answer: it goes on
    finally:
        engine.close()


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("ends", "ended with status 7"),
        ("crashes", "ended with status -6"),
        ("garbage", "protocol does not allow"),
        ("huge", "protocol does not allow"),
        ("old answer", "protocol does not allow"),
        ("short", "1 bytes to LIVENESS"),
        ("nan", "not within"),
        ("too good", "not within"),
        ("unsupported", "does not support LIVENESS"),
    ],
)
def test_a_broken_promise_ends_it_and_is_told(how: str, words: str) -> None:
    engine = rogue(how)
    with pytest.raises(EngineFailed, match=words):
        engine.liveness(PICTURE, FACE)
    assert engine.greet().version == "rogue"  # started anew
    engine.close()


@pytest.mark.parametrize(
    ("how", "words"),
    [("protocol", "speaks protocol 2"), ("name", "makes no sense"), ("no licence", "it said: no licence")],
)
def test_a_greeting_that_will_not_do(how: str, words: str) -> None:
    with pytest.raises(EngineFailed, match=words):
        rogue(how).greet()


def test_one_that_hangs_is_ended_in_time() -> None:
    engine = rogue("hangs", answer_s=0.2)
    engine.greet()
    began_s = time.monotonic()
    with pytest.raises(EngineFailed, match="in time"):
        engine.liveness(PICTURE, FACE)
    assert time.monotonic() - began_s < START_S
    with pytest.raises(EngineFailed, match="in time"):
        rogue("mute", start_s=0.2).greet()


def test_one_that_prints_much_is_not_held_up_and_not_quoted() -> None:
    engine = rogue("prints")
    assert engine.liveness(PICTURE, FACE) == 1.0
    assert engine.liveness(PICTURE, FACE) == 1.0
    with pytest.raises(EngineFailed) as told:
        engine.template(PICTURE, FACE)
        engine.compare([b"1"], [b"1234"])
    assert "somebody" not in str(told.value)
    engine.close()


def test_one_that_was_killed_between_two_questions_is_started_anew(program: Path) -> None:
    engine = OutsideProcess([str(program)], start_s=START_S, answer_s=START_S)
    template = engine.template(PICTURE, FACE)
    (child,) = children(os.getpid(), str(program))
    os.kill(child, signal.SIGKILL)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    assert engine.template(PICTURE, FACE) == template
    engine.close()
    assert children(os.getpid(), str(program)) == []


def test_no_memory_of_it_gets_into_a_core_dump(program: Path) -> None:
    """A wrapper's `exec`, under way at our first word, may undo it; a filter of the wrapper's own stands for that."""
    undone = ["sh", "-c", 'sleep 0.2; echo 0x33 > /proc/$$/coredump_filter; exec "$0"', str(program)]
    with contextlib.closing(OutsideProcess(undone, start_s=START_S, answer_s=START_S)) as engine:
        engine.greet()
        (child,) = children(os.getpid(), str(program))
        assert int(Path(f"/proc/{child}/coredump_filter").read_text(encoding="ascii"), 16) == 0
        assert resource.prlimit(child, resource.RLIMIT_CORE) == (0, 0)


def children(parent: int, program: str) -> list[int]:
    """Processes below this one that run the program."""
    found = []
    for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split():
        if program in Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8") and running(int(pid)):
            found.append(int(pid))
    return found


def test_a_program_that_is_not_there_is_named() -> None:
    with pytest.raises(EngineFailed, match=r"/nowhere/engine: .*No such file"):
        OutsideProcess(["/nowhere/engine"], start_s=START_S, answer_s=1.0).greet()


def test_it_ends_with_the_process_that_asked_it(program: Path) -> None:
    code = (
        "import sys, time\nfrom kiosk.identity.engines.outside import OutsideProcess\n"
        f"engine = OutsideProcess([sys.executable, {str(ROGUE)!r}, 'hangs'], start_s={START_S}, answer_s=1.0)\n"
        "engine.greet(); print(engine._child.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert parent.stdout is not None
    with parent.stdout:
        child = int(parent.stdout.readline())
    assert running(child)
    parent.kill()
    parent.wait()
    deadline_s = time.monotonic() + START_S
    while running(child):
        assert time.monotonic() < deadline_s, "it outlived the process that asked it"
        time.sleep(0.01)


def test_another_version_than_the_calibrated_one_is_refused(program: Path, tmp_path: Path) -> None:
    table = calibrated(program, tmp_path, version="example engine 0.9")
    with pytest.raises(NotCalibrated, match=r"calibrated is 'example engine 0\.9'"):
        external_of(program, table)


def test_one_that_only_tells_liveness_compares_nobody(tmp_path: Path) -> None:
    table = calibrated(ROGUE, tmp_path, version="rogue")
    external = ExternalEngine((sys.executable, str(ROGUE), "liveness only"), START_S, START_S)
    with pytest.raises(NotCalibrated, match="compares no faces"):
        matching.create(default_target(), table, engine="external", external=external)


def test_a_changed_program_is_refused(program: Path, tmp_path: Path) -> None:
    table = calibrated(program, tmp_path)
    table.write_text(
        table.read_text(encoding="utf-8").replace('sha256 = ["', 'sha256 = ["0'), encoding="utf-8"
    )
    with pytest.raises(NotCalibrated, match=r"is not the file .* measure this one"):
        external_of(program, table)


def test_people_of_several_pictures_are_compared_picture_by_picture(program: Path, tmp_path: Path) -> None:
    matcher = external_of(program, calibrated(program, tmp_path))
    shifted = [matcher.embed(np.roll(PICTURE, by, axis=1), FACE) for by in (0, 3, 40, 111)]
    people = [matcher.mean(shifted[:3]), shifted[3], matcher.mean(shifted[1:])]
    single = matcher.scores(shifted, shifted)
    groups = [(0, 1, 2), (3,), (1, 2, 3)]
    expected = [[single[np.ix_(one, other)].mean() for other in groups] for one in groups]
    assert matcher.scores(people, people) == pytest.approx(np.array(expected), abs=1e-5)
    matcher.close()


def test_an_engine_without_thresholds_can_be_measured_and_never_matches(
    program: Path, tmp_path: Path
) -> None:
    table = tmp_path / "engine.toml"
    table.write_text(f'[calibration.external]\nfiles = ["{program}"]\n', encoding="utf-8")
    with pytest.raises(NotCalibrated, match="no calibration"):
        external_of(program, table)
    matcher = external_of(program, table, calibrating=True)
    one = matcher.embed(PICTURE, FACE)
    assert matcher.score(one, one) == pytest.approx(1.0, abs=1e-5)
    assert matcher.decide(1.0) is FaceOutcome.UNCERTAIN
    matcher.close()
    assert list(calibration.pinned(default_target(), table, engine="external")) == [str(program)]


@pytest.mark.parametrize(
    ("how", "status", "usable"),
    [("works", DeviceStatus.ONLINE, True), ("ends", DeviceStatus.HARDWARE_ERROR, False)],
)
def test_a_card_s_photo_and_an_engine_that_fails(
    tmp_path: Path, how: str, status: DeviceStatus, usable: bool
) -> None:
    table = calibrated(ROGUE, tmp_path, version="rogue")
    external = ExternalEngine((sys.executable, str(ROGUE), how), START_S, START_S)
    nowhere = DriverSpec("kiosk.identity.photo:create_standin")
    config = IdentityConfig(
        reader=nowhere, photo=nowhere, engine="external", calibration=str(table), external=external
    )
    said: list[IdentityEvent] = []

    async def a_card() -> tuple[Health, bool]:
        preview = PreviewBuffer.create()
        desk = FaceDesk(config, None, StandInDecoder(), preview, said.append)
        health, kept = desk.load(), await desk.keep_photo(PEOPLE["jia"].photo_block())
        await desk.close()
        preview.close()
        return health, kept

    health, kept = asyncio.run(a_card())
    assert health.status is DeviceStatus.ONLINE
    assert kept is usable
    told = [event.health.status for event in said if isinstance(event, DeviceHealth)]
    assert [health.status, *told][-1] is status
