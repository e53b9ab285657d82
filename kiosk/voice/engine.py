"""eSpeak NG as a program: words in by its standard input, samples out by its standard output, nothing on disk.

The words are no argument either: every user of the machine can read those.
"""

import asyncio
import hashlib
import logging
import shutil
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

from screens.languages import ENGLISH, SIMPLIFIED

from . import reading
from .reader import Reader, ReadingError

logger = logging.getLogger(__name__)

PROGRAM: Final = "espeak-ng"
VOICES: Final = {SIMPLIFIED: "cmn-latn-pinyin", ENGLISH: "en-gb"}
RATE_HZ: Final = 22_050  # of its own voices: 16 bit, one channel
RENDER_LIMIT_S: Final = 10.0
DATA: Final = b"data"
SIGNS_OF_RULES: Final = 12


@cache
def _rules() -> str:
    """What readings depend on besides the words."""
    rules = Path(reading.__file__).read_bytes() + version("pypinyin").encode()
    return hashlib.sha256(rules).hexdigest()[:SIGNS_OF_RULES]


def installed() -> bool:
    """Whether the engine is on this machine."""
    return shutil.which(PROGRAM) is not None


@dataclass(frozen=True, slots=True)
class Engine:
    """`words_per_minute`: how fast it speaks."""

    words_per_minute: int
    reader: Reader = field(default_factory=Reader, compare=False)

    def signature(self, words: str, lang: str) -> str:
        """All that a rendering depends on, `lang` being a key of `VOICES`."""
        return f"{VOICES[lang]} {self.words_per_minute} {_rules()} {words}"

    async def render(self, words: str, lang: str) -> bytes:
        """The samples; none if the engine could not."""
        try:
            told = await self.reader.read(words, lang)
        except ReadingError as error:
            logger.error("words could not be read for the voice %s: %s", VOICES[lang], error)
            return b""
        return await self._spoken(told, lang)

    async def _spoken(self, words: str, lang: str) -> bytes:
        process = await asyncio.create_subprocess_exec(
            PROGRAM, "-v", VOICES[lang], "-s", str(self.words_per_minute), "-z", "--stdin", "--stdout",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            async with asyncio.timeout(RENDER_LIMIT_S):
                told, _ = await process.communicate(words.encode())
        except TimeoutError:
            told = b""
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        begin = told.find(DATA)
        if process.returncode != 0 or begin < 0:
            logger.error("espeak-ng could not speak with the voice %s (%s)", VOICES[lang], process.returncode)
            return b""
        samples = told[begin + len(DATA) + 4 :]  # the length in front is a guess where it writes to a pipe
        return samples[: len(samples) // 2 * 2]
