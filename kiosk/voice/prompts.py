"""Fixed sentences, rendered ahead: one WAV a sentence and voice, named after all that it depends on.

Only what stands in the catalogue without placeholders is ever written here: nothing of a person.
"""

import asyncio
import hashlib
import io
import logging
import re
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kiosk import filing
from screens.spoken import FOR_EYES
from screens.words import words

from .engine import RATE_HZ, VOICES, Engine

logger = logging.getLogger(__name__)

SUFFIX: Final = ".wav"
NOT_SPOKEN: Final = (*FOR_EYES, "record.", "staff.", "vendor.", "device.", "form.keys.", "action.language")
_PLACE: Final = re.compile(r"\{\w+\}")


def keys(lang: str) -> Iterator[str]:
    """Every sentence that is rendered ahead."""
    for key, sentence in words(lang).sentences.items():
        if not key.startswith(NOT_SPOKEN) and not _PLACE.search(sentence):
            yield key


class Prompts:
    """The prompts in `folder`. What is not there yet is rendered when it is wanted, and stays."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self._folder = folder
        self._engine = engine
        self._paths: dict[tuple[str, str], Path] = {}

    def path(self, key: str, lang: str) -> Path:
        """Where the prompt lies, or will."""
        known = self._paths.get((key, lang))
        if known is None:
            signature = self._engine.signature(words(lang).sentence(key), lang)
            known = self._folder / f"{lang}-{hashlib.sha256(signature.encode()).hexdigest()[:24]}{SUFFIX}"
            self._paths[key, lang] = known
        return known

    async def samples(self, key: str, lang: str) -> bytes:
        """The prompt's samples; none if it could not be rendered."""
        path = self.path(key, lang)
        try:
            with wave.open(str(path)) as file:
                return bytes(file.readframes(file.getnframes()))
        except (OSError, EOFError, wave.Error):  # not there yet, or not whole
            return await self._rendered(path, key, lang)

    def count(self) -> tuple[int, int]:
        """How many are there, of how many."""
        wanted = {self.path(key, lang) for lang in VOICES for key in keys(lang)}
        return sum(path.exists() for path in wanted), len(wanted)

    def missing(self) -> list[tuple[str, str]]:
        """Key and language of each that is not there."""
        return [(key, lang) for lang in VOICES for key in keys(lang) if not self.path(key, lang).exists()]

    def drop_old(self) -> int:
        """Take away those of other words, another speed; answers how many that were."""
        wanted = {self.path(key, lang) for lang in VOICES for key in keys(lang)}
        old = [path for path in self._folder.glob(f"*{SUFFIX}") if path not in wanted]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    async def _rendered(self, path: Path, key: str, lang: str) -> bytes:
        samples = await self._engine.render(words(lang).sentence(key), lang)
        if samples:
            try:
                await asyncio.to_thread(filing.store, path, as_wav(samples))
            except OSError as error:
                logger.error("a prompt could not be kept in %s: %s", self._folder, error)
        return samples


def as_wav(samples: bytes) -> bytes:
    """The samples as a WAV file."""
    whole = io.BytesIO()
    with wave.open(whole, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(samples)
    return whole.getvalue()
