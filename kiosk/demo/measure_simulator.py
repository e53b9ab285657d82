"""How quickly the simulator plays: milliseconds a complete session, faults and power cuts on, on one core."""

import json
import subprocess
import sys
from typing import Final

from .figures import Figure, figure

TARGET_MS: Final = 5.0  # 200 sessions a second
RUNS: Final = 5


def figures(sessions: int) -> list[Figure]:
    """Runs with seeds of their own, each in a process. Raises `CalledProcessError` when something did not hold."""
    values = [_ms_per_session(sessions, seed) for seed in range(1, RUNS + 1)]
    return [
        figure(
            "simulated session", "ms", values, TARGET_MS, note=f"{sessions} sessions a run, faults at level 3"
        )
    ]


def _ms_per_session(sessions: int, seed: int) -> float:
    order = ["simulate", "--sessions", str(sessions), "--seed", str(seed), "--json"]
    done = subprocess.run([sys.executable, "-m", "kiosk", *order], capture_output=True, text=True, check=True)
    report = json.loads(done.stdout)
    return 1000 * float(report["seconds"]) / int(report["sessions"])
