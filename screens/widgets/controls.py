"""What is touched: a control knows its text key and its intent, so that tests find it by name and not by words."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from kivy.clock import Clock
from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.widget import Widget

from screens.intents import Intent
from screens.theme import BUTTON, GAP, MAIN_BUTTON, PRESSED_S
from screens.viewmodels import Action, ItemRow
from screens.widgets.sides import BoxLayout
from screens.words import Words

_LARGE_STRETCH: Final = 1.2  # how much higher controls are in large mode, for a second line
Emit = Callable[[Intent], None]


class Touchable(Widget):
    """A surface that emits `intent` when a touch that began on it ends on it.

    It looks pressed until the answer can be there: a frame only to let it go would delay the one with the answer.
    """

    key = StringProperty("")
    intent = ObjectProperty(None, allownone=True)
    enabled = BooleanProperty(True)
    pressed = BooleanProperty(False)
    emit = ObjectProperty(None, allownone=True)

    def __init__(self, **kwargs: object) -> None:
        self._let_go = Clock.create_trigger(self._release, PRESSED_S)
        super().__init__(**kwargs)

    def _release(self, *_: object) -> None:
        self.pressed = False

    def on_intent(self, *_: object) -> None:
        """What it is for has changed: it is another control now."""
        self._let_go.cancel()
        self.pressed = False

    def on_touch_down(self, touch: Any) -> bool:
        """Take the touch if it lies on this control."""
        if not self.collide_point(*touch.pos) or self.disabled:
            return False
        if self.enabled and self.intent is not None:
            touch.grab(self)
            self._let_go.cancel()
            self.pressed = True
        return True

    def on_touch_move(self, touch: Any) -> bool:
        """A touch that became a scroll presses nothing."""
        if touch.grab_current is not self:
            return False
        if touch.ud.get("scrolls"):
            touch.ungrab(self)
            self.pressed = False
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """Emit, if the finger is still on the control."""
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        self._let_go()
        if self.collide_point(*touch.pos) and self.emit is not None and self.intent is not None:
            self.emit(self.intent)
        return True


class BigButton(Touchable, BoxLayout):
    """A large button with its words and, below them, a smaller line."""

    label = StringProperty("")
    note = StringProperty("")
    primary = BooleanProperty(False)
    base = NumericProperty(56)

    def show(self, action: Action, words: Words, emit: Emit) -> None:
        """Bind to `action`."""
        self.key, self.intent, self.emit = action.label.key, action.intent, emit
        self.label = words(action.label)
        self.primary, self.enabled = action.primary, action.enabled


class FootButton(Touchable, BoxLayout):
    """A control of the foot bar. `word_width`: of the drawn label, in px."""

    label = StringProperty("")
    word_width = NumericProperty(0)


class StaffDoor(Touchable):
    """The discreet entrance for staff: the kiosk's name."""


class ListRow(Touchable, BoxLayout):
    """One service item: its title, a note, the whole row is touched."""

    title = StringProperty("")
    note = StringProperty("")
    last = BooleanProperty(False)

    def show(self, item: ItemRow, intent: Intent, emit: Emit) -> None:
        """Bind to `item`."""
        self.key, self.intent, self.emit = f"item.{item.code}", intent, emit
        self.title, self.note = item.title, item.note


class FactRow(BoxLayout):
    """A label with its value."""

    label = StringProperty("")
    value = StringProperty("")
    at_night = BooleanProperty(False)
    dense = BooleanProperty(False)


class Bullet(BoxLayout):
    """A sentence behind a small mark."""

    mark = StringProperty("")
    sentence = StringProperty("")
    ink = ColorProperty((0, 0, 0, 1))


class ActionArea(BoxLayout):
    """The page's controls: the lamp over the full width, the others side by side below it."""

    main_height = NumericProperty(MAIN_BUTTON)
    other_height = NumericProperty(BUTTON)
    columns = NumericProperty(2)
    in_rows = BooleanProperty(False)  # the lamp too stands in a row, the last of it
    lamp_share = NumericProperty(1.0)  # in a row: how many times as wide as another control the lamp is
    factor = NumericProperty(1.0)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._pool: list[BigButton] = []
        self._rows: list[BoxLayout] = []
        self._plan: tuple[tuple[int, float], ...] = ()

    def show(self, actions: Sequence[Action], words: Words, emit: Emit) -> None:
        """Bind to `actions`; the controls are laid out again only when their plan changed."""
        ordered = sorted(actions, key=lambda action: action.primary == self.in_rows)
        while len(self._pool) < len(ordered):
            self._pool.append(BigButton())
        for button, action in zip(self._pool, ordered, strict=False):
            button.show(action, words, emit)
            button.size_hint_x = self.lamp_share if self.in_rows and action.primary else 1.0
        plan = self._planned(ordered)
        if plan != self._plan:
            self._plan = plan
            self._lay_out(plan)

    def _planned(self, actions: Sequence[Action]) -> tuple[tuple[int, float], ...]:
        """Rows from the top: how many controls, how high in px."""
        rows: list[tuple[int, float]] = []
        other_height = self.other_height * (_LARGE_STRETCH if self.factor > 1 else 1.0)
        rest = len(actions)
        if actions and actions[0].primary and not self.in_rows:
            rows.append((1, self.main_height))
            rest -= 1
        columns = 1 if rest == 1 else int(self.columns)
        while rest > 0:
            count = min(columns, rest)
            rows.append((count, other_height))
            rest -= count
        return tuple(rows)

    def _lay_out(self, plan: tuple[tuple[int, float], ...]) -> None:
        self.clear_widgets()
        for row in self._rows:
            row.clear_widgets()
        while len(self._rows) < len(plan):
            self._rows.append(BoxLayout(spacing=GAP, size_hint_y=None))
        buttons = iter(self._pool)
        for row, (count, height) in zip(self._rows, plan, strict=False):
            row.height = height
            for _ in range(count):
                row.add_widget(next(buttons))
            self.add_widget(row)
        self.height = sum(height for _, height in plan) + max(0, len(plan) - 1) * self.spacing
