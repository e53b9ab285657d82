"""Memory over many whole sessions of `run --headless`: deposits by card, collected by staff in rounds.

The program and its code paths are the real ones. What would only be waited for (the card's radio, paper, travel of
doors) takes no time in the emulators; a person does the next thing as soon as it can be done.
"""

import json
import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from drivers.emulators.world import World

from .figures import Figure, figure
from .filling import FORM, bring_all, fill_in
from .measure_size import KIB_PER_MB, PROC, anonymous_mb, memory, rss_mb
from .performing import pass_check
from .player import FACE, ITEM, PERSON, PHONE, STAFF_NO, STAFF_PIN
from .probe import Probe, ProbeError

PAGE_TIMEOUT_S: Final = 30.0
LOOK_PERIOD_S: Final = 0.01
ROUND: Final = 8  # deposits that staff collect at once
WITH_FACE_EVERY: Final = 20  # the others decline the face check
SAMPLES, LEAST_SAMPLES = 100, 3
WARM_SHARE: Final = 0.1  # of the samples, before growth is counted: what is loaded and cached at first use
GROWTH_TARGET_KIB: Final = 1.0  # 10,000 sessions then stay within 10 MB
ENOUGH_SESSIONS: Final = 1_000  # fewer show what is loaded and cached at first use, and say nothing of growth
NORMAL_95: Final = 1.96
AFTER_GUIDE: Final = "c*"  # consent, or the card at once while the camera is not known yet


@dataclass(frozen=True, slots=True)
class Sample:
    """The program after `sessions` sessions. Sizes in MB; `each_s`: per session since the sample before."""

    sessions: int
    main_pss: float
    main_rss: float
    main_anonymous: float
    identity_pss: float
    all_pss: float
    files: int
    threads: int
    each_s: float
    journal_mb: float


@dataclass(frozen=True, slots=True)
class Slope:
    """A growth with its 95 % confidence interval."""

    value: float
    low: float
    high: float


def play(
    probe: Probe, world: World, leader: int, sessions: int, journal: Path, told: Callable[[Sample], None]
) -> list[Sample]:
    """Play the sessions (3 at least) in whole rounds; a sample at the start and after each share.

    `leader`: the program's process. Raises `ProbeError` when the program does not go on.
    """
    walker = _Walker(probe, world)
    walker.round(ROUND)
    samples = [_sample(leader, walker.sessions, 0.0, journal)]
    every, deposits = max(1, sessions // SAMPLES), max(1, min(ROUND, sessions // LEAST_SAMPLES))
    began_s, at = time.monotonic(), walker.sessions
    while walker.sessions < sessions + ROUND:
        walker.round(deposits)
        if walker.sessions - at >= every:
            each_s = (time.monotonic() - began_s) / (walker.sessions - at)
            samples.append(_sample(leader, walker.sessions, each_s, journal))
            told(samples[-1])
            began_s, at = time.monotonic(), walker.sessions
    return samples


def figures(samples: Sequence[Sample]) -> list[Figure]:
    """Memory, its growth, and whether sessions became slower. Needs three samples."""
    steady = samples[min(len(samples) - LEAST_SAMPLES, math.ceil(WARM_SHARE * len(samples))) :]
    grown = theil_sen([one.sessions for one in steady], [one.main_anonymous * KIB_PER_MB for one in steady])
    first, last = steady[0], steady[-1]
    middle = samples[len(samples) // 2]
    at = " / ".join(f"{one.main_anonymous:.1f}" for one in (samples[0], middle, last))
    edge = max(1, len(steady) // 10)
    slow = [statistics.median(one.each_s for one in part) for part in (steady[:edge], steady[-edge:])]
    note = (
        f"start / middle / end: {at} MB; {last.sessions} sessions, one in {WITH_FACE_EVERY} with a face check"
    )
    confidence = (
        f"95 %: {grown.low:.3f} to {grown.high:.3f}, from session {first.sessions} on, {len(steady)} samples;"
        f" open files {first.files} and {last.files}, threads {first.threads} and {last.threads}"
    )
    speed = (
        f"first tenth {slow[0]:.2f} s, last tenth {slow[1]:.2f} s; the journal has {last.journal_mb:.1f} MB"
    )
    target = GROWTH_TARGET_KIB if last.sessions >= ENOUGH_SESSIONS else None
    return [
        figure(
            "without window: memory of the main process alone", "MB",
            [one.main_anonymous for one in samples], None, "", note,
        ),
        figure("  growth per session", "KiB", [grown.value], target, "0: flat", confidence),
        figure("  all of ours (PSS)", "MB", [one.all_pss for one in samples]),
        figure("  one session, as fast as it goes", "s", [one.each_s for one in steady], None, "", speed),
    ]  # fmt: skip


def theil_sen(x: Sequence[float], y: Sequence[float]) -> Slope:
    """Median of all pairs' slopes (Theil 1950), interval by Sen (1968). Needs two points with different `x`."""
    slopes = sorted(
        (y[j] - y[i]) / (x[j] - x[i]) for i in range(len(x)) for j in range(i + 1, len(x)) if x[j] != x[i]
    )
    n, pairs = len(x), len(slopes)
    reach = NORMAL_95 * math.sqrt(n * (n - 1) * (2 * n + 5) / 18)
    low = max(0, math.floor((pairs - reach) / 2))
    high = min(pairs - 1, math.ceil((pairs + reach) / 2))
    return Slope(statistics.median(slopes), slopes[low], slopes[high])


def as_line(sample: Sample) -> str:
    """A sample as one line of JSON."""
    return json.dumps({name: round(value, 3) for name, value in asdict(sample).items()})


def _sample(leader: int, sessions: int, each_s: float, journal: Path) -> Sample:
    size = memory(leader)
    folder = PROC / str(leader)
    return Sample(
        sessions, size.main, rss_mb(leader), anonymous_mb(leader), size.identity, size.everything,
        files=len(list((folder / "fd").iterdir())), threads=len(list((folder / "task").iterdir())),
        each_s=each_s, journal_mb=journal.stat().st_size / KIB_PER_MB**2,
    )  # fmt: skip


class _Walker:
    """Plays sessions as fast as the program allows."""

    def __init__(self, probe: Probe, world: World) -> None:
        self._probe = probe
        self._world = world
        self.sessions = 0

    def round(self, deposits: int) -> None:
        """So many citizens deposit, then staff collect all. Raises `ProbeError`."""
        cells = []
        for _ in range(deposits):
            cells.append(self._deposit(face=self.sessions % WITH_FACE_EVERY == 0))
            self.sessions += 1
        self._collect(cells)

    def _deposit(self, *, face: bool) -> str:
        self._until(lambda: self._probe.has("home.deposit"), "the kiosk takes no deposits")
        self._go("home.deposit", "items")
        self._go(f"item.{ITEM}", "guide")
        self._go("guide.have_all", "guide")
        self._go("guide.start", AFTER_GUIDE)
        if face:
            self._world.do("camera", "face.show", name=FACE)
        self._world.do("reader", "card.place", person=PERSON)
        if self._probe.has("consent.accept"):
            self._probe.tap("consent.accept" if face else "consent.decline")
        if face:
            pass_check(self._probe, self._world)
        else:
            self._until(lambda: self._page() == "identity.ways", "no other way")
            self._probe.tap("way.card_only")
        self._until(
            lambda: self._page() in ("own.cases", "phone") or self._page().startswith(FORM), "no form"
        )
        if self._page() == "own.cases":  # the same person as before
            self._go("own.new", "[!o]*")
        fill_in(self._probe, PAGE_TIMEOUT_S)
        if face:
            self._world.do("camera", "face.show", name="none")
        if not self._probe.has("phone.next"):  # it is known from the last time
            self._type(PHONE)
        bring_all(self._probe, PAGE_TIMEOUT_S)
        self._go("confirm.ok", "compartment.open")
        cell = self._open_cell()
        self._world.perform(f"papers put {cell}")
        self._world.perform(f"door close {cell}")
        self._go("sealing.done", "receipt.take")
        self._world.do("printer", "receipt.take")
        self._world.do("reader", "card.lift")
        self._probe.tap("receipt.next")
        self._sees("notice.done")
        self._go("action.home", "home")
        return cell

    def _collect(self, cells: Sequence[str]) -> None:
        self._go("head.staff", "staff.number")
        self._type(STAFF_NO)
        self._go("action.next", "staff.pin")
        self._type(STAFF_PIN)
        self._go("action.next", "staff.list")
        for _ in cells:
            self._until(lambda: self._probe.has("staff.collect"), "a deposit is not listed")
            self._go("staff.collect", "staff.take")
            cell = self._open_cell()
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

    def _page(self) -> str:
        return str(self._probe.page()["name"])

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
