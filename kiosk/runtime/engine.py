"""The engine: one queue of events, one step at a time, effects in tasks, the page after each step."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, get_args

from kiosk.presenter.presenter import Presenter
from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session import state as st
from kiosk.session.everyone import without_sheet
from kiosk.session.facts import Identity
from kiosk.session.machine import step
from screens.intents import Intent

from .ports import Performer, Screen
from .timers import Limits, Quiet, begins_anew, due

logger = logging.getLogger(__name__)

TICK_S: Final = 1.0
LONGEST_SPEECH_S: Final = (
    180.0  # that a page waits for, since a touch: three minutes are the longest page read twice
)
INTENTS: Final = get_args(Intent)
IDENTITY: Final = get_args(do.IdentityEffect | do.WayEffect)
OPENING: Final = (
    do.OpenCase,
    do.FileCase,
    do.AddPages,
    do.OpenDoor,
    do.OpenParcel,
)  # never on the word of what could not be recorded before it


class Engine:
    """Runs the session machine on the coordinating loop. `post` is for that loop, `post_threadsafe` for any thread."""

    def __init__(
        self, session: st.Session, presenter: Presenter, screen: Screen, limits: Limits,
        *, now: Callable[[], datetime], new_id: Callable[[], str],
    ) -> None:  # fmt: skip
        self.session = session
        self._presenter = presenter
        self._screen = screen
        self.touched: Callable[[], None] = _nobody_listens  # told of each intent before it is taken
        self.speaking: Callable[[], bool] = _silence  # whether the page is still being read aloud
        self._limits = limits
        self._now = now
        self._new_id = new_id
        self._performer: Performer | None = None
        self._queue: asyncio.Queue[ev.Event | None] = asyncio.Queue()  # None: the clock has stopped
        self._tasks: set[asyncio.Task[None]] = set()
        self._identity_step: asyncio.Task[None] | None = None  # the newest that the next one waits for
        self._loop: asyncio.AbstractEventLoop | None = None
        self._touched_at = 0.0
        self._entered_at = 0.0
        self._verified_at = 0.0
        self._spoken_s = 0.0  # of the stage
        self._waited_s = 0.0  # for the voice, since the last touch
        self.steps = 0

    def post(self, event: ev.Event) -> None:
        """Take an event in."""
        self._queue.put_nowait(event)

    def post_threadsafe(self, event: ev.Event) -> None:
        """Take an event in from another thread; dropped before `run` and after its end."""
        self.call_threadsafe(lambda: self._queue.put_nowait(event))

    def call_threadsafe(self, what: Callable[[], None]) -> None:
        """Have something done on the loop from another thread; dropped before `run` and after its end."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(what)

    async def run(self, performer: Performer) -> None:
        """Work until cancelled; effects that are under way are cancelled too. Raises what stopped the clock: without it
        nobody who walked away is ever forgotten."""
        self._loop = asyncio.get_running_loop()
        self._performer = performer
        self._entered_at = self._touched_at = self._loop.time()
        self.session = replace(self.session, next_id=self._new_id())
        self._show()
        clock = self._spawn(self._tick())
        clock.add_done_callback(lambda _: self._queue.put_nowait(None))
        try:
            while True:
                event = await self._queue.get()
                if event is None:
                    clock.result()
                    return
                self._take(event)
        finally:
            self._loop = None
            await self._cancel_all()

    async def _cancel_all(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _take(self, event: ev.Event) -> None:
        assert self._loop is not None
        assert self._performer is not None
        before = self.session
        outcome = step(before, event)
        self.steps += 1
        now = self._loop.time()
        held_up = isinstance(event, ev.CodeScanned) and outcome.session != before  # and it meant something
        if isinstance(event, INTENTS) or held_up:
            self._touched_at, self._waited_s = now, 0.0
            self.touched()
        if begins_anew(before.stage, outcome.session.stage):
            self._entered_at = self._touched_at = now
            self._spoken_s = self._waited_s = 0.0
            if (
                before.seconds_left is not None
            ):  # a door that moves says that somebody is there, as a touch does
                outcome = replace(outcome, session=replace(outcome.session, seconds_left=None))
        if _is_verified(outcome.session) and not _is_verified(before):
            self._verified_at = now
        if outcome.unexpected is not None:
            self._performer.unexpected(outcome.unexpected, type(before.stage).__name__)
        self.session = outcome.session
        if not self.session.next_id or _begins_visit(outcome.effects):
            self.session = replace(self.session, next_id=self._new_id())
        if outcome.effects:
            self._start(outcome.effects)
        if self.session != before or isinstance(event, ev.IdleFor):
            self._show()

    def _start(self, effects: tuple[do.Effect, ...]) -> None:
        """Steps that are about a person's identity keep their order: what ends one visit must not hit the next."""
        if not _begins_visit(effects) and not any(isinstance(effect, IDENTITY) for effect in effects):
            self._spawn(self._perform(effects))
            return
        self._identity_step = self._spawn(self._perform(effects, after=self._identity_step))

    async def _perform(self, effects: tuple[do.Effect, ...], after: asyncio.Task[None] | None = None) -> None:
        assert self._performer is not None
        if after is not None:
            await asyncio.wait([after])
        recorded = True
        for effect in effects:
            if recorded or not isinstance(effect, OPENING):
                recorded = await self._performer.perform(effect) and recorded

    def page_below(self) -> str:
        """The name of the page that stands, or would without help or settings over it."""
        return self._presenter.present(replace(without_sheet(self.session), help=False), self._now()).name

    def _show(self) -> None:
        self._screen.show(self._presenter.present(self.session, self._now()))

    async def _tick(self) -> None:
        minute = -1
        assert self._loop is not None
        looked = self._loop.time()
        while True:
            await asyncio.sleep(TICK_S)
            assert self._loop is not None
            now = self._loop.time()
            self._listen(now, now - looked)
            quiet = Quiet(
                now - self._touched_at,
                now - self._entered_at,
                now - looked,
                now - self._verified_at,
                self._spoken_s,
            )
            looked = now
            event = due(self.session.stage, quiet, self._limits)
            if (
                event is None
                and self._is_first_page_changed()
                and quiet.untouched_s >= self._limits.idle_limit_s
            ):
                event = ev.IdleFor(0)  # whoever chose a language or asked for help has gone
            over = self.session.help or self.session.look.sheet
            if event is None and over and quiet.untouched_s >= self._limits.idle_limit_s:
                event = ev.AidLeft()
            if event is not None and self._queue.empty():  # what came first may change what time means
                self._take(event)
            if self._now().minute != minute:
                minute = self._now().minute
                self._show()

    def _listen(self, now: float, passed_s: float) -> None:
        """Who is still being told what the page says has not gone; a voice that never ends says nothing of that."""
        if self.speaking() and self._waited_s < LONGEST_SPEECH_S:
            self._waited_s += passed_s
            self._spoken_s += passed_s
            self._touched_at = min(now, self._touched_at + passed_s)

    def _is_first_page_changed(self) -> bool:
        return isinstance(self.session.stage, st.Idle) and self.session.is_adjusted

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            logger.error("an effect failed", exc_info=task.exception())
            self.post(ev.RecordingFailed())  # whoever waits for its outcome does not wait for ever


def _nobody_listens() -> None:
    """Nothing is spoken that a touch would cut off."""


def _silence() -> bool:
    """Nothing is spoken."""
    return False


def _is_verified(session: st.Session) -> bool:
    visit = getattr(session.stage, "visit", None)
    return isinstance(visit, st.Visit) and visit.identity is Identity.VERIFIED


def _begins_visit(effects: tuple[do.Effect, ...]) -> bool:
    return any(isinstance(effect, do.Record) and effect.event == "SessionStarted" for effect in effects)
