"""The engine's order of effects, with a performer that takes its time."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from kiosk.runtime.engine import Engine
from kiosk.runtime.timers import Limits
from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session import state as st
from screens.intents import ChooseItem, Proceed, StartDeposit, StartOver
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

    async def perform(self, effect: do.Effect) -> None:
        if isinstance(effect, do.EndIdentity):
            await self.let.wait()
        self.done.append(effect)
        self.news.set()

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
