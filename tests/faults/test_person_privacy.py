"""Nothing biometric outlasts a visit: looked for in memory, files, MQTT and core dumps of the real program.

Each way of looking is shown to find what it looks for where it has been put.
"""

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.emulators.people import PEOPLE
from drivers.emulators.world import Options
from kiosk.demo.performing import perform_check
from tests.faults.memory import found_in_files, found_in_memory, preview_of
from tests.faults.playing import Kiosk, identity_pids

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root may look into another program's memory")

OPTIONS = Options(read_delay_ms=200, extra={"printer": ("--print-speed", "2000")})
OVERRIDES = {  # fewer movements, never none
    "face.liveness": {"steps_min": 1, "steps_max": 1, "pause_min_s": 0.1, "pause_max_s": 0.2, "step_s": 5.0}
}
PIECE = 48
JPEG_HEAD = bytes.fromhex("ffd8ffe0") + b"\x00\x10JFIF"  # what each picture of the camera begins with


def pieces(raw: bytes, count: int = 16) -> list[bytes]:
    """Short runs of bytes out of a picture, none of them of one value only."""
    step = max(PIECE, len(raw) // count)
    cut = [raw[at : at + PIECE] for at in range(0, len(raw) - PIECE, step)]
    return [piece for piece in cut if len(set(piece)) > PIECE // 3]


@pytest.fixture(scope="module")
def visit(running_kiosk: Kiosk) -> dict[str, list[bytes]]:
    """Somebody is verified and goes; what of them must be nowhere now."""
    kiosk = running_kiosk
    kiosk.to_home()
    pid = kiosk.stage.program.pid if kiosk.stage.program else 0
    chip = PEOPLE["jia"].photo_block()
    shown: list[bytes] = []
    kiosk.chooses()
    kiosk.sees("consent")
    kiosk.tap("consent.accept")
    kiosk.sees("card")
    kiosk.world.do("camera", "face.show", name="obama3")
    kiosk.world.do("reader", "card.place", person="jia")
    kiosk.sees("face*")
    kiosk.until(lambda: any(preview_of(pid)), "picture in the preview")
    born = set(identity_pids(kiosk))

    def keep(_step: str) -> None:
        shown.extend(pieces(preview_of(pid)))

    perform_check(kiosk.probe, kiosk.world, asked=keep)
    assert kiosk.journal("IdentityVerified"), kiosk.journal_types()
    assert len(shown) >= 4
    kiosk.to_home()
    kiosk.until(lambda: bool(born - set(identity_pids(kiosk))), "end of the used identity process")
    return {"chip photo": pieces(chip), "preview": shown, "camera's picture": [JPEG_HEAD]}


def test_the_main_process_has_nothing_of_it_in_its_memory(
    running_kiosk: Kiosk, visit: dict[str, list[bytes]]
) -> None:
    assert running_kiosk.stage.program is not None
    pid = running_kiosk.stage.program.pid
    assert found_in_memory(pid, visit) == set()
    assert not any(preview_of(pid)), "the preview is wiped"


def test_no_file_has_anything_of_it(running_kiosk: Kiosk, visit: dict[str, list[bytes]]) -> None:
    """Journal, keys, outbox, logs, temporary files; the world's own folder is the emulators'."""
    folder = running_kiosk.stage.folder
    assert found_in_files(folder / "state", visit) == set()
    loose = [path for path in folder.iterdir() if path.is_file()]
    assert not [path for path in loose if any(piece in path.read_bytes() for piece in visit["preview"])]


def test_mqtt_and_the_journal_say_scores_and_no_vectors(
    running_kiosk: Kiosk, visit: dict[str, list[bytes]]
) -> None:
    del visit
    (verified,) = running_kiosk.journal("IdentityVerified")
    assert set(verified) == {
        "seq", "type", "session_id", "engine", "score", "threshold", "models", "liveness", "challenge",
    }  # fmt: skip
    assert verified["liveness"] == "live"
    assert verified["challenge"]
    told = json.dumps([running_kiosk.mqtt("")], ensure_ascii=False)
    assert "score" not in told
    assert str(verified["score"]) not in told


def test_no_process_of_it_leaves_a_core_dump(running_kiosk: Kiosk) -> None:
    assert running_kiosk.stage.program is not None
    for pid in (running_kiosk.stage.program.pid, *identity_pids(running_kiosk)):
        assert resource.prlimit(pid, resource.RLIMIT_CORE) == (0, 0)
        status = Path(f"/proc/{pid}/mem").stat()
        assert status.st_uid == 0


# the ways of looking, each with what it has to find --------------------------------------------------------------


@pytest.fixture
def planted() -> Iterator[tuple[int, bytes]]:
    """A process that keeps bytes."""
    secret = os.urandom(4096)
    code = (
        "import sys; kept = sys.stdin.buffer.read(4096); print('kept', flush=True); sys.stdin.buffer.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(secret)
        process.stdin.flush()
        assert process.stdout.readline() == b"kept\n"
        yield process.pid, secret
        process.kill()


def test_what_lies_in_memory_is_found(planted: tuple[int, bytes]) -> None:
    pid, secret = planted
    assert found_in_memory(pid, {"secret": pieces(secret)}) == {"secret"}
    assert found_in_memory(pid, {"other": pieces(os.urandom(4096))}) == set()


def test_what_lies_in_a_file_is_found(tmp_path: Path) -> None:
    secret = os.urandom(4096)
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "file").write_bytes(b"before" + secret + b"after")
    assert found_in_files(tmp_path, {"secret": pieces(secret)}) == {"secret in file"}


DIES = "import os, resource; resource.setrlimit(resource.RLIMIT_CORE, (-1, -1)); {}; os.abort()"


@pytest.mark.parametrize("protected", [False, True])
def test_only_who_asked_for_it_leaves_no_core_dump(tmp_path: Path, *, protected: bool) -> None:
    """The kernel says of a child that died by a signal whether it left a core."""
    asked = "from kiosk import coredumps; coredumps.leave_none()" if protected else "pass"
    process = subprocess.Popen([sys.executable, "-c", DIES.format(asked)], cwd=tmp_path, env=_here())
    _, status = os.waitpid(process.pid, 0)
    process.returncode = status
    assert os.WTERMSIG(status) == signal.SIGABRT
    assert os.WCOREDUMP(status) is not protected


def _here() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
