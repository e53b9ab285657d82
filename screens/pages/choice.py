"""Several ways on, each with its drawing and a sentence, each as large as the others."""

from typing import Final

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.widget import Widget

from screens.viewmodels import Choice, ChoicePage
from screens.widgets.controls import Emit, Touchable
from screens.widgets.layout import pooled
from screens.widgets.sides import BoxLayout
from screens.words import Words

from .page import Binding, Page

MOST_HIGH_PX: Final = (520, 500, 400)  # of a row, where there are one, two, three; of more their room counts

MOST_PICTURE_PX: Final = 220
LOW_ROW_PX: Final = 260
TIGHT_ROW_PX: Final = 200


class ChoiceRow(Touchable, BoxLayout):
    """One way on; the whole row is touched."""

    label = StringProperty("")
    note = StringProperty("")
    picture = StringProperty("")
    factor = NumericProperty(1.0)
    tight = BooleanProperty(False)  # both texts are one line
    picture_px = NumericProperty(0)  # none where large words need the room

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        for name in ("height", "factor"):
            self.fbind(name, self._share)

    def _share(self, *_: object) -> None:
        narrow = self.factor > 1 and self.height < LOW_ROW_PX
        self.tight = narrow or self.height < TIGHT_ROW_PX
        self.picture_px = 0 if narrow else max(0, min(MOST_PICTURE_PX, self.height - 48))

    def show(self, choice: Choice, words: Words, emit: Emit) -> None:
        """Bind to `choice`."""
        action = choice.action
        self.key, self.intent, self.emit, self.enabled = action.label.key, action.intent, emit, action.enabled
        self.label, self.note, self.picture = words(action.label), words(choice.note), choice.picture


class ChoiceView(Page):
    """Draws `ChoicePage`."""

    kv = "choice.kv"

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._rows: list[ChoiceRow] = []
        self._rest = Widget()

    def show(self, view: ChoicePage, binding: Binding) -> None:
        """Bind to `view`."""
        self.night(view, binding.words(view.heading), view.sentence, binding.words, view.tone)
        box = self.ids.rows
        box.remove_widget(self._rest)
        most = MOST_HIGH_PX[min(len(view.choices), len(MOST_HIGH_PX)) - 1]
        for row, choice in zip(
            pooled(box, self._rows, len(view.choices), ChoiceRow), view.choices, strict=True
        ):
            row.show(choice, binding.words, binding.emit)
            row.size_hint_max_y = most
        box.add_widget(self._rest)
        self._rest.size_hint_y = 0.001  # takes what the rows' greatest height leaves
        self.ids.actions.show(view.actions, binding.words, binding.emit)
