"""What the page shows on which a paper is scanned: the page just taken, all pages in their order. No Kivy."""

from dataclasses import dataclass, field

from .intents import Choose
from .viewbase import Action, Chrome, Text, Tone


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture to be drawn: RGB bytes, top row first."""

    width: int
    height: int
    rgb: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PageTile:
    """One page of the paper, by its place from 0; touching it is Choose."""

    place: int
    chosen: bool

    @property
    def intent(self) -> Choose:
        """What touching it asks for."""
        return Choose(str(self.place))


@dataclass(frozen=True, slots=True)
class ScanPage:
    """One paper under the document camera. `picture`: the number of the page that is drawn; None: where to lay it.

    `tools`: what may be done with this page, beside it; `waiting`: a picture is being taken.
    """

    chrome: Chrome
    heading: Text
    sentence: Text
    tone: Tone
    picture: int | None
    tiles: tuple[PageTile, ...]
    actions: tuple[Action, ...]
    name: str  # scan.lay, scan.taking, scan.wrong, scan.failed, scan.page
    tools: tuple[Action, ...] = ()
    waiting: bool = False
