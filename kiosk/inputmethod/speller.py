"""The input method of one place: the kiosk's words, and the place's own streets and villages among them."""

import logging
from collections.abc import Callable, Sequence
from functools import cached_property
from threading import Lock

from kiosk.pinyin import NoReadingsError, readings

from .candidates import candidates
from .lexicon import Lexicon, lexicon, with_own

logger = logging.getLogger(__name__)

Read = Callable[[tuple[str, ...]], tuple[tuple[str, ...], ...]]


class Speller:
    """Words for letters of the pinyin, made ready when first asked or by `warm`. Any thread may ask.

    `own`: words of Chinese signs; one that a dictionary would read wrongly is followed by its syllables.
    """

    def __init__(self, own: Sequence[str] = (), read: Read = readings) -> None:
        self._own = tuple(own)
        self._read = read
        self._lock = Lock()

    def __call__(self, letters: str, /, *, name: bool, begun: bool) -> Sequence[tuple[str, int]]:
        """The words, each with how many of the letters it stands for."""
        with self._lock:
            known = self._known
        return [(one.word, one.used) for one in candidates(letters, known, name=name, begun=begun)]

    def warm(self) -> None:
        """Read all words now: a third of a second that the first keystroke does not wait for."""
        with self._lock:
            _ = self._known

    @cached_property
    def _known(self) -> Lexicon:
        told = dict(entry.partition(" ")[::2] for entry in self._own)
        unread = tuple(word for word, syllables in told.items() if not syllables)
        try:
            read = dict(zip(unread, self._read(unread), strict=True)) if unread else {}
        except NoReadingsError as error:
            logger.error("the place's own words cannot be typed: %s", error)
            read = {}
        own = {word: tuple(syllables.split()) or read.get(word, ()) for word, syllables in told.items()}
        return with_own(lexicon(), {word: syllables for word, syllables in own.items() if syllables})
