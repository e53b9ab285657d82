"""One kiosk's book: a world that lives on while the program is killed again and again, and looked at each time.

Each start serves as the next life to be killed. A life: start, everybody who was cut off goes home, the checker
looks (`at_rest`), a visit. The last one is not killed: staff settle every question, everything is taken out.
"""

import os
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import median
from typing import Any, Final

from drivers.emulators.world import Options
from kiosk.demo.command import cells_of
from kiosk.demo.probe import ProbeError
from kiosk.demo.stage import Stage
from tests.faults.playing import ON_CALL, STAFF_PHONE, STAFF_PIN, demo_file

from .ending import End, How, Killer
from .visits import KEPT_EVENTS, SEGMENT_EVENTS, SUPERVISOR, VISITS, Dead, Visitor
from .witness import Witness

OPTIONS: Final = Options(
    read_delay_ms=20,
    extra={"printer": ("--print-speed", "20000", "--cut-time", "0"), "modem": ("--send-time", "0.02")},
)
SETTINGS: Final[Mapping[str, Mapping[str, Any]]] = {
    "face": {"engine": "none"},
    "session": {"board_poll_s": 0.05, "opening_deadline_s": 2.0, "lock_gap_s": 0.1},
    "notify": {"sms_retry_s": 0.5, "sms_retry_max_s": 1.0},
    "journal": {"segment_events": SEGMENT_EVENTS, "kept_events": KEPT_EVENTS, "look_every_s": 0.2},
}
IN_QUESTION: Final = "SELECT cell FROM compartments WHERE content = 'unknown' OR status != 'ok'"
UNDER_WAY: Final = "SELECT seq FROM intents UNION ALL SELECT id FROM outbox WHERE state = 'queued' LIMIT 1"
SETTLED_WITHIN_S: Final = 60.0
DYING_S: Final = 5.0
LIFE_S: Final = 4.0  # the first guess of how long one lasts; then the lives themselves say
LATELY: Final = 9  # lives that count for these
ALONE: Final = 0.3  # kills of the program alone, not of its children
MOST: Final = {How.SYNC: 24, How.WRITE: 90}  # calls in a life, about: a book begins its sweep at any of them
STRIDE: Final = 9  # writes
FULL: Final = 6  # so many free small compartments at least, or nobody brings papers


@dataclass(frozen=True, slots=True)
class Life:
    """What became of one life: `number` in its book, `visit` under way, `fact`: the newest one that survived.

    `stuck`: the program lived, and the visit came to no end; on a machine that is too busy that may happen to anybody.
    """

    number: int
    visit: str
    end: str
    fact: str
    rested: bool
    seconds: float
    violations: tuple[str, ...]
    stuck: str = ""


@dataclass(slots=True)
class Book:
    """`folder` must be short enough for the paths of Unix sockets. Everything is drawn from `seed`.

    `day_before`: papers are in the cabinet and with staff when the first life begins. `_next`: where the sweep through
    the calls of each kind of visit is; `_lasted`: seconds from the opened journal to the end of a visit.
    """

    folder: Path
    seed: int
    headless: bool = True
    day_before: bool = True
    lives: list[Life] = field(default_factory=list)
    visitor: Visitor = field(init=False)
    _witness: Witness = field(init=False)
    _next: Counter[tuple[str, How]] = field(default_factory=Counter)
    _lasted: list[float] = field(default_factory=lambda: [LIFE_S])

    def play(self, kills: int) -> Iterator[Life]:
        """So many kills, each handed out when it was looked at, then an end in peace. Stops at a violation."""
        with self._open():
            if self.day_before and (stuck := self._prepare()):
                yield Life(0, "day before", "in peace", "", False, 0.0, (), stuck)
                return
            while len(self.lives) < kills:
                self.lives.append(self._life(len(self.lives) + 1))
                yield self.lives[-1]
                if self.lives[-1].violations:
                    return
            self.lives.append(self._last_life())
            yield self.lives[-1]

    @contextmanager
    def _open(self) -> Iterator[None]:
        stage = Stage(self.folder, cells_of(demo_file()), demo_file(), options=OPTIONS, overrides=SETTINGS)
        self.visitor = Visitor(stage, Random(self.seed), headless=self.headless)
        self._witness = Witness(self.visitor)
        try:
            stage.begin()
            for number, role, *more in (
                (ON_CALL, "staff", "--phone", STAFF_PHONE, "--told-for", "*"),
                (SUPERVISOR, "supervisor", "--phone", STAFF_PHONE),
            ):
                stage.nightdesk(
                    "staff", "add", number, "--config", str(stage.site), "--name", "示例员", "--role", role, *more,
                    "--pin-stdin", stdin=STAFF_PIN + "\n",
                )  # fmt: skip
            yield
        finally:
            stage.end()

    def _prepare(self) -> str:
        """A day in peace, so that staff have something to do from the first kill on. Answers what went wrong."""
        visitor = self.visitor
        try:
            visitor.start()
            visitor.leaves()
            for visit in ("deposit", "deposit", "deposit", "collect", "result"):
                VISITS[visit](visitor)
        except (Dead, ProbeError, AssertionError) as error:
            return str(error) or "it died by itself"
        visitor.power_cut()
        return ""

    # one life ---------------------------------------------------------------------------------------------------

    def _life(self, number: int) -> Life:
        began, visitor = time.monotonic(), self.visitor
        random = visitor.random = Random(f"{self.seed}/{number}")
        visit = self._choose(random)
        end = self._end(visit, random)
        mark = visitor.mark
        rested, found, stuck, survived = False, [], "", False
        killer = self._start(end)
        try:
            visitor.meet()
            found = self._come_to_rest()
            rested = not found
            if not found:
                VISITS[visit](visitor)
            survived = True
        except (Dead, ProbeError) as error:
            if not _has_ended(visitor.stage.program):
                stuck = f"the program lives and the screen says: {error}"
        except AssertionError as error:
            stuck = str(error)
        killer.call_off()
        self._witness.remember(killer.seen)
        found += self._bury(end)
        if survived:
            assert killer.opened_at is not None
            self._lasted.append(time.monotonic() - killer.opened_at)
        if end.how is not How.MOMENT:
            self._next[visit, end.how] = 0 if survived else int(end.at)
        found += self._witness.look(at_rest=False)
        self._in_the_dark(random)
        facts = visitor.journal(after=mark)
        fact = facts[-1]["type"] if facts else "none yet"
        what = f"after the visit, before {end}" if survived else str(end)
        return Life(number, visit, what, fact, rested, time.monotonic() - began, tuple(found), stuck)

    def _choose(self, random: Random) -> str:
        """A visit that makes sense now."""
        held = dict(
            self.visitor.rows("SELECT bound, count(*) FROM deposits WHERE state = 'held' GROUP BY bound")
        )
        asked = len(self.visitor.rows(IN_QUESTION))
        with_staff = len(self.visitor.with_staff())
        taken = sum(held.values()) + asked
        weights = {
            "deposit": 4 if len(self.visitor.world.cells) - taken > FULL else 0,
            "collect": min(6, 2 * held.get("staff", 0)),
            "result": 4 * bool(with_staff) if held.get("citizen", 0) < FULL else 0,
            "pick-up": 4 * bool(self.visitor.to_fetch()),
            "resolve": min(4, 2 * asked),
            "erase": 1 if with_staff > 1 else 0,
            "rest": 1,
        }
        return random.choices(list(weights), list(weights.values()))[0]

    def _end(self, visit: str, random: Random) -> End:
        """Moments, and one after another each sync and, in strides, the writes of a kind of visit."""
        how = random.choices((How.MOMENT, How.SYNC, How.WRITE), (2, 2, 1))[0]
        if how is How.MOMENT:
            at = random.uniform(0.0, 1.1 * median(self._lasted[-LATELY:]))
            return End(how, at, alone=random.random() < ALONE)
        if (visit, how) not in self._next:
            self._next[visit, how] = random.randrange(MOST[how])
        return End(how, self._next[visit, how] + (1 if how is How.SYNC else random.randint(1, STRIDE)))

    def _start(self, end: End) -> Killer:
        stage = self.visitor.stage
        stage.under = end.under
        stage.launch(offscreen=True, headless=self.headless)
        assert stage.program is not None
        return Killer(stage.program.pid, end, self.visitor.file)

    def _bury(self, end: End) -> list[str]:
        """Nothing of the program runs any more. Its children may have to notice by themselves that it is gone."""
        stage = self.visitor.stage
        program, stage.program = stage.program, None
        assert program is not None
        killed = program.poll() is not None
        found = []
        if end.alone and killed and not _gone(program.pid):
            found.append("processes of the killed program live on")
        with suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)
        program.wait()
        return found

    def _in_the_dark(self, random: Random) -> None:
        """What people do before a dark screen."""
        world = self.visitor.world
        for cell in self.visitor.open_cells():
            inside = self.visitor.lies_in(cell)
            if random.random() < 0.5:
                world.perform(f"papers {'take' if inside else 'put'} {cell}")
            if random.random() < 0.6:
                world.perform(f"door close {cell}")
        if world.do("reader", "state")["person"] and random.random() < 0.5:
            world.do("reader", "card.lift")

    # looking ----------------------------------------------------------------------------------------------------

    def _come_to_rest(self) -> list[str]:
        """Who was cut off goes home, what was under way is settled and told; what does not hold even then."""
        self.visitor.to_home(deposits=False)
        found = [""]

        def holds() -> bool:
            if self.visitor.rows(UNDER_WAY) and found == [""]:
                return False  # cheaper to ask than everything
            found[:] = self._witness.look(at_rest=True)
            return not found

        with suppress(AssertionError):  # the violations say more than that time ran out
            self.visitor.until(holds, "rest", SETTLED_WITHIN_S)
        return found if found != [""] else self._witness.look(at_rest=True)

    # the end ----------------------------------------------------------------------------------------------------

    def _last_life(self) -> Life:
        """Nobody kills it: every question is answered, everything is taken out, it ends in order."""
        began, number = time.monotonic(), len(self.lives) + 1
        self.visitor.random = Random(f"{self.seed}/end")
        found, stuck = [], ""
        try:
            found = self._put_in_order()
        except (Dead, ProbeError, AssertionError) as error:
            stuck = str(error) or "it died by itself"
        seconds = time.monotonic() - began
        return Life(number, "end", "in order", "KioskStopped", True, seconds, tuple(found), stuck)

    def _put_in_order(self) -> list[str]:
        self._start(End(How.MOMENT, threading.TIMEOUT_MAX)).call_off()
        self.visitor.meet()
        found = self._come_to_rest()
        while not found and (visit := self._left_to_do()):
            VISITS[visit](self.visitor)
            found = self._come_to_rest()
        status = self.visitor.stage.quit()
        found += [f"it ended with status {status}"] if status else []
        return found + self._witness.look(at_rest=False) + self._not_empty()

    def _left_to_do(self) -> str:
        """The visit that brings everything nearer to an empty cabinet."""
        rows = self.visitor.rows
        if rows(IN_QUESTION):
            return "resolve"
        if rows("SELECT 1 FROM deposits WHERE state = 'held' AND bound = 'staff'"):
            return "collect"
        return "pick-up" if self.visitor.to_fetch() else ""

    def _not_empty(self) -> list[str]:
        """What is not free by the record or not empty by looking, when everything should be."""
        taken = self.visitor.rows(
            "SELECT cell FROM compartments WHERE content != 'empty' OR case_id IS NOT NULL"
        )
        lying = [cell for cell in self.visitor.world.cells if self.visitor.lies_in(cell)]
        return [f"{cell} is not free at the end" for (cell,) in taken] + [
            f"papers are left in {cell}" for cell in lying
        ]


def _has_ended(program: subprocess.Popen[bytes] | None) -> bool:
    """Whether a program whose screen fell silent is dead, or dies now."""
    try:
        return program is None or program.wait(DYING_S) is not None
    except subprocess.TimeoutExpired:
        return False


def _gone(group: int) -> bool:
    """Whether no process of this group runs any more, before a generous deadline."""
    deadline = time.monotonic() + SETTLED_WITHIN_S
    while _runs(group):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)  # the pace of asking
    return True


def _runs(group: int) -> bool:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has just ended
            state, _, its_group = stat.read_text(encoding="utf-8").rpartition(")")[2].split()[:3]
            if int(its_group) == group and state != "Z":
                return True
    return False
