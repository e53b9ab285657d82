"""Finding items while letters are typed: by initials (`gtgsh`), whole pinyin, a mixture, English words, Chinese signs.

A name is a row of parts, each with the ways it may be typed. What was typed fits where it is made of beginnings of
consecutive parts, at least a letter of each.
"""

import logging
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Final

from kiosk.pinyin import NoReadingsError, readings

from .items import Item
from .texts import FIRST_LANGUAGE

logger = logging.getLogger(__name__)

Part = tuple[str, ...]
Parts = tuple[Part, ...]
WORD: Final = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Name:
    """One name of an item. `rank`: 0 for its title, 1 for what people call it; `starts`: first sign -> parts."""

    code: str
    rank: int
    parts: Parts
    starts: Mapping[str, tuple[int, ...]]


Hit = tuple[Name, int]  # with the part at which what was typed begins


class SearchIndex:
    """The names of a catalogue's items, made ready when first asked or by `warm`. Any thread may ask."""

    def __init__(
        self,
        items: Iterable[Item],
        read: Callable[[tuple[str, ...]], tuple[tuple[str, ...], ...]] = readings,
    ) -> None:
        self._items = tuple(items)
        self._places = {item.code: place for place, item in enumerate(self._items)}
        self._read = read
        self._lock = Lock()
        self._last: dict[str, tuple[str, tuple[Hit, ...]]] = {}

    def warm(self) -> None:
        """Read all names now: a quarter of a second that the first keystroke does not wait for."""
        with self._lock:
            _ = self._chinese

    def find(self, typed: str, language: str = FIRST_LANGUAGE) -> tuple[str, ...]:
        """Codes of the items that fit, best first: from the name's beginning, then inside, then in catalogue order.

        In other languages than Chinese their own names come first.
        """
        query = normal(typed)
        if not query:
            return ()
        best: dict[str, tuple[int, int]] = {}
        for group, hits in enumerate(self._groups(query, language)):
            for name, place in hits:
                score = (group, 2 * (place > 0) + name.rank)
                best[name.code] = min(score, best.get(name.code, score))
        return tuple(sorted(best, key=lambda code: (best[code], self._places[code])))

    def _groups(self, query: str, language: str) -> tuple[tuple[Hit, ...], ...]:
        with self._lock:
            chinese = self._narrowed(FIRST_LANGUAGE, self._chinese, query)
            if language == FIRST_LANGUAGE:
                return (chinese,)
            return self._narrowed(language, self._english, query), chinese

    def _narrowed(self, group: str, names: Sequence[Name], query: str) -> tuple[Hit, ...]:
        """What fits: a letter more only ever takes names away, so that the last answer is where to look."""
        before, hits = self._last.get(group, ("", ()))
        if before and query.startswith(before):
            names = [name for name, _ in hits]
        found = tuple((name, place) for name in names if (place := _fits(name, query)) is not None)
        self._last[group] = (query, found)
        return found

    @cached_property
    def _english(self) -> tuple[Name, ...]:
        return tuple(
            _name(item, rank, ((word,) for word in WORD.findall(name.lower())))
            for item in self._items
            for rank, name in enumerate((item.title.en, *(other.en for other in item.also)))
        )

    @cached_property
    def _chinese(self) -> tuple[Name, ...]:
        names = [(item, rank, name) for item in self._items for rank, name in enumerate(_names(item))]
        try:
            read = self._read(tuple(name for _, _, name in names))
        except NoReadingsError as error:
            logger.error("items are found by their Chinese signs only: %s", error)
            read = tuple(tuple(name) for _, _, name in names)
        return tuple(
            _name(item, rank, _parts(name, _corrected(item, rank, syllables)))
            for (item, rank, name), syllables in zip(names, read, strict=True)
        )


def normal(typed: str) -> str:
    """What was typed in one shape: small letters without spaces, `v` for ü."""
    folded = unicodedata.normalize("NFKC", typed).lower().replace("ü", "v")
    return "".join(sign for sign in folded if sign.isalnum())


def _name(item: Item, rank: int, parts: Iterable[Part]) -> Name:
    typed = tuple(parts)
    starts: dict[str, tuple[int, ...]] = {}
    for place, part in enumerate(typed):
        for sign in {way[0] for way in part}:
            starts[sign] = (*starts.get(sign, ()), place)
    return Name(item.code, int(rank > 0), typed, starts)


def _names(item: Item) -> tuple[str, ...]:
    return (item.title.zh, *(other.zh for other in item.also))


def _corrected(item: Item, rank: int, syllables: tuple[str, ...]) -> tuple[str, ...]:
    """The title's reading as its file has it, where it has one."""
    if rank or item.title.pinyin is None:
        return syllables
    own = iter(item.title.pinyin.split())
    return tuple(
        next(own) if "\u4e00" <= sign <= "\u9fff" else said
        for sign, said in zip(item.title.zh, syllables, strict=True)
    )


def _parts(name: str, syllables: tuple[str, ...]) -> Iterator[Part]:
    for sign, said in zip(name, syllables, strict=True):
        if sign.isalnum():
            yield (sign.lower(),) if said == sign else (sign, said)


def _fits(name: Name, query: str) -> int | None:
    """At which part the query begins to fit; None where it does not."""
    starts = name.starts.get(query[0], ())
    return next((start for start in starts if _fits_from(name.parts, start, query)), None)


def _fits_from(parts: Parts, start: int, query: str) -> bool:
    used = [0]  # how many signs of the query the parts so far can have been typed as
    for part in parts[start:]:
        further: list[int] = []
        for at in used:
            for way in part:
                if query[at] == way[0]:
                    further += _ends(way, query, at)
        if not further:
            return False
        if len(query) in further:
            return True
        used = further
    return False


def _ends(way: str, query: str, at: int) -> Iterator[int]:
    """Where the query goes on after each beginning of `way` that stands at `at`, whose first sign fits."""
    end = at
    for sign in way:
        if end == len(query) or query[end] != sign:
            return
        end += 1
        yield end
