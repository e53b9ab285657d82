"""One kiosk's book in which single devices lose their power while the program lives on and people are served.

A device goes dark at a drawn moment of a visit and comes back as it is after a switch was thrown; whoever stands there
waits or goes away. Then everything comes to rest, the checker looks, and the next citizen is served.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Final

from drivers.emulators.world import DEVICES, World
from kiosk.demo.probe import ProbeError
from tests.crash.book import FULL, Book, Life
from tests.crash.visits import VISITS

LATEST_S: Final = 2.5  # most of a visit
SHORTEST_S: Final = 0.05
LONGEST_S: Final = 4.0
OFTEN: Final = {"board": 4, "reader": 2, "printer": 2, "modem": 2}
SWITCHED_WITHIN_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Dark:
    """A device without power from so long after the beginning of a visit on, and for how long."""

    device: str
    after_s: float
    for_s: float

    def __str__(self) -> str:
        """In words, for a report."""
        return f"no power at the {self.device} from {self.after_s:.2f} s on for {self.for_s:.2f} s"


class DeviceBook(Book):
    """`play(n)`: n visits with a device that loses its power, then an end in peace."""

    def _prepare(self) -> str:
        """The program starts, and staff have something to do."""
        self.visitor.start()
        self.visitor.leaves()
        VISITS["deposit"](self.visitor)
        return ""

    def _life(self, number: int) -> Life:
        began, visitor = time.monotonic(), self.visitor
        random = visitor.random = Random(f"{self.seed}/{number}")
        visit, mark = self._choose(random), visitor.mark
        dark = Dark(
            random.choices(DEVICES, [OFTEN.get(device, 1) for device in DEVICES])[0],
            random.uniform(0.0, LATEST_S),
            random.uniform(SHORTEST_S, LONGEST_S),
        )
        gave_up = ""
        with _without_power(visitor.world, dark):
            try:
                VISITS[visit](visitor)
            except (ProbeError, AssertionError, ValueError) as error:  # another way than usual: they give up
                gave_up = f", given up: {type(error).__name__}"
        found = self._serves()
        fact = (visitor.journal(after=mark) or [{"type": "none"}])[-1]["type"]
        what = f"{dark}{gave_up}"
        return Life(number, visit, what, fact, not found, time.monotonic() - began, tuple(found))

    def _serves(self) -> list[str]:
        """Whether all came to rest, and the next one is served."""
        visitor = self.visitor
        if not visitor.stage.alive():
            return ["the program has ended"]
        found = self._come_to_rest()
        if found:
            return found
        try:
            visitor.until(lambda: visitor.has("home.fetch"), "first page")
            free = len(visitor.world.cells) - len(visitor.rows("SELECT 1 FROM deposits WHERE state = 'held'"))
            VISITS["deposit" if free > FULL else "collect"](visitor)
        except (ProbeError, AssertionError) as error:
            return [f"the next one is not served: {error}"]
        return self._come_to_rest()

    def _last_life(self) -> Life:
        self.visitor.stage.quit()
        return super()._last_life()


@contextmanager
def _without_power(world: World, dark: Dark) -> Iterator[None]:
    """Switch off and on while the block runs; the power is back when it ends."""
    over = threading.Event()

    def switch() -> None:
        over.wait(dark.after_s)
        world.do(dark.device, "power.off")
        over.wait(dark.for_s)
        world.do(dark.device, "power.on")

    hand = threading.Thread(target=switch)
    hand.start()
    try:
        yield
    finally:
        over.set()
        hand.join(SWITCHED_WITHIN_S)
