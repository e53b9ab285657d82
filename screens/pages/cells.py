"""Technicians: the cabinet, to choose an empty compartment by touching its door; a list where doors are small."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain, repeat
from typing import Final

from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from screens.intents import ChooseCell, Intent
from screens.theme import BUTTON, GAP_SMALL, TARGET_MIN
from screens.viewmodels import CellLook, CellsPage, CellView
from screens.widgets.controls import BigButton, Emit, Touchable
from screens.widgets.layout import pooled
from screens.widgets.sides import BoxLayout

from .page import Binding, Page

INSET_PX: Final = 2  # between two doors there is a little more than what is drawn
IN_A_ROW: Final = 4  # of the list


def choose(control: Touchable, name: str, emit: Emit) -> None:
    """Make `control` the one that opens the compartment `name`."""
    control.key, control.intent, control.emit = f"cell.{name}", ChooseCell(name), emit


class DoorRow(BoxLayout):
    """A few compartments of the list, side by side."""

    def __init__(self, emit: Emit) -> None:
        super().__init__(size_hint_y=None, spacing=GAP_SMALL, padding=(0, 0, 0, GAP_SMALL))
        self._emit = emit
        self._doors = [BigButton() for _ in range(IN_A_ROW)]
        for door in self._doors:
            self.add_widget(door)

    def show(self, names: Sequence[str]) -> None:
        """Offer the compartments `names`; what is left of the row stays empty."""
        for door, name in zip(self._doors, chain(names, repeat("")), strict=False):
            choose(door, name, self._emit)
            door.label = name
            door.opacity, door.disabled = float(bool(name)), not name


class Doors(FloatLayout):
    """The picture of the cabinet with a control over each door that may be chosen.

    Where one of these would be smaller than a finger, all are listed instead.
    """

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._pool: list[Touchable] = []
        self._names: Sequence[str] = ()
        self._emit: Emit = _to_nobody

    def on_kv_post(self, base_widget: Widget) -> None:
        """The parts are there: follow the picture."""
        self.ids.cabinet.fbind("boxes", self._offer)

    def show(self, cells: Sequence[CellView], emit: Emit) -> None:
        """Draw `cells`; those to choose can be touched."""
        self._names = [cell.name for cell in cells if cell.look is CellLook.TO_CHOOSE]
        self._emit = emit
        self.ids.cabinet.show(cells)
        self._offer()

    def leave(self) -> None:
        """Begin at the top the next time."""
        self.ids.list.offset = 0

    def _offer(self, *_: object) -> None:
        cabinet = self.ids.cabinet
        drawn = {name: box for name, box in cabinet.boxes.items() if name in self._names}
        small = any(min(width, height) - 2 * INSET_PX < TARGET_MIN for _, _, width, height in drawn.values())
        cabinet.opacity = 0.0 if small else 1.0
        rows = list(_rows(self._names)) if small else []
        self.ids.list.show(partial(DoorRow, self._emit), rows, BUTTON)
        shown = {} if small else drawn
        controls = pooled(self.ids.layer, self._pool, len(shown), lambda: Touchable(size_hint=(None, None)))
        for control, (name, (x, y, width, height)) in zip(controls, shown.items(), strict=True):
            choose(control, name, self._emit)
            control.pos = (x + INSET_PX, y + INSET_PX)
            control.size = (width - 2 * INSET_PX, height - 2 * INSET_PX)


def _rows(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for at in range(0, len(names), IN_A_ROW):
        yield names[at : at + IN_A_ROW]


def _to_nobody(_: Intent) -> None:
    """Before the first page."""


class CellsView(Page):
    """Draws `CellsPage`."""

    kv = "cells.kv"

    def show(self, view: CellsPage, binding: Binding) -> None:
        """Bind to `view`."""
        words = binding.words
        self.night(view, words(view.heading), view.sentence, words)
        self.ids.doors.show(view.cells, binding.emit)
        self.ids.actions.show(view.actions, words, binding.emit)

    def leave(self) -> None:
        """Begin at the top the next time."""
        self.ids.doors.leave()
