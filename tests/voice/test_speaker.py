"""What is heard, where, and when it stops: the real eSpeak NG, a player that keeps the bytes."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.voice.engine import Engine
from kiosk.voice.headphones import Jack
from kiosk.voice.playing import GAINS, Player, louder
from kiosk.voice.prompts import Prompts
from kiosk.voice.speaker import Outputs, Speaker
from screens.languages import ENGLISH, SIMPLIFIED, TRADITIONAL
from screens.samples import Samples
from screens.viewmodels import KeypadPage, NoticePage, ViewModel, VoiceLook, text

WITHIN_S = 30.0
NORMAL = 5  # loud as rendered: what is heard is, byte by byte, what was rendered
ENGINE = Engine(140)
ON = VoiceLook(on=True, volume=NORMAL)


def page(name: str, lang: str = SIMPLIFIED, look: VoiceLook = ON) -> ViewModel:
    view = next(view for view in Samples(lang).every() if view.name == name)
    return replace(view, chrome=replace(view.chrome, voice=look))


async def until(there: Callable[[], bool]) -> None:
    end_s = time.monotonic() + WITHIN_S
    while not there():
        assert time.monotonic() < end_s
        await asyncio.sleep(0.01)


class Room:
    """The lobby: a speaker whose sound is kept; `speed`: of time there. `heard`: device, bytes of each start."""

    def __init__(self, folder: Path, headphones: str = "", jack: Jack | None = None, speed: int = 20) -> None:
        self.folder = folder / "heard"
        self.folder.mkdir()
        script = folder / "player"
        listener = Path(__file__).with_name("listener.py")
        script.write_text(f'#!/bin/sh\nexec {sys.executable} -S {listener} {speed} {self.folder} "$@"\n')
        script.chmod(0o755)
        self.prompts = Prompts(folder / "voice", ENGINE)
        outputs = Outputs("lobby", headphones)
        self.speaker = Speaker(self.prompts, ENGINE, Player(str(script)), outputs, NORMAL, jack)

    def heard(self) -> list[tuple[str, bytes]]:
        return [
            (path.read_text(), path.with_suffix(".raw").read_bytes())
            for path in sorted(self.folder.glob("*.device"))
        ]

    def sound(self, device: str = "lobby") -> bytes:
        return b"".join(samples for where, samples in self.heard() if where == device)

    async def until_silent(self) -> None:
        """Whatever plays has ended: nothing more comes."""
        task = self.speaker._task
        assert task is not None
        async with asyncio.timeout(WITHIN_S):
            await asyncio.wait([task])


def live(room: Room, story: Callable[[Room], Awaitable[None]]) -> None:
    async def work() -> None:
        await story(room)
        await room.speaker.close()

    asyncio.run(work())


def notice(key: str) -> NoticePage:
    view = page("notice.take_card")
    assert isinstance(view, NoticePage)
    return replace(view, heading=text(key), sentence=text("action.back"), name=key)


def test_a_page_is_heard_and_a_touch_makes_it_silent(tmp_path: Path) -> None:
    room = Room(tmp_path, speed=1)
    took: list[float] = []

    async def story(room: Room) -> None:
        wanted = await room.prompts.samples("voice.welcome", SIMPLIFIED)
        heading = await room.prompts.samples("notice.take_card", SIMPLIFIED)
        room.speaker.shown(page("home", look=replace(ON, on=False)))
        room.speaker.shown(page("home"))
        await until(lambda: len(room.sound()) > 20_000)
        assert wanted.startswith(room.sound()[:20_000])
        began = time.monotonic()
        room.speaker.shown(notice("notice.take_card"))
        await until(lambda: len(room.heard()) > 1 and len(room.heard()[1][1]) > 4_000)
        took.append(time.monotonic() - began)
        assert heading.startswith(room.heard()[1][1][:4_000])
        room.speaker.hush()
        await room.until_silent()
        left = room.sound()
        assert len(left) < len(wanted) + len(heading)
        await asyncio.sleep(0.3)  # long enough to hear more of it, if there were more
        assert room.sound() == left

    live(room, story)
    assert took[0] < WITHIN_S


def test_the_page_is_said_again_and_a_change_alone_is_said_alone(tmp_path: Path) -> None:
    room = Room(tmp_path)

    async def story(room: Room) -> None:
        view = notice("notice.take_card")
        room.speaker.shown(view)
        room.speaker.hush()
        room.speaker.again()
        await room.until_silent()
        once = room.sound()
        heading = await room.prompts.samples("notice.take_card", SIMPLIFIED)
        changed = await room.prompts.samples("action.next", SIMPLIFIED)
        assert once.startswith(heading)
        room.speaker.shown(view)  # the clock has moved on: nothing is said
        room.speaker.shown(replace(view, sentence=text("action.next")))
        await room.until_silent()
        assert room.sound()[len(once) :].startswith(changed)
        assert heading not in room.sound()[len(once) :]

    live(room, story)


def test_what_is_private_is_replaced_by_a_sentence_without_headphones(tmp_path: Path) -> None:
    room = Room(tmp_path)

    async def story(room: Room) -> None:
        room.speaker._look, room.speaker._page = ON, ("elsewhere",)
        room.speaker.shown(_phone())
        await room.until_silent()
        sentence = await room.prompts.samples("voice.private", SIMPLIFIED)
        assert room.sound().count(sentence) == 1
        assert await ENGINE.render("139 0000 01", SIMPLIFIED) not in room.sound()

    live(room, story)
    assert {device for device, _ in room.heard()} == {"lobby"}


def test_what_is_private_goes_to_the_headphones_alone_and_to_no_file(tmp_path: Path) -> None:
    jack = Jack("Headphone Jack", 0)
    jack.plugged = True
    room = Room(tmp_path, headphones="plughw:1,0", jack=jack)

    async def story(room: Room) -> None:
        room.speaker._look, room.speaker._page = ON, ("elsewhere",)
        room.speaker.shown(_phone())
        await room.until_silent()
        private = await ENGINE.render("139 0000 01", SIMPLIFIED)
        assert private in room.sound("plughw:1,0")
        kept = [path.read_bytes() for path in (tmp_path / "voice").iterdir()]
        assert kept
        assert not [one for one in kept if private in one]
        jack.plugged = False
        room.speaker._changed(lambda _: None, now=False)
        await room.until_silent()
        before = room.sound("plughw:1,0")
        room.speaker.again()
        await until(lambda: "lobby" in {device for device, _ in room.heard()})
        room.speaker.hush()
        assert room.sound("plughw:1,0") == before

    live(room, story)


def _phone() -> KeypadPage:
    view = page("phone")
    assert isinstance(view, KeypadPage)
    chrome = replace(view.chrome, step=0)
    return replace(view, chrome=chrome, heading=text("action.back"), sentence=text("action.next"), actions=())


def test_the_jack_tells_of_changes_and_not_of_what_was_plugged_in_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tmp_path / "state"
    state.write_text("on")
    amixer = tmp_path / "amixer"
    amixer.write_text(f'#!/bin/sh\necho "numid=7,iface=CARD,name=$4"\necho "  : values=$(cat {state})"\n')
    amixer.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr("kiosk.voice.headphones.LOOK_EVERY_S", 0.01)
    told: list[bool] = []

    async def story() -> None:
        jack = Jack("Headphone Jack", 0)
        watch = asyncio.create_task(jack.watch(told.append))
        for before, plugged in (("on", "off"), ("off", "on")):
            await until(lambda before=before: jack.plugged is (before == "on"))  # type: ignore[misc]
            state.write_text(plugged)
            await until(lambda plugged=plugged: told[-1:] == [plugged == "on"])  # type: ignore[misc]
        watch.cancel()

    asyncio.run(story())
    assert told == [False, True]


def test_a_jack_that_can_not_be_asked_counts_as_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    jack = Jack("Headphone Jack", 0)
    assert asyncio.run(jack.look()) is None
    room = Room(tmp_path, headphones="plughw:1,0", jack=jack)
    assert room.speaker._private() is None


def test_volume_has_steps_that_can_be_heard() -> None:
    samples = b"\x00\x40" * 100
    loud = [int.from_bytes(louder(samples, volume)[:2], "little") for volume in range(1, len(GAINS) + 1)]
    assert loud == sorted(set(loud))
    assert loud[-1] == 0x4000


def test_traditional_signs_are_spoken_as_mandarin(tmp_path: Path) -> None:
    room = Room(tmp_path)

    async def story(room: Room) -> None:
        room.speaker.say("spoken.blink", TRADITIONAL)
        await room.until_silent()
        assert room.sound().startswith(await room.prompts.samples("spoken.blink", SIMPLIFIED))

    live(room, story)
    assert ENGLISH not in {path.name[:2] for path in (tmp_path / "voice").iterdir()}
