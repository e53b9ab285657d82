"""The screen's languages: which there are, which one the button brings next, and in which one papers are written."""

from typing import Final

SIMPLIFIED: Final = "zh_CN"
ENGLISH: Final = "en"
TRADITIONAL: Final = "zh_Hant"
NAMES: Final = {SIMPLIFIED: "简体", TRADITIONAL: "繁體", ENGLISH: "English"}  # each in its own writing
LANGUAGES: Final = (SIMPLIFIED, ENGLISH, TRADITIONAL)  # in the order in which the button goes through them
WRITTEN: Final = (SIMPLIFIED, ENGLISH)  # on paper, in text messages and reports

RIGHT_TO_LEFT: Final = frozenset({"ug"})  # Uyghur: the frame is ready, nobody has translated it yet

ISOLATE: Final = "\u2068"  # Unicode's first strong isolate: what stands inside keeps its own order
ISOLATED: Final = "\u2069"  # the end of it


def right_to_left(lang: str) -> bool:
    """Whether a page in this language stands mirrored, its text running from the right."""
    return lang.partition("-")[0] in RIGHT_TO_LEFT


def next_language(lang: str) -> str:
    """What one touch of the button brings."""
    return LANGUAGES[(LANGUAGES.index(lang) + 1) % len(LANGUAGES)]


def on_paper(lang: str) -> str:
    """The language of receipts, slips and text messages for whoever reads this one on the screen.

    Traditional signs are a help to read by; an office's papers are in the state's simplified ones (Law on the Standard
    Spoken and Written Chinese Language, Art. 9).
    """
    return SIMPLIFIED if lang == TRADITIONAL else lang
