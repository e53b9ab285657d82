"""Line breaking for Chinese and English: no punctuation at the start of a line, a number stays with its measure."""

import re
from collections.abc import Callable
from typing import Final

Measure = Callable[[str], float]

_PAUSES: Final = "，。、；：？！,.;:?!"
_PAUSE_WORTH: Final = 0.5  # of the width: so much longer may one of two lines be to part at a pause
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


def balanced(text: str, width: float, measure: Measure) -> list[str]:
    """`broken`, but where a paragraph takes two lines they part at a pause of the sentence or about in the middle."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        greedy = _paragraph(paragraph, width, measure)
        lines.extend(_in_two(paragraph, width, measure) or greedy if len(greedy) == 2 else greedy)
    return lines


def _in_two(text: str, width: float, measure: Measure) -> list[str]:
    """The two lines that read best; none where a piece has to be cut."""
    parts = pieces(text)
    ways = [  # the longer first line first: of two that are as good it is taken
        ["".join(parts[:count]).rstrip(), "".join(parts[count:]).strip()]
        for count in range(len(parts) - 1, 0, -1)
    ]

    def roughness(way: list[str]) -> float:
        first, second = way
        return abs(measure(first) - measure(second)) - (_PAUSE_WORTH * width if first[-1:] in _PAUSES else 0)

    fitting = [way for way in ways if all(way) and max(map(measure, way)) <= width]
    return min(fitting, key=roughness, default=[])


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
