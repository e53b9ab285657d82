"""The engine's order of effects, with a performer that takes its time."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

import pytest

from kiosk.runtime.engine import Engine
from kiosk.runtime.timers import Limits
from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session import staffeffects as act
from kiosk.session import staffstate as ss
from kiosk.session import state as st
from kiosk.session.facts import CaseFact, Facts
from screens.intents import (
    CallMe,
    ChooseItem,
    CollectCase,
    Digit,
    Proceed,
    ShowHelp,
    StartDeposit,
    StartOver,
)
from screens.viewmodels import ViewModel
from tests.session.scenes import ITEM, NO_CAMERA
from tests.test_presenter import PRESENTER

WAIT_S = 20.0


@dataclass
class SlowToForget:
    """Screen and performer; performs everything at once, but the end of a visit only when it is let."""

    done: list[do.Effect] = field(default_factory=list)
    let: asyncio.Event = field(default_factory=asyncio.Event)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def perform(self, effect: do.Effect) -> bool:
        if isinstance(effect, do.EndIdentity):
            await self.let.wait()
        self.done.append(effect)
        self.news.set()
        return True

    async def until(self, true: Callable[[], bool]) -> None:
        while not true():
            self.news.clear()
            await self.news.wait()

    def show(self, view_model: ViewModel) -> None:
        self.news.set()

    def unexpected(self, event: ev.Event, stage: str) -> None:
        raise AssertionError(f"{event} in {stage}")


def test_what_ends_one_visit_never_hits_the_next() -> None:
    """A disk that stalls while one person leaves and another begins: the other's card is looked for after that."""

    async def story() -> list[do.Effect]:
        performer = SlowToForget()
        session = st.Session(policy=st.Policy(), lang="en", home_lang="en")
        names = iter(f"visit-{n}" for n in range(9))
        engine = Engine(
            session, PRESENTER, performer, Limits(),
            now=lambda: datetime(2026, 11, 22, tzinfo=UTC), new_id=lambda: next(names),
        )  # fmt: skip
        work = asyncio.create_task(engine.run(performer))
        begin = (StartDeposit(), ChooseItem(ITEM), Proceed())
        for event in (ev.FactsChanged(NO_CAMERA), *begin, StartOver(), *begin):
            engine.post(event)
        async with asyncio.timeout(WAIT_S):
            await performer.until(lambda: engine.steps == 8)
            performer.let.set()
            await performer.until(lambda: len(performer.done) == 6)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        return performer.done

    assert [type(effect).__name__ for effect in asyncio.run(story())] == [
        "Record", "BeginCard", "StopFace", "EndIdentity", "Record", "BeginCard",
    ]  # fmt: skip


@dataclass
class Stage:
    """Screen and performer; `refuses`: effects that could not be recorded, `breaks`: those that fail unforeseen."""

    refuses: tuple[type, ...] = ()
    breaks: tuple[type, ...] = ()
    is_screen_broken: bool = False
    done: list[str] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def perform(self, effect: do.Effect) -> bool:
        self.news.set()
        if isinstance(effect, self.breaks):
            raise LookupError("nobody foresaw this")
        self.done.append(type(effect).__name__)
        return not isinstance(effect, self.refuses)

    def show(self, view_model: ViewModel) -> None:
        self.news.set()
        if self.is_screen_broken:
            raise LookupError("nobody foresaw this either")

    def unexpected(self, event: ev.Event, stage: str) -> None:
        raise AssertionError(f"{event} in {stage}")

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(WAIT_S):
            while not true():
                self.news.clear()
                await self.news.wait()


CASE = CaseFact("c1", "A-01", ITEM, "2026-11-22T08:00:00+08:00", "verified", claimed=False, disputed=False)
COLLECT = CollectCase(CASE.case_id, CASE.cell)


@contextlib.asynccontextmanager
async def at_the_list(stage: Stage) -> AsyncIterator[tuple[Engine, asyncio.Task[None]]]:
    """An engine that runs, with a person on staff before the list of one case."""
    session = st.Session(
        ss.StaffList("1001"), facts=Facts(cases=(CASE,)), policy=st.Policy(), lang="en", home_lang="en", next_id="x"
    )  # fmt: skip
    engine = Engine(
        session, PRESENTER, stage, Limits(), now=lambda: datetime(2026, 11, 22, tzinfo=UTC), new_id=lambda: "x"
    )  # fmt: skip
    work = asyncio.create_task(engine.run(stage))
    try:
        yield engine, work
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


@pytest.mark.parametrize(
    ("refuses", "done"),
    [((), ["AuthorizeRetrieval", "OpenDoor"]), ((act.AuthorizeRetrieval,), ["AuthorizeRetrieval"])],
)
def test_no_door_opens_on_an_authority_that_could_not_be_recorded(
    refuses: tuple[type, ...], done: list[str]
) -> None:
    async def story() -> list[str]:
        stage = Stage(refuses)
        async with at_the_list(stage) as (engine, _):
            engine.post(COLLECT)
            await stage.until(
                lambda: bool(stage.done)
            )  # the performer never waits: then it is through with all
            return stage.done

    assert asyncio.run(story()) == done


def test_an_effect_that_fails_unforeseen_leaves_nobody_waiting() -> None:
    async def story() -> st.Stage:
        stage = Stage(breaks=(do.OpenDoor,))
        async with at_the_list(stage) as (engine, _):
            engine.post(COLLECT)
            await stage.until(lambda: engine.steps == 2)
            return engine.session.stage

    reached = asyncio.run(story())
    assert isinstance(reached, ss.StaffDoor)
    assert reached.failed


def test_a_door_that_is_shut_takes_the_question_whether_somebody_is_there_away() -> None:
    """It covered the page that asks what was found, and nothing on it could be touched."""

    async def story() -> list[int | None]:
        stage, asked = Stage(), []
        shut = ev.DoorShut(CASE.cell, "present")
        async with at_the_list(stage) as (engine, _):
            events: tuple[ev.Event, ...] = (
                COLLECT,
                ev.DoorAnswer(CASE.cell, opened=True),
                ev.IdleFor(9),
                shut,
            )
            for count, event in enumerate(events, start=1):
                engine.post(event)
                await stage.until(partial(lambda wanted: engine.steps == wanted, count))
                asked.append(engine.session.seconds_left)
        return asked

    assert asyncio.run(story()) == [None, None, 9, None]


def test_a_kiosk_whose_clock_has_stopped_does_not_go_on_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.runtime.engine.TICK_S", 0.01)

    async def story() -> None:
        stage = Stage()
        async with at_the_list(stage) as (engine, work), asyncio.timeout(WAIT_S):
            await stage.until(lambda: engine.session.next_id == "x")
            stage.is_screen_broken = True  # the clock draws the page of a new minute
            await work

    with pytest.raises(LookupError, match="foresaw this either"):
        asyncio.run(story())


def test_help_that_nobody_touches_closes_over_a_page_that_only_a_device_ends() -> None:
    """A telephone number was typed, and the door below stands open for as long as it stands open."""

    async def story() -> st.Session:
        performer = SlowToForget()
        stage = st.DoorLeftOpen("A-03", "case", at_start=True)
        session = st.Session(stage, policy=st.Policy(call_back=True))
        engine = Engine(
            session, PRESENTER, performer, Limits(idle_limit_s=1.0, idle_warning_s=0.5),
            now=lambda: datetime(2026, 11, 22, tzinfo=UTC), new_id=lambda: "visit",
        )  # fmt: skip
        work = asyncio.create_task(engine.run(performer))
        for event in (ShowHelp(), CallMe(), Digit(1), Digit(3)):
            engine.post(event)
        async with asyncio.timeout(WAIT_S):
            await performer.until(lambda: engine.session.aid.digits == "13")
            assert engine.page_below() == "notice.interrupted"
            await performer.until(lambda: not engine.session.help)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        return engine.session

    left = asyncio.run(story())
    assert isinstance(left.stage, st.DoorLeftOpen)
    assert left.aid.digits == ""


def test_nobody_s_time_runs_out_while_their_page_is_still_read_to_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However short the limit: it begins when the voice is done, or has spoken longer than any page is."""
    monkeypatch.setattr("kiosk.runtime.engine.TICK_S", 0.01)

    async def story(*, ends: bool) -> int:
        stage, asked = Stage(), 0
        session = st.Session(st.ChoosingItem(), lang="en", home_lang="en", next_id="x")
        engine = Engine(
            session, PRESENTER, stage, Limits(idle_limit_s=0.05, idle_warning_s=0.01),
            now=lambda: datetime(2026, 11, 22, tzinfo=UTC), new_id=lambda: "x",
        )  # fmt: skip

        def speaks() -> bool:
            nonlocal asked
            asked += isinstance(engine.session.stage, st.ChoosingItem)
            return asked < 30 or not ends

        engine.speaking = speaks
        work = asyncio.create_task(engine.run(stage))
        await stage.until(lambda: isinstance(engine.session.stage, st.Idle))
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        return asked

    assert asyncio.run(story(ends=True)) >= 30
    monkeypatch.setattr("kiosk.runtime.engine.LONGEST_SPEECH_S", 0.2)
    assert asyncio.run(story(ends=False)) > 1  # it ended all the same
