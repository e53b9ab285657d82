"""Service items as data: what an item file may say, and the catalogue of all items with its themes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from .forms import FormField
from .rules import Instant
from .texts import Label, Spoken, Table, Title, Words

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{2,31}$")]


class Audience(StrEnum):
    """Whose matter it is."""

    PERSON = "person"
    COMPANY = "company"


class MaterialKind(StrEnum):
    """What is put into the compartment."""

    ORIGINAL = "original"
    COPY = "copy"
    FORM = "form"  # filled in and signed


class Material(Label):
    """One paper that is asked for.

    `optional`: only where it applies. `later`: may follow when everything else is there (容缺受理), within `later_days`
    working days of the day it was promised.
    `scan`: `instead`, pages scanned at the kiosk stand for it, and it stays with its owner.
    `picture`: a file of the services folder's `pictures`, an example of such a paper.
    """

    kind: MaterialKind
    count: Annotated[int, Field(ge=1, le=20)] = 1
    optional: bool = False
    later: bool = False
    later_days: Annotated[int, Field(ge=1, le=60)] = 10
    scan: Literal["instead"] | None = None
    picture: Annotated[str, Field(pattern=r"^[a-z0-9-]+\.(png|jpg)$")] | None = None

    @property
    def needed(self) -> bool:
        """Whether nothing can begin without it."""
        return not (self.optional or self.later)


class Fee(Label):
    """What it costs. `yuan = 0` is free; the text says what else there is to know."""

    yuan: Annotated[float, Field(ge=0, le=100_000)] = 0.0


class Question(Table):
    """A question people often ask, with its answer."""

    question: Words
    answer: Words


class ResultForm(StrEnum):
    """How the result comes."""

    PAPER = "paper"
    ELECTRONIC = "electronic"


class Result(Spoken):
    """What the citizen gets in the end.

    `certificate`: of which kind of `[certificates] kinds` it is, where the kiosk hands it out once it is granted.
    """

    zh: Annotated[str, Field(min_length=1, max_length=60)]
    en: Annotated[str, Field(min_length=1, max_length=120)]
    forms: Annotated[tuple[ResultForm, ...], Field(min_length=1, max_length=2)]
    certificate: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,23}$")] | None = None


class Offer(Table):
    """Where and when an item can be handed in: without an entry everywhere and always. Both days are included."""

    since: date | None = None
    until: date | None = None
    kiosks: tuple[str, ...] = ()  # only at these
    not_kiosks: tuple[str, ...] = ()

    def at(self, kiosk_id: str) -> bool:
        """Whether this kiosk takes it at all."""
        return (not self.kiosks or kiosk_id in self.kiosks) and kiosk_id not in self.not_kiosks

    def on(self, day: date) -> bool:
        """Whether it is taken on this day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


class Theme(Title):
    """A heading that items are found under: a subject, or an event of somebody's life. Its title fits half a line."""

    zh: Annotated[str, Field(min_length=2, max_length=7)]
    en: Annotated[str, Field(min_length=2, max_length=24)]
    code: Code
    kind: Literal["theme", "life_event"]
    order: Annotated[int, Field(ge=0, le=10_000)] = 1000


class ItemTitle(Title):
    """An item's name. `pinyin`: its reading, a syllable a Chinese sign, where a dictionary would read it wrongly."""

    pinyin: Annotated[str, Field(pattern=r"^[a-z]+( [a-z]+)*$", max_length=120)] | None = None


class Item(Table):
    """One service item. `legal_days` and `promised_days` are working days, 0 is at once.

    `in_person`: whose matter it is comes themselves; nobody hands it in for them.
    """

    code: Code
    sample: bool = False
    title: ItemTitle
    also: Annotated[tuple[Title, ...], Field(max_length=8)] = ()  # what people call it
    themes: Annotated[tuple[Code, ...], Field(min_length=1, max_length=8)]
    audience: Annotated[tuple[Audience, ...], Field(min_length=1, max_length=2)]
    department: Title
    who: Words
    legal_basis: Annotated[tuple[Words, ...], Field(min_length=1, max_length=6)]
    conditions: Annotated[tuple[Words, ...], Field(max_length=8)] = ()
    materials: Annotated[tuple[Material, ...], Field(min_length=1, max_length=12)]
    legal_days: Annotated[int, Field(ge=0, le=365)]
    promised_days: Annotated[int, Field(ge=0, le=365)]
    fee: Fee
    envelope: Literal["S", "M", "L"]
    result: Result
    fields: Annotated[tuple[FormField, ...], Field(max_length=24)] = ()
    instant: Instant | None = None
    offer: Offer = Offer()
    often: bool = False
    in_person: bool = False
    often_asked: Annotated[tuple[Question, ...], Field(max_length=8)] = ()
    order: Annotated[int, Field(ge=0, le=10_000)] = 1000


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All items of a kiosk and the themes, in the order in which they are shown. `pictures`: the folder of examples."""

    items: tuple[Item, ...]
    themes: tuple[Theme, ...] = ()
    pictures: Path = Path()
    _by_code: dict[str, Item] = field(init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_code", {item.code: item for item in self.items})

    def __iter__(self) -> Iterator[Item]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def get(self, code: str) -> Item | None:
        """The item with this code."""
        return self._by_code.get(code)
