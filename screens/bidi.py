"""Text that is written from the right, ready to be drawn from the left: letters joined, parts in the order of the eye.

SDL2_ttf draws a line as it comes. Letters take the form of their place in the word (presentation forms) and the line is
put in visual order (Unicode's bidirectional algorithm) before it is measured and drawn. No Kivy.
"""

import re
from functools import lru_cache
from typing import Final

from arabic_reshaper import ArabicReshaper
from bidi import get_display

from screens.languages import ISOLATE, ISOLATED

_FROM_THE_RIGHT: Final = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_MARKS: Final = str.maketrans("", "", f"{ISOLATE}{ISOLATED}")
_PAIRS: Final = {"(": ")", "[": "]", "{": "}", "<": ">", "«": "»", "‹": "›", "（": "）", "《": "》"}
_OTHER: Final = _PAIRS | {end: begin for begin, end in _PAIRS.items()}
_reshaper: Final = ArabicReshaper({"support_ligatures": False, "delete_harakat": False})


def from_the_right(text: str) -> bool:
    """Whether any of `text` is written from the right."""
    return _FROM_THE_RIGHT.search(text) is not None


@lru_cache(maxsize=4096)
def drawn(line: str) -> str:
    """One line as it is drawn from the left. A line without letters from the right stays as it is."""
    if not from_the_right(line):
        return line.translate(_MARKS)
    return _faced(str(get_display(_reshaper.reshape(line), base_dir="R")).translate(_MARKS))


def _faced(visual: str) -> str:
    """`visual` with each pair of brackets that was turned round facing inwards again (python-bidi leaves it to us)."""
    signs, open_at = list(visual), list[int]()
    for at, sign in enumerate(visual):
        if sign not in _OTHER:
            continue
        if open_at and visual[open_at[-1]] == _OTHER[sign]:
            first = open_at.pop()
            if visual[first] not in _PAIRS:
                signs[first], signs[at] = sign, visual[first]
        else:
            open_at.append(at)
    return "".join(signs)
