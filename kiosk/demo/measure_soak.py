"""Memory over many whole sessions: deposit by card, collection by staff, without a window."""

import statistics
import time
from collections.abc import Callable
from typing import Final

from drivers.emulators.world import World

from .figures import Figure, figure
from .measure_size import KIB_PER_MB, Memory, memory
from .player import ITEM, PERSON, PHONE, STAFF_NO, STAFF_PIN
from .probe import Probe, ProbeError

PAGE_TIMEOUT_S: Final = 30.0
LOOK_PERIOD_S: Final = 0.02
WARM_SESSIONS: Final = 2  # before the first sample: what is loaded at first use
GROWTH_TARGET_KIB: Final = 1.0  # 10,000 sessions then stay within 10 MB


def figures(probe: Probe, world: World, leader: int, sessions: int) -> list[Figure]:
    """Memory at the start, in the middle, at the end, and the growth per session of the main process.

    `leader`: the program's process. At least 3 sessions are played.
    """
    walker = _Walker(probe, world)
    for _ in range(WARM_SESSIONS):
        walker.session()
    samples: list[Memory] = [memory(leader)]
    began = time.monotonic()
    for _ in range(max(3, sessions)):
        walker.session()
        samples.append(memory(leader))
    each_s = (time.monotonic() - began) / (len(samples) - 1)
    main = [sample.main for sample in samples]
    at = " / ".join(f"{main[index]:.1f}" for index in (0, len(main) // 2, len(main) - 1))
    slope = statistics.linear_regression(range(len(main)), main).slope * KIB_PER_MB
    note = f"start / middle / end: {at} MB; {len(main) - 1} sessions of {each_s:.1f} s"
    return [
        figure("without window, memory (PSS): main process", "MB", main, None, "", note),
        figure("  growth per session (slope)", "KiB", [slope], GROWTH_TARGET_KIB, "0: flat"),
        figure("  all of ours", "MB", [sample.everything for sample in samples]),
    ]


class _Walker:
    """Plays sessions as fast as the devices allow."""

    def __init__(self, probe: Probe, world: World) -> None:
        self._probe = probe
        self._world = world

    def session(self) -> None:
        """A citizen without a face check deposits, staff collect. Raises `ProbeError`."""
        self._until(lambda: self._probe.has("home.deposit"), "the kiosk takes no deposits")
        self._go("home.deposit", "items")
        self._go(f"item.{ITEM}", "guide")
        self._go("guide.start", "consent")
        self._go("consent.decline", "card")
        self._world.do("reader", "card.place", person=PERSON)
        self._sees("phone")
        self._type(PHONE)
        self._go("phone.next", "confirm")
        self._go("confirm.ok", "compartment.open")
        cell = self._open_cell()
        self._world.perform(f"papers put {cell}")
        self._world.perform(f"door close {cell}")
        self._sees("receipt.take")
        self._world.do("printer", "receipt.take")
        self._go("receipt.next", "notice.take_card")
        self._world.do("reader", "card.lift")
        self._sees("notice.done")
        self._go("action.home", "home")
        self._collect(cell)

    def _collect(self, cell: str) -> None:
        self._go("head.staff", "staff.number")
        self._type(STAFF_NO)
        self._go("action.next", "staff.pin")
        self._type(STAFF_PIN)
        self._go("action.next", "staff.list")
        self._until(lambda: self._probe.has("staff.collect"), "the deposit is not listed")
        self._go("staff.collect", "staff.take")
        self._world.perform(f"papers take {cell}")
        self._world.perform(f"door close {cell}")
        self._sees("staff.collected")
        self._go("action.next", "staff.list")
        self._go("staff.sign_out", "home")

    def _go(self, key: str, page: str) -> None:
        self._until(lambda: self._probe.has(key), f"no {key}")
        self._probe.tap(key)
        self._sees(page)

    def _type(self, digits: str) -> None:
        for digit in digits:
            self._probe.tap(f"digit.{digit}")

    def _sees(self, page: str) -> None:
        self._probe.wait(page, timeout_s=PAGE_TIMEOUT_S)

    def _open_cell(self) -> str:
        channels = self._world.do("board", "state")["channels"]
        return next(
            cell for cell, number in self._world.cells.items() if channels[str(number)]["door"] == "open"
        )

    def _until(self, true: Callable[[], bool], why: str) -> None:
        deadline = time.monotonic() + PAGE_TIMEOUT_S
        while not true():
            if time.monotonic() > deadline:
                raise ProbeError(why)
            time.sleep(LOOK_PERIOD_S)
