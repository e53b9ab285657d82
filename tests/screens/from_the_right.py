"""A language for tests only, written from the right: English in Arabic letters, as long as the English is."""

import re
from functools import cache
from typing import Final

from screens.languages import ENGLISH, LANGUAGES
from screens.words import Words, words

PSEUDO: Final = "ug-x-pseudo"
_LETTERS: Final = dict(
    zip("abcdefghijklmnopqrstuvwxyz", "ابچدەفگھىژكلمنوپقرستۇۋۈخيز", strict=True)
)  # as Uyghur has them
_PART: Final = re.compile(r"(\{[^}]*\})")


def from_the_right(sentence: str) -> str:
    """`sentence` in other letters; what stands in braces stays."""
    parts = _PART.split(sentence)
    return "".join(
        part if at % 2 else "".join(_LETTERS.get(sign.lower(), sign) for sign in part)
        for at, part in enumerate(parts)
    )


@cache
def words_of(lang: str) -> Words:
    """The words of one of the screen's languages, or of the one for tests."""
    if lang in LANGUAGES:
        return words(lang)
    english = words(ENGLISH).sentences
    return Words(PSEUDO, {key: from_the_right(sentence) for key, sentence in english.items()})
