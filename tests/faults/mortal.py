"""The real program with one addition: the power fails at one moment of the custody of papers.

Run: `python -m tests.faults.mortal before|after FACT CONFIG PROBE`. `before DepositHeld`: all that came earlier is
durable, the deposit is not; `after`: it is durable and nobody has been told.
"""

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from kiosk.journal.custody import JournalCustody
from kiosk.runtime.program import run_headless
from kiosk.settings import layers, load
from locker.events import Event
from locker.ports import Fact

record = JournalCustody.record


def dies(moment: str, fact: str) -> None:
    """Let the journal of this process end it, and all that belongs to it, at the moment."""

    async def recorded(self: JournalCustody, *events: Event, along: Sequence[Fact] = ()) -> None:
        is_it = fact in {type(event).__name__ for event in events}
        if moment == "after" or not is_it:
            await record(self, *events, along=along)
        if is_it:
            os.killpg(0, signal.SIGKILL)

    JournalCustody.record = recorded  # type: ignore[method-assign]


def main() -> int:
    """Serve until the moment comes."""
    moment, fact, config, probe = sys.argv[1:]
    dies(moment, fact)
    return run_headless(load(layers(Path(config))), Path(probe), {"loop": 60.0, "journal": 60.0})


if __name__ == "__main__":
    sys.exit(main())
