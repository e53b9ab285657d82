"""The deposit is held: its number, its compartment, and the QR code that doubles or replaces the paper."""

from typing import Final

from kivy.animation import Animation
from kivy.clock import Clock
from kivy.graphics import Color, PopMatrix, PushMatrix, Translate
from kivy.properties import BooleanProperty, NumericProperty
from kivy.uix.stencilview import StencilView

from screens import theme
from screens.viewmodels import ReceiptPage, text
from screens.widgets.controls import FactRow
from screens.widgets.layout import pooled
from screens.widgets.rounded import Rounded

from .page import Binding, Page

_SLIP_WIDTH: Final = 140
_MOUTH_HEIGHT: Final = 14
_RESTS_AT: Final = 0.7  # how far the paper is out where nothing may move
_LINES: Final = (0.5, 0.9, 0.7)


class Slip(StencilView):
    """Paper that comes out of a printer's mouth for as long as the receipt is printed."""

    printing = BooleanProperty(False)
    out = NumericProperty(_RESTS_AT)  # 0..1

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._move = Translate()
        self._motion: Animation | None = None
        self._redraw = Clock.create_trigger(self._draw, -1)
        for name in ("pos", "size", "printing"):
            self.fbind(name, self._redraw)
        self.fbind("out", self._slide)

    def show(self, *, printing: bool, animated: bool) -> None:
        """Be there or not; the paper moves where things may move."""
        self.printing = printing
        if self._motion is not None and not (printing and animated):
            self._motion.cancel(self)
            self._motion, self.out = None, _RESTS_AT
        elif self._motion is None and printing and animated:
            self._motion = Animation(out=1.0, d=theme.SLIP_S, s=theme.SLOW_FRAME_S) + Animation(
                out=0.0, d=0.0
            )
            self._motion.repeat = True
            self.out = 0.0
            self._motion.start(self)

    def _slide(self, *_: object) -> None:
        self._move.y = (1 - self.out) * self.height

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        if not self.printing:
            return
        left, mouth = self.center_x - _SLIP_WIDTH / 2, self.top - _MOUTH_HEIGHT
        length = self.height - _MOUTH_HEIGHT
        with self.canvas:
            PushMatrix()
            self.canvas.add(self._move)
            Color(*theme.BORDER)
            Rounded(pos=(left, self.y), size=(_SLIP_WIDTH, length), radius=[8])
            Color(*theme.WHITE)
            Rounded(pos=(left + 3, self.y + 3), size=(_SLIP_WIDTH - 6, length - 3), radius=[6])
            Color(*theme.RULE)
            for row, share in enumerate(_LINES):
                line = (left + 20, mouth - 16 - row * 14)
                Rounded(pos=line, size=((_SLIP_WIDTH - 40) * share, 6), radius=[3])
            PopMatrix()
            Color(*theme.CABINET)
            Rounded(
                pos=(left - 24, mouth), size=(_SLIP_WIDTH + 48, _MOUTH_HEIGHT), radius=[_MOUTH_HEIGHT / 2]
            )
        self._slide()


class ReceiptView(Page):
    """Draws `ReceiptPage`."""

    kv = "receipt.kv"

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._facts: list[FactRow] = []

    def show(self, view: ReceiptPage, binding: Binding) -> None:
        """Bind to `view`."""
        words = binding.words
        self.night(view, words(view.heading), "", words)
        self.ids.state.say, self.ids.state.tone = words(view.sentence), view.tone.value
        self.ids.case_label.say = words.sentence("receipt.case")
        self.ids.case.say = view.case_number
        self.ids.place_label.say = words(view.where or text("receipt.compartment"))
        self.ids.place.say = view.compartment
        self.ids.qr.content = view.qr
        self.ids.slip.show(printing=view.name == "receipt.printing", animated=binding.animated)
        rows = pooled(self.ids.facts, self._facts, len(view.lines), FactRow)
        for row, line in zip(rows, view.lines, strict=True):
            row.label, row.value = words(line.label), words(line.value)
        self.ids.actions.show(view.actions, words, binding.emit)

    def leave(self) -> None:
        """Nothing of a person stays in the widgets."""
        self.ids.qr.content = self.ids.case.say = ""
        self.ids.slip.show(printing=False, animated=False)
        for row in self._facts:
            row.value = ""
