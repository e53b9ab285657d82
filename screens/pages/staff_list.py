"""Staff: what lies in the cabinet, what a person must decide, and the state of the machine above."""

from typing import Final

from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, StringProperty
from kivy.uix.widget import Widget

from screens import theme
from screens.viewmodels import CaseRow, StaffListPage, Tone
from screens.widgets.controls import Touchable
from screens.widgets.layout import pooled
from screens.widgets.sides import BoxLayout

from .page import Binding, Page

CABINET_LEAST_PX: Final = 360  # below the list, which slides where it is longer than the rest
ROWS_BESIDE_CABINET: Final = 3  # a longer list needs the room, as any does in large text
BETWEEN: Final = " · "


INKS: Final = {Tone.GOOD: theme.GOOD, Tone.CAUTION: theme.CAUTION, Tone.BAD: theme.BAD}


class TickBox(Touchable, Widget):
    """Whether a compartment is on the round; a mark and a frame, never a colour alone."""

    ticked = BooleanProperty(False)


class CaseLine(BoxLayout):
    """One deposit with its own control."""

    cell = StringProperty("")
    title = StringProperty("")
    number = StringProperty("")
    state = StringProperty("")
    tickable = BooleanProperty(False)
    tone = StringProperty("plain")
    ink = ColorProperty(theme.INK_SECOND)
    factor = NumericProperty(1.0)

    def show(self, row: CaseRow, binding: Binding, *, large: bool) -> None:
        """Bind to `row`. In large print there is no room for who is in charge, nor for since when beside till when."""
        words = binding.words
        self.cell, self.title, self.factor = row.cell, words(row.title), theme.LARGE if large else 1.0
        due = "" if row.due is None else words(row.due)
        since = "" if large and due else _beside(row.case_id, row.since)
        marks = (words(mark) for mark in row.marks)
        self.number = BETWEEN.join(filter(None, (row.case_id, "" if large else row.department)))
        self.state = BETWEEN.join(filter(None, (due, since, *marks)))
        self.tone = row.lamp.value
        self.ink = INKS.get(row.lamp, theme.BAD if row.tick is None else theme.INK_SECOND)
        self.tickable = row.tick is not None
        tick = self.ids.tick
        tick.key, tick.intent, tick.emit = f"tick.{row.cell}", row.tick, binding.emit
        tick.ticked, tick.opacity = row.ticked, float(row.tick is not None)
        self.ids.act.show(row.action, binding.words, binding.emit)


class StaffListView(Page):
    """Draws `StaffListPage`."""

    kv = "staff_list.kv"
    list_room = NumericProperty(0)
    cabinet_least = NumericProperty(CABINET_LEAST_PX)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._rows: list[CaseLine] = []

    def show(self, view: StaffListPage, binding: Binding) -> None:
        """Bind to `view`."""
        words = binding.words
        self.night(view, words(view.heading), "", words)
        self.ids.machine.say = BETWEEN.join(
            f"{words(line.label)} {words(line.value)}" for line in view.machine
        )
        rows = pooled(self.ids.cases.content, self._rows, len(view.rows), CaseLine)
        for row, case in zip(rows, view.rows, strict=True):
            row.show(case, binding, large=view.chrome.large)
        self.ids.cabinet.animated = False
        room = len(view.rows) <= (0 if view.chrome.large else ROWS_BESIDE_CABINET)
        self.ids.cabinet.show(view.cells if room else ())
        self.cabinet_least = CABINET_LEAST_PX if room and view.cells else 0
        self.ids.empty.say = "" if view.rows else words.sentence("staff.empty")
        self.ids.actions.show(view.actions, words, binding.emit)

    def leave(self) -> None:
        """Begin at the top the next time."""
        self.ids.cases.offset = 0


def _beside(case_id: str, since: str) -> str:
    """Since when, `MM-DD hh:mm`; beside a number that begins with the same day only the time."""
    day, _, time = since.partition(" ")
    return time if day and case_id[2:6] == day.replace("-", "") else since
