"""`nightdesk bench`: speed and size of the real program on emulated hardware, each figure beside its limit.

It ends by itself and uses the loopback interface only. Exit status 1 means that something could not be measured.
"""

import contextlib
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from drivers.emulators.world import Options
from kiosk.runtime import devices
from kiosk.settings import CONFIG_FOLDER, layers, load

from . import (
    measure_face,
    measure_journal,
    measure_pages,
    measure_scan,
    measure_search,
    measure_simulator,
    measure_soak,
    measure_story,
    measure_years,
)
from .command import add_staff, cells_of
from .figures import Figure, figure, table
from .measure_size import CPU_TARGET_PERCENT, Memory, cpu_percent, memory, memory_figures
from .measure_story import TRAVEL_MS, Visits
from .probe import Probe, ProbeError
from .stage import Stage

READY_TIMEOUT_S: Final = 60.0
SETTLE_S: Final = 8.0  # the spare identity process, the journal's checkpoint, the pages drawn ahead
POLL_S: Final = 0.25
LOOK_PERIOD_S: Final = 0.01
Overrides = Mapping[str, Mapping[str, float]]
AS_IN_LIFE: Final[Overrides] = {"session": {"board_poll_s": POLL_S}}
TAKES: Final = {"years": "about three minutes, and 1 GB of disk"}
PARTS: Final = (
    "story",
    "face",
    "idle",
    "scan",
    "pages",
    "search",
    "journal",
    "years",
    "simulator",
    "sessions",
)
# what a long run only waits for takes no time; the program is the same
AT_ONCE: Final = Options(
    read_delay_ms=0,
    extra={
        "modem": ("--send-time", "0"), "board": ("--baudrate", "1000000", "--travel-ms", "0"),
        "reader": ("--baudrate", "100000000"),
        "printer": ("--baudrate", "100000000", "--print-speed", "100000", "--cut-time", "0"),
    },
)  # fmt: skip
IN_NO_TIME: Final[Overrides] = {  # the face check stays whole; one movement is asked for
    "session": {"board_poll_s": 0.03, "lock_gap_s": 0},
    "face": {"capture_s": 0.2},
    "face.liveness": {"steps_min": 1, "steps_max": 1, "pause_min_s": 0.1, "pause_max_s": 0.2},
}


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured."""

    starts: int = 5
    visits: int = 8
    faces: int = 6
    idle_s: float = 30.0
    scans: int = 40
    openings: int = 20
    searches: int = 10
    pages: int = 20
    scenes: int = 40  # of each kind of rendered sheet
    facts: int = 300
    sessions: int = 60
    year_visits: int = 365 * 400  # of a busy kiosk
    simulated: int = 500
    settle_s: float = SETTLE_S
    parts: tuple[str, ...] = PARTS


QUICK: Final = Plan(
    starts=1,
    visits=1,
    faces=1,
    idle_s=5.0,
    scans=4,
    openings=2,
    searches=1,
    pages=2,
    scenes=2,
    facts=30,
    sessions=3,
    year_visits=1000,
    simulated=20,
    settle_s=1.0,
)


class Unmeasured(Exception):
    """A part could not be measured; the text says why."""


def main(
    demo_file: Path,
    *,
    as_json: bool,
    quick: bool = False,
    sessions: int | None = None,
    only: str | None = None,
) -> int:
    """Measure all, print; 0 when everything could be measured.

    `sessions`: how many for the memory's growth; `only`: one of `PARTS`.
    """
    plan = QUICK if quick else Plan()
    plan = plan if sessions is None else replace(plan, sessions=sessions)
    plan = plan if only is None else replace(plan, parts=(only,))
    folder = Path(tempfile.mkdtemp(prefix="nightdesk-bench-"))
    try:
        figures, failed = _measure(folder, demo_file, plan, say=_say)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if as_json:
        told = {"machine": machine(), "figures": [one.plain() for one in figures], "failed": failed}
        sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
    else:
        lines = [", ".join(f"{name} {value}" for name, value in machine().items()), table(figures)]
        lines += [f"NOT MEASURED {part}" for part in failed]
        sys.stdout.write("\n".join(lines) + "\n")
    return 1 if failed or any(not one.values for one in figures) else 0


def machine() -> dict[str, Any]:
    """On what this was measured, and how busy it was."""
    load = "/".join(f"{value:.1f}" for value in os.getloadavg())
    return {"cores": os.cpu_count() or 0, "load": load, "python": platform.python_version()}


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _measure(
    folder: Path, demo_file: Path, plan: Plan, *, say: Callable[[str], None]
) -> tuple[list[Figure], list[str]]:
    parts: Sequence[tuple[str, Callable[[], list[Figure]]]] = (
        ("story", lambda: story(folder / "story", demo_file, plan)),
        ("face", lambda: face(folder / "face", demo_file, plan)),
        ("idle", lambda: idle(folder / "idle", demo_file, plan)),
        ("scan", lambda: scan(folder / "scan", demo_file, plan)),
        ("pages", lambda: measure_pages.figures(folder / "pages", plan.pages, plan.scenes)),
        ("search", lambda: measure_search.figures(CONFIG_FOLDER / "services", plan.searches)),
        ("journal", lambda: measure_journal.figures(folder / "journal", plan.facts)),
        ("years", lambda: years(folder / "years", demo_file, plan)),
        ("simulator", lambda: measure_simulator.figures(plan.simulated)),
        ("sessions", lambda: sessions_without_window(folder / "soak", demo_file, plan.sessions)),
    )
    figures: list[Figure] = []
    failed: list[str] = []
    for name, measure in parts:
        if name not in plan.parts:
            continue
        say(f"{name} ({TAKES[name]})" if name in TAKES else name)
        try:
            figures += measure()
        except (
            ProbeError,
            Unmeasured,
            OSError,
            RuntimeError,
            ValueError,
            subprocess.CalledProcessError,
        ) as error:
            failed.append(f"{name}: {error}")
    return figures, failed


# the parts ---------------------------------------------------------------------------------------------------------


def story(folder: Path, demo_file: Path, plan: Plan) -> list[Figure]:
    """Starts, then visits in the window: speed and memory in use."""
    options = Options(extra={"board": ("--travel-ms", f"{TRAVEL_MS:g}")})
    with staged(folder, demo_file, options) as stage:
        starts = []
        for number in range(plan.starts):
            starts.append(_start(stage))
            if number < plan.starts - 1:
                stage.quit()
        visits = _visits(stage)
        time.sleep(plan.settle_s)
        visits.visit(measure_story.QUICK, measure_story.OLD_PERSON)
        for _ in range(plan.visits):
            visits.visit()
        visits.wait_for("home.deposit")
        sms = measure_story.sms_figure(visits.times, stage.world)
        stage.quit()
        figures = measure_story.device_figures(
            visits.times, stage.folder / "state", stage.folder / "program.log", stage.world.folder
        )
    start = figure("start -> first page", "s", starts, 3.0, "Python, Kivy and OpenGL loaded")
    in_use = memory_figures("in use", visits.times.sizes)
    return [
        *figures[:2],
        *figures[2:4],
        *measure_story.touch_figures(visits.times),
        *measure_story.deposit_figures(visits.times, stage.folder / "program.log"),
        start,
        *figures[4:],
        sms,
        *in_use,
    ]


def face(folder: Path, demo_file: Path, plan: Plan) -> list[Figure]:
    """Face checks in the real identity process, and its start, death and hang."""
    with staged(folder, demo_file, Options()) as stage:
        return measure_face.figures(devices.identity(load(layers(stage.site))), stage.world, plan.faces)


def idle(folder: Path, demo_file: Path, plan: Plan) -> list[Figure]:
    """Nobody there, no probe loaded: processor and memory."""
    with staged(folder, demo_file, Options()) as stage:
        used, size = _left_alone(stage, plan)
    note = f"over {plan.idle_s:g} s, the lock board polled every {POLL_S:g} s"
    cpu = figure("idle: all our processes", "% of a core", [used], CPU_TARGET_PERCENT, "", note)
    return [cpu, *memory_figures("idle", [size])]


def scan(folder: Path, demo_file: Path, plan: Plan) -> list[Figure]:
    """A cabinet of 256 doors: its buses, and the program with it while nobody is there."""
    figures = measure_scan.figures(
        folder / "lines", measure_scan.Scans(plan.scans, plan.openings, plan.idle_s, POLL_S)
    )
    large = folder / "large.toml"
    large.write_text(measure_scan.site(demo_file.read_text(encoding="utf-8")), encoding="utf-8")
    with staged(folder / "kiosk", large, Options()) as stage, measure_scan.cabinet(stage.world.folder):
        used, size = _left_alone(stage, plan)
    note = f"over {plan.idle_s:g} s, 16 boards on two buses polled every {POLL_S:g} s"
    cpu = figure(
        "idle with 256 doors: all our processes", "% of a core", [used], CPU_TARGET_PERCENT, "", note
    )
    return [*figures, cpu, *memory_figures("idle with 256 doors", [size])]


def _left_alone(stage: Stage, plan: Plan) -> tuple[float, Memory]:
    """Processor in percent of a core, and memory, of the program as installed, while nobody is there."""
    leader = _launch_as_installed(stage)
    time.sleep(plan.settle_s)
    return cpu_percent(leader, plan.idle_s), memory(leader)


def sessions_without_window(folder: Path, demo_file: Path, sessions: int) -> list[Figure]:
    """Memory over many sessions of `run --headless`; each sample is said as a line of JSON as it is taken."""
    with staged(folder, demo_file, AT_ONCE, IN_NO_TIME) as stage:
        stage.launch(offscreen=True, headless=True)
        assert stage.program is not None
        probe = Probe(stage.probe_socket, stage.alive)
        samples = measure_soak.play(
            probe, stage.world, stage.program.pid, sessions, stage.folder / "state" / "journal.db",
            lambda sample: _say(measure_soak.as_line(sample)),
        )  # fmt: skip
        return measure_soak.figures(samples)


def years(folder: Path, demo_file: Path, plan: Plan) -> list[Figure]:
    """A year of a busy kiosk: its journal checked, asked and written on, and the program started with it."""

    def start(state: Path) -> float:
        with staged(folder / "kiosk", demo_file, Options()) as stage:
            own = stage.folder / "state"
            shutil.rmtree(own)
            own.symlink_to(state)
            seconds = _start(stage)
            stage.quit()
            own.unlink()
        return seconds

    return measure_years.figures(folder, plan.year_visits, start, times=min(plan.starts, 3))


@contextlib.contextmanager
def staged(
    folder: Path, demo_file: Path, options: Options, overrides: Overrides = AS_IN_LIFE
) -> Iterator[Stage]:
    """A world with a site file and an account, ended at the end."""
    stage = Stage(folder, cells_of(demo_file), demo_file, options=options, overrides=overrides)
    try:
        stage.begin()
        add_staff(stage)
        yield stage
    finally:
        stage.end()


def _start(stage: Stage) -> float:
    """Seconds from the program's start until its first page was drawn."""
    started = time.monotonic()
    stage.launch(offscreen=True)
    probe = Probe(stage.probe_socket, stage.alive)
    while not (drawn := probe.wait("*", timeout_s=READY_TIMEOUT_S, steady=False)["lately"]):
        if time.monotonic() - started > READY_TIMEOUT_S:
            raise Unmeasured("no page was drawn")
        time.sleep(LOOK_PERIOD_S)
    return float(drawn[0][2]) - started


def _visits(stage: Stage) -> Visits:
    assert stage.program is not None
    return Visits(Probe(stage.probe_socket, stage.alive), stage.world, stage.program.pid)


def _launch_as_installed(stage: Stage) -> int:
    """Start the program as systemd would, without a probe; its process id once it said READY."""
    address = stage.folder / "notify.sock"
    environment = {**os.environ, "SDL_VIDEODRIVER": "offscreen", "NOTIFY_SOCKET": str(address)}
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening,
        Path(os.devnull).open("wb") as nowhere,
    ):
        listening.bind(str(address))
        listening.settimeout(READY_TIMEOUT_S)
        command = [sys.executable, "-m", "kiosk", "run", "--config", str(stage.site)]
        stage.program = subprocess.Popen(
            command, env=environment, stdout=nowhere, stderr=nowhere, start_new_session=True
        )
        while b"READY=1" not in listening.recv(4096):
            pass
    return stage.program.pid
