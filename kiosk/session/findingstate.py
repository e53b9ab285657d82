"""The states in which an item is looked for and its guide is read. Nothing in them is of a person."""

from dataclasses import dataclass
from enum import StrEnum


class Look(StrEnum):
    """How somebody looks for an item."""

    OFTEN = "often"  # among those often asked for
    THEMES = "themes"  # all themes
    THEME = "theme"  # the items of one
    SEARCH = "search"  # by letters


@dataclass(frozen=True, slots=True)
class ChoosingItem:
    """An item is looked for. `page` of the list, from 0; the presenter shows the last one where it is too far."""

    by: Look = Look.OFTEN
    theme: str = ""
    typed: str = ""
    page: int = 0


class Spot(StrEnum):
    """Which page of the guide stands."""

    LIST = "list"
    MISSING = "missing"  # papers that are needed were not ticked
    SAMPLE = "sample"  # what one of the papers looks like
    SHEET = "sheet"  # the one-time notice


@dataclass(frozen=True, slots=True)
class ReadingGuide:
    """One item's guide. `came` is where Back leads; `brought`: the papers that were ticked, counted from 0.

    `sample`: the paper whose picture is looked at; `printing` of the notice: empty, `printing`, or the printer's
    outcome; `for_another`: whose matter it is.
    """

    item_code: str
    came: ChoosingItem = ChoosingItem()
    brought: frozenset[int] = frozenset()
    spot: Spot = Spot.LIST
    sample: int = 0
    printing: str = ""
    for_another: bool = False
