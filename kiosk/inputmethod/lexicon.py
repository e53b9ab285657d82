"""The input method's words with their readings and weights (10 times the logarithm of how often each was seen)."""

import lzma
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).parent / "words.txt.xz"
WORDS: Final = "words"
SURNAMES: Final = "surnames"
GIVEN: Final = "given"
MOST_OF_INITIALS: Final = 40
OWN_WEIGHT: Final = 100  # of a place's own words: here they are as usual as 北京 is everywhere

Words = tuple[tuple[str, int], ...]
"""Words of one reading with their weights, the heaviest first."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """`words`, `surnames`, `given`: reading (syllables parted by spaces) -> words; `initials` -> words."""

    words: Mapping[str, Words]
    surnames: Mapping[str, Words]
    given: Mapping[str, Words]
    initials: Mapping[str, Words]
    syllables: frozenset[str]


@cache
def lexicon() -> Lexicon:
    """The kiosk's words, read once: some 20 MB of memory."""
    parts: dict[str, dict[str, Words]] = {}
    heading = ""
    for line in lzma.decompress(FILE.read_bytes()).decode().splitlines():
        if line.startswith("# "):
            heading = line[2:]
            parts[heading] = {}
            continue
        reading, _, listed = line.partition("\t")
        told = listed.split(" ")
        parts[heading][reading] = tuple(zip(told[::2], map(int, told[1::2]), strict=True))
    return Lexicon(
        parts[WORDS], parts[SURNAMES], parts[GIVEN], _initials(parts[WORDS]),
        frozenset(reading for reading in parts[WORDS] if " " not in reading),
    )  # fmt: skip


def with_own(known: Lexicon, own: Mapping[str, Sequence[str]]) -> Lexicon:
    """The same with a place's own words, each with its syllables."""
    if not own:
        return known
    added: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for word, syllables in own.items():
        added[" ".join(syllables)].append((word, OWN_WEIGHT))
    words = {
        **known.words,
        **{reading: _among(new, known.words.get(reading, ())) for reading, new in added.items()},
    }
    initials = {
        letters: _among(new, known.initials.get(letters, ())) for letters, new in _initials(added).items()
    }
    return replace(known, words=words, initials={**known.initials, **initials})


def _among(new: Sequence[tuple[str, int]], there: Words) -> Words:
    """The heaviest first; a word that stood there already stands there once."""
    names = {word for word, _ in new}
    return tuple(sorted((*new, *(one for one in there if one[0] not in names)), key=lambda one: -one[1]))


def _initials(words: Mapping[str, Sequence[tuple[str, int]]]) -> Mapping[str, Words]:
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for reading, entries in words.items():
        if " " in reading:
            found["".join(syllable[0] for syllable in reading.split(" "))].extend(entries)
    return {
        letters: tuple(sorted(entries, key=lambda entry: -entry[1])[:MOST_OF_INITIALS])
        for letters, entries in found.items()
    }
