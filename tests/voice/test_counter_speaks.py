"""From a touch to what is heard: the engine, the presenter, the voice, a player that keeps the bytes."""

import asyncio
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from kiosk.runtime.engine import Engine
from kiosk.runtime.timers import Limits
from kiosk.runtime.voice import SpokenScreen
from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session import state as st
from kiosk.session.voicestate import VoiceState
from screens.intents import Back, SayAgain, ShowItems, ShowSearch, SwitchVoice
from screens.languages import SIMPLIFIED
from screens.viewmodels import ViewModel
from tests.session.scenes import WITHOUT_FORM, start
from tests.test_presenter import NOW, PRESENTER
from tests.voice.test_speaker import Room, until

WITHIN_A_S = 1.0
HEARD = 8_000  # bytes, 0.18 s: enough to tell sentences apart


@dataclass
class Counter:
    """Screen and performer; `shown`: when each page was."""

    room: Room
    shown: list[tuple[str, float]] = field(default_factory=list)

    def show(self, view_model: ViewModel) -> None:
        self.shown.append((view_model.name, time.monotonic()))

    async def perform(self, effect: do.Effect) -> bool:
        if isinstance(effect, do.SayAgain):
            self.room.speaker.again()
        return True

    def unexpected(self, event: ev.Event, stage: str) -> None:
        raise AssertionError(f"{event} in {stage}")


def _engine(counter: Counter) -> Engine:
    session = replace(start(), policy=replace(WITHOUT_FORM, volume=5), lang=SIMPLIFIED, home_lang=SIMPLIFIED)
    engine = Engine(
        session, PRESENTER, SpokenScreen(counter, counter.room.speaker), Limits(), now=lambda: NOW,
        new_id=lambda: "visit",
    )  # fmt: skip
    engine.touched = counter.room.speaker.hush
    return engine


def test_each_page_is_heard_at_once_and_no_page_waits_for_it(tmp_path: Path) -> None:
    room = Room(tmp_path, speed=1)
    counter = Counter(room)
    engine = _engine(counter)
    late: dict[str, float] = {}

    async def story() -> None:
        running = asyncio.create_task(engine.run(counter))
        for event, key in (
            (SwitchVoice(), "voice.welcome"), (ShowItems(), "items.heading"), (ShowSearch(), "search.heading"),
            (SayAgain(), "search.heading"), (Back(), "items.heading"),
        ):  # fmt: skip
            wanted = (await room.prompts.samples(key, SIMPLIFIED))[:HEARD]
            starts, pages = len(room.heard()), len(counter.shown)
            touched = time.monotonic()
            engine.post(event)
            await until(lambda n=starts: len(room.heard()) > n and len(room.heard()[-1][1]) >= HEARD)  # type: ignore[misc]
            late[key] = time.monotonic() - touched
            assert room.heard()[-1][1][:HEARD] == wanted
            if len(counter.shown) > pages:
                assert counter.shown[pages][1] - touched < late[key]  # the page came first
        engine.post(SwitchVoice())
        await until(lambda: not engine.session.voice.on)
        await room.until_silent()
        silent = room.sound()
        engine.post(ShowSearch())
        await until(lambda: counter.shown[-1][0] == "items.search")
        await room.until_silent()
        assert room.sound() == silent
        running.cancel()
        await room.speaker.close()

    asyncio.run(story())
    assert sorted(late.values())[len(late) // 2] < WITHIN_A_S, late
    assert isinstance(engine.session.stage, st.ChoosingItem)


def test_the_clock_is_no_reason_to_speak(tmp_path: Path) -> None:
    room = Room(tmp_path)
    speaking = replace(start(), policy=replace(WITHOUT_FORM, volume=5), voice=VoiceState(on=True))

    async def story() -> None:
        room.speaker.shown(PRESENTER.present(speaking, NOW))
        await until(lambda: bool(room.heard()))
        room.speaker.hush()
        await room.until_silent()
        room.speaker.shown(PRESENTER.present(speaking, datetime(2026, 11, 22, 22, 48, tzinfo=UTC)))
        await room.until_silent()
        await room.speaker.close()

    asyncio.run(story())
    assert len(room.heard()) == 1
