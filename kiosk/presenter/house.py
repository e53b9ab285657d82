"""The house's own texts in one language."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from kiosk.receiptcode import receipt_code


@dataclass(frozen=True, slots=True)
class PaperText:
    """One paper that is asked for, its `title` in the house's language. `kind`: `original`, `copy` or `form`."""

    title: str
    kind: str = "original"
    count: int = 1
    optional: bool = False
    later: bool = False
    name: str = ""  # its Chinese name in the catalogue, as the record has it
    picture: str = ""  # the file of an example

    @property
    def needed(self) -> bool:
        """Whether nothing can begin without it."""
        return not (self.optional or self.later)


@dataclass(frozen=True, slots=True)
class ThemeText:
    """A heading that items are found under. `kind`: `theme` or `life_event`."""

    code: str
    title: str
    kind: str


@dataclass(frozen=True, slots=True)
class ItemText:
    """One service item in one language. `here`: this kiosk takes it; from `since` to `until`, where there are such."""

    code: str
    title: str
    note: str
    papers: tuple[PaperText, ...]
    time_limit: str
    fee: str
    office: str
    often: bool
    legal_limit: str = ""
    who: str = ""
    result: str = ""
    conditions: tuple[str, ...] = ()
    laws: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    here: bool = True
    since: date | None = None
    until: date | None = None
    in_person: bool = False  # nobody may hand it in for somebody else
    rules: tuple[str, ...] = ()  # by which it is decided at once, where it is
    grants: str = ""  # what they grant
    asked: tuple[tuple[str, str], ...] = ()  # what people often ask, with its answer

    @property
    def materials(self) -> tuple[str, ...]:
        """The papers' names."""
        return tuple(paper.title for paper in self.papers)

    def offered(self, day: date) -> bool:
        """Whether it can be handed in here on this day."""
        begun = self.since is None or self.since <= day
        return self.here and begun and (self.until is None or day <= self.until)


def _finds_nothing(_typed: str) -> Sequence[str]:
    return ()


def _spells_nothing(_letters: str, *, name: bool, begun: bool) -> Sequence[tuple[str, int]]:  # noqa: ARG001 - a `Spell`
    return ()


class Spell(Protocol):
    """Words to choose from while the pinyin is typed, each with how many of the letters it stands for."""

    def __call__(self, letters: str, /, *, name: bool, begun: bool) -> Sequence[tuple[str, int]]:
        """`name`: of a person; `begun`: signs stand before it."""


@dataclass(frozen=True, slots=True)
class House:
    """The kiosk's own texts in one language. `items`: all that ever were; `find`: letters -> codes, best first."""

    name: str
    hotline: str
    collect: str  # "tomorrow before 9"
    items: tuple[ItemText, ...]
    themes: tuple[ThemeText, ...] = ()
    find: Callable[[str], Sequence[str]] = _finds_nothing
    spell: Spell = _spells_nothing
    kiosk_id: str = ""

    def receipt_code(self, case_id: str) -> str:
        """What the QR code on a receipt of this kiosk says."""
        return receipt_code(self.kiosk_id, case_id)

    def item(self, code: str) -> ItemText:
        """One item by its code; raises `KeyError`."""
        for item in self.items:
            if item.code == code:
                return item
        raise KeyError(code)

    def offered(self, day: date) -> tuple[ItemText, ...]:
        """The items that can be handed in on this day."""
        return tuple(item for item in self.items if item.offered(day))

    def office(self, code: str, otherwise: str) -> str:
        """Who is in charge of an item; of one that is not in the catalogue any more, what the journal says."""
        return next((item.office for item in self.items if item.code == code), otherwise)

    def papers(self, code: str, names: Sequence[str]) -> tuple[str, ...]:
        """Papers of an item by their Chinese names; one that it does not have any more as the record has it."""
        known = {paper.name: paper.title for item in self.items if item.code == code for paper in item.papers}
        return tuple(known.get(name, name) for name in names)

    def title(self, code: str) -> str:
        """An item's title; of one that is not in the catalogue any more, the code itself."""
        return next((item.title for item in self.items if item.code == code), code)
