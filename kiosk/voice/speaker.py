"""Speaks the page that stands, to whom it is meant for; cut off by every touch. No page waits for it."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from screens.languages import on_paper
from screens.spoken import Part, spoken
from screens.viewmodels import VOICE_STEPS, FacePage, ViewModel, VoiceLook, text
from screens.words import words

from .engine import Engine
from .headphones import Jack
from .playing import Player
from .prompts import Prompts

logger = logging.getLogger(__name__)

AHEAD_AFTER_S: Final = 60.0  # after the start, when everything else that is made ready is
REST_S: Final = 0.2  # between two, for everything else
MUCH: Final = 0.5  # of a page: if more than this share is new, all of it is said
ONLY_IN_A_ROW: Final = frozenset({"voice.number", "voice.choices", "step.of"})  # nothing without what follows
PRIVATE: Final = Part(text("voice.private"))


@dataclass(frozen=True, slots=True)
class Outputs:
    """ALSA devices: `speaker`, empty for the default; `headphones`, empty where there is no socket."""

    speaker: str = ""
    headphones: str = ""


class Speaker:
    """`normal`: the volume of what is said to everybody, 1 to 5. Call everything on the loop."""

    def __init__(
        self,
        prompts: Prompts,
        engine: Engine,
        player: Player,
        outputs: Outputs,
        normal: int,
        jack: Jack | None = None,
    ) -> None:
        self._prompts, self._engine, self._player = prompts, engine, player
        self._outputs, self._normal, self._jack = outputs, normal, jack
        self._task: asyncio.Task[None] | None = None
        self._look = VoiceLook(on=False, volume=normal)
        self._page: tuple[object, ...] = ()
        self._lang = ""
        self._parts: tuple[Part, ...] = ()

    # what the runtime tells -------------------------------------------------------------------------------------

    def shown(self, view: ViewModel) -> None:
        """This page is shown; returns at once."""
        look, before = view.chrome.voice, self._look
        if look is None or not look.on:
            if before.on:
                self.hush()
                self._page, self._parts = (), ()
            self._look = VoiceLook(on=False, volume=self._normal)
            return
        self._look, self._lang = look, view.chrome.lang
        page, parts = _page_of(view), spoken(view)
        same, said = page == self._page, self._parts
        self._page, self._parts = page, parts
        if not before.on:
            self._engine.reader.prepare()
            hotline = Part(text("voice.hotline", hotline=view.chrome.hotline))
            self._speak((Part(text("voice.welcome")), hotline, *parts))
        elif look.volume != before.volume:
            self._speak((Part(text("voice.volume", volume=look.volume, most=VOICE_STEPS)),))
        elif not same:
            self._speak(parts)
        elif parts != said and view.chrome.seconds_left is None:
            self._speak_new(parts, said)

    def hush(self) -> None:
        """Be silent, at once."""
        if self._task is not None:
            self._task.cancel()
        self._player.cut()

    def is_speaking(self) -> bool:
        """Whether something is still to be heard."""
        return self._task is not None and not self._task.done()

    def again(self) -> None:
        """The page once more, from its beginning."""
        if self._look.on:
            self._speak(self._parts)

    def say(self, key: str, lang: str) -> None:
        """A fixed sentence to everybody. Not while pages are spoken: the page says the same."""
        if not self._look.on:
            self._lang = lang
            self._speak((Part(text(key)),))

    async def run(self, is_free: Callable[[], bool], plugged: Callable[[bool], None]) -> None:
        """Render ahead whenever nobody is there, and watch the headphones; works until it is cancelled."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._render_ahead(is_free))
            if self._jack is not None:
                both.create_task(self._jack.watch(lambda now: self._changed(plugged, now=now)))

    async def close(self) -> None:
        """Be silent; returns when it is."""
        self.hush()
        if self._task is not None:
            await asyncio.wait([self._task])
        await self._engine.reader.close()
        await self._player.close()

    # speaking ---------------------------------------------------------------------------------------------------

    def _changed(self, tell: Callable[[bool], None], *, now: bool) -> None:
        self.hush()  # what was for one pair of ears must not go on to all of them
        tell(now)

    def _speak_new(self, parts: Sequence[Part], said: Sequence[Part]) -> None:
        """Of a page that stands, what changed; all of it where that is most of it."""
        fresh = Counter(parts) - Counter(said)
        new = [
            part for part in dict.fromkeys(parts)
            if part in fresh and not _is_of_a_row(part) and (not part.private or self._private() is not None)
        ]  # fmt: skip
        if new:
            self._speak(parts if len(new) > MUCH * len(set(parts)) else new)

    def _speak(self, parts: Sequence[Part]) -> None:
        self.hush()
        before = self._task
        volume = self._look.volume if self._look.on else self._normal
        self._task = asyncio.get_running_loop().create_task(
            self._work(tuple(parts), on_paper(self._lang), volume, before)
        )

    async def _work(
        self, parts: tuple[Part, ...], lang: str, volume: int, before: asyncio.Task[None] | None
    ) -> None:
        try:
            if before is not None:
                await asyncio.wait([before])
            for part, device in self._placed(parts):
                samples = await self._samples(part, lang)
                await self._player.play(samples, device, volume)
            await self._player.finish()
        except OSError as error:
            logger.error("nothing can be played: %s", error)
        finally:
            self._player.cut()

    def _placed(self, parts: Sequence[Part]) -> list[tuple[Part, str]]:
        """Each part with its device; what has none is replaced by the sentence that says so, once."""
        plugged = self._jack is not None and self._jack.plugged is True
        everybody = self._outputs.headphones if plugged else self._outputs.speaker
        private = self._private()
        placed: list[tuple[Part, str]] = []
        told = plugged  # who wears them needs no telling
        for part in parts:
            if part.private and not told:
                placed.append((PRIVATE, everybody))
                told = True
            if not part.private:
                placed.append((part, everybody))
            elif private is not None:
                placed.append((part, private))
        return placed

    def _private(self) -> str | None:
        """The device for one pair of ears; None where there is none, or nobody listens."""
        if not self._outputs.headphones or (self._jack is not None and not self._jack.plugged):
            return None
        return self._outputs.headphones

    async def _samples(self, part: Part, lang: str) -> bytes:
        if part.prompt:
            return await self._prompts.samples(part.prompt, lang)
        return await self._engine.render(words(lang)(part.text), lang)

    # rendering ahead --------------------------------------------------------------------------------------------

    async def _render_ahead(self, is_free: Callable[[], bool]) -> None:
        await asyncio.sleep(AHEAD_AFTER_S)
        await asyncio.to_thread(self._prompts.drop_old)
        for key, lang in await asyncio.to_thread(self._prompts.missing):
            await asyncio.sleep(REST_S)
            if is_free():  # else it is made when it is wanted, or at the next start
                await self._prompts.samples(key, lang)
        logger.info("%s of %s prompts are rendered", *await asyncio.to_thread(self._prompts.count))


def _page_of(view: ViewModel) -> tuple[object, ...]:
    """What makes it another page; the face check's hints come and go on one."""
    name = FacePage.__name__ if isinstance(view, FacePage) else view.name
    return name, view.chrome.lang, view.chrome.seconds_left is not None


def _is_of_a_row(part: Part) -> bool:
    return not isinstance(part.text, str) and part.text.key in ONLY_IN_A_ROW
