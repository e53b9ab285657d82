"""One history: a kiosk, its visitors, what breaks and when the power goes, all from one seed."""

import asyncio
import contextlib
import gc
import logging
import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final

from drivers.contracts.sms import SmsMessage
from drivers.contracts.staffcard import CardUid
from kiosk.journal.journal import Journal, no_notices
from kiosk.journal.types import OutboxMessage, Recorded
from kiosk.runtime.application import Application
from kiosk.session import staffstate as ss
from kiosk.session import state as st
from kiosk.settings import Settings
from kiosk.staff import StaffRegistry
from screens.viewmodels import ViewModel

from .chance import seeded
from .checks import Checker, Invariant, Violation
from .devices import Trouble
from .disk import Disk
from .faults import Nature
from .loop import VirtualLoop, virtual_sleep
from .machine import CHEAP, SimulatedMachine
from .people import DESK, Manners, Visit
from .site import HELPER, PINS, ROLES, STAFF, TECHNICIAN, boxes, settings_for
from .world import Person, World, card_of, citizen

IN_MEMORY: Final = Path("/dev/shm")  # no real disk is waited for: all that lies there is a lock and reports
TELL_OF_FALLS: Final = ("kiosk.runtime.tasks", "kiosk.runtime.engine")
LOG: Final = "/state/journal.db-wal"
PAUSE_S: Final = (0.2, 3.0)  # between two visitors
SETTLE_S: Final = 330.0  # everything that waits for time has come to its end, reservations last
NIGHT_SHARE: Final = 0.02
STAFF_SHARE: Final = 0.3
TECHNICIAN_SHARE: Final = 0.02
HELPER_SHARE: Final = 0.02
RETURNING_SHARE: Final = 0.15
CUT_SHARE: Final = 0.12  # of the visits, with faults
EMPTY_SHARE: Final = 0.3  # of the visits while the battery is low: it ends
EMPTY_STEPS: Final = 40
CUT_STEPS: Final = 400  # writes and syncs of the visit and what follows


@dataclass(slots=True)
class Told:
    """What came of a history."""

    seed: int
    sessions: int = 0
    crashes: int = 0
    faults: int = 0
    events: int = 0  # facts of the journal
    peak_rss_mb: int = 0  # of the process that played it, up to its end
    virtual_s: float = 0.0
    violations: list[Violation] = field(default_factory=list)
    trace: list[str] = field(default_factory=list)


class _Screen:
    """Keeps the page. `at_desk` looks at a helper's desk whenever it comes, `at_page` at what is behind every page."""

    def __init__(
        self, trace: Callable[[str], None], at_desk: Callable[[], None], at_page: Callable[[], None]
    ) -> None:
        self.shown: ViewModel | None = None
        self._trace = trace
        self._at_desk = at_desk
        self._at_page = at_page

    def show(self, view_model: ViewModel) -> None:
        if self.shown is None or view_model.name != self.shown.name:
            self._trace(f"page {view_model.name}")
            if view_model.name == DESK:
                self._at_desk()
        self.shown = view_model
        self._at_page()


class History:
    """Play it with `run`. `faults`: 0 none, 1 people only, 2 devices too, 3 power cuts too."""

    def __init__(self, seed: int, sessions: int, faults: int, *, traced: bool = False) -> None:
        self._rng = Random(seed)
        self._sessions = sessions
        self._faults = faults
        self._traced = traced
        self._folder = Path(
            tempfile.mkdtemp(prefix="nightdesk-simulate-", dir=IN_MEMORY if IN_MEMORY.is_dir() else None)
        )
        self._settings: Settings = settings_for(self._folder)
        self._world = World(boxes(self._settings), self._rng)
        self._trouble = Trouble()
        self._disk = Disk()
        self._told = Told(seed)
        self._passed_s = 0.0  # before this power-on
        self._loop: VirtualLoop | None = None
        self._checker = Checker(self._world, self._now_s)
        self._screen = _Screen(self._trace, self._look_at_desk, self._look_at_settings)
        self._was_idle = False  # when the newest page came
        self._people: list[Person] = []
        self._nature = Nature(self._world, self._trouble, self._rng, devices=faults >= 2)
        self._machine: SimulatedMachine
        self._application: Application

    def run(self) -> Told:
        """All of it."""
        try:
            with seeded(Random(self._rng.getrandbits(64))), virtual_sleep(), _falls_heard(self._fell):
                self._power_on(self._hire())
                while self._told.sessions < self._sessions and not self._checker.violations:
                    self._power_on(self._live())
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._told.violations = self._checker.violations
        self._told.faults = self._nature.count
        self._told.virtual_s = self._passed_s
        return self._told

    def _now_s(self) -> float:
        return self._passed_s + (self._loop.time() if self._loop is not None else 0.0)

    # power ------------------------------------------------------------------------------------------------------

    def _power_on(self, life: Any) -> None:
        loop = self._loop = VirtualLoop(self._rng)
        self._disk.on_cut = loop.stop
        self._disk.cut_in = None
        self._disk.is_full = lambda: self._trouble.disk == "full"
        self._world.power = True
        self._trouble.power = ""  # the mains are back, or nothing would start
        if self._trouble.disk == "full":  # a start on a full disk takes the ballast, which is not simulated
            self._trouble.disk = "nearly_full"
        self._world.later = lambda seconds, work: _quietly(loop.call_later(seconds, work))
        loop.set_exception_handler(self._fallen)
        asyncio.set_event_loop(loop)
        task = loop.create_task(life)
        try:
            loop.run_until_complete(task)
        except Exception as error:  # noqa: BLE001 - whatever ends the kiosk while there is power is a finding
            if not self._disk.is_cut:
                self._checker.note(Invariant.STARTS, f"{type(error).__name__}: {error}")
        finally:
            self._power_off(loop)

    def _fallen(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """A task or a callback ended with an error that nobody took. A job whose waiter was cancelled is neither."""
        del loop
        error = context.get("exception")
        waited = context.get("future")
        if waited is not None and not isinstance(waited, asyncio.Task):
            return
        if not self._disk.is_cut and error is not None:
            self._checker.note(Invariant.STARTS, f"{type(error).__name__}: {error}")

    def _fell(self, what: str) -> None:
        if not self._disk.is_cut:
            self._checker.note(Invariant.STARTS, what)

    def _power_off(self, loop: VirtualLoop) -> None:
        self._passed_s += loop.time()
        self._loop = None
        self._world.power = False
        was_cut = self._disk.is_cut
        self._disk.is_cut = True
        _abandon(loop)
        machine = getattr(self, "_machine", None)
        if machine is not None and machine.opened is not None:
            machine.opened.abandon()
        if was_cut:
            self._told.crashes += 1
            self._trace("power cut")
        after = self._disk.after_cut(self._rng)
        self._disk.scrap()
        self._disk = after

    # lives ------------------------------------------------------------------------------------------------------

    def _new_machine(self) -> SimulatedMachine:
        self._machine = SimulatedMachine(
            self._settings,
            self._world,
            self._disk,
            self._trouble,
            self._rng,
            self._unlocking,
            self._deliver,
            self._published,
            self._heard,
        )
        self._machine.began_s = self._passed_s
        return self._machine

    async def _hire(self) -> None:
        """The staff is there before the first visitor."""
        journal = await self._new_machine().journal(no_notices)
        registry = StaffRegistry(journal, attempts=5, first_wait_s=15, hasher=CHEAP)
        for number, pin in PINS.items():
            await registry.add(
                number, name=f"乙{number}", pin=pin, role=ROLES[number], phone=f"138{int(number):08d}",
                told_for=("*",), by="simulation", card=CardUid(card_of(number)),
            )  # fmt: skip
        await journal.close()

    async def _live(self) -> None:
        """From the power's return until it goes again, or until all have been here."""
        ready = asyncio.Event()
        self._was_idle = False
        self._application = Application(
            self._settings, self._screen, ready=ready.set, machine=self._new_machine()
        )
        work = asyncio.ensure_future(self._application.run())
        waits = asyncio.ensure_future(ready.wait())
        await asyncio.wait({work, waits}, return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            await work
        await self._look(settled=False)
        nature = asyncio.ensure_future(self._nature.run())
        while self._told.sessions < self._sessions and not self._checker.violations:
            await self._visit(work)
        nature.cancel()
        await self._settle()
        if isinstance(self._application.engine.session.stage, st.Idle):
            self._checker.arrived(self._application.engine.session)
        await self._look(settled=True)
        self._application.stop()
        await work

    @property
    def _journal(self) -> Journal:
        assert self._machine.opened is not None
        return self._machine.opened

    async def _visit(self, work: "asyncio.Future[None]") -> None:
        rng = self._rng
        if self._faults >= 3 and rng.random() < CUT_SHARE:
            self._disk.cut_in = rng.randrange(1, CUT_STEPS)
        elif self._faults >= 3 and self._trouble.power == "low" and rng.random() < EMPTY_SHARE:
            self._disk.cut_in = rng.randrange(1, EMPTY_STEPS)
        low, high = PAUSE_S
        await asyncio.sleep(low + (high - low) * rng.random())
        self._look_at_idle()
        person = self._visitor()
        self._world.visitor = person
        self._trace(f"{'staff' if person.staff_no else 'citizen'} {person.number} comes")
        manners = Manners() if self._faults else Manners(0, 0, 0, 0, 0)
        visit = Visit(
            self._world, person, rng, lambda: self._screen.shown, self._application.engine.post, manners,
        )  # fmt: skip
        await visit.run()
        if work.done():
            await work
        self._told.sessions += 1
        self._checker.deceive()

    def _look_at_idle(self) -> None:
        session = self._application.engine.session
        if (
            isinstance(session.stage, st.Idle | ss.HelperDesk) and not session.help
        ):  # who types there has not gone
            self._checker.idle(session, card_known=self._machine.knows_card)

    def _look_at_desk(self) -> None:
        """The next person must see nothing of the last; the identity process is being told to forget them."""
        self._checker.idle(self._application.engine.session, card_known=False)

    def _look_at_settings(self) -> None:
        """Whatever way led back to the first page."""
        session = self._application.engine.session
        is_idle = isinstance(session.stage, st.Idle)
        if is_idle and not self._was_idle:
            self._checker.arrived(session)
        self._was_idle = is_idle

    def _visitor(self) -> Person:
        rng = self._rng
        kind = rng.random()
        if kind < TECHNICIAN_SHARE:
            return Person(int(TECHNICIAN), staff_no=TECHNICIAN, pin=PINS[TECHNICIAN])
        if kind < TECHNICIAN_SHARE + HELPER_SHARE:
            return Person(int(HELPER), staff_no=HELPER, pin=PINS[HELPER], helps=True)
        if rng.random() < STAFF_SHARE:
            (number, pin), (second_no, second_pin) = rng.sample(list(STAFF.items()), 2)
            return Person(int(number), staff_no=number, pin=pin, second_no=second_no, second_pin=second_pin)
        if self._people and rng.random() < RETURNING_SHARE:
            return rng.choice(self._people)
        person = citizen(len(self._people) + 1)
        self._people.append(person)
        del self._people[:-200]
        return person

    async def _settle(self) -> None:
        """All faults end, all doors are closed, everybody has gone: what was under way comes to its end."""
        self._disk.cut_in = None
        self._nature.mend()
        self._world.visitor = None
        for _ in range(4):
            self._world.reader = None
            for box in self._world.open_boxes():
                box.open = False
            await asyncio.sleep(SETTLE_S / 4)
        self._checker.deceive()

    async def _look(self, *, settled: bool) -> None:
        compartments = await self._journal.compartments()
        await self._journal.read(lambda db: self._checker.look(db, compartments, settled=settled))

    # what is heard ----------------------------------------------------------------------------------------------

    def _heard(self, recorded: Recorded) -> None:
        self._told.events += 1
        self._checker.heard(recorded)
        if self._traced:
            self._trace(f"{recorded.seq} {recorded.event}")

    async def _unlocking(self, cell: str) -> None:
        intents = {intent.cell for intent in await self._journal.open_intents()}
        stage = self._application.engine.session.stage
        visit, bench = getattr(stage, "visit", None), getattr(stage, "bench", None)
        who = getattr(visit, "session_id", "") or getattr(bench or stage, "staff_no", "")
        self._checker.unlocking(cell, who, intended=cell in intents, unsafe=self._disk.unsafe(LOG))

    def _deliver(self, message: SmsMessage) -> None:
        for person in self._people:
            if person.phone == message.number:
                person.inbox.append(message.text)

    async def _published(self, message: OutboxMessage) -> None:
        found = await self._journal.read(
            lambda db: db.execute("SELECT 1 FROM events WHERE seq = ?", (message.event_seq,)).fetchone()
        )
        self._checker.published(message.event_seq, known=found is not None)

    def _trace(self, line: str) -> None:
        if self._traced:
            self._told.trace.append(f"{self._now_s():10.3f}  {line}")


@contextlib.contextmanager
def _falls_heard(note: Callable[[str], None]) -> Iterator[None]:
    """What the program's log says of a task that ended with an error, and of nothing else."""

    class Heard(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            note(record.getMessage())

    heard = Heard(logging.ERROR)
    loggers = [logging.getLogger(name) for name in TELL_OF_FALLS]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
        logger.addHandler(heard)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeHandler(heard)


def _quietly(_handle: object) -> None:
    return None


def _abandon(loop: VirtualLoop) -> None:
    """Tasks end where they stand: the power is gone, and what they would still do reaches nothing."""
    gone = []
    for task in asyncio.all_tasks(loop):
        task._log_destroy_pending = False  # type: ignore[attr-defined]
        gone.append(task.get_coro())
    loop.close()
    kept, sys.unraisablehook = sys.unraisablehook, lambda _: None
    try:
        with warnings.catch_warnings(action="ignore"):
            gone.clear()
            gc.collect()
    finally:
        sys.unraisablehook = kept
