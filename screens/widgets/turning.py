"""Turning what does not fit on a page by two large controls: nobody has to know that a list can be slid."""

from typing import Any, Final

from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty
from kivy.uix.widget import Widget

from screens.intents import StillHere
from screens.widgets.controls import BigButton, Emit
from screens.widgets.layout import Scroller
from screens.widgets.sides import BoxLayout
from screens.words import Words

HEIGHT_PX: Final = 112
OVERLAP_PX: Final = 60  # of a row higher than the page: so much stays to be recognised


class TickMark(Widget):
    """A box with a tick or without; a mark and a frame, never a colour alone."""

    ticked = BooleanProperty(False)
    pressed = BooleanProperty(False)


class TurnButton(BigButton):
    """Turns its list. It asks for `StillHere`: who reads on is not away."""

    def on_touch_up(self, touch: Any) -> bool:
        """Turn, if the finger is still on the control."""
        ends_here = touch.grab_current is self and self.collide_point(*touch.pos)
        taken = bool(super().on_touch_up(touch))
        if ends_here:
            self.turn()
        return taken

    turn = ObjectProperty(lambda: None)


class TurnBar(BoxLayout):
    """Stands below its `scroller` for as long as that has more than fits."""

    scroller = ObjectProperty(None, allownone=True)
    factor = NumericProperty(1.0)

    def __init__(self, **kwargs: object) -> None:
        self._arrange = Clock.create_trigger(self._arranged, -1)
        super().__init__(spacing=32, size_hint_y=None, height=0, **kwargs)
        self._up, self._down = TurnButton(base=44), TurnButton(base=44)
        self._up.turn, self._down.turn = self._back, self._on

    def on_scroller(self, *_: object) -> None:
        """Follow the list from now on."""
        for name in ("offset", "height"):
            self.scroller.fbind(name, self._arrange)
        self.scroller.content.fbind("height", self._arrange)

    def show(self, words: Words, emit: Emit) -> None:
        """Bind words and touches."""
        for button, key in ((self._up, "list.up"), (self._down, "list.down")):
            button.key, button.intent, button.emit = key, StillHere(), emit
            button.label = words.sentence(key)
        self._arrange()

    def _arranged(self, *_: object) -> None:
        own = HEIGHT_PX if self.children else 0  # as without the bar: else it would take its own reason away
        wanted = self.scroller.content.height > self.scroller.height + own + 1
        if wanted and not self.children:
            self.add_widget(self._up)
            self.add_widget(self._down)
        elif not wanted and self.children:
            self.clear_widgets()
        self.height = HEIGHT_PX if wanted else 0
        self._up.enabled = self.scroller.offset > 1
        self._down.enabled = self.scroller.offset < self.scroller.hidden - 1

    def _on(self) -> None:
        """The first row that is not whole comes to the top."""
        shown_to = self.scroller.offset + self.scroller.height
        cut = [top for top, end in _rows(self.scroller) if end > shown_to + 1]
        first = min(cut, default=shown_to)
        below = self.scroller.offset + OVERLAP_PX
        self.scroller.offset = min(first if first > below else shown_to - OVERLAP_PX, self.scroller.hidden)

    def _back(self) -> None:
        """The first row shown goes to the bottom."""
        before = self.scroller.offset
        reach = before - self.scroller.height
        tops = [top for top, _ in _rows(self.scroller) if reach <= top < before - OVERLAP_PX]
        self.scroller.offset = max(0.0, min(tops, default=reach + OVERLAP_PX))


def _rows(scroller: Scroller) -> list[tuple[float, float]]:
    """Where each row begins and ends, in px from the top of the list."""
    top = scroller.content.top
    boxes = [box for box in scroller.content.children if box.height]
    rows = [row for box in boxes for row in (box.children or [box])]
    return [(top - row.top, top - row.y) for row in rows if row.height]
