"""Line breaking for Chinese and English: no punctuation at the start of a line, a number stays with its measure."""

import re
from collections.abc import Callable
from typing import Final

Measure = Callable[[str], float]

_CLOSING: Final = "，。、；：？！）》」』”’…·,.;:?!)%›"
_OPENING: Final = "（《「『“‘("
_WIDE: Final = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f\U00020000-\U0003ffff"
_PIECE: Final = re.compile(
    rf"[{_OPENING}]*"
    rf"(?:[0-9][0-9.,:]*(?: ?[A-Za-z]+)? ?[{_WIDE}]|[{_WIDE}]|[^\s{_WIDE}]+)"
    rf"[{_CLOSING}]*[ ]*|\s+"
)


def pieces(text: str) -> list[str]:
    """`text` cut where a line may end. Joined together they are `text` again."""
    found = _PIECE.findall(text)
    return found if "".join(found) == text else list(text)


def broken(text: str, width: float, measure: Measure) -> list[str]:
    """The lines of `text` no wider than `width`, greedy; a single piece that is wider is cut by characters."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines.extend(_paragraph(paragraph, width, measure))
    return lines


def _paragraph(text: str, width: float, measure: Measure) -> list[str]:
    lines: list[str] = []
    line = ""
    for piece in pieces(text):
        if measure((line + piece).rstrip()) <= width:
            line += piece
            continue
        if line:
            lines.append(line.rstrip())
        line = piece.lstrip()
        while measure(line.rstrip()) > width and len(line) > 1:
            cut = _fitting(line, width, measure)
            lines.append(line[:cut])
            line = line[cut:]
    return [*lines, line.rstrip()]


def _fitting(text: str, width: float, measure: Measure) -> int:
    for count in range(len(text) - 1, 1, -1):
        if measure(text[:count]) <= width:
            return count
    return 1
