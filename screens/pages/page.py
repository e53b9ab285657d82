"""What every page has: the night with heading, sentence and rail; the counter; binding to a view model."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from kivy.lang import Builder
from kivy.properties import BooleanProperty

from screens.intents import Intent
from screens.scanviews import Picture
from screens.theme import HEAD_HEIGHT, HEIGHT, LARGE
from screens.viewmodels import Text, Tone, ViewModel
from screens.widgets.layout import Night
from screens.widgets.sides import BoxLayout
from screens.words import Words


def no_page(number: int) -> None:
    """No page was scanned."""
    del number


@dataclass(frozen=True, slots=True)
class Binding:
    """What a page needs beside its view model."""

    words: Words
    emit: Callable[[Intent], None]
    preview: Callable[[], Any]
    preview_size: tuple[int, int]
    animated: bool
    scanned: Callable[[int], Picture | None] = no_page


class Page(BoxLayout):
    """A page between head line and foot bar. `show` may be called as often as wanted."""

    kv: ClassVar[str] = ""  # the `.kv` file's name; loaded before the page is first built
    low = BooleanProperty(False)  # there is less room for what is touched
    bare: ClassVar[bool] = False  # over the whole glass, without head line and foot bar

    @classmethod
    def load(cls) -> None:
        """Read the page's `.kv` file."""
        Builder.load_file(str(Path(__file__).parent / cls.kv))

    def show(self, view: Any, binding: Binding) -> None:
        """Bind to `view`, which is of the page's own class."""
        raise NotImplementedError

    def leave(self) -> None:
        """Another page comes: stop what moves and wipe what is a person's."""

    def night(
        self, view: ViewModel, heading: str, sentence: Text | str, words: Words, tone: Tone = Tone.PLAIN
    ) -> None:
        """Fill the night of this page."""
        night = self.ids.night
        night.heading, night.sentence = heading, words(sentence)
        night.step, night.steps = view.chrome.step, view.chrome.steps if view.chrome.step else 0
        night.colour_for(tone)

    def lower(self, under: int, foot: int) -> None:
        """Stand on what is `foot` px high; the counter begins under `under`, px from the screen's lower edge.

        0: it begins where the page has it.
        """
        self.y, self.height = foot, HEIGHT - foot
        night = self.ids.get("night")
        if night is None:
            return
        above = sum(
            part.height for part in self.children if part.size_hint_y is None and not isinstance(part, Night)
        )
        night.low_height = max(0, HEIGHT - HEAD_HEIGHT - under - above) if under else 0

    def scale(self, *, large: bool) -> None:
        """Normal or large text for everything on this page."""
        factor = LARGE if large else 1.0
        for widget in self.walk(restrict=True):
            if hasattr(widget, "factor") and not getattr(widget, "fixed", False):
                widget.factor = factor
