"""Words to choose from while letters of the pinyin are typed: whole readings, beginnings, initials; names by signs.

Pure: the same letters give the same words, in the same order. Nothing is learnt from what people type.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Final

from .lexicon import Lexicon, Words

MOST: Final = 60
MOST_READINGS: Final = 6  # ways in which the same letters are parted into syllables
FEW: Final = 12  # words that begin with what was typed
MORE_SYLLABLES: Final = 40  # of weight less for each syllable that was not typed
ALL_SEEN: Final = 180  # weight of all words together: what one more word in a row costs
NAMES_MOST: Final = 12  # signs of one syllable that a name is put together of
LONGEST_NAME: Final = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """One word, and how many of the letters it stands for."""

    word: str
    used: int


def candidates(
    letters: str, known: Lexicon, *, name: bool = False, begun: bool = False
) -> tuple[Candidate, ...]:
    """Words for these letters (a to z, v for ü) among the `known`, the likeliest first.

    `name`: a person's; `begun`: signs stand before.
    Every sign of the first syllable is among them, in the end. Nothing is kept: what people write is theirs.
    """
    if not letters:
        return ()
    found = dict.fromkeys(islice(_ordered(letters, known, name=name, begun=begun), MOST * 4))
    return tuple(found)[: MOST * 2]


def _ordered(letters: str, known: Lexicon, *, name: bool, begun: bool) -> Iterator[Candidate]:
    readings = _readings(letters, known.syllables)
    if name:
        yield from _names(letters, readings, known, begun=begun)
    yield from _whole(letters, readings, known)
    yield from _beginnings(letters, readings, known, name=name, begun=begun)


def _readings(letters: str, syllables: frozenset[str]) -> list[tuple[str, ...]]:
    """The letters parted into syllables, the fewest first; the last one may be unfinished, and is then no syllable."""
    parted: list[list[tuple[str, ...]]] = [[()], *([] for _ in letters)]
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - 6), end):
            if parted[start] and letters[start:end] in syllables:
                parted[end] += [(*before, letters[start:end]) for before in parted[start]]
        parted[end] = sorted(parted[end], key=len)[:MOST_READINGS]
    if parted[-1]:
        return parted[-1]
    last = max(end for end, ways in enumerate(parted) if ways)
    return [(*before, letters[last:]) for before in parted[last]]


def _whole(letters: str, readings: Sequence[tuple[str, ...]], known: Lexicon) -> Iterator[Candidate]:
    """Words that take all the letters."""
    weighed: dict[str, int] = {}

    def weigh(words: Words, less: int = 0) -> None:
        for word, weight in words:
            weighed[word] = max(weighed.get(word, -1000), weight - less)

    for reading in readings:
        weigh(known.words.get(" ".join(reading), ()), 8 * (len(reading) - len(readings[0])))
        if reading[-1] not in known.syllables:
            for whole in _finished(reading[-1], known.syllables):
                weigh(known.words.get(" ".join((*reading[:-1], whole)), ())[:FEW], MORE_SYLLABLES // 2)
    if len(letters) > 1:
        weigh(known.initials.get(letters, ()), MORE_SYLLABLES if readings[0][-1] in known.syllables else 0)
    if not weighed:
        weigh(_put_together(readings[0], known))
    for word, _ in sorted(weighed.items(), key=lambda entry: (-entry[1], entry[0])):
        yield Candidate(word, len(letters))


def _finished(start: str, syllables: frozenset[str]) -> list[str]:
    return [syllable for syllable in syllables if syllable.startswith(start)]


def _put_together(reading: Sequence[str], known: Lexicon) -> Words:
    """The likeliest row of words where no word has all these syllables: each as likely as it is seen."""
    best: list[tuple[int, str] | None] = [(0, ""), *(None for _ in reading)]
    for end in range(1, len(reading) + 1):
        for start in range(end):
            before, words = best[start], known.words.get(" ".join(reading[start:end]))
            if before is None or not words:
                continue
            word, weight = words[0]
            row = before[0] + weight - ALL_SEEN, before[1] + word
            best[end] = max(row, best[end] or row)
    return () if best[-1] is None else ((best[-1][1], 0),)


def _beginnings(
    letters: str, readings: Sequence[tuple[str, ...]], known: Lexicon, *, name: bool, begun: bool
) -> Iterator[Candidate]:
    """Words that take the first of the letters, the longest first; in the end the signs of the first syllable."""
    for reading in readings[:2]:
        for count in range(len(reading) - 1, 0, -1):
            words = known.words.get(" ".join(reading[:count]), ())
            if count == 1 and name:
                yield from _signs(reading[0], known, begun=begun)
            for word, _ in words if count == 1 else words[:FEW]:
                yield Candidate(word, len("".join(reading[:count])))
    for first in range(len(letters) - 1, 0, -1):  # letters that are initials, or unfinished
        if letters[:first] in known.syllables:
            for word, _ in known.words[letters[:first]]:
                yield Candidate(word, first)


def _signs(syllable: str, known: Lexicon, *, begun: bool) -> Iterator[Candidate]:
    for word, _ in (known.given if begun else known.surnames).get(syllable, ()):
        yield Candidate(word, len(syllable))


def _names(
    letters: str, readings: Sequence[tuple[str, ...]], known: Lexicon, *, begun: bool
) -> Iterator[Candidate]:
    """A surname and what follows it, or what follows one: signs by how often they stand in names."""
    weighed: dict[str, int] = {}
    for reading in readings:
        if not 1 <= len(reading) <= LONGEST_NAME - begun:
            continue
        columns = [
            (known.surnames if not place and not begun else known.given).get(syllable, ())[
                : NAMES_MOST * (5 if len(reading) == 1 else 1)
            ]
            for place, syllable in enumerate(reading)
        ]
        for signs in product(*columns):
            word = "".join(sign for sign, _ in signs)
            weighed[word] = max(weighed.get(word, 0), sum(weight for _, weight in signs) // len(signs))
        for word, weight in known.words.get(" ".join(reading), ()) if len(reading) > 1 else ():
            if word in weighed:
                weighed[word] += weight // 6
    most = FEW if len(readings[0]) > 1 else MOST
    for word, _ in sorted(weighed.items(), key=lambda entry: (-entry[1], entry[0]))[:most]:
        yield Candidate(word, len(letters))
