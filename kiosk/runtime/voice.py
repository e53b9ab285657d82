"""Speaks `spoken.*` texts by eSpeak NG, played by ALSA's `aplay`; a kiosk without either stays silent.

Who turns the head can't read the screen. Only fixed sentences are spoken, never anything of a person.
"""

import asyncio
import contextlib
import hashlib
import logging
import os
import shutil
from pathlib import Path
from typing import Final

from screens.languages import ENGLISH, SIMPLIFIED, TRADITIONAL
from screens.words import words

logger = logging.getLogger(__name__)

MANDARIN: Final = "cmn-latn-pinyin"  # of Chinese it reads Pinyin well, characters not
VOICES: Final = {SIMPLIFIED: MANDARIN, ENGLISH: "en-gb", TRADITIONAL: MANDARIN}
WORDS_A_MINUTE: Final = "140"  # slower than its own 175: heard in a lobby, by old people too
RENDER_LIMIT_S: Final = 10.0


class Voice:
    """Speaks one sentence at a time; a new one cuts off the one before. Each is rendered once and kept in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._programs = tuple(shutil.which(name) for name in ("espeak-ng", "aplay"))
        self._speaking: asyncio.subprocess.Process | None = None
        if None in self._programs:
            logger.warning("nothing is spoken: install espeak-ng and alsa-utils (Debian's packages)")

    async def say(self, key: str, lang: str) -> None:
        """Begin to speak the text of this key; returns once it is being spoken."""
        renderer, player = self._programs
        if renderer is None or player is None:
            return
        await self.close()
        path = await self._rendered(renderer, words(lang).sentence(key), VOICES[lang])
        if path is None:
            return
        await self.close()  # another sentence may have come in the meantime
        self._speaking = await _start(player, "-q", str(path))

    def hush(self) -> None:
        """Cut off what is being spoken."""
        if self._speaking is not None and self._speaking.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._speaking.terminate()

    async def close(self) -> None:
        """Be silent; returns when it is."""
        self.hush()
        if self._speaking is not None:
            await self._speaking.wait()

    async def _rendered(self, renderer: str, sentence: str, voice: str) -> Path | None:
        path = self._folder / f"{voice}-{hashlib.sha256(sentence.encode()).hexdigest()[:16]}.wav"
        if path.exists():
            return path
        self._folder.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".fresh")
        process = await _start(renderer, "-v", voice, "-s", WORDS_A_MINUTE, "-w", str(fresh), "--", sentence)
        try:
            async with asyncio.timeout(RENDER_LIMIT_S):
                status = await process.wait()
        except TimeoutError:
            process.kill()
            status = await process.wait()
        if status != 0 or not fresh.exists():
            logger.error("espeak-ng could not speak with the voice %s (status %s)", voice, status)
            return None
        await asyncio.to_thread(_keep, fresh, path)
        return path


def _keep(fresh: Path, path: Path) -> None:
    """Whole or not at all: half of one, after a power cut, would be spoken for ever."""
    with fresh.open("rb") as file:
        os.fsync(file.fileno())
    fresh.replace(path)


async def _start(program: str, *arguments: str) -> asyncio.subprocess.Process:
    quiet = asyncio.subprocess.DEVNULL
    return await asyncio.create_subprocess_exec(program, *arguments, stdout=quiet, stderr=quiet)
