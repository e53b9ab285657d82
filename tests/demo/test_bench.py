"""The bench: its arithmetic, what it reads of a system call trace and of /proc, and one quick run of the real thing."""

import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from kiosk.demo import measure_journal, measure_scan, measure_size, measure_soak
from kiosk.demo.command import cells_of
from kiosk.demo.figures import figure, table
from kiosk.settings import DEMO_FILE, check, layers

NOBODY = 65534
BENCH_LIMIT_S = 900  # a machine that does other things too


def test_median_and_95th_percentile_stand_beside_the_target() -> None:
    """The nearest rank: of 20 values the 19th."""
    one = figure("touch", "ms", range(1, 21), 10.0, "a frame")
    assert (one.median, one.p95, one.met) == (10.5, 19, False)
    line = table([one]).splitlines()[1]
    assert line.split() == ["touch", "20", "10.5", "ms", "19.0", "ms", "<=", "10", "!", "a", "frame"]


def test_what_was_not_measured_says_so() -> None:
    """No value is no success."""
    one = figure("syncs", "", (), 1.0)
    assert one.met is None
    assert "not measured" in table([one])
    assert "median" not in one.plain()


def test_syncs_are_counted_between_the_marks_of_one_fact() -> None:
    """The log's own syncs outside of a fact are not the fact's; an interrupted call counts once."""
    trace = "\n".join(
        (
            "11 fsync(3)                          = 0",
            '10 write(5, "mark fact", 9)          = 9',
            "11 fdatasync(4 <unfinished ...>",
            "11 <... fdatasync resumed>)          = 0",
            '10 write(5, "mark done", 9)          = 9',
            "11 fdatasync(6)                      = 0",
            '10 write(5, "mark fact", 9)          = 9',
            "11 fsync(3)                          = 0",
            "11 fdatasync(4)                      = 0",
            '10 write(5, "mark done", 9)          = 9',
        )
    )
    assert measure_journal.syncs_between_marks(trace) == [["fdatasync"], ["fsync", "fdatasync"]]


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_a_fact_with_its_notices_costs_one_sync(tmp_path: Path) -> None:
    """Seen from the kernel's side, on the real journal with the real notices."""
    facts, bare, above, syncs = measure_journal.figures(tmp_path, 5)
    assert set(syncs.values) == {1.0}
    assert len(syncs.values) == measure_journal.TRACED_FACTS
    assert len(facts.values) == len(bare.values) == len(above.values) == 5


def test_growth_is_the_slope_that_a_few_wild_samples_do_not_move() -> None:
    """Theil and Sen: one outlier in five changes nothing; the interval holds the slope."""
    x = list(range(0, 1000, 10))
    grown = measure_soak.theil_sen(x, [5 + 2 * at + (900 if at % 50 == 0 else 0) for at in x])
    assert grown.value == pytest.approx(2, abs=0.01)
    assert grown.low <= 2 <= grown.high


@pytest.mark.parametrize(("kib_a_session", "met"), [(0.0, True), (3.0, False)])
def test_a_leak_is_told_from_what_is_loaded_at_first_use(kib_a_session: float, *, met: bool) -> None:
    """The first tenth of the samples may grow as it likes."""
    samples = [
        soak_sample(at, 70 + min(at, 900) / 100 + at * kib_a_session / 977) for at in range(0, 10_000, 100)
    ]
    sizes, growth, _, speed = measure_soak.figures(samples)
    assert growth.met is met
    assert growth.median == pytest.approx(kib_a_session, abs=0.01)
    assert "files 40 and 40" in growth.note
    assert len(sizes.values) == 100
    assert speed.median == 0.5


def test_a_few_sessions_make_no_verdict() -> None:
    """What the first visits load looks like growth."""
    growth = measure_soak.figures([soak_sample(at, 70 + at) for at in range(4)])[1]
    assert growth.values
    assert growth.met is None


def soak_sample(sessions: int, main_mb: float) -> measure_soak.Sample:
    return measure_soak.Sample(
        sessions, main_mb, 110, main_mb, 200, 280, files=40, threads=11, each_s=0.5, journal_mb=1
    )


def test_processor_and_memory_of_a_process_with_its_child() -> None:
    """Both are found by the session that the first one leads."""
    spin = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'while True: pass'])"
    with subprocess.Popen([sys.executable, "-c", spin], start_new_session=True) as leader:
        try:
            deadline = time.monotonic() + 20
            while len(measure_size.processes(leader.pid)) < 2 and time.monotonic() < deadline:
                time.sleep(0.02)
            assert len(measure_size.processes(leader.pid)) == 2
            size = measure_size.memory(leader.pid)
            assert 0 < size.main < size.everything
            assert size.identity == 0
            assert measure_size.cpu_percent(leader.pid, 0.5) > 1
        finally:
            os.killpg(leader.pid, 9)


def test_memory_that_may_not_be_read_is_not_measured_rather_than_nothing() -> None:
    """Of a process of root's, as of one of ours that keeps itself from core dumps, others learn no size."""
    user = os.geteuid()
    os.seteuid(user or NOBODY)
    try:
        mb = measure_size.pss_mb(1)
    finally:
        os.seteuid(user)
    assert math.isnan(mb)
    rows = measure_size.memory_figures("idle", [measure_size.Memory(mb, mb, mb)])
    assert [(one.values, one.met) for one in rows] == [((), None)] * 3


def test_a_scan_of_two_buses_is_measured_beside_a_naive_one(tmp_path: Path) -> None:
    """Both see the same boards; ours asks both buses at once."""
    found = {one.name: one for one in measure_scan.figures(tmp_path, measure_scan.Scans(2, 1, 0.5, 0.25))}
    assert all(one.values for one in found.values())
    ours, naive = found["scan of 256 doors"], found["scan, naive loop"]
    assert 1000 * measure_scan.SCAN_S <= min(ours.values) < min(naive.values)
    assert len(found["awaited door moves -> seen"].values) == 2


def test_the_cabinet_that_is_scanned_is_one_that_can_be_set_up(tmp_path: Path) -> None:
    """256 doors behind 16 boards on two lines."""
    text = measure_scan.site(DEMO_FILE.read_text(encoding="utf-8")).replace("{runtime_dir}", str(tmp_path))
    (tmp_path / "site.toml").write_text(text, encoding="utf-8")
    assert check(layers(tmp_path / "site.toml")) == []
    cells = cells_of(tmp_path / "site.toml")
    assert len(cells) == 256


@pytest.mark.long
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can read how much memory the program takes")
@pytest.mark.timeout(BENCH_LIMIT_S + 60)
def test_the_quick_bench_measures_everything() -> None:
    """All parts of the issue's list are there with values, and nothing is left running."""
    folder = Path(tempfile.mkdtemp(prefix="nb-", dir="/tmp"))  # a socket's path must be short
    command = [sys.executable, "-m", "kiosk", "bench", "--quick", "--json"]
    run = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=BENCH_LIMIT_S,
        check=False,
        env={**os.environ, "TMPDIR": str(folder)},
    )
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
    told = json.loads(run.stdout)
    names = " | ".join(one["name"] for one in told["figures"])
    for part in (
        "card's last byte", "first deposit: the machine's own waiting", "first deposit: all of it", "confirm -> door",
        "touch -> next page", "start -> first page", "MQTT", "SMS",
        "syncs per fact", "above it", "idle: all", "scan of 256 doors", "awaited door moves", "idle with 256 doors",
        "UI process", "identity", "all of ours", "growth per session", "journal verify", "with such a journal",
    ):  # fmt: skip
        assert part in names
    assert all(one["n"] for one in told["figures"])
    assert not list(folder.glob("nightdesk-bench-*"))
    shutil.rmtree(folder, ignore_errors=True)
