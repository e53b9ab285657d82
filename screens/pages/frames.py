"""Technicians: the last frames of a line, newest first, each with what it means."""

from typing import Final

from kivy.properties import BooleanProperty, NumericProperty, StringProperty

from screens.theme import LARGE
from screens.viewmodels import FrameRow, FramesPage
from screens.widgets.layout import LongList, stretch
from screens.widgets.sides import BoxLayout

from .page import Binding, Page

ROW_PX: Final = 152


class FrameLine(BoxLayout):
    """One frame: which way, when, what it means, its bytes."""

    at = StringProperty("")
    sent = BooleanProperty(False)
    bytes_hex = StringProperty("")
    meaning = StringProperty("")
    right_one = BooleanProperty(True)
    factor = NumericProperty(1.0)

    def show(self, row: FrameRow) -> None:
        """Bind to `row`."""
        self.at, self.sent, self.bytes_hex = row.at, row.sent, row.hex
        self.meaning, self.right_one = row.meaning, row.right


class FramesView(Page):
    """Draws `FramesPage`."""

    kv = "frames.kv"

    def show(self, view: FramesPage, binding: Binding) -> None:
        """Bind to `view`."""
        words = binding.words
        note = "vendor.frames_note" if view.rows else "vendor.frames_none"
        self.night(view, words(view.heading), words.sentence(note), words)
        frames: LongList = self.ids.frames
        frames.show(FrameLine, view.rows, ROW_PX * (LARGE if view.chrome.large else 1.0))
        nothing = self.ids.nothing
        nothing.picture = "" if view.rows else "network"
        stretch(*((frames, nothing) if view.rows else (nothing, frames)))
        self.ids.actions.show(view.actions, words, binding.emit)

    def leave(self) -> None:
        """Begin at the top the next time."""
        self.ids.frames.offset = 0
