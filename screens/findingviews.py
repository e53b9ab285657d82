"""What the pages show on which a service item is found and read: lists, themes, search, guide, notice. No Kivy."""

from dataclasses import dataclass, field

from .intents import Bring
from .viewbase import Action, Chrome, ItemRow, Line, Text, Tone


@dataclass(frozen=True, slots=True)
class ItemsPage:
    """Items in rows, as many as the page has room for; touching one is ChooseItem. `ways`: other ways to find one."""

    chrome: Chrome
    heading: Text | str
    sentence: Text | str
    items: tuple[ItemRow, ...]
    actions: tuple[Action, ...]
    ways: tuple[Action, ...] = ()
    name: str = "items"  # items, items.theme


@dataclass(frozen=True, slots=True)
class ThemeTile:
    """One theme; touching it is ChooseTheme."""

    code: str
    title: str
    count: int


@dataclass(frozen=True, slots=True)
class ThemesPage:
    """Events of a life and subjects, each a group of tiles under its heading."""

    chrome: Chrome
    heading: Text
    groups: tuple[tuple[Text, tuple[ThemeTile, ...]], ...]
    actions: tuple[Action, ...]
    name: str = "items.themes"


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Items while letters are typed. Keys are `Letter` and `DeleteDigit`; `hint` stands where nothing is listed."""

    chrome: Chrome
    heading: Text
    typed: str
    items: tuple[ItemRow, ...]
    hint: Text | None
    actions: tuple[Action, ...]
    name: str = "items.search"


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One paper of the check list; the whole row is touched. `note`: original or copy, may follow, how many."""

    number: int  # from 0
    title: str
    note: Text
    ticked: bool
    sample: Action | None = None  # where there is a picture of such a paper

    @property
    def intent(self) -> Bring:
        """What touching it asks for."""
        return Bring(self.number)


@dataclass(frozen=True, slots=True)
class GuidePage:
    """One item: the papers as a check list, then everything else there is to know, before starting."""

    chrome: Chrome
    title: str
    sentence: Text
    everything: Action  # ticks all papers at once, or takes all ticks away
    papers: tuple[PaperRow, ...]
    facts: tuple[Line, ...]  # what counts now, time limits, fee, office, who, conditions, laws
    actions: tuple[Action, ...]
    name: str = "guide"


@dataclass(frozen=True, slots=True)
class SamplePage:
    """What a paper of the check list looks like. `picture`: a file."""

    chrome: Chrome
    heading: str
    sentence: Text
    picture: str
    actions: tuple[Action, ...]
    name: str = "guide.sample"


@dataclass(frozen=True, slots=True)
class SheetPage:
    """What a QR code carries whole, such as the one-time notice or a certificate, and how its printing went."""

    chrome: Chrome
    heading: Text
    sentence: str | Text
    state: Text
    tone: Tone
    qr: str = field(repr=False)
    actions: tuple[Action, ...]
    name: str = "guide.sheet"
