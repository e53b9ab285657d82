"""Breaking text into lines: English between words, Chinese anywhere but before closing or behind opening marks."""

import unicodedata
from collections.abc import Callable
from typing import Final

Measure = Callable[[str], int]  # width of a text in dots

_NOT_FIRST: Final = frozenset(",.:;!?)]}%，。、：；！？）】》」』”’…·")
_NOT_LAST: Final = frozenset("([{（【《「『“‘")


def printable(text: str) -> str:
    """`text` without control characters: what comes from a card must not reach the printer as a command."""
    return "".join(char for char in text if unicodedata.category(char) not in ("Cc", "Cf", "Cs"))


def wrap(text: str, width: int, measure: Measure) -> list[str]:
    """Lines of at most `width` dots; a single word wider than that is cut."""
    lines = [""]
    for chunk in _chunks(text):
        if measure((lines[-1] + chunk).rstrip()) <= width:
            lines[-1] += chunk
            continue
        if lines[-1]:
            lines.append("")
        for piece in _cut(chunk.lstrip(), width, measure):
            if lines[-1] and measure(lines[-1] + piece) > width:
                lines.append("")
            lines[-1] += piece
    return [line.rstrip() for line in lines]


def balanced(text: str, width: int, measure: Measure) -> list[str]:
    """As `wrap`, and no last line of a word or two: the lines before it are made shorter, as far as none is added."""
    lines = wrap(text, width, measure)
    while len(lines) > 1 and measure(lines[-1]) < width // 3:
        narrower = max(measure(line) for line in lines) - 1
        again = wrap(text, narrower, measure)
        if len(again) > len(lines) or max(measure(line) for line in again) > narrower:
            break
        lines = again
    return lines


def _cut(chunk: str, width: int, measure: Measure) -> list[str]:
    return [chunk] if measure(chunk.rstrip()) <= width else list(chunk)


def _chunks(text: str) -> list[str]:
    """Pieces that stay together: a word with the space behind it, a Chinese character with its marks."""
    chunks: list[str] = []
    for char in text:
        if chunks and _sticks(chunks[-1][-1], char):
            chunks[-1] += char
        else:
            chunks.append(char)
    return chunks


def _sticks(before: str, char: str) -> bool:
    if char in _NOT_FIRST or before in _NOT_LAST:
        return True
    if before == " ":
        return char == " "
    return char == " " or not (_wide(before) or _wide(char))


def _wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in ("W", "F")
