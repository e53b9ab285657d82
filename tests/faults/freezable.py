"""The real program with one addition: a line on standard input (`loop 4`, `journal 4`, `ui 4`) blocks that part.

The part is blocked for so many seconds on its own thread, as a call that never returns would block it.
Run: `python -m tests.faults.freezable CONFIG [--window]`.
"""

import gc
import sys
import threading
import time
from pathlib import Path

from kiosk.journal.journal import Journal
from kiosk.runtime.engine import Engine
from kiosk.runtime.program import run_headless, run_window
from kiosk.settings import layers, load

DEADLINES_S = {"ui": 2.0, "loop": 2.0, "journal": 2.0}


def freeze(part: str, seconds: float) -> None:
    """Block one part of the running program."""
    match part:
        case "loop":
            loop = next(o for o in gc.get_objects() if isinstance(o, Engine))._loop
            assert loop is not None
            loop.call_soon_threadsafe(time.sleep, seconds)
        case "journal":
            journal = next(o for o in gc.get_objects() if isinstance(o, Journal))
            journal._thread.submit(time.sleep, seconds)
        case "ui":
            from kivy.clock import Clock

            Clock.schedule_once(lambda _: time.sleep(seconds))
        case _:
            raise ValueError(part)


def obey() -> None:
    """Take lines until standard input ends."""
    for line in sys.stdin:
        part, seconds = line.split()
        freeze(part, float(seconds))


def main() -> int:
    """Serve until SIGTERM."""
    threading.Thread(target=obey, daemon=True).start()
    run = run_window if "--window" in sys.argv else run_headless
    return run(load(layers(Path(sys.argv[1]))), None, DEADLINES_S)


if __name__ == "__main__":
    sys.exit(main())
