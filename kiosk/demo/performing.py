"""Before the camera: does what the page asks of the face, as a person would who reads it, until another page comes.

The emulated person can't read the screen; who plays the demonstration or a test reads it for them and passes the step
on. Nothing else of the program is known here.
"""

import fnmatch
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from drivers.emulators.world import World

from .probe import Probe, ProbeError

CHALLENGE: Final = "face.challenge."
CHECK_PAGES: Final = ("consent", "card", "card.reading", "face", f"{CHALLENGE}*", "own.looking")
CHECK_S: Final = 90.0  # two challenges of three steps each, on a loaded machine
AGAIN_S: Final = 4.0  # who sees for so long that the movement was not seen makes it once more
LOOK_PERIOD_S: Final = 0.03
UNDECIDED: Final = "face.undecided"
TRY_AGAIN: Final = "face.try_again"


class Performer:
    """Reads one page after the other and lets the emulated person do what a new one asks.

    `asked` is told of each step before it is done.
    """

    def __init__(self, world: World, asked: Callable[[str], None] = lambda _step: None) -> None:
        self._world = world
        self._tell = asked
        self._last: tuple[str, int] | None = None
        self._did_s = 0.0
        self.done: list[str] = []

    def read(self, page: Mapping[str, Any]) -> None:
        """What the probe says of the page that is shown."""
        step = str(page["name"]).removeprefix(CHALLENGE)
        if step == page["name"]:
            return
        number, seen = page["movement"]
        asked = (step, number)
        if asked == self._last and (seen or time.monotonic() - self._did_s < AGAIN_S):
            return
        if asked != self._last:
            self._tell(step)
        self._world.do("camera", "face.do", step=step)
        self._last, self._did_s = asked, time.monotonic()
        self.done.append(step)


def perform_check(
    probe: Probe,
    world: World,
    timeout_s: float = CHECK_S,
    asked: Callable[[str], None] = lambda _step: None,
) -> str:
    """Do what is asked until the check is over and the person's cases are looked up; the page that came then.

    Raises `ProbeError` past the limit.
    """
    performer = Performer(world, asked)
    ends_s = time.monotonic() + timeout_s
    while True:
        page = probe.wait("*", steady=False)
        shown = str(page["name"])
        if not any(fnmatch.fnmatchcase(shown, name) for name in CHECK_PAGES):
            return shown
        if time.monotonic() > ends_s:
            done = ", ".join(performer.done) or "nothing"
            raise ProbeError(
                f"the face check has not ended after {timeout_s:g} s, {shown!r} stands; done: {done}"
            )
        performer.read(page)
        time.sleep(LOOK_PERIOD_S)  # the pace of looking; the deadline above decides


def pass_check(probe: Probe, world: World, asked: Callable[[str], None] = lambda _step: None) -> str:
    """`perform_check`; who is told that it did not work looks once more, as a person would where the page offers it.

    Raises `ProbeError` with what the page says where that came to nothing too.
    """
    shown = perform_check(probe, world, asked=asked)
    if shown == UNDECIDED and probe.has(TRY_AGAIN):
        probe.tap(TRY_AGAIN)
        probe.wait("face", steady=False)  # it is shown until the person is seen well for some pictures
        shown = perform_check(probe, world, asked=asked)
    if shown == UNDECIDED:
        said = ", ".join(key for key in probe.page()["texts"] if key.startswith("face.outcome."))
        raise ProbeError(f"the face check came to nothing twice; the page says {said}")
    return shown
